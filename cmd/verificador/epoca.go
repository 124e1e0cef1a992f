package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
)

// An epoca is what an event epoca_iniciada says of the numbers of the acuses, by year: the
// database was put back, and those of a hueco may have been given before.
type epoca map[int64]hueco

// A hueco is without its ends: the last number of before that this log has, and the next
// that it gives.
type hueco struct{ ultimo, desde int64 }

// read reads the list numeros of a payload; what is no such list says nothing.
func (e *epoca) read(s *scanner) error {
	if s.peek() != '[' {
		return s.skip()
	}
	*e = epoca{}
	return s.array(func() error {
		if s.peek() != '{' {
			return s.skip()
		}
		n := map[string]*cifra{"anio": {}, "ultimo": {}, "desde": {}}
		err := s.object(func(key string) error {
			x := n[key]
			if x == nil {
				return s.skip()
			}
			if x.hay {
				return s.bad("clave repetida: " + strconv.Quote(key))
			}
			return s.cifra(x)
		})
		if err == nil && n["anio"].numero && n["ultimo"].numero && n["desde"].numero {
			(*e)[n["anio"].n] = hueco{n["ultimo"].n, n["desde"].n}
		}
		return err
	})
}

var formaAcuse = regexp.MustCompile(`^ACU-([0-9]{4})-([0-9]{8,})$`)

// numeroDe takes an AcuFolio apart.
func numeroDe(folio string) (anio, n int64, ok bool) {
	m := formaAcuse.FindStringSubmatch(folio)
	if m == nil {
		return 0, 0, false
	}
	anio, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return 0, 0, false
	}
	n, err = strconv.ParseInt(m[2], 10, 64)
	return anio, n, err == nil
}

// numeros are the numbers of the acuses that were read so far, by year: they only rise.
type numeros map[int64]int64

// add judges the number of an acuse, or takes the beginning of an epoch in.
func (x numeros) add(e evento) error {
	switch e.evento {
	case "epoca_iniciada":
		for anio, h := range e.epoca {
			if h.desde <= x[anio] {
				return fmt.Errorf("evento %d: la época sigue en el acuse %d de %d, y ya se dio el %d", e.n,
					h.desde, anio, x[anio])
			}
			x[anio] = h.desde - 1
		}
	case "acuse_emitido":
		anio, n, ok := numeroDe(e.acuse)
		if ok && n <= x[anio] {
			return fmt.Errorf("evento %d: el acuse %s repite un número, o es menor que el %d que ya se dio "+
				"o que una época dejó atrás", e.n, e.acuse, x[anio])
		}
		if ok {
			x[anio] = n
		}
	}
	return nil
}

// antesDeEpoca judges an acuse that the log does not have, by the event of the epoch that
// left its number behind: the number is of the gap, and the seal is good.
func (a *auditoria) antesDeEpoca(e evento, nuevo punto) error {
	a.Eventos = &tramo{e.n, e.n}
	a.checked("El evento %d, epoca_iniciada, está en la bitácora de tamaño %d.", e.n, nuevo.tamano)
	if a.acuse == "" {
		return sinJuicio{
			errors.New("la prueba es del comienzo de una época: dé el archivo del acuse con -acuse")}
	}
	f, err := os.Open(a.acuse)
	if err != nil {
		return sinJuicio{fmt.Errorf("acuse: %w", err)}
	}
	defer f.Close()
	x, err := readAcuse(f)
	if err != nil {
		return fmt.Errorf("acuse: %w", err)
	}
	llave := x.sellado(a.llaves)
	anio, n, ok := numeroDe(x.folio())
	h := e.epoca[anio]
	switch {
	case llave == "":
		return errors.New("acuse: su sello no es de ninguna llave conocida")
	case !ok || n <= h.ultimo || n >= h.desde:
		return fmt.Errorf("acuse: el número de %s no es de los que la época dejó atrás", x.folio())
	}
	a.checked("El acuse %s tiene el sello de %s, y cubre todo lo que dice.", x.folio(), llave)
	a.observed("La base de datos se restauró: del acuse %d al %d de %d pudieron darse antes del evento "+
		"%d, y la bitácora no los tiene. Este es uno de ellos: es auténtico por su sello.", h.ultimo+1,
		h.desde-1, anio, e.n)
	return nil
}
