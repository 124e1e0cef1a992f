package exchange_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

// TestFirstSentFirstJudged: a file that waits for its annex is not overtaken by a
// later one about the same folio, and holds up no other.
func TestFirstSentFirstJudged(t *testing.T) {
	t.Parallel()
	asks := prorroga(folioNorte, "10")
	asks.ResAnexo, asks.ResAnexoHash = carta, sha(cartaPDF)
	for name, c := range map[string]struct {
		first       schema.Respuesta
		comes       bool // the annex
		want, later string
	}{
		"an answer in time, and a late one": {conAnexo(folioNorte, carta, cartaPDF), true,
			"A 31/03/2026 20 1", "R DUP-02"},
		"an answer without its annex": {conAnexo(folioNorte, carta, cartaPDF), false, "R NEG-11",
			"A 31/03/2026 21 2"},
		"a prórroga, and the answer after it": {asks, true, "A 16/04/2026 20 1", "A 16/04/2026 21 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openDelivered(t)
			end := on(dia(t, limite), "23:59:50")
			g.clock.Set(end)
			first, second := norte.String()+"_20260331_001.txt", norte.String()+"_20260401_001.txt"
			g.leave(norte, "GE_RES_"+first, write(t, "GE_RES_"+first, c.first))
			g.mustVisit(norte)
			g.clock.Set(end.Add(2 * time.Minute))
			g.leave(norte, "GE_RES_"+second, write(t, "GE_RES_"+second, answer(folioNorte)))
			g.mustVisit(norte)
			if got := verdict(t,
				g.send(norte, end.Add(3*time.Minute), 2, answer2(folioMonto))); got != "A 31/03/2026 21 2" {
				t.Errorf("another folio: %s", got)
			}
			if acuses := g.names(norte, "acuses"); len(acuses) != 1 {
				t.Errorf("while it waits there are %q", acuses)
			}
			if c.comes {
				g.clock.Set(end.Add(5 * time.Minute))
				g.leave(norte, carta, cartaPDF)
			} else {
				g.clock.Set(end.Add(20 * time.Minute))
			}
			g.mustVisit(norte)
			if got := verdict(t, g.file(norte.String()+"/acuses/GE_ACU_"+first)); got != c.want {
				t.Errorf("the first one: %s, want %s", got, c.want)
			}
			if got := verdict(t, g.file(norte.String()+"/acuses/GE_ACU_"+second)); got != c.later {
				t.Errorf("the later one: %s, want %s", got, c.later)
			}
			g.checkVisible()
		})
	}
}

// TestWhatWaitsForWhatWaits: nor is a file overtaken that waits for such a one alone.
// What counts is when each was closed, not which one was recorded first.
func TestWhatWaitsForWhatWaits(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	at := on(dia(t, "2026-03-10"), "10:00")
	g.clock.Set(at)
	sent := map[int][]schema.Respuesta{
		1: {conAnexo(folioNorte, carta, cartaPDF)}, 2: {answer(folioNorte), answer2(folioMonto)},
		3: {answer2(folioMonto)},
	}
	for _, nnn := range []int{3, 1, 2} {
		records := sent[nnn]
		name := fmt.Sprintf("GE_RES_%s_20260310_%03d.txt", norte, nnn)
		g.clock.Set(at.Add(time.Duration(nnn) * time.Second))
		g.leave(norte, name, write(t, name, anys(records)...))
	}
	g.clock.Set(at.Add(time.Minute))
	g.mustVisit(norte)
	if acuses := g.names(norte, "acuses"); len(acuses) != 0 {
		t.Errorf("while they wait there are %q", acuses)
	}
	g.leave(norte, carta, cartaPDF)
	g.mustVisit(norte)
	for nnn, want := range map[int]string{1: "A", 2: "DUP-02 A", 3: "DUP-02"} {
		if got := strings.Join(codes(t,
			g.file(fmt.Sprintf("%s/acuses/GE_ACU_%s_20260310_%03d.txt", norte, norte, nnn))),
			" "); got != want {
			t.Errorf("file %d: %s, want %s", nnn, got, want)
		}
	}
}

// closedBeforeDIC6 has Norte leave a record that waits for its annex, CONDUSEF take
// back that folio and another one, and the annex come after that; it gives the
// verdict.
func (g *gateway) closedBeforeDIC6(r schema.Respuesta) string {
	g.t.Helper()
	g.clock.Set(on(dia(g.t, "2026-03-10"), "10:00"))
	name := norte.String() + "_20260310_001.txt"
	g.leave(norte, "GE_RES_"+name, write(g.t, "GE_RES_"+name, r))
	g.mustVisit(norte)
	g.clock.Advance(5 * time.Minute)
	if got := g.tell(1, dictamen(folioNorte, "6"), dictamen(folioMonto, "6")); got != "A A" {
		g.t.Fatal(got)
	}
	g.clock.Advance(5 * time.Minute)
	g.leave(norte, carta, cartaPDF)
	g.mustVisit(norte)
	return verdict(g.t, g.file(norte.String()+"/acuses/GE_ACU_"+name))
}

// TestAnsweredBeforeTheDesistimiento: an answer whose upload closed before the DIC 6
// came is an answer, though it is judged after it; one that closed later is not.
func TestAnsweredBeforeTheDesistimiento(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	if got := g.closedBeforeDIC6(conAnexo(folioNorte, carta, cartaPDF)); got != "A 31/03/2026 6 1" {
		t.Errorf("closed before it: %s", got)
	}
	if got := verdict(t,
		g.send(norte, g.clock.Now().Add(time.Minute), 2, answer2(folioMonto))); got != "R NEG-06" {
		t.Errorf("closed after it: %s", got)
	}
	for folio, answered := range map[schema.Folio]bool{folioNorte: true, folioMonto: false} {
		k := view(g, func(v *store.View) (store.Asunto, error) { return v.UltimaVuelta(folio) })
		if k.Respondida.IsZero() == answered || k.Desistida.IsZero() != answered {
			t.Errorf("%s: answered %v, withdrawn %v", folio, k.Respondida, k.Desistida)
		}
	}
	g.checkVisible()
}

// TestProrrogaBeforeTheDesistimiento: the moment of its upload decides of a prórroga
// too. It is accepted and goes back, and the folio stays closed.
func TestProrrogaBeforeTheDesistimiento(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	p := prorroga(folioNorte, "5")
	p.ResAnexo, p.ResAnexoHash = carta, sha(cartaPDF)
	if got := g.closedBeforeDIC6(p); got != "A 09/04/2026 6 1" {
		t.Errorf("closed before it: %s", got)
	}
	if got := verdict(t,
		g.send(norte, g.clock.Now().Add(time.Minute), 2, prorroga(folioNorte, "5"))); got != "R NEG-06" {
		t.Errorf("closed after it: %s", got)
	}
	k := view(g, func(v *store.View) (store.Asunto, error) { return v.UltimaVuelta(folioNorte) })
	if k.Prorroga != 5 || k.Desistida.IsZero() {
		t.Errorf("prórroga %d, withdrawn %v", k.Prorroga, k.Desistida)
	}
	g.checkVisible()
}

// TestDownWhenItCame: by turno, the days on which we did not fetch a REC are ours.
func TestDownWhenItCame(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.configure = func(p *exchange.Cycle) { p.Plazos.DesdeTurno = true }
	g.restart()
	const file = "GE_REC_20260302_001.txt"
	g.leave(schema.ParteCONDUSEF, file, rec(t, file, exampleREC(t)[1]))
	g.mustRun(on(dia(t, "2026-03-06"), "10:00"))
	if k := view(g, func(v *store.View) (store.Asunto, error) {
		return v.UltimaVuelta(folioNorte)
	}); mes(k.Dia0) != "03-06" || mes(k.Limite) != "04-08" {
		t.Errorf("day 0 %s, limit %s", k.Dia0, k.Limite)
	}
}
