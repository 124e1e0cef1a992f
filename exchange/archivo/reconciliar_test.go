package archivo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"buzon/schema"
)

// keeps are the ways to keep a text.
var keeps = map[string]func(t *testing.T, a *Contenidos, text string){
	"Add": func(t *testing.T, a *Contenidos, text string) { add(t, a, text) },
	"Keep": func(t *testing.T, a *Contenidos, text string) {
		_, _, err := draft(t, a, text).Keep()
		check(t, err)
	},
	"KeepAll": func(t *testing.T, a *Contenidos, text string) {
		check(t, errors.Join(a.KeepAll([]*Borrador{draft(t, a, "y otro"), draft(t, a, text)})...))
	},
	"Adopt": func(t *testing.T, a *Contenidos, text string) {
		_, _, err := a.Adopt(staged(t, t.TempDir(), text), huella(text))
		check(t, err)
	},
	"Adopt, linked": func(t *testing.T, a *Contenidos, text string) {
		file := staged(t, a.data, text)
		_, _, err := a.Adopt(file, huella(text))
		check(t, errors.Join(err, os.RemoveAll(filepath.Join(a.data, "subidas"))))
	},
}

func TestReconcile(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	known, lost, unknown := add(t, a, "conocido"), huella("perdido"), add(t, a, "desconocido")
	draft(t, a, "a medias")
	elsewhere := huella("en otra carpeta")
	foreign := map[string]string{
		"archivo/LEEME": "x", folderOf(known) + "/notas.txt": "x", "archivo/zz/" + string(known): "x",
		"archivo/" + string(known): "x", "apartado/LEEME": "x", "apartado/ayer/" + string(known): "x",
		"apartado/2026-02-27/notas.txt": "x", "apartado/2026-02-27/" + strings.ToUpper(string(lost)): "x",
		"archivo/zz/corto": "x",
		folderOf(known) + "/" + string(known[:2]) + "-notas":    "x",
		folderOf(known) + "/" + string(elsewhere):               "x",
		folderOf(known) + "/" + string(known[:62]) + "zz/notas": "x",
		folderOf(known) + "/" + string(known[:63]):              "x",
	}
	for name, text := range foreign {
		put(t, filepath.Join(data, name), text)
	}
	link := filepath.Join(data, folderOf(known), string(known[:2])+strings.Repeat("0", 62))
	check(t, os.Symlink(string(known), link))
	foreign[folderOf(known)+"/"+filepath.Base(link)] = "conocido"
	want := func(also map[string]string) map[string]string {
		all := map[string]string{pathOf(known): "conocido"}
		for _, m := range []map[string]string{foreign, also} {
			for k, v := range m {
				all[k] = v
			}
		}
		return all
	}

	r := reconcile(t, a, known, lost)
	wantHuellas(t, "set apart", r.Apartados, unknown)
	wantHuellas(t, "back", r.Devueltos)
	wantHuellas(t, "missing", r.Faltan, lost)
	apart := apartada{unknown, lunes}.path()
	if apart != "apartado/2026-03-02/"+string(unknown) {
		t.Errorf("set apart as %s", apart)
	}
	wantSeen(t, data, want(map[string]string{apart: "desconocido"}))
	for range 2 { // a later start changes nothing, and lists the same
		list, err := a.Apartados()
		if err != nil || !slices.Equal(list, []Apartado{{unknown, lunes, int64(len("desconocido"))}}) {
			t.Errorf("listed %v, %v", list, err)
		}
		check(t, a.Close())
		a = open(t, data)
		r, err := a.Reconcile(lunes+1, only(known, lost))
		check(t, err)
		wantHuellas(t, "set apart again", r.Apartados)
		wantHuellas(t, "back again", r.Devueltos)
		wantSeen(t, data, want(map[string]string{apart: "desconocido"}))
	}

	r = reconcile(t, a, known, lost, unknown) // the newest database is back
	wantHuellas(t, "set apart at last", r.Apartados)
	wantHuellas(t, "back at last", r.Devueltos, unknown)
	wantHuellas(t, "missing at last", r.Faltan, lost)
	wantSeen(t, data, want(map[string]string{pathOf(unknown): "desconocido"}))
	if _, err := os.Stat(filepath.Join(data, "apartado/2026-03-02")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty day stays: %v", err)
	}
}

// TestKeptAgain: what lies apart goes from there at every keep, also where it was set
// apart before this opening, and on two days.
func TestKeptAgain(t *testing.T) {
	t.Parallel()
	for name, keep := range keeps {
		for _, again := range []bool{false, true} {
			t.Run(fmt.Sprint(name, again), func(t *testing.T) {
				t.Parallel()
				data := t.TempDir()
				a := open(t, data)
				add(t, a, "uno")
				other := add(t, a, "dos")
				put(t, filepath.Join(data, "apartado/2026-01-02", string(huella("uno"))), "uno")
				reconcile(t, a)
				if again {
					check(t, a.Close())
					a = open(t, data)
				} else {
					put(t, filepath.Join(data, "apartado/2026-01-02", string(huella("uno"))), "uno")
				}
				keep(t, a, "uno")
				want := map[string]string{pathOf(huella("uno")): "uno", apartada{other, lunes}.path(): "dos"}
				if name == "KeepAll" {
					want[pathOf(huella("y otro"))] = "y otro"
				}
				if !again { // put there by a hand, while it ran
					want["apartado/2026-01-02/"+string(huella("uno"))] = "uno"
				}
				wantSeen(t, data, want)
			})
		}
	}
}

// TestCannotGoFromThere: that what lies apart cannot be removed fails no keep, and it
// goes at the next.
func TestCannotGoFromThere(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	apart := filepath.Join(data, apartada{huella("uno"), lunes}.path())
	put(t, apart, "uno")
	a := open(t, data)
	check(t, os.Remove(apart))
	put(t, filepath.Join(apart, "x"), "a folder that is not empty")
	add(t, a, "uno")
	check(t, os.RemoveAll(apart))
	put(t, apart, "uno")
	add(t, a, "uno")
	wantSeen(t, data, map[string]string{pathOf(huella("uno")): "uno"})
}

// TestBothPlaces: a content that lies apart and in its place is held against its hash
// before the one apart goes.
func TestBothPlaces(t *testing.T) {
	t.Parallel()
	for _, here := range []string{"uno", "un", "un0"} {
		data := t.TempDir()
		h := huella("uno")
		put(t, filepath.Join(data, pathOf(h)), here)
		put(t, filepath.Join(data, apartada{h, lunes - 1}.path()), "uno")
		a := open(t, data)
		r := reconcile(t, a, h)
		wantHuellas(t, "missing", r.Faltan)
		wantSeen(t, data, map[string]string{pathOf(h): "uno"})
		if _, err := a.Verified(h); err != nil {
			t.Error(err)
		}
	}
	// Known to nobody in both: each is kept.
	data := t.TempDir()
	h := huella("uno")
	put(t, filepath.Join(data, pathOf(h)), "uno")
	put(t, filepath.Join(data, apartada{h, lunes - 1}.path()), "otro")
	reconcile(t, open(t, data))
	wantSeen(t, data,
		map[string]string{apartada{h, lunes}.path(): "uno", apartada{h, lunes - 1}.path(): "otro"})
}

func TestReconcileAsks(t *testing.T) {
	t.Parallel()
	a := open(t, t.TempDir())
	add(t, a, "uno")
	var asked []string
	_, err := a.Reconcile(lunes, func(prefix string) ([]schema.Huella, error) {
		asked = append(asked, prefix)
		return only(huella("uno"))(prefix)
	})
	check(t, err)
	if len(asked) != 256 || !slices.IsSorted(asked) || asked[0] != "00" || asked[255] != "ff" ||
		len(slices.Compact(asked)) != 256 {
		t.Errorf("asked %d times: %q", len(asked), asked)
	}
	broken := errors.New("broken")
	fails := func(string) ([]schema.Huella, error) { return nil, broken }
	if _, err := a.Reconcile(lunes, fails); !errors.Is(err, broken) {
		t.Errorf("%v, want the store's error", err)
	}
	wrong := func(string) ([]schema.Huella, error) { return []schema.Huella{"01"}, nil }
	if _, err := a.Reconcile(lunes, wrong); err == nil {
		t.Error("a hash of another prefix was taken for missing")
	}
	if _, err := a.Reconcile(0, only()); err == nil {
		t.Error("reconciled without a day")
	}
	if has, err := a.Has(huella("uno")); err != nil || !has {
		t.Errorf("an answer that failed set a content apart: %v, %v", has, err)
	}
}

// TestMoveFails: what cannot be set apart stays, and what is missing is told.
func TestMoveFails(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first, second := huella("uno"), huella("dos")
	if second < first {
		first, second = second, first
	}
	put(t, filepath.Join(data, apartada{huella("aparte"), lunes}.path()), "aparte")
	a := open(t, data)
	add(t, a, "uno")
	add(t, a, "dos")
	put(t, filepath.Join(data, apartada{first, lunes}.path(), "x"), "a folder where the first is to be")
	r, err := a.Reconcile(lunes, only(huella("perdido"), huella("otro"), huella("aparte")))
	if err == nil || !strings.Contains(err.Error(), filepath.Join(data, apartada{first, lunes}.path())) {
		t.Errorf("%v, want the path", err)
	}
	for _, h := range []schema.Huella{first, second} {
		if has, err := a.Has(h); err != nil || !has {
			t.Errorf("%v, %v", has, err)
		}
	}
	wantHuellas(t, "set apart", r.Apartados)
	if back := huella("aparte"); back < first { // before the move that failed
		wantHuellas(t, "back", r.Devueltos, back)
		wantHuellas(t, "missing", r.Faltan, huella("perdido"), huella("otro"))
	} else {
		wantHuellas(t, "missing", r.Faltan, huella("perdido"), huella("otro"), back)
	}
}

// TestMovesAreDurable: the names that appeared are synced before those that went.
func TestMovesAreDurable(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	h := add(t, a, "uno")
	s := record(a)
	reconcile(t, a)
	apart := apartada{h, lunes}
	want := []string{"mkdir apartado/2026-03-02", "rename " + apart.path(),
		"sync apartado", "sync apartado/2026-03-02", "sync " + folderOf(h)}
	slices.Sort(s.done[2:4]) // these two together
	if !slices.Equal(s.done, want) {
		t.Errorf("set apart: %q, want %q", s.done, want)
	}
	check(t, os.Remove(filepath.Join(data, folderOf(h))))
	s = record(a)
	reconcile(t, a, h)
	want = []string{"mkdir " + folderOf(h), "rename " + pathOf(h),
		"sync archivo", "sync " + folderOf(h), "sync apartado/2026-03-02"}
	slices.Sort(s.done[2:4])
	if !slices.Equal(s.done, want) {
		t.Errorf("back: %q, want %q", s.done, want)
	}
}

// TestFolderOfOneThatFailed: a folder that one made which failed before it synced its
// name has it synced by whoever moves a content into it, and by the next start.
func TestFolderOfOneThatFailed(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	h := add(t, a, "uno")
	check(t, os.Mkdir(filepath.Join(data, folderOfDia(lunes)), 0o700))
	s := record(a)
	reconcile(t, a)
	if !slices.Contains(s.done, "sync apartado") {
		t.Errorf("set apart in a folder that was there: %q", s.done)
	}
	s = record(a)
	reconcile(t, a, h)
	if !slices.Contains(s.done, "sync archivo") {
		t.Errorf("back in a folder that was there: %q", s.done)
	}
	s = record(a)
	check(t, a.prepare())
	if !slices.Contains(s.done, "sync apartado") {
		t.Errorf("a start: %q", s.done)
	}
}

// BenchmarkReconcile is a start over 200,000 contents, all known.
func BenchmarkReconcile(b *testing.B) {
	data := b.TempDir()
	a, err := Open(data)
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	of := map[string][]schema.Huella{}
	for i := range 200_000 {
		h := huella(fmt.Sprint(i))
		dir := filepath.Join(data, folderOf(h))
		if of[string(h[:2])] == nil {
			err = os.Mkdir(dir, 0o700)
		}
		if err := errors.Join(err, os.WriteFile(filepath.Join(dir, string(h)), nil, 0o400)); err != nil {
			b.Fatal(err)
		}
		of[string(h[:2])] = append(of[string(h[:2])], h)
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := a.Reconcile(lunes, func(prefix string) ([]schema.Huella, error) { return of[prefix], nil })
		if err != nil || len(r.Apartados)+len(r.Faltan) > 0 {
			b.Fatal(err, len(r.Apartados), len(r.Faltan))
		}
	}
}
