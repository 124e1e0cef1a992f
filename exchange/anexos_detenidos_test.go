package exchange_test

import (
	"errors"
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/schema"
)

// TestAnnexNotTaken: an annex that lies on a server that we dial, or that was sent to
// ours, and that a fault keeps us from taking, holds up the RES that names it, which is
// never refused for it; what names another is taken meanwhile.
func TestAnnexNotTaken(t *testing.T) {
	t.Parallel()
	const res, other = "GE_RES_00900001_20260303_001.txt", "GE_RES_00900001_20260303_002.txt"
	for where, c := range map[string]struct {
		remote bool
		fails  func(g *gateway)
		err    string
	}{
		"dialled": {true, func(g *gateway) { g.faults.failLike("respuestas take " + carta) },
			"take an annex"},
		"sent to us": {false, func(g *gateway) {
			g.reach = func(parte schema.Parte, p *exchange.Route) {
				if parte == norte {
					p.Detenidos = func() ([]string, error) { return []string{carta}, errFault }
				}
			}
		}, "annexes that were sent here"},
	} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			if c.remote {
				g.reach = func(parte schema.Parte, p *exchange.Route) {
					p.Propio = p.Propio && parte != norte
				}
			}
			remote := g.reach
			g.deliverExample()
			g.mustRun(corte)
			g.clock.Set(moment(3, "10:00:00"))
			g.leave(norte, res, write(t, res, conAnexo(folioNorte, carta, cartaPDF)))
			g.leave(norte, other, write(t, other, answer(folioMonto)))
			if c.remote {
				g.leave(norte, carta, cartaPDF)
			}
			c.fails(g)
			for _, hour := range []string{"10:01:00", "10:30:00", "19:00:00"} {
				_, err := g.runAt(moment(3, hour), exchange.CausaAgenda)
				if !errors.Is(err, errFault) || !strings.Contains(err.Error(), c.err) ||
					!strings.Contains(err.Error(), res+": it names an annex") ||
					strings.Contains(err.Error(), "Marta") {
					t.Errorf("%s: %v", hour, err)
				}
			}
			if got := g.names(norte, schema.CarpetaRechazos); len(got) != 0 {
				t.Errorf("refused %q", got)
			}
			got := g.names(norte, schema.CarpetaAcuses)
			if len(got) != 1 || !strings.Contains(got[0], "002") {
				t.Errorf("acuses %q, want that of what names no annex", got)
			}
			g.faults.clear()
			g.reach = remote
			if !c.remote {
				g.leave(norte, carta, cartaPDF)
			}
			g.mustRun(moment(3, "19:30:00"))
			acu := g.file(norte.String() + "/acuses/GE_ACU_00900001_20260303_001.txt")
			if got := verdict(t, acu); !strings.HasPrefix(got, "A ") {
				t.Errorf("%s", got)
			}
		})
	}
}
