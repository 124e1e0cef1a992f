package simulacro

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/simulacro/escenario"
	"buzon/schema"
)

const cabeza = "folio,institucion,fecha_turno,dias_habiles,prorroga_dias,sentido,dictamenes\n"

func dia(t testing.TB, s string) schema.Dia {
	t.Helper()
	d, err := schema.ParseDia(s)
	check(t, err)
	return d
}

// row reads one row of a scenario.
func row(t *testing.T, cells string) *escenario.Fila {
	t.Helper()
	e, err := escenario.Read("e.csv", strings.NewReader(cabeza+"2026/090/1,900001,"+cells+"\n"), 10)
	check(t, err)
	return e.Filas[0]
}

// The days go on until a día hábil after all that the scenario brings, and a folio
// stands once in each DIC.
func TestPlan(t *testing.T) {
	t.Parallel()
	cal := schema.NewCalendario(nil)
	for cells, want := range map[string]string{
		"2026-03-07,1,,,":             "2026-03-07 2026-03-11",
		"2026-03-02,,,,":              "2026-03-02 2026-04-01",
		"2026-03-02,,10,,":            "2026-03-02 2026-04-17",
		"2026-03-02,,,,6":             "2026-03-02 2026-03-10",
		"2026-03-02,1,,,3@2026-08-01": "2026-03-02 2026-08-03",
	} {
		p := newPlan(&escenario.Escenario{Filas: []*escenario.Fila{row(t, cells)}}, cal, 20)
		if got := p.primero.String() + " " + p.ultimo.String(); got != want {
			t.Errorf("%s: from %s, want %s", cells, got, want)
		}
	}
	f := row(t, "2026-03-02,1,,,3@2026-03-09;4@2026-03-09;9@2026-03-09")
	g := *f
	g.Folio, g.Dictamenes = "2026/090/2", f.Dictamenes[:1]
	p := newPlan(&escenario.Escenario{Filas: []*escenario.Fila{f, &g}}, cal, 20)
	var got []string
	for _, dic := range p.dias[dia(t, "2026-03-09")].dictamenes {
		for _, d := range dic {
			got = append(got, string(d.fila.Folio)+" "+dictados([]escenario.Dictado{d.Dictado}))
		}
		got = append(got, "end")
	}
	want := []string{"2026/090/1 3@2026-03-09", "2026/090/2 3@2026-03-09", "end", "2026/090/1 4@2026-03-09",
		"end", "2026/090/1 9@2026-03-09", "end"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("DICs (-want +got):\n%s", diff)
	}
}
