package store

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// grupo are the rows that an event told of, as far as they were read.
type grupo struct {
	suma
	dicho Agregadas
}

// seguidas tells whether the ids of a group leave none out.
func (g *grupo) seguidas() bool { return g.dicho.A-g.dicho.De+1 == g.dicho.N }

// facts holds every row that counts against what its event says of it.
func (c *checker) facts() error {
	for _, t := range todosLosHechos {
		if err := c.hechos(t); err != nil {
			return err
		}
	}
	var id int64
	err := c.v.get(`SELECT e.archivo FROM entrantes e JOIN archivos a ON a.id = e.archivo LIMIT 1`, nil, &id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return difiere("la tabla entrantes tiene el archivo %d, que ya cuenta", id)
}

// lectura gives the rows of a table in the order of their ids, each with the event
// that it bears: NULL where that is not there, -1 where its file does not count yet.
func (t *tabla) lectura() string {
	cols := `t.` + strings.Join(t.todas(), `, t.`)
	if t.por == "" {
		return `SELECT t.evento, ` + cols + ` FROM ` + t.nombre + ` t ORDER BY t.` + t.id
	}
	evento := `x.evento`
	if t.por == "archivos" {
		evento = `coalesce(x.evento, (SELECT -1 FROM entrantes WHERE archivo = t.` + t.lleva + `))`
	}
	return `SELECT ` + evento + `, ` + cols +
		` FROM ` + t.nombre + ` t LEFT JOIN ` + t.por + ` x ON x.id = t.` + t.lleva + ` ORDER BY t.` + t.id
}

// hechos holds the rows of a table against the events. Several groups are open at a
// time only where files were taken in at the same time.
func (c *checker) hechos(t *tabla) error {
	dicho := c.libreta[t.nombre]
	grupos := map[int64]*grupo{}
	err := c.cada(t.nombre, t.lectura(), func(f *fila) error {
		if f.v[0] == int64(-1) {
			c.r.PorContar++
			return nil
		}
		return c.fila(t, dicho, grupos, f)
	})
	if err != nil {
		return err
	}
	for _, evento := range slices.Sorted(maps.Keys(grupos)) {
		g := grupos[evento]
		return difiere("faltan filas de %s entre la %d y la %d, de las que habla el evento %d: hay %d de %d",
			t.nombre, g.dicho.De, g.dicho.A, evento, g.n, g.dicho.N)
	}
	evento, f, falta, err := dicho.left()
	switch {
	case err != nil || !falta:
		return err
	case f.N == 1:
		return difiere("falta la fila %s:%d, de la que habla el evento %d", t.nombre, f.De, evento)
	}
	return difiere("faltan las filas %s:%d a %d, de las que habla el evento %d", t.nombre, f.De, f.A, evento)
}

func (c *checker) fila(t *tabla, dicho *cuaderno, grupos map[int64]*grupo, f *fila) error {
	values := f.v[1:]
	id := f.entero(1)
	evento, ok := f.v[0].(int64)
	if !ok || f.bien() != nil {
		return difiere("la fila %s:%d no dice de qué evento es", t.nombre, id)
	}
	g := grupos[evento]
	if g == nil {
		d, ok, err := dicho.take(evento)
		if err != nil {
			return err
		}
		if !ok {
			return difiere("de la fila %s:%d no hay evento en la bitácora", t.nombre, id)
		}
		g = &grupo{dicho: d}
		grupos[evento] = g
	}
	next := g.dicho.De + g.n
	switch {
	case id < g.dicho.De || id > g.dicho.A:
		return difiere("la fila %s:%d no es de las que registró el evento %d, que son de la %d a la %d",
			t.nombre, id, evento, g.dicho.De, g.dicho.A)
	case g.seguidas() && id != next:
		return difiere("falta la fila %s:%d, de la que habla el evento %d", t.nombre, next, evento)
	}
	h, buf, err := t.huella(c.buf, values)
	if err != nil {
		return difiere("la fila %s:%d, del evento %d, no se puede leer: %v", t.nombre, id, evento, err)
	}
	c.buf = buf
	g.add(id, h)
	if c.r.Filas++; c.r.Filas%4096 == 0 || c.r.Filas == c.dichas {
		c.step("filas", c.r.Filas, c.dichas)
	}
	if g.n < g.dicho.N {
		return nil
	}
	delete(grupos, evento)
	if g.suma.dicho() == g.dicho {
		return nil
	}
	if g.n == 1 {
		return difiere("la fila %s:%d no dice lo que el evento %d registró de ella", t.nombre, id, evento)
	}
	return difiere("las filas %s:%d a %d no dicen lo que el evento %d registró de ellas", t.nombre,
		g.dicho.De, g.dicho.A, evento)
}
