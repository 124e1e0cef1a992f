package ficha_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
	"buzon/schema"
)

// conteos draws the counts of an institution: some processes, some criteria
// absent.
func conteos(t *rapid.T, une schema.UNE) []idatu.Conteo {
	var out []idatu.Conteo
	for _, p := range idatu.Metodo2018().Procesos {
		if rapid.IntRange(0, 4).Draw(t, "absent") == 0 {
			continue
		}
		for _, r := range p.Criterios {
			c := idatu.Conteo{Institucion: une, Proceso: p.Proceso, Criterio: r.Numero,
				Denominador: rapid.Int64Range(0, 3000).Draw(t, "denominator")}
			high := c.Denominador
			if r.Tiempo {
				high *= 40
			}
			c.Numerador = rapid.Int64Range(0, high).Draw(t, "numerator")
			if rapid.IntRange(0, 29).Draw(t, "row") > 0 {
				out = append(out, c)
			}
		}
	}
	return out
}

// TestEveryNumber: whatever the score, each of its numbers stands in the cell that
// is its own.
func TestEveryNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		own := conteos(t, propia)
		m := idatu.Metodo2018()
		r, err := m.Score(append(conteos(t, otra), own...), nil)
		if err != nil {
			t.Fatal(err)
		}
		h := &ficha.Hoja{Institucion: propia, Denominacion: "Banco", Sector: "Bancos",
			Desde: schema.NewDia(2026, 1, 1), Hasta: schema.NewDia(2026, 5, 1),
			AsOf: time.Unix(1, 0), Metodo: m, Integrantes: r.Sector, Medias: r.Medias,
			Calificacion: idatu.Calificacion{Institucion: propia}}
		for _, c := range r.Instituciones {
			if c.Institucion == propia {
				h.Calificacion = c
			}
		}
		h.Periodos = ficha.Trimestres(h.Desde, h.Hasta)
		h.Periodos[0].Conteos = own
		var page strings.Builder
		if err := ficha.Write(&page, h); err != nil {
			t.Fatal(err)
		}
		p := lee(t, page.String())
		if len(p.malos) > 0 {
			t.Fatal(p.malos)
		}
		for _, want := range esperadas(h) {
			if !slices.ContainsFunc(p.tablas[want[0]], func(row []string) bool {
				return slices.Equal(lisas(row), want[1:])
			}) {
				t.Fatalf("no row %q\nin %q", want, p.tablas[want[0]])
			}
		}
	})
}

// esperadas are the rows that a sheet must have: the table, and the cells without
// units, names and bounds.
func esperadas(h *ficha.Hoja) [][]string {
	num := func(r *big.Rat) string {
		if r == nil {
			return "sin dato"
		}
		return r.FloatString(2)
	}
	var out [][]string
	for i := range h.Calificacion.Procesos {
		p := &h.Calificacion.Procesos[i]
		table := "calculo-" + string(p.Proceso)
		won := num
		if p.NadaConcluido {
			won = func(*big.Rat) string { return "—" }
		}
		for _, x := range p.Criterios {
			share, byShare := num(x.Participacion), won(x.PorParticipacion)
			if x.Tiempo {
				share, byShare = "—", "—"
			}
			out = append(out,
				[]string{table, fmt.Sprint(x.Criterio), x.Nombre, fmt.Sprint(x.Numerador),
					fmt.Sprint(x.Denominador), num(x.Indice), share,
					won(x.PorIndice), byShare, won(x.Puntos),
					fmt.Sprint(h.Metodo.Proceso(p.Proceso).Criterio(x.Criterio).Puntos)},
				[]string{fmt.Sprintf("%s (%s): datos por trimestre y acumulados", p.Nombre, p.Proceso),
					fmt.Sprint(x.Criterio), x.Nombre,
					fmt.Sprintf("%d / %d", x.Numerador, x.Denominador), "sin dato",
					fmt.Sprintf("%d / %d", x.Numerador, x.Denominador)})
		}
		out = append(out,
			[]string{table, "", "Total", won(p.PorIndice), won(p.PorParticipacion), won(p.Total), "100"},
			[]string{table, "", "Calificación: la décima parte del total", "", "", won(p.Calificacion()),
				"10"})
	}
	whole := num(h.Calificacion.IDATU)
	for _, name := range []idatu.Proceso{idatu.GE, idatu.CO} {
		if p := h.Calificacion.Proceso(name); p != nil && p.NadaConcluido {
			whole = "—"
		}
	}
	return append(out, []string{"pesos", "IDATU", "", "", "100", whole, ""})
}

// lisas are cells without what stands beside their number: units, what is set
// below it, and the marks between thousands.
func lisas(row []string) []string {
	out := slices.Clone(row)
	for i, cell := range out {
		cell, _, _ = strings.Cut(cell, "|")
		cell = strings.NewReplacer("\u00a0días", "", "\u00a0%", "", " %", "", "\u00a0/", " /").Replace(cell)
		if i > 1 || strings.TrimLeft(cell, "0123456789,") == "" {
			cell = strings.ReplaceAll(cell, ",", "")
		}
		out[i] = cell
	}
	return out
}
