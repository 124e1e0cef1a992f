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
	parte, de      *int
	primero, desde json.RawMessage
	mal            bool
}

// toma takes a member of the payload.
func (d *porcionJSON) toma(name, value string) {
	switch name {
	case "parte":
		d.mal = json.Unmarshal([]byte(value), &d.parte) != nil || d.mal
	case "de":
		d.mal = json.Unmarshal([]byte(value), &d.de) != nil || d.mal
	case "primero":
		d.primero = json.RawMessage(value)
	case "desde":
		d.desde = json.RawMessage(value)
	}
}

func (d *porcionJSON) porcion() (p porcion, ok bool) {
	switch {
	case d.mal:
		return p, false
	case d.parte == nil && d.de == nil:
		return p, true
	case d.parte == nil || d.de == nil || *d.de < 2 || *d.parte < 1 || *d.parte > *d.de:
		return p, false
	}
	p.parte, p.de = *d.parte, *d.de
	if p.parte == 1 {
		return p, d.primero == nil && d.desde == nil
	}
	ok = json.Unmarshal(d.primero, &p.primero) == nil && json.Unmarshal(d.desde, &p.desde) == nil &&
		p.primero >= 1 && p.desde >= 2 && p.desde <= math.MaxInt32
	return p, ok
}

// leerPorcion reads which part of an act an event is, and calls also for the other
// members of its payload, if it is not nil.
func leerPorcion(c *Crudo, also func(name, value string)) (porcion, error) {
	var d porcionJSON
	err := miembros(c, func(name, value string) {
		d.toma(name, value)
		if also != nil {
			also(name, value)
		}
	})
	if err != nil {
		return porcion{}, err
	}
	p, ok := d.porcion()
	if !ok {
		return porcion{}, fmt.Errorf("event %d, %s: which part it is cannot be read: %w",
			c.N, c.Evento, ErrIncompleto)
	}
	return p, nil
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
	p, err := leerPorcion(c, nil)
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
