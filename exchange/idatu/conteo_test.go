package idatu_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"buzon/exchange/idatu"
)

// told lists mistakes: row, column, the row repeated, text.
func told(all []idatu.Mistake) []string {
	out := []string{}
	for _, e := range all {
		out = append(out, fmt.Sprintf("%d %d %v", e.Row, e.First, e))
	}
	return out
}

func TestCheckConteos(t *testing.T) {
	t.Parallel()
	c := func(p idatu.Proceso, criterio int, n, d int64) idatu.Conteo {
		return idatu.Conteo{Institucion: 900001, Proceso: p, Criterio: criterio, Numerador: n, Denominador: d}
	}
	other := c(idatu.GO, 1, 0, 0)
	other.Institucion = 900002
	same(t, "mistakes", told(idatu.Metodo2018().CheckConteos([]idatu.Conteo{
		c(idatu.GO, 1, 3, 3),
		c("ge", 1, 0, 0),
		c(idatu.GO, 3, 0, 0), // GE's, not GO's
		c(idatu.CO, 5, 0, 0),
		c(idatu.GO, 4, -1, 3),
		c(idatu.GO, 5, 0, -1),
		c(idatu.GO, 8, 4, 3),
		c(idatu.GO, 9, 1, 0),
		c(idatu.GO, 2, 90, 3),
		c(idatu.GO, 6, 1, 0),
		c(idatu.GO, 1, 9, 3),
		c(idatu.GE, 1, 0, 0),
		other,
		{Proceso: idatu.CO, Criterio: 1},
	})), []string{
		`1 -1 proceso: "ge": want GE, GO, CO`,
		`2 -1 criterio: 3: GO has no criterion of this number`,
		`3 -1 criterio: 5: CO has no criterion of this number`,
		`4 -1 numerador: -1 is negative`,
		`5 -1 denominador: -1 is negative`,
		`6 -1 numerador: 4 of 3: the numerator counts a part of the denominator`,
		`7 -1 numerador: 1 of 0: the numerator counts a part of the denominator`,
		`9 -1 denominador: 1 días hábiles of no asunto`,
		`10 -1 numerador: 9 of 3: the numerator counts a part of the denominator`,
		`10 0 criterio: criterion 1 of GO of 00900001 stands already`,
		`13 -1 institucion: has no clave`,
	})
}

func TestCheckLimites(t *testing.T) {
	t.Parallel()
	l := func(p idatu.Proceso, criterio int, v idatu.Valor, low, high int64) idatu.Limite {
		return idatu.Limite{Proceso: p, Criterio: criterio, Valor: v, Min: big.NewRat(low, 1),
			Max: big.NewRat(high, 1)}
	}
	same(t, "mistakes", told(idatu.Metodo2018().CheckLimites([]idatu.Limite{
		l(idatu.GE, 1, idatu.Indice, 0, 5),
		l(idatu.GE, 1, idatu.Participacion, 5, 5),
		l("", 1, idatu.Indice, 0, 5),
		l(idatu.GE, 11, idatu.Indice, 0, 5),
		l(idatu.GE, 2, idatu.Participacion, 0, 5),
		l(idatu.GE, 3, "media", 0, 5),
		l(idatu.GE, 4, idatu.Indice, -1, 5),
		l(idatu.GE, 5, idatu.Indice, 6, 5),
		l(idatu.GE, 1, idatu.Indice, 0, 6),
		{Proceso: idatu.GE, Criterio: 6, Valor: idatu.Indice, Min: new(big.Rat)},
	})), []string{
		`2 -1 proceso: "": want GE, GO, CO`,
		`3 -1 criterio: 11: GE has no criterion of this number`,
		`4 -1 valor: criterion 2 of GE is a time: it has an index alone`,
		`5 -1 valor: "media": want indice or participacion`,
		`6 -1 vmin: is negative`,
		`7 -1 vmax: is below vmin`,
		`8 0 valor: indice of criterion 1 of GE stands already`,
		`9 -1 vmin: a bound is missing`,
	})
}

// TestScoreRefuses has mistakes in both tables: no result, and all of them told.
func TestScoreRefuses(t *testing.T) {
	t.Parallel()
	r, err := idatu.Metodo2018().Score([]idatu.Conteo{{Institucion: 900001, Proceso: "XX"}},
		[]idatu.Limite{{Proceso: "YY"}})
	if r != nil || err == nil || !errors.As(err, new(idatu.Mistake)) {
		t.Fatalf("got %v, %v", r, err)
	}
	for _, want := range []string{`count 0: proceso: "XX"`, `bound 0: proceso: "YY"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not told in:\n%v", want, err)
		}
	}
}

// TestMetodo2018 holds the data against what any method must be.
func TestMetodo2018(t *testing.T) {
	t.Parallel()
	m := idatu.Metodo2018()
	for _, weights := range []map[idatu.Proceso]int64{m.Pesos, m.PesosSinGO} {
		sum := int64(0)
		for _, w := range weights {
			sum += w
		}
		same(t, "weights", sum, int64(100))
	}
	for _, p := range m.Procesos {
		sum, last := int64(0), 0
		for _, c := range p.Criterios {
			if c.Numero <= last || c.Puntos < 1 || c.Nombre == "" {
				t.Errorf("%s: %+v", p.Proceso, c)
			}
			sum, last = sum+c.Puntos, c.Numero
		}
		same(t, "points of "+p.Nombre, sum, int64(100))
		if p.Criterio(p.Concluidos) == nil {
			t.Errorf("%s: no criterion %d", p.Proceso, p.Concluidos)
		}
	}
	m.Pesos[idatu.GE] = 0
	same(t, "a method of one's own", idatu.Metodo2018().Pesos[idatu.GE], int64(50))
}
