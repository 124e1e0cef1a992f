package exchange_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store/bitacora"
)

// TestInTimeBesideALargeREC: an answer that arrived in the last second of its term is
// taken in, and in time, while a REC of very many rows is being taken in: it waits
// for a part of that, not for all, and its moment is its own.
func TestInTimeBesideALargeREC(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	g.clock.Set(moment(31, "23:59:59"))
	g.leave(norte, "GE_RES_"+norte.String()+"_20260331_001.txt",
		write(t, "GE_RES_"+norte.String()+"_20260331_001.txt", answer(folioNorte)))
	g.leave(schema.ParteCONDUSEF, "GE_REC_20260331_009.txt", large(t, 60_000))
	received := make(chan error, 1)
	go func() {
		received <- g.cycle.Receive(context.Background(), dia(t, "2026-03-31"), &exchange.Informe{})
	}()
	for g.entrantes() == 0 { // until a part of it is on disk
		select {
		case err := <-received:
			t.Fatalf("it came to its end in one part: %v", err)
		default:
		}
	}
	g.clock.Set(moment(31, "23:59:59").AddDate(0, 0, 1))
	g.mustVisit(norte)
	if got := verdict(t,
		g.file(norte.String()+"/acuses/GE_ACU_"+norte.String()+
			"_20260331_001.txt")); got != "A 31/03/2026 20 1" {
		t.Errorf("the answer: %s", got)
	}
	if err := <-received; err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, e := range g.events(bitacora.ArchivoRecibido)[1:] {
		order = append(order, fmt.Sprint(e.Archivo[:6], " ", e.Detalle["aceptados"]))
	}
	if fmt.Sprint(order) != "[GE_RES 1 GE_REC 60000]" {
		t.Errorf("taken in: %q", order)
	}
	if _, err := g.store.Verify(context.Background(), nil, nil); err != nil {
		t.Error(err)
	}
}

// entrantes is how many files are being taken in, of which parts are on disk.
func (g *gateway) entrantes() (n int) {
	g.t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(g.dir, "buzon.db")+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		g.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT count(*) FROM entrantes`).Scan(&n); err != nil {
		g.t.Fatal(err)
	}
	return n
}

// large is a REC with many rows like one of the example's.
func large(t *testing.T, rows int) []byte {
	t.Helper()
	name := schema.Nombre{Tipo: schema.REC, Dia: dia(t, "2026-03-31"), NNN: 9}.String()
	example, err := os.ReadFile(filepath.Join(ejemplos, "in", "CONDUSEF", "salida",
		"GE_REC_20260302_001.txt"))
	if err != nil {
		t.Fatal(err)
	}
	like := lines[schema.Reclamacion](t, example)[0]
	all := make([]any, rows)
	for i := range all {
		r := like
		r.RecNumero, r.RecFolioCondusef = schema.NewEntero(int64(i+1)),
			schema.Folio(fmt.Sprintf("2026/500/%d", i+1))
		all[i] = r
	}
	return write(t, name, all...)
}
