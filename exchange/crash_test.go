package exchange_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// stage is a part of the example day that a process may not survive: what
// arrives before it, and what is then done, as often as need be.
type stage struct {
	arrive func(g *gateway)
	do     func(g *gateway) error
}

func runStage(at time.Time) func(g *gateway) error {
	return func(g *gateway) error {
		_, err := g.runAt(at.Add(g.late), exchange.CausaAgenda)
		return err
	}
}

func exampleDay() []stage {
	return []stage{
		{func(g *gateway) { g.clock.Set(llegada); g.leaveExample() }, runStage(corrida)},
		{nil, runStage(corte)},
		{func(g *gateway) {
			const name = "GE_RES_00900001_20260318_001.txt"
			g.clock.Set(respuesta)
			g.leave(norte, name, example(g.t, "in/00900001/respuestas/"+name))
		}, func(g *gateway) error {
			g.clock.Set(moment(18, "16:22:33").Add(g.late))
			return g.visit(norte)
		}},
		{nil, runStage(moment(18, "20:00:00"))},
	}
}

// play goes through the day. A stage that fails is done again by a new process,
// without faults and after a time; it is false where none failed.
func (g *gateway) play(day []stage, after time.Duration) (failed bool) {
	g.t.Helper()
	for i, s := range day {
		if s.arrive != nil {
			s.arrive(g)
		}
		if s.do(g) == nil && !g.faults.dead() {
			continue
		}
		failed = true
		before := g.visible()
		g.healEvent()
		g.restart()
		g.late = after
		if err := s.do(g); err != nil {
			g.t.Fatalf("stage %d, after the fault: %v", i, err)
		}
		for path, content := range g.visible() {
			if was, ok := before[path]; ok && string(was) != string(content) {
				g.t.Errorf("%s was visible, and changed", path)
			}
			delete(before, path)
		}
		if len(before) > 0 {
			g.t.Errorf("were visible, and are gone: %v", slices.Sorted(maps.Keys(before)))
		}
		g.late = 0
	}
	return failed
}

// cleanDay gives what a day without faults leaves, the steps that it takes, and
// the number of its first and last event.
func cleanDay(t *testing.T) (want map[string]string, steps []string, first, last int) {
	t.Helper()
	g := open(t)
	first = g.last() + 1
	g.faults.clear()
	if g.play(exampleDay(), 0) {
		t.Fatal("the clean day failed")
	}
	return texts(g.visible()), g.faults.steps(), first, g.last()
}

// TestAnyStepMayFail lets each call of a mailbox fail once: before it did
// anything, half way, or after it did all.
func TestAnyStepMayFail(t *testing.T) {
	t.Parallel()
	want, steps, _, _ := cleanDay(t)
	for _, step := range steps {
		if strings.HasPrefix(step, "now ") {
			continue
		}
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.faults.failAt(step)
			if !g.play(exampleDay(), 0) {
				t.Error("the fault was told to nobody")
			}
			g.checkWhole(want)
		})
	}
}

// TestAnyStepMayBeTheLast kills the process at each step that it takes outside of
// itself, before each write to the store among them.
func TestAnyStepMayBeTheLast(t *testing.T) {
	t.Parallel()
	want, steps, _, _ := cleanDay(t)
	for _, step := range steps {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.faults.dieAt(step, func() { _ = g.store.Close() })
			if !g.play(exampleDay(), 0) {
				t.Error("it did not die")
			}
			g.checkWhole(want)
			if strings.HasPrefix(step, "now ") {
				return
			}

			g = open(t)
			g.faults.dieAt(step, func() { _ = g.store.Close() })
			g.play(exampleDay(), time.Minute) // other moments, hence other bytes
			g.checkWhole(nil)
			g.checkVisible()
			if names := g.visible(); len(names) != len(want) || len(g.delivered()) != 6 ||
				len(g.returned()) != 2 {
				t.Errorf("visible: %q", slices.Sorted(maps.Keys(names)))
			}
		})
	}
}

// TestAnyWriteMayFail lets the store refuse each event in turn, and with it the
// transaction that it is part of and all that would come after.
func TestAnyWriteMayFail(t *testing.T) {
	t.Parallel()
	want, _, first, last := cleanDay(t)
	for n := first; n <= last; n++ {
		t.Run(fmt.Sprint("event ", n), func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.failEvent(fmt.Sprint("NEW.n = ", n))
			if !g.play(exampleDay(), 0) {
				t.Error("the fault was told to nobody")
			}
			g.checkWhole(want)
		})
	}
}

// TestSweep: what a failed write left among the blobs goes at the next start, and
// nothing else does.
func TestSweep(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.leaveExample()
	g.failEvent("NEW.evento = 'acuse_emitido'") // by then the acuse's bytes are kept
	if _, err := g.runAt(corrida, exchange.CausaAgenda); err == nil {
		t.Fatal("the fault was told to nobody")
	}
	if _, err := g.archivo.Draft(); err != nil { // and a draft that was not ended
		t.Fatal(err)
	}
	if n := len(g.kept()); n != 3 {
		t.Errorf("%d contents before the sweep; want the REC, its acuse, a draft", n)
	}
	g.healEvent()
	g.restart()
	if n := len(g.kept()); n != 0 {
		t.Errorf("%d contents after the sweep", n)
	}
	g.mustRun(moment(2, "18:10:00"))
	g.restart()
	g.checkBlobs()
}

// checkWhole holds what a day with a fault left against what it should have, and
// against want, unless that is nil.
func (g *gateway) checkWhole(want map[string]string) {
	g.t.Helper()
	if diff := cmp.Diff(want, texts(g.visible())); want != nil && diff != "" {
		g.t.Errorf("files (-want +got):\n%s", diff)
	}
	for folio, n := range g.delivered() {
		if n != 1 {
			g.t.Errorf("folio %s was delivered %d times", folio, n)
		}
	}
	for what, n := range g.returned() {
		if n != 1 {
			g.t.Errorf("%s was returned %d times", what, n)
		}
	}
	g.checkAcuses()
	g.restart()
	g.checkBlobs()
}

// checkAcuses: each file has one, and their numbers have no gap.
func (g *gateway) checkAcuses() {
	g.t.Helper()
	numbers, files := map[string]bool{}, map[string]bool{}
	for path, content := range g.visible() {
		if !strings.Contains(path, "/GE_ACU_") {
			continue
		}
		s := sello(g.t, content)
		file := path[:strings.Index(path, "/")] + s.AcuArchivo + string(s.AcuHash)
		if numbers[s.AcuFolio] || files[file] {
			g.t.Errorf("%s: %s for %s is the second", path, s.AcuFolio, s.AcuArchivo)
		}
		numbers[s.AcuFolio], files[file] = true, true
	}
	for n := range len(numbers) {
		if want := fmt.Sprintf("ACU-2026-%08d", n+1); !numbers[want] {
			g.t.Errorf("no acuse %s among %d", want, len(numbers))
		}
	}
	if received := len(g.events(bitacora.ArchivoRecibido)); received != len(files) {
		g.t.Errorf("%d files received, %d acuses", received, len(files))
	}
}

// checkBlobs: after a sweep there is no content that nothing refers to, and each
// that something refers to is there.
func (g *gateway) checkBlobs() {
	g.t.Helper()
	have := g.kept()
	for _, h := range have {
		if !view(g, func(v *store.View) (bool, error) { return v.Guardado(h) }) {
			g.t.Errorf("nothing refers to blob %s", h)
		}
	}
	for _, e := range g.events("") {
		if (e.Evento == bitacora.ArchivoRecibido || e.Evento == bitacora.ArchivoPublicado) &&
			!slices.Contains(have, e.SHA256) {
			g.t.Errorf("%s is not kept", e.Archivo)
		}
	}
}

// kept gives the names of all files among the blobs, the mark of the folder aside.
func (g *gateway) kept() (have []schema.Huella) {
	g.t.Helper()
	err := fs.WalkDir(os.DirFS(filepath.Join(g.dir, "archivo")), ".",
		func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				have = append(have, schema.Huella(e.Name()))
			}
			return err
		})
	if err != nil {
		g.t.Fatal(err)
	}
	return have
}
