package exchange_test

import (
	"fmt"
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/schema"
)

// TestSection9 plays the five rows of section 9 through a real REC, LOT, RES and
// ACU: the limit without a prórroga, with one of five and with one of ten días
// hábiles, its last second, and the one after it.
func TestSection9(t *testing.T) {
	t.Parallel()
	for _, row := range [][4]string{
		{"2026-03-02", "2026-03-31", "2026-04-09", "2026-04-16"},
		{"2025-12-05", "2026-01-07", "2026-01-14", "2026-01-21"},
		{"2024-09-20", "2024-10-21", "2024-10-28", "2024-11-04"},
		{"2024-07-01", "2024-08-12", "2024-08-19", "2024-08-26"},
		{"2026-10-20", "2026-11-19", "2026-11-26", "2026-12-03"},
	} {
		t.Run(row[0], func(t *testing.T) {
			t.Parallel()
			g := open(t)
			day := dia(t, row[0])
			g.deliverOn(day, 6)
			for _, r := range lines[schema.Reclamacion](t,
				g.file(norte.String()+"/reclamaciones/GE_LOT_00900001_"+day.Compacta()+"_001.txt")) {
				if want := dia(t, row[1]).Fecha(); r.RecFechaLimite != want {
					t.Errorf("the LOT has the limit %s, want %s", r.RecFechaLimite, want)
				}
			}
			var asked []schema.Respuesta
			for n := 2; n < 6; n++ {
				asked = append(asked, onDay(prorroga(folioOf(n), []string{"", "5", "10"}[n/2]), day))
			}
			acu := g.send(norte, on(schema.NewCalendario(nil).Siguiente(day), "10:00"), 1, asked...)
			for i, x := range row[1:] {
				limit := dia(t, x)
				if i > 0 && lines[schema.Acuse](t, acu)[2*i-2].AcuFechaLimite != limit.Fecha() {
					t.Errorf("the acuse of the prórroga: %s, want %s", verdicts(t, acu), x)
				}
				last := g.send(norte, on(limit, "23:59:59"), 1, onDay(answer(folioOf(2*i)), day))
				if got, want := verdict(t, last),
					fmt.Sprintf("A %s %d 1", limit.Fecha(), 20+5*i); got != want {
					t.Errorf("the last second: %s, want %s", got, want)
				}
				late := g.send(norte, on(limit+1, "00:00:00"), 1, onDay(answer(folioOf(2*i+1)), day))
				if got, want := verdict(t, late),
					fmt.Sprintf("A %s %d 2", limit.Fecha(), 21+5*i); got != want {
					t.Errorf("one second later: %s, want %s", got, want)
				}
			}
			g.checkVisible()
		})
	}
}

// deliverOn delivers n folios to Norte on a day.
func (g *gateway) deliverOn(day schema.Dia, n int) {
	g.t.Helper()
	var records []schema.Reclamacion
	for i := range n {
		r := exampleREC(g.t)[1]
		r.RecFolioCondusef, r.RecFechaReclamacion, r.RecFechaTurno = folioOf(i), day.Fecha(), day.Fecha()
		records = append(records, r)
	}
	name := "GE_REC_" + day.Compacta() + "_001.txt"
	g.clock.Set(on(day, "18:05"))
	g.leave(schema.ParteCONDUSEF, name, rec(g.t, name, records...))
	g.mustRun(on(day, "18:07:40"))
}

func folioOf(i int) schema.Folio { return schema.Folio(fmt.Sprint("2026/300/", i+1)) }

// onDay is an answer that bears a day.
func onDay(r schema.Respuesta, d schema.Dia) schema.Respuesta {
	r.RecFechaAtencion = d.Fecha()
	if r.RecFechaResolucion != "" {
		r.RecFechaResolucion = d.Fecha()
	}
	return r
}

// TestTerms: each rule of an answer and a prórroga, at its edge. Twenty días
// hábiles end on 03-31, thirty on 04-16.
func TestTerms(t *testing.T) {
	t.Parallel()
	lineas(t, openDelivered, map[string]string{
		"the first second": "03-03 00:00:00 R = A 31/03/2026 1 1",
		"the last second":  "03-31 23:59:59 R = A 31/03/2026 20 1",
		"one second late":  "04-01 00:00:00 R = A 31/03/2026 21 2",
		"on a day off":     "03-29 12:00:00 R = A 31/03/2026 18 1",
		"months late":      "05-04 12:00:00 R = A 31/03/2026 41 2",
		"prórroga":         "03-18 16:00:00 P10 = A 16/04/2026 11 1",
		"not from its day": "03-31 10:00:00 P1 = A 01/04/2026 20 1",
		"its last second": "03-31 23:59:59 P10 = A 16/04/2026 20 1; 04-16 23:59:59 R = A " +
			"16/04/2026 30 1",
		"then late": "03-31 23:59:59 P10 = A 16/04/2026 20 1; 04-17 00:00:00 R = A " +
			"16/04/2026 31 2",
		"asked too late": "04-01 00:00:00 P10 = R NEG-05; 04-01 09:00:00 R = A 31/03/2026 21 2",
		"too long":       "03-03 10:00:00 P11 = R NEG-10; 03-03 11:00:00 P10 = A 16/04/2026 1 1",
		"a second one": "03-03 10:00:00 P5 = A 09/04/2026 1 1; 03-04 10:00:00 P5 = R NEG-04; " +
			"04-09 23:59:59 R = A 09/04/2026 25 1",
		"after an answer": "03-03 10:00:00 R = A 31/03/2026 1 1; 03-04 10:00:00 P10 = R NEG-06",
		"a second answer": "03-03 10:00:00 R = A 31/03/2026 1 1; 03-03 11:00:00 R = R DUP-02",
		"a third, late": "04-06 10:00:00 R = A 31/03/2026 22 2; 04-06 11:00:00 R = R DUP-02; " +
			"05-06 11:00:00 R = R DUP-02",
		"closed before too late": "03-03 10:00:00 R = A 31/03/2026 1 1; 04-02 10:00:00 P11 = R NEG-06",
		"closed before a second": "03-03 10:00:00 P5 = A 09/04/2026 1 1; 03-03 11:00:00 R = A 09/04/2026 " +
			"1 1; 04-17 10:00:00 P11 = R NEG-06",
		"second before too late": "03-03 10:00:00 P10 = A 16/04/2026 1 1; 04-17 10:00:00 P11 = R NEG-04",
		"too late before length": "04-01 10:00:00 P11 = R NEG-05",
		"desistida": "03-03 10:00:00 D6 = A; 03-03 11:00:00 R = R NEG-06; 03-03 11:00:01 " +
			"P11 = R NEG-06",
		"desistida, not a second": "03-03 10:00:00 P5 = A 09/04/2026 1 1; 03-03 11:00:00 D6 = A; 03-03 " +
			"11:00:02 P5 = R NEG-06",
		"answered and desistida": "03-03 10:00:00 R = A 31/03/2026 1 1; 03-03 11:00:00 D6 = A; 03-03 " +
			"11:00:02 R = R DUP-02; 03-03 11:00:03 P5 = R NEG-06",
		"both, the answer first": "03-03 10:00:00 R+P10 = A 31/03/2026 1 1 + R DUP-01; 03-03 11:00:00 P10 " +
			"= R NEG-06",
		"both, the prórroga": "03-03 10:00:00 P10+R = A 16/04/2026 1 1 + R DUP-01; 03-03 11:00:00 R = " +
			"A 16/04/2026 1 1",
		"both, the first is bad": "03-03 10:00:00 P11+R = R NEG-10 + A 31/03/2026 1 1",
		"both, and late":         "04-01 10:00:00 P5+R+R = R NEG-05 + A 31/03/2026 21 2 + R DUP-01",
	})
}

// TestEndOfTheTerm: where the agreement ends the last day at another hour, all that
// asks for it goes by that one.
func TestEndOfTheTerm(t *testing.T) {
	t.Parallel()
	lineas(t, func(t *testing.T) *gateway {
		t.Helper()
		g := open(t)
		g.configure = func(c *exchange.Cycle) { c.Plazos.FinDePlazo = 18 * 3600 }
		g.restart()
		g.deliverExample()
		return g
	}, map[string]string{
		"the last second":    "03-31 18:00:00 R = A 31/03/2026 20 1",
		"one second late":    "03-31 18:00:01 R = A 31/03/2026 20 2",
		"prórroga":           "03-31 18:00:00 P10 = A 16/04/2026 20 1; 04-16 18:00:00 R = A 16/04/2026 30 1",
		"prórroga, too late": "03-31 18:00:01 P10 = R NEG-05",
		"after it, too late": "03-31 18:00:00 P10 = A 16/04/2026 20 1; 04-16 18:00:01 R = A 16/04/2026 30 2",
		"how it stands": "03-31 18:00:00 visit = por_vencer; 03-31 18:00:01 visit = vencido; 04-01 " +
			"00:00:00 visit = vencido",
		"not the day before":  "03-30 18:00:01 visit = por_vencer; 03-30 18:00:01 R = A 31/03/2026 19 1",
		"near from the start": "03-25 23:59:59 visit = a_tiempo; 03-26 00:00:00 visit = por_vencer",
	})
}

// TestFractions: the second that ends a term counts whole.
func TestFractions(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	end := on(dia(t, limite), "23:59:59")
	if got := verdict(t, g.send(norte, end.Add(999e6), 1, answer(folioNorte))); got != "A 31/03/2026 20 1" {
		t.Error(got)
	}
	if got := g.told(folioMonto); got != "por_vencer 03-31" {
		t.Errorf("told: %s", got)
	}
	if got := verdict(t, g.send(norte, end.Add(1e9), 2, answer2(folioMonto))); got != "A 31/03/2026 21 2" {
		t.Error(got)
	}
}

// TestMaximumOfTheInstitution: the roll may allow less than the layout, and what
// comes before it in the order comes before that, too.
func TestMaximumOfTheInstitution(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	for i, step := range []struct{ at, dias, want string }{
		{"2026-03-03 10:00:00", "6", "R NEG-10"},
		{"2026-03-03 11:00:00", "5", "A 09/04/2026 1 1"},
		{"2026-03-03 12:00:00", "6", "R NEG-04"},
	} {
		day, hour, _ := strings.Cut(step.at, " ")
		if got := verdict(t,
			g.send(nandu, on(dia(t, day), hour), i+1, prorroga(folioNandu, step.dias))); got != step.want {
			t.Errorf("prórroga of %s: %s, want %s", step.dias, got, step.want)
		}
	}
	other := exampleREC(t)
	for _, r := range other {
		if r.RecInstitucionClave == "900003" && r.RecFolioCondusef != folioNandu {
			if got := verdict(t,
				g.send(nandu, on(dia(t, "2026-04-01"), "10:00"), 1,
					prorroga(r.RecFolioCondusef, "6"))); got != "R NEG-05" {
				t.Errorf("too late and too long: %s", got)
			}
		}
	}
}
