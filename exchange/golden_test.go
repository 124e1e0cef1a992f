package exchange_test

import (
	"bytes"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

var update = flag.Bool("update", false, "write the golden days anew")

// playExample is the example day: a REC, its LOTs, the corte, an answer on the
// 18th, and that day's corte. Each step may fail; after says what was done.
func playExample(g *gateway) (errs []error) {
	run := func(_ *exchange.Informe, err error) { errs = append(errs, err) }
	g.clock.Set(llegada)
	g.leave(schema.ParteCONDUSEF, "GE_REC_20260302_001.txt",
		example(g.t, "in/CONDUSEF/salida/GE_REC_20260302_001.txt"))
	run(g.runAt(corrida, exchange.CausaAgenda))
	run(g.runAt(corte, exchange.CausaAgenda))
	return append(errs, playAnswer(g)...)
}

func playAnswer(g *gateway) (errs []error) {
	g.clock.Set(respuesta)
	g.leave(norte, "GE_RES_00900001_20260318_001.txt",
		example(g.t, "in/00900001/respuestas/GE_RES_00900001_20260318_001.txt"))
	g.clock.Set(moment(18, "16:22:33"))
	errs = append(errs, g.visit(norte))
	_, err := g.runAt(moment(18, "20:00:00"), exchange.CausaAgenda)
	return append(errs, err)
}

func TestGoldenDay(t *testing.T) {
	t.Parallel()
	g := open(t)
	for i, err := range playExample(g) {
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	g.checkVisible()
	want := filepath.Join(ejemplos, "want")
	if *update {
		writeGolden(t, want, g.visible())
	}
	if diff := cmp.Diff(texts(readGolden(t, want)), texts(g.visible())); diff != "" {
		t.Errorf("what came out differs from %s (-want +got):\n%s", want, diff)
	}
	for _, une := range []schema.Parte{norte, penon, nandu} {
		name := "GE_LOT_" + une.String() + "_20260302_001.txt"
		if !bytes.Equal(g.file(une.String()+"/reclamaciones/"+name), example(t, "ejemplos/"+name)) {
			t.Errorf("%s is not the one that the lineamientos show", name)
		}
	}
	acu := "GE_ACU_00900001_20260318_001.txt"
	if diff := cmp.Diff(records(example(t, "ejemplos/"+acu)),
		records(g.file(norte.String()+"/acuses/"+acu))); diff != "" {
		t.Errorf("records of %s (-want +got):\n%s", acu, diff)
	}
	for _, dia := range []schema.Dia{lunes, schema.NewDia(2026, 3, 18)} {
		j := view(g, func(v *store.View) (store.Jornada, error) { return v.Jornada(dia) })
		if closed := !j.Cerrada.IsZero(); closed != (dia == lunes) || j.Corte.IsZero() {
			t.Errorf("day %s: corte %v, closed %v", dia, j.Corte, j.Cerrada)
		}
	}
}

// TestSecondRun repeats every call of the day: nothing becomes of it but the
// two events of each run.
func TestSecondRun(t *testing.T) {
	t.Parallel()
	g := open(t)
	playExample(g)
	before, log := g.visible(), g.events("")
	g.mustRun(g.clock.Now())
	inf, err := g.runAt(g.clock.Now(), exchange.CausaManual)
	if err != nil {
		t.Fatal(err)
	}
	if inf.Recibidos+inf.Lotes+inf.Devueltas != 0 {
		t.Errorf("a repeated run did something: %+v", inf)
	}
	for _, une := range []schema.Parte{norte, penon, nandu} {
		g.mustVisit(une)
	}
	g.restart()
	g.mustRun(g.clock.Now())
	if diff := cmp.Diff(texts(before), texts(g.visible())); diff != "" {
		t.Errorf("files changed:\n%s", diff)
	}
	var names []string
	for _, e := range g.events("")[len(log):] {
		names = append(names, e.Evento)
	}
	one := []string{bitacora.CorridaIniciada, bitacora.CorridaTerminada}
	if diff := cmp.Diff(slices.Concat(one, one, one), names); diff != "" {
		t.Errorf("events of the repeats (-want +got):\n%s", diff)
	}
}

func records(content []byte) (all []string) {
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(line, "02|") {
			all = append(all, line)
		}
	}
	return all
}

func texts(files map[string][]byte) map[string]string {
	all := map[string]string{}
	for name, content := range files {
		all[name] = string(content)
	}
	return all
}

func readGolden(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		all[path], err = os.ReadFile(filepath.Join(dir, path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func writeGolden(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		full := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, files[path], 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
