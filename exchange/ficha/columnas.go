package ficha

import (
	"fmt"
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"buzon/exchange/idatu"
)

const (
	enGrafica = 8   // the quarters that a plot has room for
	pocos     = 4   // of which a small plot has
	angosto   = 200 // the width of a small plot
	margen    = 16  // left of the columns
	techo     = 18  // above the highest column
	columna   = 84  // the highest column
	suelo     = techo + columna
	maxAncho  = 52 // of a column
)

// trimestres are the plots of a process by quarter: the asuntos concluded, and each
// mean time. There are none where no quarter has counts of it.
func (h *Hoja) trimestres(r *idatu.ReglaProceso, m *idatu.Marca) []grafica {
	some := h.Periodos[max(0, len(h.Periodos)-enGrafica):]
	last := ""
	if len(some) < len(h.Periodos) {
		last = fmt.Sprintf(", últimos %d trimestres", enGrafica)
	}
	var out []grafica
	for i := range r.Criterios {
		rule := &r.Criterios[i]
		var g grafica
		switch {
		case !conoce(some, r.Proceso, rule.Numero):
			continue
		case rule.Numero == r.Concluidos:
			g = partes(some, r.Proceso, rule)
		case rule.Tiempo:
			g = medias(some, r.Proceso, rule, puntajeDe(m, rule.Numero))
		default:
			continue
		}
		g.ID, g.Titulo = fmt.Sprintf("g-trimestres-%s-%d", r.Proceso, rule.Numero),
			fmt.Sprintf("%s %d. %s%s", r.Proceso, rule.Numero, g.Titulo, last)
		out = append(out, g)
	}
	return out
}

// conoce tells whether any of the quarters has a row of a criterion.
func conoce(some []Periodo, p idatu.Proceso, criterio int) bool {
	for _, x := range some {
		if _, known := x.conteo(p, criterio); known {
			return true
		}
	}
	return false
}

// partes plots the denominator of a criterion by quarter, and of it the numerator.
func partes(some []Periodo, p idatu.Proceso, r *idatu.ReglaCriterio) grafica {
	first, size := utf8.DecodeRuneInString(r.Nombre)
	part := string(unicode.ToLower(first)) + r.Nombre[size:]
	g := grafica{Titulo: "Asuntos concluidos y, de ellos, " + part, Ancho: ancho(len(some)), Alto: suelo + 48,
		Leyenda: "Contorno: concluidos. Lleno: " + part + "."}
	g.barra(0, suelo+21, 9, 9, "posible")
	g.barra(0, suelo+35, 9, 9, "propio")
	most := int64(0)
	for _, x := range some {
		c, _ := x.conteo(p, r.Numero)
		most = max(most, c.Denominador)
	}
	var told []string
	for i, x := range some {
		left, width, middle := lugar(i, len(some))
		g.rotulo(middle, suelo+14, "marca", x.Corto())
		c, known := x.conteo(p, r.Numero)
		if !known {
			g.rotulo(middle, suelo+29, "marca", "s/d")
			told = append(told, x.Nombre+" "+sinDato)
			continue
		}
		full := parte(big.NewRat(c.Denominador, 1), big.NewRat(most, 1), columna)
		own := parte(big.NewRat(c.Numerador, 1), big.NewRat(most, 1), columna)
		g.barra(left, suelo-full, width, full, "posible")
		g.barra(left, suelo-own, width, own, "propio")
		g.rotulo(middle, suelo+29, "cifra", miles(c.Denominador))
		g.rotulo(middle, suelo+43, "cifra", miles(c.Numerador))
		told = append(told, fmt.Sprintf("%s %s de %s", x.Nombre, miles(c.Numerador), miles(c.Denominador)))
	}
	g.cierra(told)
	return g
}

// medias plots a mean time by quarter, with a line at the accumulated one.
func medias(some []Periodo, p idatu.Proceso, r *idatu.ReglaCriterio, whole *idatu.Puntaje) grafica {
	g := grafica{Titulo: r.Nombre + ", en días hábiles", Ancho: ancho(len(some)), Alto: suelo + 20}
	most := new(big.Rat)
	if whole != nil && whole.Denominador > 0 {
		most.Set(whole.Indice)
	}
	for _, x := range some {
		if c, _ := x.conteo(p, r.Numero); r.Indice(c).Cmp(most) > 0 {
			most = r.Indice(c)
		}
	}
	var told []string
	for i, x := range some {
		left, width, middle := lugar(i, len(some))
		g.rotulo(middle, suelo+14, "marca", x.Corto())
		c, known := x.conteo(p, r.Numero)
		text := dos(r.Indice(c))
		switch {
		case !known:
			text = "s/d"
		case c.Denominador == 0:
			text = noAplica
		}
		high := parte(r.Indice(c), most, columna)
		g.barra(left, suelo-high, width, high, "propio")
		g.rotulo(middle, suelo-high-5, "cifra", text)
		told = append(told, x.Nombre+" "+text)
	}
	if whole != nil && whole.Denominador > 0 {
		y := suelo - parte(whole.Indice, most, columna)
		g.Lineas = append(g.Lineas, linea{margen, y, g.Ancho, y, "media"})
		g.Leyenda = "Línea punteada: el acumulado, " + dos(whole.Indice) + " días."
		told = append(told, "acumulado "+dos(whole.Indice))
	}
	g.cierra(told)
	return g
}

// ancho is the width of a plot of n columns.
func ancho(n int) int {
	if n > pocos {
		return lienzo
	}
	return angosto
}

// lugar is where the column i of n stands.
func lugar(i, n int) (left, width, middle int) {
	slot := (ancho(n) - margen) / n
	width = min(slot*6/10, maxAncho)
	middle = margen + slot*i + slot/2
	return middle - width/2, width, middle
}

// cierra draws the ground under the columns and tells them in words.
func (g *grafica) cierra(told []string) {
	g.Lineas = append(g.Lineas, linea{margen, suelo, g.Ancho, suelo, "eje"})
	g.Texto = strings.Join(told, "; ") + "."
}
