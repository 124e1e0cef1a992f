package medida_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// meta is a bar for the cycle: a figure that is to be no larger.
type meta struct {
	texto  string
	limite float64
	figura func(i *informe) (float64, bool) // false where what it takes was not measured
}

const (
	millon  = 1_000_000
	cienMil = 100_000
	diezMil = 10_000
)

var metas = []meta{
	{"reloj, 1,000,000 de filas: ciclo/guion (se busca 0.5)", 1, contraGuion(millon)},
	{"reloj, 100,000 filas: ciclo/guion (se busca 0.5)", 1, contraGuion(cienMil)},
	{"memoria, 1,000,000 de filas: MB residentes", 150,
		de(millon, func(m *medida) float64 { return m.picoDe("ciclo") })},
	{"memoria, que no crezca con el archivo: 1,000,000 de filas entre 100,000", 1.25,
		entre(millon, cienMil, func(m *medida) float64 { return m.picoDe("ciclo") })},
	{"disco, 1,000,000 de filas: bytes entre los del REC", 3.2,
		de(millon, func(m *medida) float64 { return m.discoDe("ciclo") })},
	{"disco, 100,000 filas: contenidos, entre los bytes del REC", 2.3, de(cienMil, func(m *medida) float64 {
		contenidos, _ := m.partesDe("ciclo")
		return contenidos
	})},
	{"disco, 100,000 filas: base de datos, entre los bytes del REC", 0.8,
		de(cienMil, func(m *medida) float64 {
			_, base := m.partesDe("ciclo")
			return base
		})},
	{"reloj por fila: 1,000,000 de filas entre 10,000", 1.25,
		entre(millon, diezMil, func(m *medida) float64 { return m.paredDe("ciclo").Med / float64(m.filas) })},
}

// juicio is the figure and whether it is met.
func (x meta) juicio(i *informe) string {
	v, ok := x.figura(i)
	switch {
	case !ok:
		return "– | sin medir"
	case v <= x.limite:
		return fmt.Sprintf("%.2f | alcanzada", v)
	}
	return fmt.Sprintf("%.2f | **no alcanzada**", v)
}

// tamano is the measure of a size in which the cycle ran; nil for none.
func (i *informe) tamano(filas int) *medida {
	for _, m := range i.medidas {
		if m.filas == filas && len(m.corridas["ciclo"]) > 0 {
			return m
		}
	}
	return nil
}

func de(filas int, figura func(*medida) float64) func(*informe) (float64, bool) {
	return func(i *informe) (float64, bool) {
		m := i.tamano(filas)
		if m == nil {
			return 0, false
		}
		return figura(m), true
	}
}

func entre(filas, otras int, figura func(*medida) float64) func(*informe) (float64, bool) {
	return func(i *informe) (float64, bool) {
		a, okA := de(filas, figura)(i)
		b, okB := de(otras, figura)(i)
		return a / b, okA && okB
	}
}

func contraGuion(filas int) func(*informe) (float64, bool) {
	return func(i *informe) (float64, bool) {
		m := i.tamano(filas)
		if m == nil {
			return 0, false
		}
		r, ok := m.razon("ciclo", "guion")
		return r.Med, ok
	}
}

// inventado is a report of figures that are easy to reckon with: the cycle takes s
// seconds a million rows, the script 10.
func inventado(s float64, pico, disco int64) *informe {
	i := &informe{formas: []string{"ciclo", "guion"}, rondas: 3}
	for _, filas := range []int{1000, diezMil, cienMil, millon} {
		toma := func(s float64) time.Duration { return time.Duration(s * float64(filas) * 1000) }
		m := &medida{filas: filas, bytes: int64(filas) * 400, corridas: map[string][]corrida{}}
		for _, por := range []float64{1, 0.5, 2} { // a noisy machine, the same for both in each round
			c := corrida{pared: toma(s * por), pico: pico, disco: int64(filas) * disco,
				base: int64(filas) * 300, suyos: int64(filas) * (disco - 300)}
			m.corridas["ciclo"] = append(m.corridas["ciclo"], c)
			m.corridas["guion"] = append(m.corridas["guion"], corrida{pared: toma(10 * por)})
		}
		i.medidas = append(i.medidas, m)
	}
	return i
}

// TestRazon: each ratio is of one round, so that noise which both met is not in it.
func TestRazon(t *testing.T) {
	t.Parallel()
	m := inventado(12, 0, 0).tamano(millon)
	if r, ok := m.razon("ciclo", "guion"); !ok || r != (tres{1.2, 1.2, 1.2}) {
		t.Errorf("%+v, %t; want 1.2 thrice", r, ok)
	}
	if _, ok := m.razon("ciclo", "suelo"); ok {
		t.Error("a ratio to what was not measured")
	}
	distintas := &medida{corridas: map[string][]corrida{
		"ciclo": {{pared: 1}, {pared: 4}, {pared: 6}}, "guion": {{pared: 1}, {pared: 2}, {pared: 6}},
	}}
	if r, _ := distintas.razon("ciclo", "guion"); r != (tres{1, 1, 2}) {
		t.Errorf("%+v; want the ratios of the rounds, 1, 2 and 1", r)
	}
	if got := m.paredDe("ciclo"); got != (tres{6, 12, 24}) {
		t.Errorf("wall time %+v", got)
	}
	if got := tresDe([]float64{4, 1, 3, 2}); got != (tres{1, 2.5, 4}) {
		t.Errorf("of four %+v", got)
	}
}

func TestMetas(t *testing.T) {
	t.Parallel()
	crece := inventado(5, 100e6, 1200)
	for r := range crece.tamano(millon).corridas["ciclo"] {
		crece.tamano(millon).corridas["ciclo"][r].pico = 149e6
	}
	lento := inventado(5, 100e6, 1200)
	for r := range lento.tamano(diezMil).corridas["ciclo"] {
		lento.tamano(diezMil).corridas["ciclo"][r].pared /= 2
	}
	pesada := inventado(5, 100e6, 1200)
	for r := range pesada.tamano(cienMil).corridas["ciclo"] {
		pesada.tamano(cienMil).corridas["ciclo"][r].base = cienMil * 330
	}
	sin := inventado(5, 100e6, 1200)
	sin.medidas = sin.medidas[:2]
	for _, x := range []struct {
		nombre string
		i      *informe
		want   string // of each bar: met, missed, not measured
	}{
		{"good", inventado(10, 150e6, 1200), "++++++++"},
		{"slow", inventado(12, 100e6, 1200), "--++++++"},
		{"large", inventado(5, 151e6, 1200), "++-+++++"},
		{"growing", crece, "+++-++++"},
		{"heavy", inventado(5, 100e6, 1300), "++++--++"},
		{"a heavy database", pesada, "++++++-+"},
		{"not linear", lento, "+++++++-"},
		{"small sizes", sin, "????????"},
	} {
		var got strings.Builder
		for _, m := range metas {
			_, juicio, _ := strings.Cut(m.juicio(x.i), " | ")
			got.WriteString(map[string]string{"alcanzada": "+", "**no alcanzada**": "-",
				"sin medir": "?"}[juicio])
		}
		if got.String() != x.want {
			t.Errorf("%s: %s, want %s", x.nombre, &got, x.want)
		}
	}
}

// TestParcial: only the whole measurement passes for one.
func TestParcial(t *testing.T) {
	t.Parallel()
	i := inventado(5, 100e6, 1200)
	i.rondas, i.formas = rondasPlan, strings.Split(todas, ",")
	if i.parcial() {
		t.Error("the whole one is called partial")
	}
	for nombre, cambia := range map[string]func(*informe){
		"rounds": func(i *informe) { i.rondas-- },
		"forms":  func(i *informe) { i.formas = i.formas[:2] },
		"sizes":  func(i *informe) { i.medidas = i.medidas[:3] },
	} {
		menos := *i
		cambia(&menos)
		var b bytes.Buffer
		menos.cabeza(&b)
		if !strings.Contains(b.String(), "Medición parcial") {
			t.Errorf("fewer %s pass for the whole one", nombre)
		}
	}
}
