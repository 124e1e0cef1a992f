package exchange_test

import (
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// upDuring is a gateway that delivered the example day, and whose server was up in
// the intervals told: "03-02 18:00 03-31 21:00, …".
func upDuring(intervals string, change func(*exchange.Plazos)) func(t *testing.T) *gateway {
	return func(t *testing.T) *gateway {
		t.Helper()
		g := open(t)
		g.configure = func(c *exchange.Cycle) {
			if change != nil {
				change(&c.Plazos)
			}
		}
		g.restart()
		g.deliverExample()
		for one := range strings.SplitSeq(intervals, ", ") {
			if f := strings.Fields(one); len(f) == 4 {
				g.up(on(dia(t, "2026-"+f[0]), f[1]), on(dia(t, "2026-"+f[2]), f[3]))
			}
		}
		return g
	}
}

// TestOutageAtTheEnd: where our server was down in the last two hours of a limit
// day the limit moves to the next día hábil, and the answer of the next morning is
// in time. 04-02 and 04-03 are days off.
func TestOutageAtTheEnd(t *testing.T) {
	t.Parallel()
	const (
		before  = "03-02 18:00 03-31 "
		morning = ", 04-01 07:00 04-01 23:59:59"
		late    = "04-01 09:00:00 R = A 31/03/2026 21 2"
		inTime  = "04-01 09:00:00 R = A 01/04/2026 21 1"
		moved   = "movido 04-01"
	)
	for name, c := range map[string]struct{ up, line, told string }{
		"the whole window":       {before + "20:00" + morning, inTime, moved},
		"up to the window":       {before + "21:59:59" + morning, inTime, moved},
		"its last hour":          {before + "23:00" + morning, inTime, moved},
		"its last three minutes": {before + "23:57" + morning, inTime, moved},
		"its first hour":         {before + "20:00, 03-31 23:00 04-01 23:59:59", inTime, moved},
		"in its middle":          {before + "22:30, 03-31 23:00 04-01 23:59:59", inTime, moved},
		"a shorter one within":   {before + "23:59:59, 03-31 22:10 03-31 22:20", late, ""},
		"twice a little": {before + "22:30, 03-31 22:32 03-31 22:40, 03-31 22:42:01 04-01 23:59:59",
			inTime, moved},
		"a restart of a minute":     {before + "22:30, 03-31 22:31 04-01 23:59:59", late, ""},
		"a restart of two minutes":  {before + "22:30, 03-31 22:32 04-01 23:59:59", late, ""},
		"and one second more":       {before + "22:30, 03-31 22:32:01 04-01 23:59:59", inTime, moved},
		"a beat before the end":     {before + "23:58:30, 04-01 00:00:20 04-01 23:59:59", late, ""},
		"before the window":         {before + "12:00, 03-31 21:59:59 04-01 23:59:59", late, ""},
		"after the window":          {before + "23:59:59" + morning, late, ""},
		"a moment of a clock ahead": {"03-31 22:50 03-31 22:50, " + before + "23:59:59" + morning, late, ""},
		"never up":                  {"", late, ""},
		"first up afterwards":       {"04-01 07:00 04-01 23:59:59", late, ""},
		"first up in the window":    {"03-31 22:30 03-31 22:40" + morning, late, ""},
		"first up just before it":   {"03-31 21:59 03-31 22:40" + morning, inTime, moved},
		"two days running": {before + "20:00, 04-01 10:00 04-01 12:00, 04-06 07:00 04-06 23:59:59",
			"04-06 09:00:00 R = A 06/04/2026 22 1", moved + ", movido 04-06"},
		"and again, one by one": {before + "20:00, 04-01 07:00 04-01 12:00, 04-06 07:00 04-06 23:59:59",
			"04-01 09:00:00 visit = por_vencer; 04-06 07:00:00 visit = por_vencer; 04-06 09:00:00 R = A " +
				"06/04/2026 22 1", moved + ", por_vencer 04-01, movido 04-06"},
		"nothing came, either": {before + "20:00, 04-01 07:00 04-06 12:00",
			"04-01 09:00:00 visit = por_vencer; 04-01 10:00:00 visit = por_vencer; 04-02 00:00:00 visit = " +
				"vencido; 04-06 09:00:00 R = A 01/04/2026 22 2", moved + ", por_vencer 04-01, vencido 04-01"},
		"not every limit": {before + "20:00" + morning + ", 04-01 23:59:59 04-10 12:00",
			"04-01 09:00:00 P5 = A 09/04/2026 21 1; 04-10 09:00:00 R = A 09/04/2026 26 2", moved},
		"of a prórroga": {before + "23:59:59, 04-09 07:00 04-09 20:00, 04-10 07:00 04-10 12:00",
			"03-31 20:00:00 P5 = A 09/04/2026 20 1; 04-10 09:00:00 R = A 10/04/2026 26 1", "movido 04-10"},
		"the shortest one": {before + "20:00" + morning, "04-01 09:00:00 P1 = A 01/04/2026 21 1",
			moved + ", por_vencer 04-01"},
		"and a recount": {before + "20:00" + morning,
			"04-01 08:00:00 visit = por_vencer; 04-01 08:30:00 +03-17 = -; 04-01 08:30:01 +03-18 = 04-01 " +
				"> 04-06", moved + ", por_vencer 04-01, recontado 04-06"},
		"onto a day off later": {before + "20:00" + morning,
			"03-31 10:00:00 +04-01 = -; 04-01 09:00:00 R = A 06/04/2026 20 1", "movido 04-06"},
		"its day is off after all": {before + "20:00" + morning,
			"04-01 08:00:00 visit = por_vencer; 04-01 12:00:00 +04-01 = 04-01 > 04-06; 04-06 09:00:00 R = " +
				"A 06/04/2026 21 1", moved + ", por_vencer 04-01, recontado 04-06"},
		"a dictamen before a visit": {before + "20:00" + morning, "04-01 09:00:00 D6 = A", moved},
		"answered before it": {before + "20:00" + morning,
			"03-31 19:00:00 R = A 31/03/2026 20 1; 04-01 09:00:00 visit = closed", ""},
		"of a desistida": {before + "20:00" + morning, "03-31 19:00:00 D6 = A; 04-01 09:00:00 visit = closed",
			""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := upDuring(c.up, nil)(t)
			g.follow(folioNorte, c.line)
			if got := g.told(folioNorte); got != c.told {
				t.Errorf("told %q, want %q", got, c.told)
			}
			g.checkVisible()
		})
	}
}

// TestOutageByTheAgreement: how long before which hour our server must be up.
func TestOutageByTheAgreement(t *testing.T) {
	t.Parallel()
	const after = ", 03-31 17:30 04-01 23:59:59"
	six := func(p *exchange.Plazos) { p.FinDePlazo = 18 * 3600 }
	for name, c := range map[string]struct {
		up     string
		change func(*exchange.Plazos)
		want   string
	}{
		"before another end":  {"03-02 18:00 03-31 16:30" + after, six, "04-01"},
		"too early for that":  {"03-02 18:00 03-31 15:00, 03-31 16:00 04-01 23:59:59", six, "03-31"},
		"after another end":   {"03-02 18:00 03-31 18:00, 04-01 07:00 04-01 12:00", six, "03-31"},
		"early for the usual": {"03-02 18:00 03-31 16:30" + after, nil, "03-31"},
		"a longer window": {"03-02 18:00 03-31 16:30" + after, func(p *exchange.Plazos) {
			p.Ventana = 8 * 3600e9
		}, "04-01"},
		"agreed never to matter": {"03-02 18:00 03-31 16:30", func(p *exchange.Plazos) {
			p.Ventana = 0
		}, "03-31"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := upDuring(c.up, c.change)(t)
			g.clock.Set(on(dia(t, "2026-04-01"), "09:00"))
			g.mustVisit(norte)
			k := view(g, func(v *store.View) (store.Asunto, error) { return v.UltimaVuelta(folioNorte) })
			if got := mes(k.Limite); got != c.want {
				t.Errorf("limit %s, want %s", got, c.want)
			}
		})
	}
}

// TestOutageIsToldOfEachFolio: each limit that an outage moved is told with when
// our server was up; another institution on a server of its own has lost nothing.
func TestOutageIsToldOfEachFolio(t *testing.T) {
	t.Parallel()
	g := upDuring("03-02 18:00 03-31 22:15, 04-01 07:00 04-01 12:00", nil)(t)
	g.reach = func(parte schema.Parte, p *exchange.Route) {
		p.Propio = parte != penon && parte != schema.ParteCONDUSEF
	}
	g.clock.Set(on(dia(t, "2026-04-01"), "09:00"))
	for _, une := range []schema.Parte{norte, penon, nandu} {
		g.mustVisit(une)
	}
	moved := map[schema.Parte]int{}
	for _, e := range g.events(bitacora.PlazoMovido) {
		moved[e.Parte]++
		d := e.Detalle
		if up, _ := d["servidor"].([]any); len(up) != 1 ||
			up[0] != "2026-03-31T21:59:59-06:00/2026-03-31T22:15:00-06:00" ||
			d["limite"] != "2026-04-01" || d["limite_anterior"] != limite || d["vuelta"] == nil ||
			d["ventana_segundos"] == nil {
			t.Errorf("%+v", d)
		}
	}
	if len(moved) != 2 || moved[norte] != 2 || moved[nandu] != 2 {
		t.Errorf("moved: %v", moved)
	}
	if got := g.told(folioPenon); got != "vencido 03-31" {
		t.Errorf("on a server of its own: %q", got)
	}
}
