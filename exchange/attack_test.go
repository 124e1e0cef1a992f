package exchange_test

import (
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

// TestAbsurdAmounts: two answers whose amounts no sum can hold go back in two
// REPs; they hold nobody else back.
func TestAbsurdAmounts(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	g.clock.Set(moment(18, "10:00:00"))
	for une, x := range map[schema.Parte]struct{ folio, amount string }{
		norte: {"2026/090/1325", "9999999999999.99"}, penon: {"2026/140/402", "0.01"},
	} {
		r := answer(schema.Folio(x.folio))
		r.RecSentidoResolucion, r.RecImporteAbonado, r.RecFechaAbonoImporte = "1", schema.Monto(x.amount),
			"03/03/2026"
		name := "GE_RES_" + une.String() + "_20260318_001.txt"
		g.leave(une, name, write(t, name, r))
		g.mustVisit(une)
	}
	g.mustRun(moment(18, "20:00:00"))
	if got := g.returned(); len(got) != 2 {
		t.Errorf("returned %v", got)
	}
	reps := 0
	for _, name := range g.names(schema.ParteCONDUSEF, schema.CarpetaEntrada) {
		if strings.HasPrefix(name, "GE_REP_20260318_") {
			reps++
		}
	}
	if reps != 2 {
		t.Errorf("%d REPs", reps)
	}
}

// TestToldLimitStays: a calendar that lost a day since does not make the limit of
// the LOT earlier when a prórroga is granted.
func TestToldLimitStays(t *testing.T) {
	t.Parallel()
	g := open(t)
	days := func(applies bool, days []schema.Inhabil) {
		for i := range days {
			days[i].AplicaGE = applies
		}
		g.changeCalendar(days...)
	}
	suspension := []schema.Inhabil{
		{Fecha: schema.NewDia(2026, 3, 10), Descripcion: "Suspensión", Origen: "CONDUSEF", AplicaGE: true},
		{Fecha: schema.NewDia(2026, 3, 11), Descripcion: "Suspensión", Origen: "CONDUSEF", AplicaGE: true},
		{Fecha: schema.NewDia(2026, 3, 12), Descripcion: "Suspensión", Origen: "CONDUSEF", AplicaGE: true},
	}
	days(true, suspension)
	g.deliverExample()
	told := view(g, func(v *store.View) (store.Asunto, error) { return v.UltimaVuelta("2026/190/88") }).Limite
	days(false, suspension)
	g.clock.Set(moment(18, "10:00:00"))
	name := "GE_RES_" + norte.String() + "_20260318_001.txt"
	g.leave(norte, name, write(t, name, prorroga("2026/190/88", "1")))
	g.mustVisit(norte)
	if now := view(g, func(v *store.View) (store.Asunto, error) {
		return v.UltimaVuelta("2026/190/88")
	}); now.Limite < told || now.Prorroga == 0 {
		t.Errorf("limit %s after the prórroga, %s before", now.Limite, told)
	}
}

// TestVisibleBeforeMidnight: a LOT that became visible before a kill is recorded
// also in the last minute of the day, so that an answer to it finds its folio.
func TestVisibleBeforeMidnight(t *testing.T) {
	t.Parallel()
	g := openRemote(t, 0, 0)
	g.leaveExample()
	g.faults.failLike("reclamaciones after put")
	if _, err := g.runAt(corrida, exchange.CausaAgenda); err == nil {
		t.Fatal("the Put told no error")
	}
	g.faults.clear()
	g.clock.Set(moment(2, "23:59:20"))
	name := "GE_RES_" + norte.String() + "_20260302_001.txt"
	r := answer("2026/090/1325")
	r.RecFechaAtencion, r.RecFechaResolucion = "02/03/2026", "02/03/2026"
	g.leave(norte, name, write(t, name, r))
	if err := g.visit(norte); err != nil {
		t.Fatal(err)
	}
	if k := view(g, func(v *store.View) (store.Asunto, error) {
		return v.UltimaVuelta("2026/090/1325")
	}); k.Respondida.IsZero() {
		t.Error("the answer was not accepted")
	}
}
