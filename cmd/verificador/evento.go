package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// An evento is one entry of the log; momento is in milliseconds since 1970 UTC.
type evento struct {
	n, momento             int64
	evento, parte, archivo string
	sha256, folio, detalle string
	porcion                       // read off detalle
	acuse                  string // likewise
	epoca                  epoca  // likewise, of epoca_iniciada
}

var eventoKeys = []string{"n", "momento", "evento", "parte", "archivo", "sha256", "folio", "detalle"}

// evento reads one event. All its keys must be there and no other: what the
// hash does not cover could be invented.
func (s *scanner) evento() (evento, error) {
	var e evento
	err := s.fields(eventoKeys, len(eventoKeys), func(key string) (err error) {
		switch key {
		case "n":
			e.n, err = s.size()
		case "momento":
			e.momento, err = s.integer()
		case "evento":
			e.evento, err = s.text()
		case "parte":
			e.parte, err = s.text()
		case "archivo":
			e.archivo, err = s.text()
		case "sha256":
			e.sha256, err = s.text()
		case "folio":
			e.folio, err = s.text()
		case "detalle":
			e.detalle, err = s.text()
		}
		return err
	})
	if err != nil {
		return e, err
	}
	d, err := e.check()
	e.porcion, e.acuse, e.epoca = d.porcion, d.acuse, d.epoca
	return e, err
}

func parseEvento(line []byte) (evento, error) {
	s, err := newScanner(line)
	if err != nil {
		return evento{}, err
	}
	e, err := s.evento()
	if err != nil {
		return e, err
	}
	return e, s.end()
}

var (
	formaParte  = regexp.MustCompile(`^(CONDUSEF|[0-9]{8})?$`)
	formaSHA256 = regexp.MustCompile(`^([0-9a-f]{64})?$`)
)

// check compares the fields with the forms that the table of section 1 gives, and
// reads the payload.
func (e evento) check() (detalle, error) {
	switch {
	case e.n < 1:
		return detalle{}, errors.New("los números de los eventos empiezan en 1")
	case e.evento == "":
		return detalle{}, errors.New("el evento no tiene nombre")
	case !formaParte.MatchString(e.parte):
		return detalle{}, fmt.Errorf("la parte %q no es CONDUSEF ni una clave de 8 dígitos", e.parte)
	case !formaSHA256.MatchString(e.sha256):
		return detalle{}, fmt.Errorf("el sha256 %q no son 64 dígitos hexadecimales en minúsculas", e.sha256)
	}
	d, err := readDetalle(e.detalle)
	if err == nil && len(e.detalle) > maxDetalle {
		err = fmt.Errorf("mide %d bytes, más de %d", len(e.detalle), maxDetalle)
	}
	if err != nil {
		err = fmt.Errorf("el detalle: %w", err)
	}
	return d, err
}

// hoja is the event's leaf: SHA-256 of a zero byte and its canonical bytes. buf
// is written over and handed back, so that a stream of events needs only one.
func (e evento) hoja(buf []byte) (hash, []byte) {
	buf = append(buf[:0], 0)
	for _, field := range [...]string{
		strconv.FormatInt(e.n, 10), strconv.FormatInt(e.momento, 10), e.evento, e.parte,
		e.archivo, e.sha256, e.folio, e.detalle,
	} {
		buf = strconv.AppendInt(buf, int64(len(field)), 10)
		buf = append(buf, ':')
		buf = append(buf, field...)
		buf = append(buf, ',')
	}
	return sha256.Sum256(buf), buf
}
