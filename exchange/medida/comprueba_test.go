package medida_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"buzon/schema"
)

// pequeno is a REC of 40 records.
func pequeno(t *testing.T) *dia {
	t.Helper()
	d, err := inventa(t.TempDir(), 40, 3)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestCompruebaFormas: what the script and the floor leave is right, and what is
// then taken from it is missed.
func TestCompruebaFormas(t *testing.T) {
	d := pequeno(t)
	herramientas(t)
	for nombre, x := range map[string]struct {
		forma  forma
		rompen []string // statements that break its table
	}{
		"guion": {guion{}, []string{
			`DELETE FROM reclamaciones WHERE c02 = '7'`,
			`UPDATE reclamaciones SET c33 = 'x' WHERE c02 = '7'`,
		}},
		"suelo": {suelo{}, []string{
			`DELETE FROM lugares WHERE linea = 9`,
			`UPDATE lugares SET lugar = lugar + 1 WHERE linea = 9`,
			`UPDATE lugares SET une = une + 1 WHERE linea = 9`,
			`UPDATE lugares SET folio = folio || '0' WHERE linea = 9`,
		}},
	} {
		for _, rompe := range append(x.rompen, "") {
			dir := t.TempDir()
			if err := x.forma.prepara(dir, d); err != nil {
				t.Fatal(err)
			}
			if out, err := x.forma.orden(t.Context(), dir, d).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", nombre, err, out)
			}
			if rompe != "" {
				ejecuta(t, filepath.Join(dir, "hecho", "tabla.db"), rompe)
			}
			if err := x.forma.comprueba(dir, d, nil); (err == nil) != (rompe == "") {
				t.Errorf("%s, %q: %v", nombre, rompe, err)
			}
		}
	}
}

func TestCompruebaHuella(t *testing.T) {
	t.Parallel()
	d, dir := pequeno(t), t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "hecho"), 0o700); err != nil {
		t.Fatal(err)
	}
	otra := fmt.Appendf(nil, "%064d  GE_REC\n", 0)
	if err := os.WriteFile(filepath.Join(dir, "hecho", "rec.sha256"), otra, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (guion{}).comprueba(dir, d, nil); err == nil ||
		!strings.Contains(err.Error(), string(d.huella)) {
		t.Errorf("another hash: %v", err)
	}
}

// TestCompruebaCiclo: a run that reports less than the REC is told, and so is a
// file that ends early.
func TestCompruebaCiclo(t *testing.T) {
	t.Parallel()
	d := pequeno(t)
	for _, dijo := range []string{
		`{"records_received":39,"records_refused":0,"lots_published":3,"folios_delivered":40}`,
		`{"records_received":40,"records_refused":1,"lots_published":3,"folios_delivered":40}`,
		`{"records_received":40,"records_refused":0,"lots_published":2,"folios_delivered":40}`,
		`{"records_received":40,"records_refused":0,"lots_published":3,"folios_delivered":39}`,
	} {
		err := (ciclo{}).comprueba(t.TempDir(), d, []byte(dijo))
		if err == nil || !strings.Contains(err.Error(), "reported") {
			t.Errorf("%s: %v", dijo, err)
		}
	}
	if err := entero(d.ruta); err != nil {
		t.Errorf("a whole file: %v", err)
	}
	if err := os.Truncate(d.ruta, d.bytes-3); err != nil {
		t.Fatal(err)
	}
	if err := entero(d.ruta); err == nil {
		t.Error("a file that ends early is whole")
	}
}

func ejecuta(t *testing.T, ruta, query string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+ruta+"?_journal_mode=WAL")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// TestDisco: a file with two names counts once, and the WAL not at all.
func TestDisco(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	base := filepath.Join(dir, "x.db")
	db, err := sql.Open("sqlite3", "file:"+base+"?_journal_mode=WAL")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() // open until the end: its WAL stays
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE x (b BLOB); INSERT INTO x VALUES (zeroblob(100000))`); err != nil {
		t.Fatal(err)
	}
	lotes := filepath.Join(dir, "lotes")
	if err := os.Mkdir(lotes, 0o700); err != nil {
		t.Fatal(err)
	}
	uno := filepath.Join(lotes, "uno")
	if err := os.WriteFile(uno, make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(uno, filepath.Join(lotes, "dos")); err != nil {
		t.Fatal(err)
	}
	got, err := disco(base, []string{lotes})
	if err != nil || got != 1000 {
		t.Errorf("%d, %v; want 1000", got, err)
	}
	got, err = disco(base, []string{dir})
	info, statErr := os.Stat(base)
	if err != nil || statErr != nil {
		t.Fatal(err, statErr)
	}
	shm, statErr := os.Stat(base + "-shm")
	if statErr != nil {
		t.Fatal(statErr)
	}
	if want := info.Size() + shm.Size() + 1000; info.Size() < 100_000 || got != want {
		t.Errorf("%d, want %d: the database of %d, its index of the WAL, the file", got, want, info.Size())
	}
}

func TestTurno(t *testing.T) {
	t.Parallel()
	formas := []string{"ciclo", "guion", "suelo"}
	for ronda, want := range [][]string{formas, {"suelo", "guion", "ciclo"}, formas} {
		if got := turno(formas, ronda); !slices.Equal(got, want) {
			t.Errorf("round %d: %v", ronda, got)
		}
	}
}

// TestRECFijo: the REC of a size is the same in every round and in every run.
func TestRECFijo(t *testing.T) {
	t.Parallel()
	uno, otro := pequeno(t), pequeno(t)
	if uno.huella != otro.huella || uno.filas != 40 || len(uno.lotes) != 3 {
		t.Errorf("%s of %d institutions, then %s", uno.huella, len(uno.lotes), otro.huella)
	}
	ex, err := schema.Examine(filepath.Base(uno.ruta), abre(uno.ruta), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := ex.Check(nil); err != nil || n.Aceptados != 40 || ex.Huella != uno.huella ||
		ex.Bytes != uno.bytes {
		t.Errorf("%+v, %v; %d bytes, want %d", n, err, ex.Bytes, uno.bytes)
	}
}
