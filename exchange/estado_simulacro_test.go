package exchange_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/store"
	"buzon/store/bitacora"
)

// openRehearsal is open with the store of a rehearsal.
func openRehearsal(t *testing.T) *gateway {
	t.Helper()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), filepath.Join(dir, "buzon.db"),
		store.Options{Now: llegada, Simulacro: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return openIn(t, dir)
}

// TestEstadoOfRehearsal: each file of estado/ says that it is a rehearsal's: a table
// in a last column of each row, the keys in a comment. It tells what another store's
// would besides, and that one says nothing.
func TestEstadoOfRehearsal(t *testing.T) {
	t.Parallel()
	files := func(g *gateway) map[string]string {
		g.deliverExample()
		g.clock.Set(moment(3, "09:00:00"))
		if got := g.tell(1, dictamen(folioNorte, "6")); got != "A" {
			t.Fatalf("%q", got)
		}
		g.mustVisit(norte)
		all := map[string]string{}
		for _, name := range []string{"pendientes.csv", "dictamenes.csv", "llaves.txt"} {
			all[name] = g.estado(norte, name)
		}
		return all
	}
	want := files(open(t))
	for name, content := range want {
		if strings.Contains(strings.ToUpper(content), bitacora.Ensayo) || strings.Count(content, "\r\n") < 2 {
			t.Errorf("%s of another store:\n%s", name, content)
		}
		head, rows, _ := strings.Cut(content, "\r\n")
		want[name] = head + ",simulacro\r\n" + strings.ReplaceAll(rows, "\r\n", ",SIMULACRO\r\n")
		if name == "llaves.txt" {
			want[name] = "# SIMULACRO\r\n" + content
		}
	}
	g := openRehearsal(t)
	if diff := cmp.Diff(want, files(g)); diff != "" {
		t.Errorf("files of a rehearsal (-want +got):\n%s", diff)
	}
	if e := g.estadoJSON(norte); e.Simulacro == nil || !*e.Simulacro {
		t.Error("estado.json does not say it")
	}
	if got, want := g.estado(penon, "dictamenes.csv"),
		"\uFEFFfolio,tipo,fecha,texto,vuelta,vigente,recibido,simulacro\r\n"; got != want {
		t.Errorf("an empty table is %q, want %q", got, want)
	}
}
