package idatu_test

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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

func scored(t *rapid.T, conteos []idatu.Conteo) *idatu.Calificaciones {
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
		shares := make(sums)
		for _, in := range scored(t, sectors(t)).Instituciones {
			if in.IDATU != nil && !within(in.IDATU, 0, 10) {
				t.Fatalf("IDATU %v", in.IDATU)
			}
			for _, p := range in.Procesos {
				if p.Total != nil && !within(p.Total, int64(len(p.Criterios)), 100) {
					t.Fatalf("total %v", p.Total)
				}
				shares.add(&p)
				if p.NadaConcluido {
					bare(t, &p)
				} else {
					inRange(t, m.Proceso(p.Proceso), &p)
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

// sums are the participations in a criterion of a process.
type sums map[[2]any]*big.Rat

func (s sums) add(p *idatu.Marca) {
	for _, c := range p.Criterios {
		k := [2]any{p.Proceso, c.Criterio}
		switch {
		case c.Tiempo:
			continue
		case s[k] == nil:
			s[k] = new(big.Rat)
		}
		s[k].Add(s[k], c.Participacion)
	}
}

// inRange holds each criterion's points, and that a time has none by participation.
func inRange(t *rapid.T, r *idatu.ReglaProceso, p *idatu.Marca) {
	for _, c := range p.Criterios {
		most := r.Criterio(c.Criterio).Puntos
		if !within(c.Puntos, 1, most) || !within(c.PorIndice, 1, most) ||
			(c.PorParticipacion == nil) != c.Tiempo {
			t.Fatalf("%+v", c)
		}
		if !c.Tiempo && !within(c.PorParticipacion, 1, most) {
			t.Fatalf("%+v", c)
		}
	}
}

// bare holds that a process that concluded nothing has no points whatever.
func bare(t *rapid.T, p *idatu.Marca) {
	for _, c := range p.Criterios {
		if c.Puntos != nil || c.PorIndice != nil || c.PorParticipacion != nil {
			t.Fatalf("points of nothing concluded: %+v", c)
		}
	}
	if p.Total != nil || p.PorIndice != nil || p.PorParticipacion != nil || p.Calificacion() != nil {
		t.Fatalf("totals of nothing concluded: %+v", p)
	}
}

// TestIdleChangesNothing: whoever has joined and concluded nothing has no IDATU, and
// neither marks nor means of the sector know of it.
func TestIdleChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		conteos := sectors(t)
		without := scored(t, conteos)
		const une = 900099
		idle := join(whole(une, idatu.GE, 0), whole(une, idatu.GO, 0), whole(une, idatu.CO, 0))
		with := scored(t, append(idle, conteos...))
		last := len(with.Instituciones) - 1
		if own := with.Instituciones[last]; own.Institucion != une || own.IDATU != nil {
			t.Fatalf("got %+v", own)
		}
		with.Instituciones, with.Sector = with.Instituciones[:last], with.Sector-1
		if diff := cmp.Diff(without, with, exact, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
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
		limites := []idatu.Limite{{Proceso: idatu.GE, Criterio: r.Numero, Valor: idatu.Indice,
			Min: big.NewRat(low, 1), Max: high}}
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
