package exchange_test

import (
	"errors"
	"io/fs"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

// TestHowATermStands: each change is told once over days of visits, and what is
// told is what pendientes.csv says.
func TestHowATermStands(t *testing.T) {
	t.Parallel()
	contadas(t, openDelivered, map[string]contada{
		"day by day": {
			"03-03 09:00:00 visit = a_tiempo; 03-25 23:59:59 visit = a_tiempo; 03-26 00:00:00 visit = " +
				"por_vencer; 03-27 09:00:00 visit = por_vencer; " +
				"03-31 23:59:59 visit = por_vencer; 04-01 00:00:00 visit = vencido; 04-02 09:00:00 visit " +
				"= vencido; 05-11 09:00:00 visit = vencido",
			"por_vencer 03-31, vencido 03-31"},
		"no visit for weeks": {"05-11 09:00:00 visit = vencido; 05-11 09:00:01 visit = vencido",
			"vencido 03-31"},
		"answered before": {"03-10 09:00:00 R = A 31/03/2026 6 1; 04-01 09:00:00 visit = closed", ""},
		"answered near it": {
			"03-30 09:00:00 visit = por_vencer; 03-30 10:00:00 R = A 31/03/2026 19 1; 04-01 09:00:00 " +
				"visit = closed", "por_vencer 03-31"},
		"answered late": {
			"04-01 09:00:00 visit = vencido; 04-01 10:00:00 R = A 31/03/2026 21 2; 04-06 09:00:00 visit = " +
				"closed", "vencido 03-31"},
		"desistida": {"03-10 09:00:00 D6 = A; 04-01 09:00:00 visit = closed", ""},
		"back by a prórroga": {
			"03-30 09:00:00 visit = por_vencer; 03-30 10:00:00 P5 = A 09/04/2026 19 1; 03-30 10:00:01 " +
				"visit = a_tiempo; " +
				"04-06 09:00:00 visit = por_vencer; 04-10 09:00:00 visit = vencido",
			"por_vencer 03-31, a_tiempo 04-09, por_vencer 04-09, vencido 04-09"},
		"back by a recount": {
			"04-01 09:00:00 visit = vencido; 04-01 09:01:00 +03-17 = 03-31 > 04-01; 04-01 09:02:00 visit " +
				"= por_vencer; 04-06 09:00:00 visit = vencido",
			"vencido 03-31, recontado 04-01, por_vencer 04-01, vencido 04-01"},
		"a recount not far enough": {
			"04-06 09:00:00 visit = vencido; 04-06 09:01:00 +03-17 = 03-31 > 04-01; 04-06 09:02:00 visit " +
				"= vencido",
			"vencido 03-31, recontado 04-01"},
		"far back by recounts": {
			"03-26 09:00:00 visit = por_vencer; 03-26 09:01:00 +03-30 = 03-31 > 04-01; 03-26 09:02:00 " +
				"visit = por_vencer; " +
				"03-26 09:03:00 +03-31 = 04-01 > 04-06; 03-26 09:03:30 +04-01 = 04-06 > 04-07; 03-26 " +
				"09:04:00 visit = por_vencer; 03-26 09:05:00 +04-06 = 04-07 > 04-08; 03-26 09:06:00 visit " +
				"= por_vencer",
			"por_vencer 03-31, recontado 04-01, recontado 04-06, recontado 04-07, recontado 04-08"},
		"days before it": {
			"03-26 09:00:00 visit = por_vencer; 03-26 09:01:00 +03-17 = 03-31 > 04-01; 03-26 09:02:00 " +
				"visit = a_tiempo; 03-27 09:00:00 visit = por_vencer",
			"por_vencer 03-31, recontado 04-01, a_tiempo 04-01, por_vencer 04-01"},
		"a limit that is a day off now": {
			"03-20 09:00:00 +03-17 = 03-31 > 04-01; 03-23 09:00:00 -03-17 = -; 03-23 09:01:00 +04-01 = " +
				"04-01 > 04-06; " +
				"03-26 09:00:00 visit = a_tiempo; 03-27 09:00:00 visit = por_vencer; 04-06 23:59:59 visit " +
				"= por_vencer; 04-07 00:00:00 visit = vencido",
			"recontado 04-01, recontado 04-06, por_vencer 04-06, vencido 04-06"},
		"each round by itself": {
			"04-01 09:00:00 R = A 31/03/2026 21 2; 04-01 10:00:00 V = A; 04-01 11:00:00 visit = a_tiempo; " +
				"05-04 23:59:59 visit = por_vencer; 05-05 00:00:00 visit = vencido",
			"por_vencer 05-04, vencido 05-04"},
	})
}

// TestClosedBeforeItsEnd: an upload was closed in the last second of a term, and is an
// arrival only once that is over and a visit has begun, or has looked.
func TestClosedBeforeItsEnd(t *testing.T) {
	t.Parallel()
	last, after := moment(31, "23:59:59"), moment(31, "23:59:59").Add(2*time.Second)
	for name, c := range map[string]struct {
		visited time.Time
		looked  bool // when it becomes an arrival
		want    string
	}{
		"the visit begins later": {after, false, ""},
		"it begins in time":      {last, false, ""},
		"it has looked":          {last, true, "por_vencer 03-31"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openDelivered(t)
			file := "GE_RES_" + norte.String() + "_20260331_001.txt"
			content := write(t, file, answer(folioNorte))
			leave := func() { own{g, norte, schema.CarpetaRespuestas}.Leave(file, content, last) }
			g.reach = func(parte schema.Parte, p *exchange.Route) {
				p.Asienta = func() {
					g.clock.Set(after)
					if parte == norte && !c.looked {
						leave()
					}
				}
			}
			g.clock.Set(c.visited)
			g.mustVisit(norte)
			if c.looked {
				leave()
			}
			g.reach = nil
			g.mustVisit(norte)
			if got := g.told(folioNorte); got != c.want {
				t.Errorf("told %q, want %q", got, c.want)
			}
			acu := g.file(norte.String() + "/acuses/GE_ACU_" + norte.String() + "_20260331_001.txt")
			if got := verdict(t, acu); got != "A 31/03/2026 20 1" {
				t.Errorf("answered: %s", got)
			}
		})
	}
}

// TestDaysOfWarning: how near is near is agreed.
func TestDaysOfWarning(t *testing.T) {
	t.Parallel()
	for days, line := range map[int]string{
		0: "03-30 23:59:59 visit = a_tiempo; 03-31 00:00:00 visit = por_vencer; 04-01 00:00:00 visit = " +
			"vencido",
		1: "03-29 23:59:59 visit = a_tiempo; 03-30 00:00:00 visit = por_vencer; 04-01 00:00:00 visit = " +
			"vencido",
		5: "03-23 23:59:59 visit = a_tiempo; 03-24 00:00:00 visit = por_vencer; 04-01 00:00:00 visit = " +
			"vencido",
	} {
		g := openDelivered(t)
		g.cycle.Plazos.PorVencer = days
		g.follow(folioNorte, line)
		if got := g.told(folioNorte); got != "por_vencer 03-31, vencido 03-31" {
			t.Errorf("%d: told %q", days, got)
		}
	}
}

// TestNotOverdueWhatLiesThere: that a term ran out is told only of a folio whose
// answer does not lie there in time, however late somebody looks.
func TestNotOverdueWhatLiesThere(t *testing.T) {
	t.Parallel()
	name := "GE_RES_" + norte.String() + "_20260331_001.txt"
	for what, c := range map[string]struct {
		left        string // when the answer was left
		lost        bool   // its content cannot be read at the first look
		told, after string
	}{
		"in time":              {left: "23:59:59"},
		"in time, not at once": {left: "23:59:59", lost: true},
		"it came too late":     {left: "24:00:00"},
		"nothing came":         {told: "vencido 03-31", after: "vencido 03-31"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			g := openDelivered(t)
			end := on(dia(t, limite), "23:59:59")
			switch c.left {
			case "24:00:00":
				g.clock.Set(end.Add(1e9))
				g.leave(norte, name, write(t, name, answer(folioNorte)))
			case "23:59:59":
				g.clock.Set(end)
				g.leave(norte, name, write(t, name, answer(folioNorte)))
			}
			g.clock.Set(on(dia(t, "2026-04-06"), "09:00"))
			found := func() {}
			if c.lost {
				found = g.lose(write(t, name, answer(folioNorte)))
			}
			if err := g.visit(norte); (err != nil) != c.lost || c.lost && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			if got := g.told(folioNorte); got != c.told {
				t.Errorf("told %q, want %q", got, c.told)
			}
			found()
			g.mustVisit(norte)
			if got := g.told(folioNorte); got != c.after {
				t.Errorf("after all told %q, want %q", got, c.after)
			}
			if got := g.told(folioMonto); got != "vencido 03-31" {
				t.Errorf("of the other folio: told %q", got)
			}
		})
	}
}

// TestNotOverdueWhileItWaits: nor is it told while the answer waits for its annex;
// of other folios it is.
func TestNotOverdueWhileItWaits(t *testing.T) {
	t.Parallel()
	name := "GE_RES_" + norte.String() + "_20260331_001.txt"
	for came, want := range map[bool]string{true: "", false: "vencido 03-31"} {
		g := openDelivered(t)
		end := on(dia(t, limite), "23:59:59")
		g.clock.Set(end.Add(-10 * time.Second))
		g.leave(norte, name, write(t, name, conAnexo(folioNorte, carta, cartaPDF)))
		g.mustVisit(norte)
		g.clock.Set(end.Add(time.Minute))
		g.mustVisit(norte)
		if got := g.told(folioNorte); got != "" {
			t.Errorf("told %q", got)
		}
		if got := g.told(folioMonto); got != "por_vencer 03-31, vencido 03-31" {
			t.Errorf("of the other folio: %q", got)
		}
		if came {
			g.leave(norte, carta, cartaPDF)
		}
		g.clock.Set(end.Add(20 * time.Minute))
		g.mustVisit(norte)
		if got := g.told(folioNorte); got != want {
			t.Errorf("it came: %v, told %q, want %q", came, got, want)
		}
	}
}

// TestOpenFoliosByHowTheyStand counts them for the operator as the log tells them.
func TestOpenFoliosByHowTheyStand(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	g.send(norte, moment(30, "09:00:00"), 1, prorroga(folioNorte, "10"))
	g.send(penon, moment(30, "09:00:00"), 1, answer(folioPenon))
	for at, want := range map[string]store.Vencimientos{
		"2026-03-25": {UNE: 900001, ATiempo: 2}, "2026-03-26": {UNE: 900001, ATiempo: 1, PorVencer: 1},
		"2026-04-01": {UNE: 900001, ATiempo: 1, Vencido: 1},
		"2026-04-16": {UNE: 900001, PorVencer: 1, Vencido: 1},
	} {
		all := view(g, func(v *store.View) ([]store.Vencimientos, error) {
			return v.Vencimientos(g.cycle.Plazos.Umbral(g.cal(), on(dia(t, at), "12:00")))
		})
		if len(all) != 3 || all[0] != want {
			t.Errorf("%s: %+v, want %+v", at, all, want)
		}
	}
	if got := (exchange.Plazos{FinDePlazo: 18 * 3600}).Umbral(g.cal(),
		moment(31, "18:00:01")); got.Pasado != dia(t, limite)+1 {
		t.Errorf("%+v", got)
	}
}
