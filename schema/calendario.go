package schema

import (
	"sort"
	"sync/atomic"
	"time"
)

// The calendar reaches from 0001-01-01 to the end of this year. Beyond it no
// day is hábil, so that no count runs for ever.
const ultimoAnio = 9999

const ultimoDia Dia = 3652059 // 9999-12-31

// A Calendario tells which days are hábiles for Gestión Electrónica: not
// Saturday, not Sunday, and no row of the table applies. Make it with
// NewCalendario; it does not change afterwards and may be used from several
// goroutines.
type Calendario struct {
	version string
	tabla   map[int][]Inhabil // the given rows by year, sorted; computed ones are not here
	anios   [ultimoAnio + 1]atomic.Pointer[anio]
}

// anio is one year worked out. It never changes once it can be seen.
type anio struct {
	primero Dia
	// acum[i] counts the días hábiles among the first i days of the year; beyond
	// the year's end it stays as it was.
	acum      [367]uint16
	inhabiles map[Dia]Inhabil // the rows that apply; weekends have no row
}

// NewCalendario makes the calendar of the computed days, the known suspensions
// of CONDUSEF and the operator's table. A day is inhábil if one of its rows
// applies. A row is known by its fecha and origen: an operator's row takes the
// place of the default row of the same fecha and origen, so that a wrong default
// is put right by repeating it with AplicaGE false. Of two rows of extra with
// one fecha and origen, the one that applies stays. Rows without a day are
// skipped. The slice is not kept.
func NewCalendario(extra []Inhabil) *Calendario {
	c := &Calendario{tabla: make(map[int][]Inhabil)}
	for _, in := range sobreponer(suspensiones, extra) {
		if enCalendario(in.Fecha) {
			y := in.Fecha.Year()
			c.tabla[y] = append(c.tabla[y], in)
		}
	}
	c.version = c.huella()
	return c
}

// Version names the content: 12 hex digits, the same for the same rows in any
// order, in every process. A count keeps it, so that it can be told later which
// table it was made with.
func (c *Calendario) Version() string { return c.version }

// Habil tells whether d is a día hábil. No day, and a day beyond the year 9999,
// is not.
func (c *Calendario) Habil(d Dia) bool {
	if !enCalendario(d) {
		return false
	}
	a := c.anio(d.Year())
	i := d - a.primero
	return a.acum[i+1] > a.acum[i]
}

// Inhabil says why d is not a día hábil; it is true exactly where Habil is
// false. On a weekend without a row of its own Descripcion is sábado or domingo
// and Origen is empty.
func (c *Calendario) Inhabil(d Dia) (Inhabil, bool) {
	if !enCalendario(d) {
		return Inhabil{Fecha: d, Descripcion: "fuera del calendario", AplicaGE: true}, true
	}
	if in, ok := c.anio(d.Year()).inhabiles[d]; ok {
		return in, true
	}
	fin := finDeSemana(d)
	if fin == "" {
		return Inhabil{}, false
	}
	return Inhabil{Fecha: d, Descripcion: fin, AplicaGE: true}, true
}

// Vence gives the n-th día hábil after dia0. Day 0 does not count, be it hábil
// or not. For n of 0 or less it is dia0. Where there is no such day up to the
// end of the year 9999, or dia0 is no day, it gives 0, no day.
func (c *Calendario) Vence(dia0 Dia, n int) Dia {
	if !enCalendario(dia0) || n > int(ultimoDia-dia0) {
		return 0
	}
	if n <= 0 {
		return dia0
	}
	for y := dia0.Year(); y <= ultimoAnio; y++ {
		a := c.anio(y)
		want := n // días hábiles from the start of the year y
		if a.primero <= dia0 {
			want += int(a.acum[dia0-a.primero+1])
		}
		if total := int(a.acum[len(a.acum)-1]); want > total {
			n = want - total
			continue
		}
		i := sort.Search(len(a.acum), func(i int) bool { return int(a.acum[i]) >= want })
		return a.primero + Dia(i) - 1
	}
	return 0
}

// Siguiente gives the first día hábil after d, or 0 as Vence does.
func (c *Calendario) Siguiente(d Dia) Dia { return c.Vence(d, 1) }

// HabilDesde gives d where it is a día hábil, and the first one after it where not,
// or 0 as Vence does.
func (c *Calendario) HabilDesde(d Dia) Dia {
	if c.Habil(d) {
		return d
	}
	return c.Siguiente(d)
}

// Recontar gives the last day of a term of n días hábiles that is counted again:
// never before dicho, the one that was told, and a día hábil, for the one that was
// told, or to which an outage moved it, may have become none.
func (c *Calendario) Recontar(dia0 Dia, n int, dicho Dia) Dia {
	return c.HabilDesde(max(dicho, c.Vence(dia0, n)))
}

// DiasHabiles counts the días hábiles after a up to b, b included. It is 0 where
// b is not after a, and where one of them is no day of the calendar.
func (c *Calendario) DiasHabiles(a, b Dia) int {
	if b <= a || !enCalendario(a) || !enCalendario(b) {
		return 0
	}
	desde, hasta := c.anio(a.Year()), c.anio(b.Year())
	n := int(hasta.acum[b-hasta.primero+1]) - int(desde.acum[a-desde.primero+1])
	for y := a.Year(); y < b.Year(); y++ {
		whole := c.anio(y)
		n += int(whole.acum[len(whole.acum)-1])
	}
	return n
}

func enCalendario(d Dia) bool { return d >= 1 && d <= ultimoDia }

// anio gives the year y, worked out at first use. Two goroutines may do so at
// once; they get to the same result, so either may stay.
func (c *Calendario) anio(y int) *anio {
	if a := c.anios[y].Load(); a != nil {
		return a
	}
	a := &anio{primero: NewDia(y, time.January, 1), inhabiles: make(map[Dia]Inhabil)}
	for _, in := range c.filas(y) {
		if _, told := a.inhabiles[in.Fecha]; in.AplicaGE && !told {
			a.inhabiles[in.Fecha] = in
		}
	}
	siguiente := NewDia(y+1, time.January, 1)
	for i := range Dia(len(a.acum) - 1) {
		d := a.primero + i
		a.acum[i+1] = a.acum[i]
		if _, inhabil := a.inhabiles[d]; !inhabil && finDeSemana(d) == "" && d < siguiente {
			a.acum[i+1]++
		}
	}
	c.anios[y].Store(a)
	return a
}

// filas gives every row of the year y, computed and given, applying or not.
func (c *Calendario) filas(y int) []Inhabil { return sobreponer(calculados(y), c.tabla[y]) }

func finDeSemana(d Dia) string {
	switch d.Weekday() {
	case time.Saturday:
		return "sábado"
	case time.Sunday:
		return "domingo"
	}
	return ""
}
