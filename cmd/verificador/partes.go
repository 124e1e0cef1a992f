package main

import (
	"errors"
	"fmt"
	"strconv"
)

// maxDetalle is how long a payload is at most, in bytes; a longer act goes on in
// the events that follow (section 1).
const maxDetalle = 30000

// A detalle is what is read of the object in an event's payload.
type detalle struct {
	acuse string // "" for none, or where it is no text
	epoca epoca
	porcion
}

// A porcion tells which part of an act an event is; all is 0 where it is a whole one.
type porcion struct {
	parte, de, primero, desde int64
}

// A cifra is the number that a key has, if the key is there and it is a whole one.
type cifra struct {
	hay, numero bool
	n           int64
}

// readDetalle reads the payload. Keys that mean nothing here may be there as often
// as they like.
func readDetalle(text string) (d detalle, err error) {
	s, err := newScanner([]byte(text))
	if err != nil {
		return d, err
	}
	numbers := map[string]*cifra{"parte": {}, "de": {}, "primero": {}, "desde": {}}
	hasAcuse := false
	err = s.object(func(key string) error {
		x := numbers[key]
		if key == "numeros" {
			return d.epoca.read(s)
		}
		if x == nil && key != "acuse" {
			return s.skip()
		}
		if x != nil && x.hay || x == nil && hasAcuse {
			return s.bad("clave repetida: " + strconv.Quote(key))
		}
		switch {
		case x != nil:
			return s.cifra(x)
		case s.peek() != '"':
			hasAcuse = true
			return s.skip()
		}
		hasAcuse = true
		d.acuse, err = s.text()
		return err
	})
	if err == nil {
		err = s.end()
	}
	if err == nil {
		d.porcion, err = readPorcion(numbers)
	}
	return d, err
}

// cifra reads any value, and keeps it if it is a whole number that fits.
func (s *scanner) cifra(x *cifra) error {
	s.peek()
	start := s.i
	n, err := s.integer()
	*x = cifra{hay: true, numero: err == nil, n: n}
	if err != nil {
		s.i = start
		return s.skip()
	}
	return nil
}

// readPorcion checks what one part says of itself. Without parte and de the event
// is a whole act, and the other two names are free for something else.
func readPorcion(numbers map[string]*cifra) (p porcion, err error) {
	parte, de, primero, desde := *numbers["parte"], *numbers["de"], *numbers["primero"], *numbers["desde"]
	switch {
	case !parte.hay && !de.hay:
		return p, nil
	case !parte.numero || !de.numero:
		return p, errors.New(`"parte" y "de" tienen que estar los dos y ser números enteros`)
	case de.n < 2 || parte.n < 1 || parte.n > de.n:
		return p, fmt.Errorf("no hay una parte %d de %d", parte.n, de.n)
	case parte.n == 1 && (primero.hay || desde.hay):
		return p, errors.New(`la parte 1 no tiene "primero" ni "desde"`)
	case parte.n > 1 && (!primero.numero || !desde.numero):
		return p, fmt.Errorf(`a la parte %d le falta "primero" o "desde", o no son números enteros`, parte.n)
	}
	return porcion{parte.n, de.n, primero.n, desde.n}, nil
}

// An acto is where in an act the events are that were read so far.
type acto struct {
	ultimo        evento // the last part, without its payload; n is 0 before the first event
	primero       int64  // of the act that ultimo is of
	partes, actos int64  // how many were met that are not whole acts, and of how many acts
}

// sigue tells whether the act goes on after the last event.
func (a *acto) sigue() bool { return a.ultimo.porcion.parte < a.ultimo.porcion.de }

// add takes the next event, which has the number that follows.
func (a *acto) add(e evento) error {
	p, was := e.porcion, a.ultimo
	switch {
	case a.sigue():
		if err := a.continues(e); err != nil {
			return fmt.Errorf("evento %d: el acto que empieza en el evento %d está incompleto: "+
				"después de su parte %d de %d %w", e.n, a.primero, was.porcion.parte, was.porcion.de, err)
		}
	case p.parte > 1 && was.n == 0:
		return fmt.Errorf("evento %d: es la parte %d de %d: lo que se muestra empieza a la mitad de un acto",
			e.n, p.parte, p.de)
	case p.parte > 1:
		return fmt.Errorf("evento %d: es la parte %d de %d de un acto, y antes no está la parte %d",
			e.n, p.parte, p.de, p.parte-1)
	}
	if p.parte <= 1 {
		a.primero, e.porcion.desde = e.n, 1
	}
	if p.parte == 1 {
		a.actos++
	}
	if p.de > 0 {
		a.partes++
	}
	a.ultimo = e
	a.ultimo.detalle = ""
	return nil
}

// continues says what is wrong with e as the part that has to follow.
func (a *acto) continues(e evento) error {
	was, p := a.ultimo, e.porcion
	switch {
	case p.de == 0:
		return errors.New("hay otro acto")
	case p.parte != was.porcion.parte+1:
		return fmt.Errorf("está la parte %d", p.parte)
	case p.de != was.porcion.de:
		return fmt.Errorf("hay una que dice ser de %d", p.de)
	case p.primero != a.primero:
		return fmt.Errorf("hay una parte del que empieza en el %d", p.primero)
	case p.desde <= was.porcion.desde:
		return fmt.Errorf("los lugares vuelven del %d al %d", was.porcion.desde, p.desde)
	case e.momento != was.momento:
		return errors.New("hay una parte de otro momento")
	case e.evento != was.evento:
		return fmt.Errorf("hay una parte que se llama %q, no %q", e.evento, was.evento)
	case e.parte != was.parte || e.archivo != was.archivo || e.sha256 != was.sha256 || e.folio != was.folio:
		return errors.New("hay una parte con otra parte, archivo, sha256 o folio")
	}
	return nil
}

// fin is an error where the last act shown goes on.
func (a *acto) fin() error {
	if !a.sigue() {
		return nil
	}
	return fmt.Errorf("lo que se muestra termina a la mitad de un acto: "+
		"el evento %d es la parte %d de %d del que empieza en el %d",
		a.ultimo.n, a.ultimo.porcion.parte, a.ultimo.porcion.de, a.primero)
}
