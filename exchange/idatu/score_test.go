package idatu_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/idatu"
	"buzon/schema"
)

// rows makes counts of an institution's process: criterion, numerator, denominator.
func rows(une schema.UNE, p idatu.Proceso, numbers ...[3]int64) []idatu.Conteo {
	var out []idatu.Conteo
	for _, n := range numbers {
		out = append(out,
			idatu.Conteo{Institucion: une, Proceso: p, Criterio: int(n[0]), Numerador: n[1],
				Denominador: n[2]})
	}
	return out
}

// whole makes counts of all criteria of a process: 0 of n each but for those of
// numbers.
func whole(une schema.UNE, p idatu.Proceso, n int64, numbers ...[3]int64) []idatu.Conteo {
	out := rows(une, p, numbers...)
	for _, r := range idatu.Metodo2018().Proceso(p).Criterios {
		given := false
		for _, x := range numbers {
			given = given || x[0] == int64(r.Numero)
		}
		if !given {
			out = append(out, idatu.Conteo{Institucion: une, Proceso: p, Criterio: r.Numero, Denominador: n})
		}
	}
	return out
}

func join(parts ...[]idatu.Conteo) (all []idatu.Conteo) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func score(t *testing.T, conteos []idatu.Conteo, limites ...idatu.Limite) *idatu.Calificaciones {
	t.Helper()
	r, err := idatu.Metodo2018().Score(conteos, limites)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func text(r *big.Rat) string {
	if r == nil {
		return "n/a"
	}
	return r.FloatString(2)
}

// sheet is a process as a ficha prints it: a line each of points by index, by
// participation and in all, each with its total.
func sheet(p *idatu.Marca) [3][]string {
	var out [3][]string
	for _, c := range p.Criterios {
		for i, r := range []*big.Rat{c.PorIndice, c.PorParticipacion, c.Puntos} {
			out[i] = append(out[i], text(r))
		}
	}
	for i, r := range []*big.Rat{p.PorIndice, p.PorParticipacion, p.Total} {
		out[i] = append(out[i], text(r))
	}
	return out
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// TestPublished1 is the first published ficha, January to June 2018.
func TestPublished1(t *testing.T) {
	t.Parallel()
	r := score(t, join(
		rows(900001, idatu.GE, [3]int64{1, 0, 54}, [3]int64{2, 885, 54}, [3]int64{3, 0, 54},
			[3]int64{4, 0, 57}, [3]int64{5, 0, 0},
			[3]int64{6, 0, 0}, [3]int64{7, 0, 0}, [3]int64{8, 0, 7}, [3]int64{9, 0, 0}, [3]int64{10, 0, 6}),
		whole(900001, idatu.CO, 15)))
	in := r.Instituciones[0]
	ge := in.Proceso(idatu.GE)
	same(t, "points", sheet(ge)[2],
		[]string{"10.00", "1.76", "5.00", "10.00", "15.00", "5.00", "5.00", "20.00", "15.00", "10.00",
			"96.76"})
	same(t, "marks",
		[]string{text(ge.Calificacion()), text(in.Proceso(idatu.CO).Total),
			text(in.Proceso(idatu.CO).Calificacion())}, []string{"9.68", "100.00", "10.00"})
	same(t, "IDATU", text(in.IDATU), "9.81")
	// Nothing is rounded on the way: 5 − 4·(885/54 − 1)/19 is 301/171.
	same(t, "criterion 2", ge.Criterios[1].Puntos.String(), "301/171")
	same(t, "method", r.Metodo, "2018")
}

// TestPublished2 is the second published ficha: once within its printed bounds,
// once within those that the rest of its sector gives.
func TestPublished2(t *testing.T) {
	t.Parallel()
	own := join(whole(900002, idatu.CO, 5),
		whole(900002, idatu.GO, 31, [3]int64{2, 178, 31}, [3]int64{5, 0, 0}, [3]int64{6, 0, 0},
			[3]int64{8, 3, 5}, [3]int64{9, 2, 3}, [3]int64{10, 1, 2}))
	bound := func(criterio int, v idatu.Valor, high string) idatu.Limite {
		r, _ := new(big.Rat).SetString(high)
		return idatu.Limite{Proceso: idatu.GO, Criterio: criterio, Valor: v, Min: new(big.Rat), Max: r}
	}
	for name, r := range map[string]*idatu.Calificaciones{
		"bounds": score(t, own, bound(8, idatu.Indice, "100"), bound(8, idatu.Participacion, "75"),
			bound(9, idatu.Indice, "100"),
			bound(9, idatu.Participacion, "66.67"), bound(10, idatu.Indice, "50"),
			bound(10, idatu.Participacion, "100")),
		"sector": score(t,
			join(own, rows(900003, idatu.GO, [3]int64{2, 50, 10}, [3]int64{8, 1, 1}, [3]int64{9, 1, 1},
				[3]int64{10, 0, 0}))),
	} {
		in := r.Instituciones[0]
		ordinary := in.Proceso(idatu.GO)
		same(t, name, sheet(ordinary), [3][]string{
			{"10.00", "1.00", "10.00", "15.00", "10.00", "8.60", "5.67", "1.00", "61.27"},
			{"10.00", "n/a", "10.00", "15.00", "n/a", "1.00", "1.00", "1.00", "38.00"},
			{"10.00", "1.00", "10.00", "15.00", "10.00", "4.80", "3.33", "1.00", "55.13"},
		})
		same(t, name, []string{text(ordinary.Calificacion()), text(in.IDATU)}, []string{"5.51", "4.10"})
		same(t, name+": index", text(ordinary.Criterios[1].Indice)+" "+text(ordinary.Criterios[5].Indice),
			"5.74 60.00")
		if name == "sector" {
			same(t, "participation",
				[]string{text(ordinary.Criterios[5].Participacion), text(ordinary.Criterios[6].Participacion),
					text(ordinary.Criterios[7].Participacion)},
				[]string{"75.00", "66.67", "100.00"})
			same(t, "not rounded", ordinary.Total.String(), "827/15")
		}
	}
}

// TestIDATU holds what is known, and what follows, against each other.
func TestIDATU(t *testing.T) {
	t.Parallel()
	ge, ordinary, co := whole(900001, idatu.GE, 9), whole(900001, idatu.GO, 9), whole(900001, idatu.CO, 9)
	// 1 point of 20 for criterion 1, the largest of a sector of one.
	worse := whole(900001, idatu.CO, 9, [3]int64{1, 3, 9})
	for name, c := range map[string]struct {
		counts []idatu.Conteo
		want   string
	}{
		"all":                     {join(ge, ordinary, co), "10.00"},
		"all, CO weighs 0.3":      {join(ge, ordinary, worse), "9.43"},
		"no GO, CO weighs 0.4":    {join(ge, worse), "9.24"},
		"nothing concluded in GO": {join(ge, whole(900001, idatu.GO, 0), worse), "9.24"},
		"no direct asuntos in GO": {join(ge, whole(900001, idatu.GO, 9, [3]int64{1, 0, 0}), worse), "9.43"},
		"not joined":              {join(ordinary, co), "5.00"},
		"not joined and no GO":    {co, "4.00"},
		"no CO":                   {join(ge, ordinary), "n/a"},
		"GE alone":                {ge, "n/a"},
		"nothing concluded in GE": {join(whole(900001, idatu.GE, 0), ordinary, co), "n/a"},
		"nothing, and no GO":      {join(whole(900001, idatu.GE, 0), co), "n/a"},
		"nothing concluded in CO": {join(ge, ordinary, whole(900001, idatu.CO, 0)), "n/a"},
		"no direct asuntos in GE": {join(whole(900001, idatu.GE, 9, [3]int64{1, 0, 0}), ordinary, co),
			"10.00"},
		"a criterion of CO absent": {join(ge, ordinary, co[1:]), "n/a"},
		"a criterion of GE absent": {join(ge[1:], ordinary, co), "n/a"},
		"a criterion of GO absent": {join(ge, ordinary[1:], co), "n/a"},
	} {
		same(t, name, text(score(t, c.counts).Instituciones[0].IDATU), c.want)
	}
}

// TestMissing has a process without one of its rows: what is there is scored.
func TestMissing(t *testing.T) {
	t.Parallel()
	in := score(t, rows(900001, idatu.CO, [3]int64{1, 0, 5}, [3]int64{3, 0, 5})).Instituciones[0]
	p := in.Proceso(idatu.CO)
	same(t, "missing", p.Faltan, []int{2, 4})
	same(t, "points", sheet(p),
		[3][]string{{"20.00", "20.00", "n/a"}, {"20.00", "20.00", "n/a"}, {"20.00", "20.00", "n/a"}})
	if p.Calificacion() != nil || in.Proceso(idatu.GE) != nil || len(in.Procesos) != 1 {
		t.Errorf("got %+v", in)
	}
}

// TestBounds takes one criterion to and over its bounds.
func TestBounds(t *testing.T) {
	t.Parallel()
	limit := func(low, high int64) []idatu.Limite {
		return []idatu.Limite{{Proceso: idatu.CO, Criterio: 1, Valor: idatu.Indice, Min: big.NewRat(low, 1),
			Max: big.NewRat(high, 1)}}
	}
	for name, c := range map[string]struct {
		numerator int64 // of 100
		limits    []idatu.Limite
		want      string
	}{
		"at vmin":             {10, limit(10, 30), "20.00"},
		"below vmin":          {9, limit(10, 30), "20.00"},
		"between":             {20, limit(10, 30), "10.50"},
		"at vmax":             {30, limit(10, 30), "1.00"},
		"over vmax":           {31, limit(10, 30), "1.00"},
		"equal, below":        {10, limit(30, 30), "20.00"},
		"equal, at":           {30, limit(30, 30), "20.00"},
		"equal, over":         {31, limit(30, 30), "20.00"},
		"alone, its own vmax": {1, nil, "1.00"},
		"alone, and nothing":  {0, nil, "20.00"},
		"between, near vmin":  {11, limit(10, 30), "19.05"},
	} {
		r := score(t, rows(900001, idatu.CO, [3]int64{1, c.numerator, 100}), c.limits...)
		same(t, name, text(r.Instituciones[0].Procesos[0].Criterios[0].PorIndice), c.want)
	}
	// The mean time of GE has bounds of its own, whoever is in the sector; those
	// of the other times are the sector's.
	for days, want := range map[int64]string{0: "5.00", 10: "5.00", 11: "4.98", 105: "3.00", 200: "1.00",
		300: "1.00"} {
		r := score(t, rows(900001, idatu.GE, [3]int64{2, days, 10}))
		same(t, "mean time", text(r.Instituciones[0].Procesos[0].Criterios[0].Puntos), want)
	}
	r := score(t,
		join(rows(900001, idatu.GE, [3]int64{6, 10, 10}), rows(900002, idatu.GE, [3]int64{6, 40, 10})))
	same(t, "mean time of the sector", text(r.Instituciones[0].Procesos[0].Criterios[0].Puntos), "4.00")
}

// TestSector measures institutions by each other.
func TestSector(t *testing.T) {
	t.Parallel()
	r := score(t, join(
		whole(900002, idatu.CO, 100, [3]int64{1, 30, 100}), whole(900002, idatu.GO, 9, [3]int64{1, 9, 9}),
		whole(900001, idatu.CO, 40, [3]int64{1, 10, 40}), whole(900001, idatu.GE, 9),
		whole(900001, idatu.GO, 0)))
	a, b := &r.Instituciones[0], &r.Instituciones[1]
	if a.Institucion != 900001 || b.Institucion != 900002 || r.Sector != 2 {
		t.Fatalf("got %v, %v of %d", a.Institucion, b.Institucion, r.Sector)
	}
	same(t, "participation", text(a.Proceso(idatu.CO).Criterios[0].Participacion)+" "+
		text(b.Proceso(idatu.CO).Criterios[0].Participacion), "25.00 75.00")
	// 20 − 19·25/30 by index, 20 − 19·25/75 by participation.
	same(t, "points", sheet(a.Proceso(idatu.CO))[0][0]+" "+sheet(a.Proceso(idatu.CO))[1][0], "4.17 13.67")
	same(t, "the largest", sheet(b.Proceso(idatu.CO))[2][0], "1.00")
	// 900002 has not joined GE, 900001 concluded nothing in GO.
	same(t, "means", text(r.Medias[idatu.GE])+" "+text(r.Medias[idatu.GO])+" "+text(r.Medias[idatu.CO]),
		"5.00 9.10 8.50")

	r = score(t, join(whole(900001, idatu.GE, 9), rows(900002, idatu.GE, [3]int64{1, 0, 1})))
	same(t, "means of what is not known", text(r.Medias[idatu.GE])+" "+text(r.Medias[idatu.CO]), "n/a n/a")
	r = score(t, join(whole(900001, idatu.CO, 0), whole(900001, idatu.GO, 0)))
	same(t, "means of nothing concluded", text(r.Medias[idatu.GO])+" "+text(r.Medias[idatu.CO]), "n/a n/a")
	if r := score(t, nil); len(r.Instituciones) != 0 || len(r.Medias) != 0 {
		t.Errorf("nobody scored %v", r)
	}
}

// TestNothingConcluded: who has joined GE and concluded nothing has no mark there,
// and is not in the mean; who has not joined counts as 0.
func TestNothingConcluded(t *testing.T) {
	t.Parallel()
	const first, idler, third = 900001, 900002, 900003
	busy, other := whole(first, idatu.GE, 9, [3]int64{1, 3, 9}), whole(third, idatu.CO, 9)
	for name, idle := range map[string][]idatu.Conteo{
		"every row": whole(idler, idatu.GE, 0), "one row": rows(idler, idatu.GE, [3]int64{4, 0, 0}),
	} {
		r := score(t, join(busy, idle, whole(idler, idatu.CO, 9), other))
		in := &r.Instituciones[1]
		ge := in.Proceso(idatu.GE)
		if !ge.NadaConcluido || len(ge.Faltan) > 0 || len(ge.Criterios) != len(idle) {
			t.Errorf("%s: got %+v", name, ge)
		}
		for _, line := range sheet(ge) {
			same(t, name, strings.Trim(strings.Join(line, " "), "n/a "), "")
		}
		marks := func(p idatu.Proceso) (all []string) {
			for i := range r.Instituciones {
				all = append(all, text(r.Instituciones[i].CalificacionEn(p)))
			}
			return all
		}
		// Criterion 1 of the first, the largest of its sector, has 1 point of 10.
		same(t, name+": GE", marks(idatu.GE), []string{"9.10", "n/a", "0.00"})
		same(t, name+": CO", marks(idatu.CO), []string{"n/a", "10.00", "10.00"})
		same(t, name+": IDATU", text(in.IDATU), "n/a")
		for want, counts := range map[string][]idatu.Conteo{
			"4.55": join(busy, idle, other), "9.10": join(busy, idle), "0.00": join(idle, other), "n/a": idle,
		} {
			same(t, name+": mean", text(score(t, counts).Medias[idatu.GE]), want)
		}
	}
}

// TestLimitsTold: a score says what bounds it was measured within, wherever they
// come from.
func TestLimitsTold(t *testing.T) {
	t.Parallel()
	told := func(l *idatu.Limite) string {
		if l == nil {
			return "n/a"
		}
		return string(l.Valor) + " " + text(l.Min) + " " + text(l.Max)
	}
	r := score(t,
		join(whole(900001, idatu.GE, 40, [3]int64{1, 10, 40}, [3]int64{6, 90, 9}),
			whole(900002, idatu.GE, 100, [3]int64{1, 30, 60})),
		idatu.Limite{Proceso: idatu.GE, Criterio: 3, Valor: idatu.Indice, Min: big.NewRat(1, 2),
			Max: big.NewRat(7, 2)})
	ge := r.Instituciones[0].Proceso(idatu.GE)
	for i, want := range map[int][2]string{
		0: {"indice 0.00 50.00", "participacion 0.00 75.00"}, // the sector's largest
		1: {"indice 1.00 20.00", "n/a"},                      // the method's
		2: {"indice 0.50 3.50", "participacion 0.00 0.00"},   // given
		5: {"indice 0.00 10.00", "n/a"},
	} {
		x := ge.Criterios[i]
		same(t, x.Nombre, [2]string{told(x.LimiteIndice), told(x.LimiteParticipacion)}, want)
	}
}
