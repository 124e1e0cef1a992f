package exchange_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store/bitacora"
)

// ahead has the cortes of the days up to a moment done in advance, in order, as the
// schedule does what it takes for missed.
func (g *gateway) ahead(until time.Time) {
	g.t.Helper()
	g.clock.Set(until)
	for d := lunes; !until.Before(on(d, "20:00")); d = g.cal().Siguiente(d) {
		if err := g.cycle.Run(context.Background(), d, exchange.CausaAtrasada, nil); err != nil {
			g.t.Fatal(err)
		}
	}
}

// emptyFor gives the institutions that have an empty LOT of a day.
func (g *gateway) emptyFor(day schema.Dia) (all []string) {
	g.t.Helper()
	for _, une := range []schema.Parte{norte, penon, nandu} {
		for _, name := range g.names(une, schema.CarpetaReclamaciones) {
			if strings.Contains(name, day.Compacta()) &&
				examine(g.t, name, g.file(une.String()+"/reclamaciones/"+name)).Registros == 0 {
				all = append(all, une.String())
			}
		}
	}
	return all
}

// TestClockAhead: what a clock that was three days ahead did before its hour is done
// again when the hour comes, once and in order, also where nothing runs at that hour.
func TestClockAhead(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]bool{"at each hour": false, "missed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.clock.Set(moment(2, "10:00:00"))
			r := exampleREC(t)
			g.leave(schema.ParteCONDUSEF, nameREC, rec(t, nameREC, r[:2]...))
			g.mustRun(moment(2, "10:00:00"))
			g.ahead(moment(5, "12:00:00"))
			if n := len(g.events(bitacora.JornadaCortada)); n != 3 {
				t.Fatalf("%d cortes in advance", n)
			}

			g.clock.Set(moment(2, "12:10:00")) // it is right again
			if dia, err := g.cycle.Jornada(t.Context()); err != nil || dia != lunes {
				t.Errorf("the operation day is %s, %v", dia, err)
			}
			if inf := g.mustRun(moment(2, "12:20:00")); len(inf.Abiertas) != 0 ||
				len(g.events(bitacora.JornadaReabierta)) != 0 {
				t.Errorf("before the hour: %+v", inf)
			}
			g.send(norte, moment(2, "13:00:00"), 1, onDay(answer(folioNorte), lunes))
			if !off {
				g.mustRun(corte)
				if n := len(g.returned()); n != 1 {
					t.Errorf("at the hour %d answers went back", n)
				}
			}
			tuesday := "GE_REC_20260303_001.txt"
			r[2].RecFolioCondusef = "2026/090/7777"
			g.clock.Set(moment(3, "09:00:00"))
			g.leave(schema.ParteCONDUSEF, tuesday, rec(t, tuesday, r[2]))
			g.mustRun(moment(3, "09:00:00"))
			if !off {
				g.mustRun(moment(3, "20:00:00"))
				if got := g.emptyFor(lunes + 1); len(got) != 2 {
					t.Errorf("on Tuesday an empty LOT for %q", got)
				}
			}
			g.mustRun(moment(4, "09:00:00"))
			if j := g.day(lunes + 2); j.Cortada(g.clock.Now()) || len(g.returned()) != 1 {
				t.Errorf("on Wednesday morning: %+v, %v", j, g.returned())
			}
			g.mustRun(moment(4, "20:00:00"))
			g.mustRun(moment(5, "12:30:00"))

			var again, cut []string
			for _, e := range g.events(bitacora.JornadaReabierta) {
				again = append(again, fmt.Sprint(e.Detalle["jornada"], " ", e.Detalle["corte"]))
			}
			for _, e := range g.events(bitacora.JornadaCortada)[3:] {
				cut = append(cut, fmt.Sprint(e.Detalle["jornada"]))
			}
			const early = " 2026-03-05T12:00:00-06:00"
			if want := []string{"2026-03-02" + early, "2026-03-03" + early,
				"2026-03-04" + early}; !slices.Equal(again, want) {
				t.Errorf("opened again %q", again)
			}
			if want := []string{"2026-03-02", "2026-03-03", "2026-03-04"}; !slices.Equal(cut, want) {
				t.Errorf("cut again %q", cut)
			}
			for d := range schema.Dia(2) {
				if j := g.day(lunes + d); j.Cerrada.IsZero() || !j.Cerrada.After(j.Corte.Add(-time.Second)) {
					t.Errorf("%s: %+v", lunes+d, j)
				}
			}
			var alarms []string
			for _, e := range g.events(bitacora.JornadaSinREC) {
				alarms = append(alarms, fmt.Sprint(e.Detalle["jornada"]))
			}
			// those of the future that was none, and Wednesday's, which is true
			if want := []string{"2026-03-03", "2026-03-04", "2026-03-04"}; !slices.Equal(alarms, want) {
				t.Errorf("alarms %q", alarms)
			}
			for what, n := range g.returned() {
				if n != 1 {
					t.Errorf("%s is in %d REPs", what, n)
				}
			}
			g.checkVisible()
		})
	}
}

// TestClockBack: a clock that was set back opens nothing again.
func TestClockBack(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	g.mustRun(corte)
	g.mustRun(moment(3, "09:00:00"))
	before := maps.Clone(g.visible())
	g.mustRun(moment(2, "12:00:00"))
	g.mustRun(moment(2, "19:00:00"))
	g.mustRun(moment(3, "09:10:00"))
	if n := len(g.events(bitacora.JornadaCortada)); n != 1 || len(g.visible()) != len(before) {
		t.Errorf("%d cortes; %d files, %d before", n, len(g.visible()), len(before))
	}
}
