package gateway

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"buzon/config"
	"buzon/schema"
	"buzon/store"
)

// TestFolders: the folders of a store that names contents are those that bear its mark,
// and none of them is made anew; those of a new store are.
func TestFolders(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 2, 16, 0, 0, 0, time.UTC)
	data := filepath.Join(t.TempDir(), "datos")
	cfg := &config.Config{Data: data}
	begin := func(cfg *config.Config) error {
		_, err := InitStore(t.Context(), cfg, false, now)
		return err
	}
	if err := begin(cfg); err != nil {
		t.Fatal(err)
	}
	subidas := filepath.Join(data, "subidas")
	look := func(what, want string) {
		t.Helper()
		st, err := store.OpenReadOnly(StorePath(data))
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		err = st.View(t.Context(), func(v *store.View) error { return CheckFolders(v, data) })
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), subidas) || !strings.Contains(err.Error(), "hint: mount")) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
		if again := begin(cfg); (again == nil) != (want == "") {
			t.Errorf("%s: init: %v", what, again)
		}
		_, err = Backup(t.Context(), cfg, "", filepath.Join(t.TempDir(), "respaldo"), false, now)
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: a backup: %v, want %q", what, err, want)
		}
		if _, err := Contents(t.Context(), cfg, st); (err == nil) != (want == "") {
			t.Errorf("%s: its contents: %v", what, err)
		}
	}
	look("new", "")
	if err := os.RemoveAll(subidas); err != nil {
		t.Fatal(err)
	}
	look("new, and one is not there", "") // killed while it was made
	err := Update(t.Context(), cfg, now, func(tx *store.Tx) error {
		_, err := tx.Seed([]store.Institucion{{UNE: 900001, Denominacion: "F", Sector: "S", Termino: 20}})
		return errors.Join(err, tx.AddArribo(&store.Arribo{Parte: 900001, Carpeta: schema.CarpetaRespuestas,
			Nombre: "n", SHA256: "s", Momento: now, Subida: "u"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	look("in use", "")
	aside := subidas + ".aside"
	if err := os.Rename(subidas, aside); err != nil {
		t.Fatal(err)
	}
	look("gone", "it has no .almacen")
	if _, err := os.Lstat(subidas); err == nil {
		t.Error("it was made anew")
	}
	if err := os.Mkdir(subidas, 0o700); err != nil {
		t.Fatal(err)
	}
	look("a mount point without its disk", "it has no .almacen")
	if err := errors.Join(os.Remove(subidas), os.Rename(aside, subidas)); err != nil {
		t.Fatal(err)
	}
	look("there again", "")
	other := &config.Config{Data: filepath.Join(t.TempDir(), "datos")}
	now = now.Add(time.Second)
	if err := begin(other); err != nil {
		t.Fatal(err)
	}
	mark, err := os.ReadFile(filepath.Join(other.Data, "subidas", ".almacen"))
	if err == nil {
		err = os.WriteFile(filepath.Join(subidas, ".almacen"), mark, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	look("another store's", "is another store's")
	// A new store takes over a folder of another in which nothing lies, and no other.
	for name, want := range map[string]bool{".servidor": true, "00900001": false} {
		data := filepath.Join(t.TempDir(), "datos")
		dir := filepath.Join(data, "subidas")
		if err := os.MkdirAll(filepath.Join(dir, "00900002"), 0o700); err != nil {
			t.Fatal(err)
		}
		err := errors.Join(os.WriteFile(filepath.Join(dir, ".almacen"), mark, 0o600),
			os.WriteFile(filepath.Join(dir, name), nil, 0o600))
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Second)
		if err := begin(&config.Config{Data: data}); (err == nil) != want {
			t.Errorf("with %s: %v", name, err)
		}
	}
}

// TestNoStore: a data folder without its store, as where its disk is not mounted, is not
// made by a run.
func TestNoStore(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "datos")
	open := func() error {
		g, err := Open(t.Context(), Options{Config: &config.Config{Data: data}, Log: zap.NewNop(),
			Now: time.Now})
		if err == nil {
			err = g.Close()
			t.Error("opened")
		}
		return err
	}
	if err := open(); err == nil || !strings.Contains(err.Error(), "mount its disk") {
		t.Errorf("%v", err)
	}
	if _, err := os.Lstat(data); err == nil {
		t.Error("the data folder was made")
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := open(); err == nil || !strings.Contains(err.Error(), "mount its disk") {
		t.Errorf("%v", err)
	}
	if all, err := os.ReadDir(data); err != nil || len(all) != 0 {
		t.Errorf("%v, %v were made", all, err)
	}
}
