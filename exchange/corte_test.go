package exchange_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// returned counts each answer over all REPs that are visible, by acuse, folio
// and type.
func (g *gateway) returned() map[string]int {
	all := map[string]int{}
	for path, content := range g.visible() {
		if strings.Contains(path, "/GE_REP_") {
			for _, r := range lines[schema.Retorno](g.t, content) {
				all[r.AcuFolio+" "+string(r.RecFolioCondusef)+" "+string(r.ResTipo)]++
			}
		}
	}
	return all
}

// TestEmptyLOT: "nothing for you" differs from "nothing came".
func TestEmptyLOT(t *testing.T) {
	t.Parallel()
	r := exampleREC(t)
	for name, test := range map[string]struct {
		content []byte // nil: no REC
		empty   []string
	}{
		"no REC":      {nil, nil},
		"refused REC": {rec(t, nameREC, r[:2]...)[:700], nil},
		"empty REC":   {rec(t, nameREC), []string{norte.String(), penon.String(), nandu.String()}},
		"for one":     {rec(t, nameREC, r[:2]...), []string{penon.String(), nandu.String()}},
		"for all":     {rec(t, nameREC, r...), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			if test.content != nil {
				g.leave(schema.ParteCONDUSEF, nameREC, test.content)
			}
			g.mustRun(corrida)
			for path := range g.visible() {
				if strings.Contains(path, "_LOT_") && len(g.delivered()) == 0 {
					t.Errorf("before the corte: %s", path)
				}
			}
			g.mustRun(corte)
			g.mustRun(moment(2, "20:30:00"))
			var empty []string
			for _, une := range []schema.Parte{norte, penon, nandu} {
				for _, name := range g.names(une, schema.CarpetaReclamaciones) {
					x := examine(t, name, g.file(une.String()+"/reclamaciones/"+name))
					if x.Registros == 0 {
						empty = append(empty, une.String())
						if x.Encabezado.GeArchivoReferencia != "" {
							t.Errorf("%s refers to %s", name, x.Encabezado.GeArchivoReferencia)
						}
					}
				}
			}
			if !slices.Equal(empty, test.empty) {
				t.Errorf("empty LOTs for %v, want %v", empty, test.empty)
			}
			g.checkVisible()
		})
	}
}

// TestEmptyLOTIsNotLost: one that could not be shown on its day is made again,
// whatever happens in between.
func TestEmptyLOTIsNotLost(t *testing.T) {
	t.Parallel()
	g := openRemote(t, 0, 0)
	g.leave(schema.ParteCONDUSEF, nameREC, rec(t, nameREC))
	g.faults.failLike("reclamaciones put")
	if _, err := g.runAt(corte, exchange.CausaAgenda); !errors.Is(err, errFault) {
		t.Fatal(err)
	}
	g.faults.failLike("reclamaciones put") // it is annulled, and again nobody sees it
	if _, err := g.runAt(moment(3, "09:00:00"), exchange.CausaAgenda); !errors.Is(err, errFault) {
		t.Fatal(err)
	}
	if _, err := g.runAt(moment(3, "23:59:30"), exchange.CausaManual); err == nil {
		t.Fatal("the fault was not told")
	}
	g.restart()
	g.mustRun(moment(4, "09:00:00"))
	for _, une := range []schema.Parte{norte, penon, nandu} {
		if got := g.names(une, schema.CarpetaReclamaciones); !slices.Equal(got,
			[]string{"GE_LOT_" + une.String() + "_20260304_001.txt"}) {
			t.Errorf("%s sees %q", une, got)
		}
	}
}

// TestNoEmptyLOTForWaitingRows: rows whose LOT could not be made are not
// "nothing for you".
func TestNoEmptyLOTForWaitingRows(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.leaveExample()
	g.failEvent("NEW.evento = 'lote_formado' AND json_extract(NEW.detalle, '$.registros') > 0")
	if _, err := g.runAt(corte, exchange.CausaAgenda); err == nil {
		t.Fatal("the fault was not told")
	}
	if n := len(g.names(norte, schema.CarpetaReclamaciones)); n != 0 {
		t.Error("an empty LOT for an institution with rows")
	}
	g.healEvent()
	g.mustRun(moment(2, "20:10:00"))
	if d := g.delivered(); len(d) != 6 {
		t.Errorf("delivered %v", d)
	}
}

func TestDayWithoutREC(t *testing.T) {
	t.Parallel()
	g := open(t)
	for range 3 {
		if inf := g.mustRun(corte); len(inf.Abiertas) != 1 || !inf.Observado() {
			t.Errorf("%+v", inf)
		}
	}
	if n := len(g.events(bitacora.JornadaSinREC)); n != 1 {
		t.Errorf("%d alarms", n)
	}
	if j := g.day(lunes); !j.Cerrada.IsZero() || j.Corte.IsZero() {
		t.Errorf("%+v", j)
	}
	g.clock.Set(moment(2, "21:00:00"))
	g.leaveExample()
	if inf := g.mustRun(moment(2, "21:00:00")); len(inf.Abiertas) != 0 || g.day(lunes).Cerrada.IsZero() {
		t.Errorf("it came later: %+v", inf)
	}
}

// TestLateREC: the day that still waits for its REC gets it, also from the next
// day's run; one that has it is left alone.
func TestLateREC(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.mustRun(corte)
	g.clock.Set(moment(3, "09:00:00"))
	g.leaveExample()
	if inf := g.mustRun(moment(3, "09:00:00")); len(inf.Abiertas) != 0 {
		t.Errorf("%+v", inf)
	}
	if j := g.day(lunes); j.Recibidas != 6 || j.Cerrada.IsZero() {
		t.Errorf("monday: %+v", j)
	}
	second := "GE_REC_20260302_002.txt"
	r := exampleREC(t)[:1]
	r[0].RecFolioCondusef = "2026/090/7777"
	g.leave(schema.ParteCONDUSEF, second, rec(t, second, r...))
	g.mustRun(moment(3, "09:05:00"))
	for _, a := range view(g, func(v *store.View) ([]store.Archivo, error) {
		return v.Contenidos(schema.ParteCONDUSEF, second)
	}) {
		if a.Jornada != lunes+1 {
			t.Errorf("%s was booked on %s", a.Nombre, a.Jornada)
		}
	}
}

func (g *gateway) day(dia schema.Dia) store.Jornada {
	g.t.Helper()
	return view(g, func(v *store.View) (store.Jornada, error) { return v.Jornada(dia) })
}

// TestUnbalancedDay: what was received and neither delivered nor refused keeps
// the day open, and nothing else waits for it.
func TestUnbalancedDay(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.leaveExample()
	// and no other LOT with it
	g.failEvent("NEW.evento = 'archivo_publicado' AND NEW.parte = '" + penon.String() + "'")
	for range 3 {
		inf, err := g.runAt(corte, exchange.CausaAgenda)
		if err == nil || len(inf.Abiertas) != 1 || !strings.Contains(inf.Abiertas[0],
			"6 received, 4 delivered, 0 refused") {
			t.Errorf("%+v, %v", inf, err)
		}
	}
	if n := len(g.events(bitacora.JornadaAbierta)); n != 1 || len(g.events(bitacora.JornadaCerrada)) != 0 {
		t.Errorf("%d alarms", n)
	}
	if got := g.names(schema.ParteCONDUSEF, schema.CarpetaEntrada); !slices.Contains(got,
		"GE_REP_20260302_001.txt") {
		t.Errorf("no REP: %q", got)
	}
	g.healEvent()
	g.mustRun(moment(3, "09:00:00"))
	if j := g.day(lunes); j.Balance != (store.Balance{Recibidas: 6, Entregadas: 6}) ||
		!j.Cerrada.Equal(moment(3, "09:00:00")) {
		t.Errorf("%+v", j)
	}
	if n := len(g.events(bitacora.JornadaCerrada)); n != 1 {
		t.Errorf("closed %d times", n)
	}
}

// TestREP: each accepted record is in exactly one; the corte makes one in any
// case, a run by hand only where there is something to return.
func TestREP(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	reps := func() (names []string) {
		for _, name := range g.names(schema.ParteCONDUSEF, schema.CarpetaEntrada) {
			if strings.HasPrefix(name, "GE_REP_") {
				names = append(names, name)
			}
		}
		return names
	}
	byHand := func(hour string) {
		t.Helper()
		if _, err := g.runAt(moment(2, hour), exchange.CausaManual); err != nil {
			t.Fatal(err)
		}
	}
	byHand("18:30:00")
	if got := reps(); len(got) != 0 {
		t.Errorf("by hand, with nothing to return: %q", got)
	}
	hoy := func(r schema.Respuesta) schema.Respuesta {
		r.RecFechaAtencion = "02/03/2026"
		if r.RecFechaResolucion != "" {
			r.RecFechaResolucion = "02/03/2026"
		}
		return r
	}
	g.send(norte, moment(2, "18:40:00"), 1, hoy(answer(folioNorte)))
	g.mustRun(moment(2, "18:45:00"))
	if got := reps(); len(got) != 0 {
		t.Errorf("a planned run before the corte: %q", got)
	}
	byHand("18:50:00")
	g.send(nandu, moment(2, "19:00:00"), 1, hoy(prorroga(folioNandu, "3")), hoy(answer("2026/110/233")))
	g.mustRun(corte)
	g.mustRun(moment(2, "20:30:00"))
	byHand("20:40:00")
	if got := reps(); !slices.Equal(got, []string{"GE_REP_20260302_001.txt", "GE_REP_20260302_002.txt"}) {
		t.Errorf("%q", got)
	}
	g.mustRun(moment(3, "20:00:00"))
	if x := examine(t, "GE_REP_20260303_001.txt",
		g.file("CONDUSEF/entrada/GE_REP_20260303_001.txt")); x.Registros != 0 {
		t.Errorf("the empty REP has %d records", x.Registros)
	}
	all := g.returned()
	if len(all) != 3 {
		t.Errorf("returned %v", all)
	}
	for what, n := range all {
		if n != 1 {
			t.Errorf("%s is in %d REPs", what, n)
		}
	}
	g.checkVisible()
}

// TestAfterTheClose: a file taken in later is counted, and the day closed again.
func TestAfterTheClose(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	g.mustRun(corte)
	r := exampleREC(t)[:1]
	r[0].RecFolioCondusef = "2026/090/7777"
	g.clock.Set(moment(2, "21:00:00"))
	g.leave(schema.ParteCONDUSEF, "GE_REC_20260302_002.txt", rec(t, "GE_REC_20260302_002.txt", r...))
	g.mustRun(moment(2, "21:00:00"))
	if j := g.day(lunes); j.Recibidas != 7 || !j.Cuadra() || !j.Cerrada.Equal(moment(2, "21:00:00")) {
		t.Errorf("%+v", j)
	}
	if n := len(g.events(bitacora.JornadaCerrada)); n != 2 {
		t.Errorf("closed %d times", n)
	}
}

// TestNoCorteOnADayOff: a day that is no día hábil has none.
func TestNoCorteOnADayOff(t *testing.T) {
	t.Parallel()
	g := open(t)
	sabado := schema.NewDia(2026, 3, 7)
	g.clock.Set(on(sabado, "21:00"))
	if err := g.cycle.Run(t.Context(), sabado, exchange.CausaManual, nil); err != nil {
		t.Fatal(err)
	}
	if j := g.day(sabado); !j.Corte.IsZero() || len(g.visible()) != 0 {
		t.Errorf("%+v, %v", j, g.visible())
	}
}

// TestEndDay: a day that is ended by hand is asked for no longer; a REC of it that comes
// after all is its own, be it empty, and closes it again.
func TestEndDay(t *testing.T) {
	t.Parallel()
	for name, records := range map[string][]schema.Reclamacion{"a REC": exampleREC(t), "an empty one": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			end := func() error {
				return g.store.Update(t.Context(), g.clock.Now(), func(tx *store.Tx) error {
					return exchange.EndDay(tx, lunes, store.Orden{Motivo: "oficio"})
				})
			}
			g.clock.Set(corrida)
			if err := end(); err == nil || !strings.Contains(err.Error(), "no corte yet") {
				t.Errorf("before the corte: %v", err)
			}
			if inf := g.mustRun(corte); len(inf.Abiertas) != 1 {
				t.Errorf("%+v", inf)
			}
			if err := end(); err != nil {
				t.Fatal(err)
			}
			if err := end(); err == nil || !strings.Contains(err.Error(), "ended before") {
				t.Errorf("again: %v", err)
			}
			if inf := g.mustRun(moment(3, "09:00:00")); len(inf.Abiertas) != 0 || !g.day(lunes).Mano {
				t.Errorf("%+v, %+v", inf, g.day(lunes))
			}
			g.leave(schema.ParteCONDUSEF, nameREC, rec(t, nameREC, records...))
			g.mustRun(moment(3, "10:00:00"))
			g.mustRun(moment(3, "10:05:00"))
			if j := g.day(lunes); j.Mano || j.Recibidas != len(records) ||
				!j.Cerrada.Equal(moment(3, "10:00:00")) {
				t.Errorf("%+v", j)
			}
			if n := len(g.events(bitacora.JornadaCerrada)); n != 1 {
				t.Errorf("closed %d times", n)
			}
			if err := end(); err == nil || !strings.Contains(err.Error(), "has a REC") {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// TestDayOfAREC: what becomes of a REC by the day that it is of. 03-06 is a Friday.
func TestDayOfAREC(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ day, at, want string }{
		"of today":                    {"2026-03-06", "03-06 18:07:40", "1 2026-03-06"},
		"of an earlier day":           {"2026-03-04", "03-06 18:07:40", "1 2026-03-06"},
		"of a day off":                {"2026-03-07", "03-09 09:00:00", "1 2026-03-09"},
		"of a day off, on it":         {"2026-03-07", "03-07 12:00:00", "1 2026-03-09"},
		"of a day off, before it":     {"2026-03-07", "03-06 18:07:40", "waits"},
		"of the next día hábil":       {"2026-03-09", "03-06 18:07:40", "waits"},
		"and one day more":            {"2026-03-10", "03-06 18:07:40", "3 2026-03-06"},
		"on a day off, one day more":  {"2026-03-10", "03-07 18:07:40", "3 2026-03-09"},
		"of another year, by mistake": {"2062-03-06", "03-06 18:07:40", "3 2026-03-06"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			day := dia(t, c.day)
			r := exampleREC(t)[:1]
			r[0].RecFechaReclamacion, r[0].RecFechaTurno = "02/03/2026", "02/03/2026"
			file := "GE_REC_" + day.Compacta() + "_001.txt"
			at := on(dia(t, "2026-"+c.at[:5]), c.at[6:])
			g.clock.Set(at)
			g.leave(schema.ParteCONDUSEF, file, rec(t, file, r...))
			if _, err := g.runAt(at, exchange.CausaAgenda); err != nil {
				t.Fatal(err)
			}
			got := "waits"
			for _, a := range view(g, func(v *store.View) ([]store.Archivo, error) {
				return v.Contenidos(schema.ParteCONDUSEF, file)
			}) {
				got = fmt.Sprintf("%d %s", a.Resultado, a.Jornada)
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if c.want[0] == '3' {
				rch := g.file("CONDUSEF/entrada/" + strings.Replace(file, "REC", "RCH_REC", 1))
				if f := lines[schema.Rechazo](t, rch); len(f) != 1 || f[0].RchCodigo != "NEG-07" ||
					f[0].RchCampo != "GeFechaOperacion" {
					t.Errorf("%+v", f)
				}
			}
			g.checkVisible()
		})
	}
}
