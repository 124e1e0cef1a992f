package exchange_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

func TestFolioInASecondFile(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	r := exampleREC(t)[:2]
	r[1].RecFolioCondusef = "2026/190/89"
	second := rec(t, "GE_REC_20260302_002.txt", r...)
	g.leave(schema.ParteCONDUSEF, "GE_REC_20260302_002.txt", second)
	g.mustRun(moment(2, "18:30:00"))
	acu := g.file("CONDUSEF/entrada/GE_ACU_REC_20260302_002.txt")
	g.checkReceipt(schema.ParteCONDUSEF, "GE_REC_20260302_002.txt", second, acu, schema.Parcial)
	if got := codes(t, acu); !slices.Equal(got, []string{"DUP-02", "A"}) {
		t.Errorf("codes %v", got)
	}
	lot := lines[schema.Reclamacion](t, g.file("00900001/reclamaciones/GE_LOT_00900001_20260302_002.txt"))
	if len(lot) != 1 || lot[0].RecFolioCondusef != "2026/190/89" || lot[0].RecNumero != "1" {
		t.Errorf("second LOT %v", lot)
	}
}

// TestUsedName: nothing of another content under a name of which something was
// accepted is taken, and what was accepted stays.
func TestUsedName(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	before := g.visible()
	r := exampleREC(t)[:1]
	r[0].RecFolioCondusef = "2026/090/9999"
	other := rec(t, nameREC, r...)
	g.leave(schema.ParteCONDUSEF, nameREC, other)
	g.mustRun(moment(2, "18:30:00"))
	acu := g.file("CONDUSEF/entrada/GE_ACU_REC_20260302_001_2.txt")
	g.checkReceipt(schema.ParteCONDUSEF, nameREC, other, acu, schema.Rechazado)
	if got := codes(t, acu); !slices.Equal(got, []string{"DUP-03"}) {
		t.Errorf("codes %v", got)
	}
	if g.delivered()["2026/090/9999"] != 0 {
		t.Error("a record of the refused file was delivered")
	}
	after := g.visible()
	for path, content := range before {
		if string(after[path]) != string(content) {
			t.Errorf("%s changed", path)
		}
	}
}

// TestSameContentAgain: its acuse stands, and nothing else comes of it.
func TestSameContentAgain(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	g.clock.Set(moment(3, "10:00:00"))
	res := write(t, "GE_RES_00900001_20260303_001.txt", answer("2026/090/1325"))
	g.leave(norte, "GE_RES_00900001_20260303_001.txt", res)
	g.mustVisit(norte)
	before, log := g.visible(), len(g.events(""))
	g.clock.Set(moment(3, "11:00:00"))
	g.leave(norte, "GE_RES_00900001_20260303_001.txt", res)
	// A new time, the old bytes.
	g.leave(schema.ParteCONDUSEF, nameREC, example(t, "in/CONDUSEF/salida/"+nameREC))
	g.mustVisit(norte)
	if err := g.cycle.Receive(context.Background(), lunes, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(texts(before), texts(g.visible())); diff != "" {
		t.Error(diff)
	}
	if n := len(g.events("")); n != log {
		t.Errorf("%d new events", n-log)
	}
	if left := g.listed(norte); len(left) != 0 {
		t.Errorf("not done: %v", left)
	}
}

// listed gives the names that still wait in a UNE's folder.
func (g *gateway) listed(parte schema.Parte) (names []string) {
	g.t.Helper()
	files, err := g.box(parte, schema.CarpetaRespuestas).List(context.Background())
	if err != nil {
		g.t.Fatal(err)
	}
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

// TestCorrectedFile: a whole refusal frees the name, and the folios; and the
// next day goes on as if nothing had been.
func TestCorrectedFile(t *testing.T) {
	t.Parallel()
	g := open(t)
	good := example(t, "in/CONDUSEF/salida/"+nameREC)
	g.leave(schema.ParteCONDUSEF, nameREC, good[:1500])
	g.mustRun(corrida)
	g.clock.Set(moment(2, "18:30:00"))
	g.leave(schema.ParteCONDUSEF, nameREC, good)
	g.mustRun(moment(2, "18:31:00"))
	g.checkReceipt(schema.ParteCONDUSEF, nameREC, good[:1500],
		g.file("CONDUSEF/entrada/GE_ACU_REC_20260302_001.txt"), schema.Rechazado)
	g.checkReceipt(schema.ParteCONDUSEF, nameREC, good,
		g.file("CONDUSEF/entrada/GE_ACU_REC_20260302_001_2.txt"), schema.Aceptado)
	if d := g.delivered(); len(d) != 6 {
		t.Errorf("delivered %v", d)
	}
	r := exampleREC(t)
	for i := range r {
		r[i].RecFolioCondusef += "1"
	}
	g.clock.Set(moment(3, "09:00:00"))
	g.leave(schema.ParteCONDUSEF, "GE_REC_20260303_001.txt", rec(t, "GE_REC_20260303_001.txt", r...))
	if inf := g.mustRun(moment(3, "09:05:00")); inf.Entregadas != 6 {
		t.Errorf("the next day: %+v", inf)
	}
	g.checkVisible()
}

// TestTwoContentsUnderOneName: each of them is read, whatever fails between the
// two; neither is taken for the other.
func TestTwoContentsUnderOneName(t *testing.T) {
	t.Parallel()
	const name = "GE_RES_00900001_20260303_001.txt"
	for _, fault := range []string{"", "the first", "the second"} {
		t.Run("lost "+fault, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.deliverExample()
			first := write(t, name, answer("2026/190/99")) // refused whole? no: that record alone, NEG-01
			second := write(t, name, answer("2026/090/1325"), answer("2026/190/88"))
			g.clock.Set(moment(3, "10:00:00"))
			g.leave(norte, name, first)
			g.clock.Set(moment(3, "10:05:00"))
			g.leave(norte, name, second)
			if fault != "" {
				found := g.lose(map[string][]byte{"the first": first, "the second": second}[fault])
				if err := g.visit(norte); err == nil {
					t.Fatal("the fault was not told")
				}
				found()
			}
			g.mustVisit(norte)
			g.mustVisit(norte)
			all := view(g, func(v *store.View) ([]store.Archivo, error) { return v.Contenidos(norte, name) })
			if len(all) != 2 || !all[0].Recibido.Equal(moment(3, "10:00:00")) ||
				!all[1].Recibido.Equal(moment(3, "10:05:00")) {
				t.Fatalf("taken in: %+v", all)
			}
			g.checkReceipt(norte, name, first,
				g.file(norte.String()+"/acuses/GE_ACU_00900001_20260303_001.txt"), schema.Parcial)
			g.checkReceipt(norte, name, second,
				g.file(norte.String()+"/acuses/GE_ACU_00900001_20260303_001_2.txt"), schema.Aceptado)
		})
	}
}

// TestRECOfAnInstitution: what an institution calls a REC is refused, and is no
// REC of the day.
func TestRECOfAnInstitution(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.leave(norte, nameREC, example(t, "in/CONDUSEF/salida/"+nameREC))
	inf := g.mustRun(corte)
	if len(inf.Abiertas) != 1 || len(g.events(bitacora.JornadaSinREC)) != 1 {
		t.Errorf("the day counts an institution's file: %+v", inf)
	}
	if c := view(g, func(v *store.View) (store.Balance, error) {
		return v.Balance(lunes)
	}); c != (store.Balance{}) {
		t.Errorf("%+v", c)
	}
	if d := g.delivered(); len(d) != 0 || len(g.names(norte, "reclamaciones")) != 0 {
		t.Errorf("delivered %v", d)
	}
	g.checkReceipt(norte, nameREC, example(t, "in/CONDUSEF/salida/"+nameREC),
		g.file(norte.String()+"/acuses/GE_ACU_00900001_20260302_900.txt"), schema.Rechazado)
	g.checkVisible()
}
