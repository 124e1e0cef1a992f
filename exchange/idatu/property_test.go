package idatu_test

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"buzon/exchange/idatu"
	"buzon/schema"
)

// exact compares fractions by value.
var exact = cmp.Comparer(func(a, b *big.Rat) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Cmp(b) == 0
})

// sectors draws the counts of a sector: some processes, some criteria absent.
func sectors(t *rapid.T) []idatu.Conteo {
	var out []idatu.Conteo
	for n := range rapid.IntRange(1, 5).Draw(t, "institutions") {
		for _, p := range idatu.Metodo2018().Procesos {
			if rapid.IntRange(0, 3).Draw(t, "absent") == 0 {
				continue
			}
			for _, r := range p.Criterios {
				c := idatu.Conteo{Institucion: schema.UNE(900001 + n), Proceso: p.Proceso, Criterio: r.Numero,
					Denominador: rapid.Int64Range(0, 1000).Draw(t, "denominator")}
				high := c.Denominador
				if r.Tiempo {
					high *= 40
				}
				c.Numerador = rapid.Int64Range(0, high).Draw(t, "numerator")
				if rapid.IntRange(0, 19).Draw(t, "row") > 0 {
					out = append(out, c)
				}
			}
		}
	}
	return out
}

func scored(t *rapid.T, conteos []idatu.Conteo) *idatu.Resultado {
	r, err := idatu.Metodo2018().Score(conteos, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// within tells whether low ≤ r ≤ high.
func within(r *big.Rat, low, high int64) bool {
	return r.Cmp(big.NewRat(low, 1)) >= 0 && r.Cmp(big.NewRat(high, 1)) <= 0
}

// TestPointsWithinWeights: from 1 to the most each, from the number of criteria
// to 100 a process, from 0 to 10 in all; and a sector's participations are 100 %.
func TestPointsWithinWeights(t *testing.T) {
	t.Parallel()
	m := idatu.Metodo2018()
	rapid.Check(t, func(t *rapid.T) {
		shares := make(map[[2]any]*big.Rat)
		for _, in := range scored(t, sectors(t)).Instituciones {
			if in.IDATU != nil && !within(in.IDATU, 0, 10) {
				t.Fatalf("IDATU %v", in.IDATU)
			}
			for _, p := range in.Procesos {
				if p.Total != nil && !within(p.Total, int64(len(p.Criterios)), 100) {
					t.Fatalf("total %v", p.Total)
				}
				for _, c := range p.Criterios {
					most := m.Proceso(p.Proceso).Criterio(c.Criterio).Puntos
					if !within(c.Puntos, 1, most) || !within(c.PorIndice, 1, most) || (c.PorParticipacion == nil) != c.Tiempo {
						t.Fatalf("%+v", c)
					}
					if c.Tiempo {
						continue
					}
					if !within(c.PorParticipacion, 1, most) {
						t.Fatalf("%+v", c)
					}
					k := [2]any{p.Proceso, c.Criterio}
					if shares[k] == nil {
						shares[k] = new(big.Rat)
					}
					shares[k].Add(shares[k], c.Participacion)
				}
			}
		}
		for k, sum := range shares {
			if sum.Sign() != 0 && sum.Cmp(big.NewRat(100, 1)) != 0 {
				t.Fatalf("participations of %v make %v", k, sum)
			}
		}
	})
}

// TestOrderDoesNotMatter: rows in any order give the same, exactly.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		conteos := sectors(t)
		other := rapid.Permutation(conteos).Draw(t, "order")
		if diff := cmp.Diff(scored(t, conteos), scored(t, other), exact); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestMoreIsNeverBetter: within the same bounds a larger value, and a larger
// numerator, never has more points.
func TestMoreIsNeverBetter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(idatu.Metodo2018().Proceso(idatu.GE).Criterios).Draw(t, "criterion")
		low := rapid.Int64Range(0, 50).Draw(t, "vmin")
		high := big.NewRat(rapid.Int64Range(low, 100).Draw(t, "vmax"), 1)
		limites := []idatu.Limite{{Proceso: idatu.GE, Criterio: r.Numero, Valor: idatu.Indice, Min: big.NewRat(low, 1), Max: high}}
		n := rapid.Int64Range(0, 99).Draw(t, "numerator")
		more := rapid.Int64Range(n+1, 100).Draw(t, "more")
		points := func(n int64) idatu.Puntaje {
			c := []idatu.Conteo{
				{Institucion: 900001, Proceso: idatu.GE, Criterio: r.Numero, Numerador: n, Denominador: 100},
				{Institucion: 900002, Proceso: idatu.GE, Criterio: r.Numero, Numerador: 50, Denominador: 100},
			}
			out, err := idatu.Metodo2018().Score(c, limites)
			if err != nil {
				t.Fatal(err)
			}
			return out.Instituciones[0].Procesos[0].Criterios[0]
		}
		a, b := points(n), points(more)
		if a.Indice.Cmp(b.Indice) >= 0 || a.PorIndice.Cmp(b.PorIndice) < 0 || a.Puntos.Cmp(b.Puntos) < 0 {
			t.Fatalf("%d has %v, %d has %v", n, a.PorIndice, more, b.PorIndice)
		}
	})
}
