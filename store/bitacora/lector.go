package bitacora

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
)

// porcion is what a part says of itself.
type porcion struct {
	Parte   int   `json:"parte"`
	De      int   `json:"de"`
	Primero int64 `json:"primero"`
	Desde   int   `json:"desde"`
}

// Lector follows the parts of acts, event by event. The zero value is ready.
type Lector struct {
	abierto Crudo // the last part of an act that goes on; N is 0 where none does
	porcion porcion
	primero int64
}

// ErrIncompleto says that the parts of an act are not all there.
var ErrIncompleto = errors.New("an act of the log is not whole")

// Add takes the next event and tells whether it begins an act, and at which place
// its renglones begin. It is an error where a part is missing or out of place.
func (l *Lector) Add(c *Crudo) (nuevo bool, desde int, err error) {
	var p porcion
	if err := json.Unmarshal([]byte(c.Detalle), &p); err != nil {
		return false, 0, fmt.Errorf("event %d, %s: %w", c.N, c.Evento, err)
	}
	if l.abierto.N != 0 {
		was := l.abierto
		if c.N != was.N+1 || c.Evento != was.Evento || c.Momento != was.Momento || c.Parte != was.Parte ||
			c.Archivo != was.Archivo || c.SHA256 != was.SHA256 ||
			p.Parte != l.porcion.Parte+1 || p.De != l.porcion.De || p.Primero != l.primero {
			return false, 0, fmt.Errorf("event %d, %s: part %d of %d has no next one: %w", was.N, was.Evento, l.porcion.Parte, l.porcion.De, ErrIncompleto)
		}
	} else if p.Parte > 1 || p.Primero != 0 {
		return false, 0, fmt.Errorf("event %d, %s: part %d of %d, and the one before it is not there: %w", c.N, c.Evento, p.Parte, p.De, ErrIncompleto)
	}
	nuevo = p.Parte <= 1
	if nuevo {
		l.primero, p.Desde = c.N, 1
	}
	l.porcion, l.abierto = p, Crudo{}
	if p.Parte < p.De {
		l.abierto = *c
		l.abierto.Detalle = ""
	}
	return nuevo, p.Desde, nil
}

// Primero is the number of the first event of the act that Add met last.
func (l *Lector) Primero() int64 { return l.primero }

// Fin is an error where an act was not read to its end.
func (l *Lector) Fin() error {
	if l.abierto.N == 0 {
		return nil
	}
	return fmt.Errorf("event %d, %s: part %d of %d has no next one: %w", l.abierto.N, l.abierto.Evento, l.porcion.Parte, l.porcion.De, ErrIncompleto)
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
