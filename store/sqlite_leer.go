package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// recorrido reads whole tables on the driver's own connection: a row costs less
// than through database/sql, and each value comes as it is kept, so that a text of
// digits is not taken for a number. Unlike escritor.each it can stand on a row while
// others are read, tells a value of another type than was asked for, and ends with ctx.
type recorrido struct {
	ctx  context.Context
	conn conexion
}

// recorrer runs fn on a snapshot, as View does. The end of ctx also cuts short a
// question that takes long.
func (s *Store) recorrer(ctx context.Context, fn func(*View, *recorrido) error) error {
	return s.View(ctx, func(v *View) error { return fn(v, &recorrido{ctx, v.rapida.conn}) })
}

// cursor stands on one row of a question.
type cursor struct {
	fila
	more bool
	rows driver.Rows
}

// cursor asks, and goes to the first row.
func (l *recorrido) cursor(query string) (*cursor, error) {
	rows, err := l.conn.QueryContext(l.ctx, query, nil)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	c := &cursor{rows: rows, fila: fila{columnas: rows.Columns()}}
	c.leida, c.v = make([]driver.Value, len(c.columnas)), make([]any, len(c.columnas))
	if err := c.next(); err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	return c, nil
}

func (c *cursor) next() error {
	err := c.rows.Next(c.leida)
	if c.more = err == nil; c.more {
		for i, v := range c.leida {
			c.v[i] = v
		}
		return nil
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("store: %w", err)
}

// close ends the question. What was read was read.
func (c *cursor) close() {
	if c != nil {
		_ = c.rows.Close()
	}
}

// each calls fn for every row.
func (l *recorrido) each(query string, fn func(*fila) error) error {
	c, err := l.cursor(query)
	if err != nil {
		return err
	}
	defer c.close()
	for c.more {
		if err := fn(&c.fila); err != nil {
			return err
		}
		if err := c.next(); err != nil {
			return err
		}
	}
	return nil
}

// fila is a row as it is kept.
type fila struct {
	columnas []string
	v        []any
	leida    []driver.Value
	ajena    string // a column with a value of another type than was asked for
}

// bien is an error where a value was of another type than it was asked as.
func (f *fila) bien() error {
	if f.ajena == "" {
		return nil
	}
	return &errFila{"su columna " + f.ajena + " tiene lo que este programa nunca escribe en ella"}
}

func tipo[T any](f *fila, i int) (x T) {
	x, ok := f.v[i].(T)
	if !ok {
		f.ajena = f.columnas[i]
	}
	return x
}

func (f *fila) entero(i int) int64 { return tipo[int64](f, i) }
func (f *fila) texto(i int) string { return tipo[string](f, i) }
func (f *fila) bytes(i int) []byte { return tipo[[]byte](f, i) }

func (f *fila) enteroONada(i int) (n sql.NullInt64) {
	if n.Valid = f.v[i] != nil; n.Valid {
		n.Int64 = f.entero(i)
	}
	return n
}

func (f *fila) textoONada(i int) (s sql.NullString) {
	if s.Valid = f.v[i] != nil; s.Valid {
		s.String = f.texto(i)
	}
	return s
}
