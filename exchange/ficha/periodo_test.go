package ficha_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"buzon/exchange/ficha"
	"buzon/schema"
)

func TestTrimestres(t *testing.T) {
	t.Parallel()
	day := schema.NewDia
	for name, c := range map[string]struct {
		desde, hasta schema.Dia
		want         []string
	}{
		"half a year": {day(2018, 1, 1), day(2018, 6, 30),
			[]string{"Enero–marzo 2018 2018-01-01 2018-03-31 1T18 false",
				"Abril–junio 2018 2018-04-01 2018-06-30 2T18 false"}},
		"both cut": {day(2023, 11, 30), day(2024, 2, 29),
			[]string{"Octubre–diciembre 2023 2023-11-30 2023-12-31 4T23 true",
				"Enero–marzo 2024 2024-01-01 2024-02-29 1T24 true"}},
		"one day": {day(2009, 9, 30), day(2009, 9, 30),
			[]string{"Julio–septiembre 2009 2009-09-30 2009-09-30 3T09 true"}},
		"its last": {day(2026, 3, 31), day(2026, 4, 1),
			[]string{"Enero–marzo 2026 2026-03-31 2026-03-31 1T26 true",
				"Abril–junio 2026 2026-04-01 2026-04-01 2T26 true"}},
		"turned":   {day(2026, 3, 2), day(2026, 3, 1), nil},
		"no days":  {0, 0, nil},
		"no end":   {day(2026, 3, 2), 0, nil},
		"no start": {0, day(2026, 3, 2), nil},
	} {
		var got []string
		for _, p := range ficha.Trimestres(c.desde, c.hasta) {
			got = append(got,
				fmt.Sprint(p.Nombre, " ", p.Desde, " ", p.Hasta, " ", p.Corto(), " ", p.Parcial()))
		}
		same(t, name, got, c.want)
	}
}

// TestTrimestresPart: the quarters of any span are its days, each once, and none
// is in two quarters of the calendar.
func TestTrimestresPart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		desde := schema.NewDia(2000, 1, rapid.IntRange(1, 20000).Draw(t, "from"))
		hasta := desde + schema.Dia(rapid.IntRange(0, 2000).Draw(t, "days"))
		next := desde
		all := ficha.Trimestres(desde, hasta)
		for i, p := range all {
			whole := ficha.Trimestres(p.Desde, p.Hasta)
			if p.Desde != next || p.Hasta < p.Desde || len(whole) != 1 ||
				i > 0 && i < len(all)-1 && p.Parcial() || len(p.Conteos) > 0 {
				t.Fatalf("%v of %v to %v", p, desde, hasta)
			}
			next = p.Hasta + 1
		}
		if next != hasta+1 {
			t.Fatalf("ends before %v, not %v", next, hasta)
		}
	})
}
