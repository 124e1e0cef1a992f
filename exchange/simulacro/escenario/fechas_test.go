package escenario

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
)

// row reads one row of a scenario.
func row(t *testing.T, cells string) *Fila {
	t.Helper()
	e, err := Read("e.csv", strings.NewReader(cabeza+"2026/090/1,900001,"+cells+"\n"), 10)
	check(t, err)
	return e.Filas[0]
}

// The days of March and April 2026: the 16th is a Monday off, and so is all of
// Thursday and Friday of Holy Week, 2 and 3 April.
func TestFechas(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ cells, want string }{
		"same day":            {"2026-03-02,0,,,", "entrega 2026-03-02 respuesta 2026-03-02"},
		"turno on a Saturday": {"2026-03-07,1,,,", "entrega 2026-03-09 respuesta 2026-03-10"},
		"over a day off":      {"2026-03-13,1,,,", "entrega 2026-03-13 respuesta 2026-03-17"},
		"last day":            {"2026-03-02,20,,,", "entrega 2026-03-02 respuesta 2026-03-31"},
		"late":                {"2026-03-02,21,,,", "entrega 2026-03-02 respuesta 2026-04-01"},
		"never":               {"2026-03-02,,,,", "entrega 2026-03-02 limite 2026-03-31"},
		"never, more time": {"2026-03-02,,5,,",
			"entrega 2026-03-02 prorroga 2026-03-27 limite 2026-04-09"},
		"more time": {"2026-03-02,25,10,,",
			"entrega 2026-03-02 prorroga 2026-03-27 respuesta 2026-04-09"},
		"more time, early": {"2026-03-02,5,10,,",
			"entrega 2026-03-02 prorroga 2026-03-05 respuesta 2026-03-09"},
		"more time, same day": {"2026-03-02,1,10,,",
			"entrega 2026-03-02 prorroga 2026-03-02 respuesta 2026-03-03"},
		"after the answer": {"2026-03-02,4,,,3;4",
			"entrega 2026-03-02 respuesta 2026-03-06 dictamenes 2026-03-09 2026-03-10"},
		"after delivery": {"2026-03-02,,,,3;5",
			"entrega 2026-03-02 dictamenes 2026-03-09 2026-03-10 limite 2026-03-31"},
		"withdrawn": {"2026-03-02,,,,6", "entrega 2026-03-02 dictamenes 2026-03-09"},
		"withdrawn, more time": {"2026-03-02,,5,,3;6",
			"entrega 2026-03-02 prorroga 2026-03-06 dictamenes 2026-03-09 2026-03-10"},
		"withdrawn at once": {"2026-03-02,,5,,6@2026-03-03",
			"entrega 2026-03-02 prorroga 2026-03-02 dictamenes 2026-03-03"},
		"dated": {"2026-03-02,4,,,3@2026-03-20;4;9@2026-03-14",
			"entrega 2026-03-02 respuesta 2026-03-06 dictamenes 2026-03-20 2026-03-23 2026-03-14"},
		"dated on a Sunday": {"2026-03-02,4,,,3@2026-03-15;4",
			"entrega 2026-03-02 respuesta 2026-03-06 dictamenes 2026-03-15 2026-03-17"},
		"after one that is due": {"2026-03-02,4,,,3;4@2026-04-01;9",
			"entrega 2026-03-02 respuesta 2026-03-06 dictamenes 2026-03-09 2026-04-01 2026-04-06"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := row(t, c.cells).Fechas(schema.NewCalendario(nil), 20)
			var got []string
			say := func(what string, dias ...schema.Dia) {
				for i, x := range dias {
					if x != 0 && i == 0 {
						got = append(got, what)
					}
					if x != 0 {
						got = append(got, x.String())
					}
				}
			}
			say("entrega", d.Entrega)
			say("prorroga", d.Prorroga)
			say("respuesta", d.Respuesta)
			say("dictamenes", d.Dictamenes...)
			say("limite", d.Limite)
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
