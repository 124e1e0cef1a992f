package bitacora

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
)

// ErrIncompleto says that the parts of an act are not all there.
var ErrIncompleto = errors.New("an act of the log is not whole")

// porcion is what a part says of itself; all is 0 in an event that is a whole act.
type porcion struct {
	parte, de int
	primero   int64 // from the second part on, as desde
	desde     int
}

// porcionJSON is how it is written. An event that has no parte may have the names
// primero and desde for something else.
type porcionJSON struct {
	Parte   *int            `json:"parte"`
	De      *int            `json:"de"`
	Primero json.RawMessage `json:"primero"`
	Desde   json.RawMessage `json:"desde"`
}

func (d *porcionJSON) porcion() (p porcion, ok bool) {
	switch {
	case d.Parte == nil && d.De == nil:
		return p, true
	case d.Parte == nil || d.De == nil || *d.De < 2 || *d.Parte < 1 || *d.Parte > *d.De:
		return p, false
	}
	p.parte, p.de = *d.Parte, *d.De
	if p.parte == 1 {
		return p, d.Primero == nil && d.Desde == nil
	}
	ok = json.Unmarshal(d.Primero, &p.primero) == nil && json.Unmarshal(d.Desde, &p.desde) == nil &&
		p.primero >= 1 && p.desde >= 2 && p.desde <= math.MaxInt32
	return p, ok
}

// leerCarga decodes the payload of an event into d, which holds the part p.
func leerCarga(c *Crudo, d any, p *porcionJSON) (porcion, error) {
	if err := json.Unmarshal([]byte(c.Detalle), d); err != nil {
		return porcion{}, fmt.Errorf("event %d, %s: %w", c.N, c.Evento, err)
	}
	read, ok := p.porcion()
	if !ok {
		return porcion{}, fmt.Errorf("event %d, %s: which part it is cannot be read: %w",
			c.N, c.Evento, ErrIncompleto)
	}
	return read, nil
}

// Lector follows the parts of acts, event by event. The zero value is ready.
type Lector struct {
	sigue   bool    // whether the act goes on after último
	ultimo  Crudo   // the last part of it, without its payload
	porcion porcion // what that said of itself
	primero int64
}

// Add takes the next event and tells whether it begins an act, and at which place
// its renglones begin. It is an error where a part is missing or out of place. The
// parts of an act are handed on as they come: only Add of a next act, or Fin, says
// that the last one was whole.
func (l *Lector) Add(c *Crudo) (nuevo bool, desde int, err error) {
	var d porcionJSON
	p, err := leerCarga(c, &d, &d)
	switch {
	case err != nil:
		return false, 0, err
	case l.sigue && !l.continua(c, p):
		return false, 0, l.Fin()
	case !l.sigue && p.parte > 1:
		return false, 0, fmt.Errorf("event %d, %s: part %d of %d, and the one before it is not there: %w",
			c.N, c.Evento, p.parte, p.de, ErrIncompleto)
	}
	if nuevo = p.parte <= 1; nuevo {
		l.primero, p.desde = c.N, 1
	}
	l.porcion, l.sigue = p, p.parte < p.de
	l.ultimo = *c
	l.ultimo.Detalle = ""
	return nuevo, p.desde, nil
}

// continua tells whether an event is the part that has to follow.
func (l *Lector) continua(c *Crudo, p porcion) bool {
	want := l.ultimo
	want.N++
	got := *c
	got.Detalle = ""
	return got == want && p.parte == l.porcion.parte+1 && p.de == l.porcion.de &&
		p.primero == l.primero && p.desde > l.porcion.desde
}

// Primero is the number of the first event of the act that Add met last.
func (l *Lector) Primero() int64 { return l.primero }

// Fin is an error where an act was not read to its end.
func (l *Lector) Fin() error {
	if !l.sigue {
		return nil
	}
	return fmt.Errorf("event %d, %s: part %d of %d has no next one: %w",
		l.ultimo.N, l.ultimo.Evento, l.porcion.parte, l.porcion.de, ErrIncompleto)
}

// Enteros hands events on in order, and gives an error instead of the end where an
// act that began is not whole.
func Enteros(events iter.Seq2[*Crudo, error]) iter.Seq2[*Crudo, error] {
	return func(yield func(*Crudo, error) bool) {
		var l Lector
		for c, err := range events {
			if err == nil {
				_, _, err = l.Add(c)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(c, nil) {
				return
			}
		}
		if err := l.Fin(); err != nil {
			yield(nil, err)
		}
	}
}
