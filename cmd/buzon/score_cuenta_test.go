package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
)

// renglon is a row of a scenario, and what is meant to come of it.
type renglon struct {
	folio, une, cells string
	prorroga          bool
	dias, sentido     int        // of the answer; dias -1: none
	respuesta, limite schema.Dia // respuesta 0: none
	tipos             []int
	dictados          []schema.Dia
}

// azarosos are n rows of every kind in the first three weeks of March 2026, and
// reversas of some; each can come true.
func azarosos(r *rand.Rand, cal *schema.Calendario, n int) (all []renglon) {
	marzo, err := schema.ParseDia("2026-03-01")
	if err != nil {
		panic(err)
	}
	for i := range n {
		folio, une := fmt.Sprintf("2026/090/%d", i+1), fmt.Sprint(900001+r.IntN(3))
		x := azaroso(r, cal, cal.Vence(marzo, 1+r.IntN(15)), folio, une)
		all = append(all, x)
		if !slices.Contains(x.tipos, 6) && x.respuesta != 0 && r.IntN(6) == 0 {
			all = append(all, azaroso(r, cal, cal.Vence(max(x.respuesta, x.limite), 5+r.IntN(5)), folio, une))
		}
	}
	return all
}

// azaroso is one that is delivered on a día hábil.
func azaroso(r *rand.Rand, cal *schema.Calendario, entrega schema.Dia, folio, une string) renglon {
	x := renglon{folio: folio, une: une, dias: -1}
	prorroga, plazo := "", 20
	if r.IntN(3) == 0 {
		n := []int{1, 5, 10}[r.IntN(3)]
		x.prorroga, prorroga, plazo = true, fmt.Sprint(n), 20+n
	}
	x.limite = cal.Vence(entrega, plazo)
	dias, sentido, kinds := "", "", []string{"", "", "6", "3", "3;6", "6;3"}
	if r.IntN(8) > 0 {
		x.dias = []int{r.IntN(plazo), r.IntN(plazo), plazo, plazo + 1, plazo + 4}[r.IntN(5)]
		x.respuesta, x.sentido = cal.Vence(entrega, x.dias), 1+r.IntN(3)
		dias, sentido = fmt.Sprint(x.dias), fmt.Sprint(x.sentido)
		kinds = append(kinds, "1", "2", "1;2", "1;11", "3;4", "3;5", "3;5;11;4", "3;11")
	}
	dictamenes := kinds[r.IntN(len(kinds))]
	fecha := cal.Vence(max(x.respuesta, entrega), 1)
	if x.respuesta == 0 {
		fecha = cal.Vence(entrega, 5)
	}
	for tipo := range strings.SplitSeq(dictamenes, ";") {
		if tipo != "" {
			var n int
			fmt.Sscan(tipo, &n)
			x.tipos, x.dictados = append(x.tipos, n), append(x.dictados, fecha)
			fecha = cal.Vence(fecha, 1)
		}
	}
	x.cells = strings.Join([]string{folio, une, entrega.String(), dias, prorroga, sentido, dictamenes}, ",")
	return x
}

// cuenta counts a row as the lineamientos of the score say: what was concluded from
// desde to hasta, by what happened before corte.
func (x renglon) cuenta(c map[string]int, desde, hasta, corte schema.Dia) {
	var standing []int
	concluida, desistida := x.limite, false
	answered := x.respuesta != 0
	if answered && x.respuesta < concluida {
		concluida = x.respuesta
	}
	for i, tipo := range x.tipos {
		if tipo == 6 && x.dictados[i] < concluida {
			concluida, desistida, answered = x.dictados[i], true, false
		}
		switch {
		case x.dictados[i] >= corte:
		case tipo == 11:
			standing = standing[:len(standing)-1]
		default:
			standing = append(standing, tipo)
		}
	}
	if concluida >= corte || concluida < desde || concluida > hasta {
		return
	}
	answered = answered && x.respuesta < corte
	marked := slices.Contains(standing, 1) || slices.Contains(standing, 2)
	c["concluidos"]++
	if !desistida {
		kind := "directos"
		if x.prorroga {
			kind = "prorroga"
		}
		c[kind]++
		add := func(what string, n int, is bool) {
			if is {
				c[kind+what] += n
			}
		}
		add(" vencidos", 1, !answered || x.respuesta > x.limite)
		add(" respondidos", 1, answered)
		add(" dias", x.dias, answered)
		add(" marcados", 1, marked)
	}
	if !slices.Contains(standing, 3) {
		return
	}
	c["a CO"]++
	switch {
	case answered && x.sentido != 2:
		c["favorables a CO"]++
		if slices.Contains(standing, 5) {
			c["favorables no conciliados"]++
		}
	case answered:
		c["no favorables a CO"]++
		if slices.Contains(standing, 4) {
			c["no favorables conciliados"]++
		}
	}
}

// The score of a scenario made at random has the counts that its rows give when
// they are counted one by one, without the log; now, and as of days in the middle.
func TestScoreCountsAnyScenario(t *testing.T) {
	t.Parallel()
	cal := schema.NewCalendario(nil)
	rows := azarosos(rand.New(rand.NewPCG(6, 6)), cal, 120)
	lines := make([]string, len(rows))
	for i, x := range rows {
		lines[i] = x.cells
	}
	dir, _ := simulate(t, exitDone, "--scenario", scenario(t, lines...))
	for _, corte := range []string{"2026-03-20", "2026-04-10", "2026-04-21", ""} {
		day := func(s string) schema.Dia {
			d, err := schema.ParseDia(s)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		var asOf []string
		hasta := day("2027-01-01")
		if corte != "" {
			asOf, hasta = []string{"--as-of", corte}, day(corte)
		}
		counts := map[string]map[string]int{}
		for _, x := range rows {
			if counts["00"+x.une] == nil {
				counts["00"+x.une] = map[string]int{}
			}
			x.cuenta(counts["00"+x.une], day("2026-03-09"), day("2026-05-04"), hasta)
		}
		want := map[string]string{}
		for une, c := range counts {
			want[une] = fmt.Sprintf(
				"1:%d/%d 2:%d/%d 3:%d/%d 4:%d/%d 5:%d/%d 6:%d/%d 7:%d/%d 8:%d/%d 9:%d/%d 10:%d/%d",
				c["directos vencidos"], c["directos"], c["directos dias"], c["directos respondidos"],
				c["directos marcados"], c["directos"],
				c["prorroga"], c["concluidos"], c["prorroga vencidos"], c["prorroga"], c["prorroga dias"],
				c["prorroga respondidos"],
				c["prorroga marcados"], c["prorroga"], c["favorables a CO"], c["a CO"],
				c["favorables no conciliados"], c["favorables a CO"],
				c["no favorables conciliados"], c["no favorables a CO"])
		}
		if diff := cmp.Diff(want, scored(t, dir, "2026-03-09", "2026-05-04", asOf...)); diff != "" {
			t.Errorf("as of %q (-counted by hand +scored):\n%s", corte, diff)
		}
	}
}
