package exchange_test

import (
	"fmt"
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

// follow plays one line of a table about a folio of Norte that was delivered on
// 2026-03-02, or on the day that the test set: steps parted by "; ", each a day of
// 2026, an hour, what is done, and after = what comes of it.
//
//	R  P10       an answer, a prórroga of ten días; R+P10 both in one RES: the verdicts of its acuse
//	D6  D11/6    a dictamen, and one that undoes it: the code, A where it is accepted
//	V            a reversa: likewise
//	+03-20       a day is published as inhábil, -03-20 is taken back: what the recount tells
//	visit        nothing comes: how the term stands in pendientes.csv
func (g *gateway) follow(folio schema.Folio, line string) {
	g.t.Helper()
	for i, step := range strings.Split(line, "; ") {
		does, want, _ := strings.Cut(step, " = ")
		f := strings.Fields(does)
		if len(f) != 3 {
			g.t.Fatalf("step %q", step)
		}
		g.clock.Set(on(dia(g.t, "2026-"+f[0]), f[1]))
		if got := g.step(folio, f[2], i+1); got != want {
			g.t.Errorf("%s = %s, want %s", does, got, want)
		}
	}
}

func (g *gateway) step(folio schema.Folio, what string, nnn int) string {
	g.t.Helper()
	now := g.clock.Now()
	switch what[0] {
	case 'R', 'P':
		var records []schema.Respuesta
		for one := range strings.SplitSeq(what, "+") {
			r := answer(folio)
			if dias, ok := strings.CutPrefix(one, "P"); ok {
				r = prorroga(folio, dias)
			}
			records = append(records, r)
		}
		return verdicts(g.t, g.send(norte, now, nnn, records...))
	case 'D':
		if tipo, ok := strings.CutPrefix(what, "D11/"); ok {
			return g.tell(nnn, sinEfecto(folio, tipo))
		}
		return g.tell(nnn, dictamen(folio, what[1:]))
	case 'V':
		return g.reopen(now, nnn, folio)
	case '+', '-':
		return recount(g.changeCalendar(schema.Inhabil{Fecha: dia(g.t, "2026-"+what[1:]),
			Descripcion: "Suspensión", Origen: "CONDUSEF",
			Publicado: schema.DiaDe(now), AplicaGE: what[0] == '+'}), folio)
	}
	g.mustVisit(norte)
	return g.stands(folio)
}

// stands is how the term of a folio stands by pendientes.csv, which the log must
// tell as well; "closed" where it is not there.
func (g *gateway) stands(folio schema.Folio) string {
	g.t.Helper()
	for _, r := range g.pending(norte) {
		if r[0] != string(folio) {
			continue
		}
		last := store.PlazoATiempo
		for _, e := range g.events("") {
			what, ok := strings.CutPrefix(e.Evento, "plazo_")
			if ok && e.Folio == folio && fmt.Sprint(e.Detalle["vuelta"]) == r[1] && what != "movido" &&
				what != "recontado" {
				last = what
			}
		}
		if last != r[10] {
			g.t.Errorf("%s at %v: %s, and the log told last %s", folio, g.clock.Now(), r[10], last)
		}
		return r[10]
	}
	return "closed"
}

// verdicts are those on all records of an ACU.
func verdicts(t tb, acu []byte) string {
	t.Helper()
	var all []string
	for _, r := range lines[schema.Acuse](t, acu) {
		all = append(all, verdictOf(r))
	}
	return strings.Join(all, " + ")
}

// recount is what a new calendar did to a folio: its limit before and after, or
// how its answer counted, and counts now.
func recount(r exchange.Recuento, folio schema.Folio) string {
	for _, m := range r.Movidos {
		if m.Folio == folio {
			return fmt.Sprintf("%s > %s", mes(m.Antes), mes(m.Limite))
		}
	}
	for _, c := range r.Cerrados {
		if c.Folio == folio {
			return fmt.Sprintf("%s > %s", cuenta(c.Antes), cuenta(c.Ahora))
		}
	}
	return "-"
}

func cuenta(c exchange.Computo) string {
	in := "late"
	if c.EnTiempo {
		in = "in time"
	}
	return fmt.Sprintf("%d of %s %s", c.Dias, mes(c.Limite), in)
}

// mes is a day without its year.
func mes(d schema.Dia) string { return strings.TrimPrefix(d.String(), "2026-") }

// contada is a line of a table, and the events of its folio's terms after it.
type contada struct{ line, told string }

// contadas runs a table as lineas does, and holds the log against it.
func contadas(t *testing.T, open func(t *testing.T) *gateway, table map[string]contada) {
	t.Helper()
	for name, c := range table {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.follow(folioNorte, c.line)
			if got := g.told(folioNorte); got != c.told {
				t.Errorf("told %q, want %q", got, c.told)
			}
			g.checkVisible()
		})
	}
}

// told gives the events of the terms of a folio: what, and its limit then.
func (g *gateway) told(folio schema.Folio) string {
	g.t.Helper()
	var all []string
	for _, e := range g.events("") {
		what, ok := strings.CutPrefix(e.Evento, "plazo_")
		if ok && e.Folio == folio {
			all = append(all, what+" "+strings.TrimPrefix(fmt.Sprint(e.Detalle["limite"]), "2026-"))
		}
	}
	return strings.Join(all, ", ")
}

// lineas runs a table whose rows are lines of follow, each on its own gateway.
func lineas(t *testing.T, open func(t *testing.T) *gateway, table map[string]string) {
	t.Helper()
	for name, line := range table {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.follow(folioNorte, line)
			g.checkVisible()
		})
	}
}

// openDelivered is a gateway that delivered the example day.
func openDelivered(t *testing.T) *gateway {
	t.Helper()
	g := open(t)
	g.deliverExample()
	return g
}
