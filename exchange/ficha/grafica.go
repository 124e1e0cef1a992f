package ficha

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"buzon/exchange/idatu"
)

// grafica is a plot: shapes with their places, in units of which the plot is lienzo
// wide. On a telephone one unit is about one pixel, so texts stay readable.
type grafica struct {
	ID, Titulo string
	Leyenda    string // how to read its shapes
	Texto      string // what it shows, for who does not see it
	Ancho      int
	Alto       int
	Barras     []barra
	Lineas     []linea
	Rombos     []string // the points of each
	Rotulos    []rotulo
}

// barra is a rectangle; its Clase gives it its look.
type barra struct {
	X, Y, Ancho, Alto int
	Clase             string
}

type linea struct {
	X1, Y1, X2, Y2 int
	Clase          string
}

// rotulo is a text; Clase gives its look and where it is anchored.
type rotulo struct {
	X, Y  int
	Clase string
	Texto string
}

const (
	lienzo    = 360 // the width of a plot
	pista     = 268 // the longest bar
	grueso    = 12  // the height of a bar
	interline = 14
	anchura   = 52 // characters in a line of a plot
)

// parte is v of most, as a length of whole units; an unknown v has none.
func parte(v, most *big.Rat, length int) int {
	if v == nil || most.Sign() <= 0 || v.Sign() <= 0 {
		return 0
	}
	share := new(big.Rat).Quo(v, most)
	f, _ := share.Mul(share, big.NewRat(int64(length), 1)).Float64() // the nearest is good enough to draw
	return min(int(f+0.5), length)
}

func (g *grafica) barra(x, y, width, height int, class string) {
	g.Barras = append(g.Barras, barra{x, y, width, height, class})
}

func (g *grafica) rotulo(x, y int, class, text string) {
	g.Rotulos = append(g.Rotulos, rotulo{x, y, class, text})
}

// nombre writes the name of a bar in as many lines as it takes, from Alto down.
func (g *grafica) nombre(text string) {
	for _, line := range renglones(text, anchura) {
		g.Alto += interline
		g.rotulo(0, g.Alto-3, "nombre", line)
	}
	g.Alto += 2
}

// puntos plots the points reached in each criterion on tracks as long as the most
// possible, so that one sees what weighs.
func (h *Hoja) puntos(r *idatu.ReglaProceso, m *idatu.Marca) grafica {
	g := grafica{ID: "g-puntos-" + string(r.Proceso), Titulo: fmt.Sprintf("%s (%s)", r.Nombre, r.Proceso),
		Ancho:   lienzo,
		Leyenda: "Lleno: puntos alcanzados. Contorno: los posibles."}
	most := int64(1)
	for _, c := range r.Criterios {
		most = max(most, c.Puntos)
	}
	var told []string
	for _, c := range r.Criterios {
		text := sinDato
		var points *big.Rat
		if x := puntajeDe(m, c.Numero); x != nil {
			points, text = x.Puntos, dos(x.Puntos)+" de "+miles(c.Puntos)
		}
		if m.NadaConcluido {
			text = enPalabras
		}
		g.nombre(fmt.Sprintf("%d. %s", c.Numero, c.Nombre))
		full := parte(big.NewRat(c.Puntos, 1), big.NewRat(most, 1), pista)
		g.barra(0, g.Alto, full, grueso, "posible")
		g.barra(0, g.Alto, parte(points, big.NewRat(c.Puntos, 1), full), grueso, "propio")
		g.rotulo(full+6, g.Alto+grueso-2, "valor", text)
		g.Alto += grueso + 8
		told = append(told, fmt.Sprintf("criterio %d, %s", c.Numero, text))
	}
	g.Texto = strings.Join(told, "; ") + "."
	return g
}

// resumen plots the marks of the processes, and the IDATU, from 0 to 10, with a
// diamond where the sector's mean is.
func (h *Hoja) resumen() grafica {
	g := grafica{ID: "g-calificaciones", Titulo: "Calificaciones, de 0 a 10", Ancho: lienzo,
		Leyenda: "Barra: la institución. Rombo: la media del sector."}
	ten := big.NewRat(10, 1)
	var told []string
	line := func(name, mark string, own, mean *big.Rat, class string) {
		g.nombre(name)
		g.barra(0, g.Alto, pista, grueso, "posible")
		g.barra(0, g.Alto, parte(own, ten, pista), grueso, class)
		g.rotulo(pista+14, g.Alto+grueso-2, "valor", mark)
		text := name + " " + mark
		if mean != nil {
			x, y := parte(mean, ten, pista), g.Alto+grueso/2
			g.Rombos = append(g.Rombos,
				fmt.Sprintf("%d,%d %d,%d %d,%d %d,%d", x-6, y, x, y-9, x+6, y, x, y+9))
			text += " (media del sector " + dos(mean) + ")"
		}
		told = append(told, text)
		g.Alto += grueso + 10
	}
	for _, r := range h.Metodo.Procesos {
		own := h.Calificacion.CalificacionEn(r.Proceso)
		mark := dos(own)
		m := h.Calificacion.Proceso(r.Proceso)
		switch {
		case own == nil && h.Metodo.PesosDe(&h.Calificacion)[r.Proceso] == 0:
			mark = "no pesa"
		case m != nil && m.NadaConcluido:
			mark = enPalabras
		}
		line(fmt.Sprintf("%s (%s)", r.Nombre, r.Proceso), mark, own, h.Medias[r.Proceso], "propio")
	}
	global := h.idatu()
	if global == noAplica {
		global = enPalabras
	}
	line("IDATU", global, h.Calificacion.IDATU, nil, "global")
	g.escala()
	g.Texto = strings.Join(told, "; ") + "."
	return g
}

// escala draws the axis from 0 to 10 under the bars.
func (g *grafica) escala() {
	for mark := 0; mark <= 10; mark += 2 {
		x := pista * mark / 10
		g.Lineas = append(g.Lineas, linea{x, g.Alto - 6, x, g.Alto - 2, "eje"})
		class := "marca"
		if mark == 0 {
			class = "marca primera"
		}
		g.rotulo(x, g.Alto+8, class, strconv.Itoa(mark))
	}
	g.Lineas = append(g.Lineas, linea{0, g.Alto - 6, pista, g.Alto - 6, "eje"})
	g.Alto += 12
}
