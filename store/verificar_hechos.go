package store

import (
	"database/sql"
	"errors"
	"strings"
)

// grupo are the rows that an event told of, as far as they were read.
type grupo struct {
	suma
	dicho Filas
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
	tabla, evento, f, err := c.libreta.left()
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if f.N == 1 {
		return difiere("falta la fila %s:%d, de la que habla el evento %d", tabla, f.De, evento)
	}
	return difiere("faltan las filas %s:%d a %d, de las que habla el evento %d", tabla, f.De, f.A, evento)
}

// lectura gives the rows of a table in the order of their ids, each with the event
// that it bears; 0 where that is not there.
func (t *tabla) lectura() string {
	cols := `t.` + strings.Join(t.todas(), `, t.`)
	if t.por == "" {
		return `SELECT t.evento, ` + cols + ` FROM ` + t.nombre + ` t ORDER BY t.` + t.id
	}
	return `SELECT coalesce(x.evento, iif(EXISTS (SELECT 1 FROM entrantes WHERE archivo = t.` + t.lleva + `), -1, 0)), ` + cols +
		` FROM ` + t.nombre + ` t LEFT JOIN ` + t.por + ` x ON x.id = t.` + t.lleva + ` ORDER BY t.` + t.id
}

// hechos holds the rows of a table against the events. Several groups are open at a
// time only where files were taken in at the same time.
func (c *checker) hechos(t *tabla) error {
	grupos := map[int64]*grupo{}
	n := len(t.todas())
	values, into := make([]any, n), make([]any, n+1)
	var evento int64
	into[0] = &evento
	for i := range values {
		into[i+1] = &values[i]
	}
	err := c.v.each(t.lectura(), nil, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return &errFila{err.Error()}
		}
		if evento == -1 { // of a file that is being taken in
			return nil
		}
		return c.fila(t, grupos, evento, values)
	})
	var unread *errFila
	if errors.As(err, &unread) {
		return difiere("la tabla %s no se puede leer: %v", t.nombre, unread)
	}
	if err != nil {
		return err
	}
	for evento, g := range grupos {
		return difiere("faltan filas de %s entre la %d y la %d, de las que habla el evento %d: hay %d de %d",
			t.nombre, g.dicho.De, g.dicho.A, evento, g.n, g.dicho.N)
	}
	return nil
}

func (c *checker) fila(t *tabla, grupos map[int64]*grupo, evento int64, values []any) error {
	id, ok := values[0].(int64)
	if !ok {
		return difiere("la tabla %s tiene una fila sin llave", t.nombre)
	}
	g := grupos[evento]
	if g == nil {
		f, err := c.libreta.take(t.nombre, evento)
		if errors.Is(err, sql.ErrNoRows) {
			return difiere("de la fila %s:%d no hay evento en la bitácora", t.nombre, id)
		}
		if err != nil {
			return err
		}
		g = &grupo{dicho: f}
		grupos[evento] = g
	}
	next := g.dicho.De + g.n
	switch {
	case id < g.dicho.De || id > g.dicho.A:
		return difiere("la fila %s:%d no es de las que registró el evento %d, que son de la %d a la %d", t.nombre, id, evento, g.dicho.De, g.dicho.A)
	case g.seguidas() && id != next:
		return difiere("falta la fila %s:%d, de la que habla el evento %d", t.nombre, next, evento)
	}
	h, buf, err := t.huella(c.buf, values)
	if err != nil {
		return err
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
	return difiere("las filas %s:%d a %d no dicen lo que el evento %d registró de ellas", t.nombre, g.dicho.De, g.dicho.A, evento)
}
