package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"buzon/exchange/gateway"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// parties are the folders in which somebody else sees files of ours.
func (c crowd) parties(t *testing.T) (files []string) {
	t.Helper()
	for _, pattern := range []string{c.box("*", "*", "GE_*"), c.path("condusef", "entrada", "GE_*")} {
		all, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, slices.DeleteFunc(all, func(p string) bool { // what a party wrote is its own
			return filepath.Base(filepath.Dir(p)) == "respuestas"
		})...)
	}
	return files
}

func (c crowd) examine(t *testing.T, path string) *schema.Examen {
	t.Helper()
	ex, err := schema.Examine(filepath.Base(path), func() (io.ReadCloser, error) {
		return os.Open(path)
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(ex.Hallazgos) > 0 {
		t.Errorf("%s is visible and not whole: %v", path, ex.Hallazgos)
	}
	return ex
}

// wantWhole tells that no party sees a half file, whatever was just killed.
func (c crowd) wantWhole(t *testing.T) {
	t.Helper()
	for _, path := range c.parties(t) {
		c.examine(t, path)
	}
}

// wantDone tells that all is there once, and that nothing else is.
func (c crowd) wantDone(t *testing.T) {
	t.Helper()
	seen := map[string]string{}
	var acuses []string
	for _, path := range c.parties(t) {
		ex := c.examine(t, path)
		if _, err := ex.Check(func(h schema.Hallazgo) { t.Errorf("%s: %v", path, h) }); err != nil {
			t.Error(err)
		}
		switch ex.Tipo {
		case schema.ACU:
			acuses = append(acuses, ex.Sello.AcuFolio)
		case schema.LOT:
			for _, l := range records(read(t, path)) {
				folio := strings.Split(l, "|")[2]
				if seen[folio] != "" || !c.folios[folio] {
					t.Errorf("folio %s is in %s and in %q", folio, path, seen[folio])
				}
				seen[folio] = path
			}
		}
	}
	if len(seen) != len(c.folios) {
		t.Errorf("%d folios in LOTs, of %d that CONDUSEF sent", len(seen), len(c.folios))
	}
	slices.Sort(acuses)
	for i, folio := range acuses {
		if want := fmt.Sprintf("ACU-2026-%08d", i+1); folio != want {
			t.Errorf("acuse number %d is %s, want %s", i+1, folio, want)
		}
	}
	if len(acuses) != crowdSmall+1 {
		t.Errorf("%d acuses for %d files", len(acuses), crowdSmall+1)
	}
	c.wantNoLeftovers(t)
	c.wantBlobs(t)
}

// wantNoLeftovers tells that nothing temporary is left under the data folder.
func (c crowd) wantNoLeftovers(t *testing.T) {
	t.Helper()
	places := []string{"/archivo/tmp/", "/subidas/0"}
	err := filepath.WalkDir(c.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		inPlace := slices.ContainsFunc(places, func(p string) bool { return strings.Contains(path, p) })
		if inPlace || strings.HasSuffix(path, ".tmp") || strings.HasPrefix(e.Name(), ".buzon-") {
			t.Errorf("left over: %s", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wantBlobs tells that each content kept is what its name says and is referred
// to, and that each that the log refers to is kept.
func (c crowd) wantBlobs(t *testing.T) {
	t.Helper()
	st, err := store.OpenReadOnly(gateway.StorePath(c.path("datos")))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	kept := map[string]bool{}
	err = st.View(t.Context(), func(v *store.View) error {
		blobs, err := filepath.Glob(c.path("datos", "archivo", "??", "*"))
		for _, path := range blobs {
			name := filepath.Base(path)
			kept[name] = true
			if got := fmt.Sprintf("%x", sha256.Sum256([]byte(read(t, path)))); got != name {
				t.Errorf("blob %s holds %s", name, got)
			}
			if ok, err := v.Guardado(schema.Huella(name)); err != nil || !ok {
				t.Errorf("blob %s: nothing refers to it (%v)", name, err)
			}
		}
		if err != nil {
			return err
		}
		n := int64(0)
		return v.History(store.Consulta{}, func(e bitacora.Evento) error {
			if n++; e.N != n {
				t.Errorf("event %d follows %d", e.N, n-1)
			}
			whole := e.Evento == bitacora.ArchivoRecibido || e.Evento == bitacora.ArchivoPublicado
			if whole && !kept[string(e.SHA256)] {
				t.Errorf("event %d, %s: its content is not kept", e.N, e.Archivo)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}
