package main

import (
	"errors"
	"fmt"
	"time"
)

// A consulta says what was asked for. Nothing signs it: primero, ultimo and
// simulacro are checked against the checkpoint, desde and hasta against the
// events; the momento of the export is only shown.
type consulta struct {
	primero, ultimo int64
	desde, hasta    *time.Time
	momento         *time.Time
	simulacro       bool
}

var consultaKeys = []string{"version", "momento", "primero", "ultimo", "simulacro", "desde", "hasta"}

func parseConsulta(b []byte) (c consulta, err error) {
	s, err := newScanner(b)
	if err != nil {
		return c, err
	}
	err = s.fields(consultaKeys, 5, func(key string) (err error) {
		switch key {
		case "version":
			var v int64
			if v, err = s.integer(); err == nil && v != 1 {
				err = sinJuicio{fmt.Errorf("versión %d; este programa conoce la 1", v)}
			}
		case "primero":
			c.primero, err = s.size()
		case "ultimo":
			c.ultimo, err = s.size()
		case "simulacro":
			c.simulacro, err = s.boolean()
		case "desde":
			c.desde, err = s.momento()
		case "hasta":
			c.hasta, err = s.momento()
		case "momento":
			c.momento, err = s.momento()
		}
		return err
	})
	if err != nil {
		return c, err
	}
	return c, s.end()
}

func (s *scanner) momento() (*time.Time, error) {
	text, err := s.text()
	if err != nil {
		return nil, err
	}
	t, err := parseMomento(text)
	return &t, err
}

// check compares what was asked for with the checkpoint.
func (c consulta) check(p punto) error {
	switch {
	case c.simulacro != p.simulacro:
		return errors.New("no dice lo mismo que el punto de control sobre si es un simulacro")
	case c.primero < 1:
		return errors.New("primero es menor que 1")
	case c.ultimo < c.primero-1:
		return fmt.Errorf("ultimo (%d) es menor que primero (%d)", c.ultimo, c.primero)
	case c.ultimo > p.tamano:
		return fmt.Errorf("ultimo (%d) es mayor que el tamaño del punto de control (%d)", c.ultimo, p.tamano)
	}
	return nil
}

// A entrada proves that a tree of size tamano is the beginning of the export's.
type entrada struct {
	tamano int64
	raiz   hash
	prueba []hash
}

// pruebas are the hashes that lead from the events to the root.
type pruebas struct {
	izquierda, derecha []hash
	consistencia       []entrada
}

// maxPrueba is more than a proof has for the largest tree whose size fits.
const maxPrueba = 128

func parsePruebas(b []byte) (p pruebas, err error) {
	s, err := newScanner(b)
	if err != nil {
		return p, err
	}
	keys := []string{"izquierda", "derecha", "consistencia"}
	err = s.fields(keys, len(keys), func(key string) (err error) {
		switch key {
		case "izquierda":
			p.izquierda, err = s.hashes(maxPrueba)
		case "derecha":
			p.derecha, err = s.hashes(maxPrueba)
		default:
			err = s.array(func() error {
				e, err := s.entrada()
				p.consistencia = append(p.consistencia, e)
				return err
			})
		}
		return err
	})
	if err != nil {
		return p, err
	}
	return p, s.end()
}

func (s *scanner) entrada() (e entrada, err error) {
	keys := []string{"tamano", "raiz", "prueba"}
	err = s.fields(keys, len(keys), func(key string) (err error) {
		switch key {
		case "tamano":
			e.tamano, err = s.size()
		case "raiz":
			e.raiz, err = s.hash()
		default:
			e.prueba, err = s.hashes(maxPrueba)
		}
		return err
	})
	return e, err
}
