package main

import (
	"errors"
	"fmt"
)

// A prueba is what `buzon proof` writes, of one kind or the other.
type prueba struct {
	evento       *evento
	viejo, punto string
	hashes       []hash
}

// parsePrueba finds out the kind by the keys: evento is an acuse's proof, viejo
// one between two checkpoints.
func parsePrueba(b []byte) (p prueba, err error) {
	s, err := newScanner(b)
	if err != nil {
		return p, err
	}
	hasViejo := false
	err = s.fields([]string{"punto", "prueba", "evento", "viejo"}, 2, func(key string) (err error) {
		switch key {
		case "punto":
			p.punto, err = s.text()
		case "prueba":
			p.hashes, err = s.hashes(maxPrueba)
		case "evento":
			var e evento
			e, err = s.evento()
			p.evento = &e
		default:
			hasViejo = true
			p.viejo, err = s.text()
		}
		return err
	})
	if err != nil {
		return p, err
	}
	if hasViejo == (p.evento != nil) {
		return p, errors.New("tiene que haber un evento o un punto de control viejo, y solo uno de los dos")
	}
	return p, s.end()
}

// prueba verifies a JSON file of section 5.
func (a *auditoria) prueba(b []byte) error {
	p, err := parsePrueba(b)
	if err != nil {
		return fmt.Errorf("no es una exportación ni una prueba que se pueda leer: %w", err)
	}
	a.Tipo = "consistencia"
	if p.evento != nil {
		a.Tipo = "acuse"
	}
	a.Simulacro = esSimulacro([]byte(p.punto))
	nuevo, err := readPunto([]byte(p.punto), a.llaves)
	if err != nil {
		return fmt.Errorf("punto: %w", err)
	}
	a.Punto = a.resumen("Punto de control", nuevo)
	if p.evento != nil {
		return a.inclusion(*p.evento, p.hashes, nuevo)
	}
	return a.between(p, nuevo)
}

// inclusion verifies the proof of an acuse, and the acuse if it was given.
func (a *auditoria) inclusion(e evento, hashes []hash, nuevo punto) error {
	if a.viejo != nil {
		return sinJuicio{errors.New("la prueba de un acuse no se compara con un punto de control anterior: " +
			"quite -punto, o pida una exportación o `buzon proof --from`")}
	}
	leaf, _ := e.hoja(nil)
	if err := checkInclusion(e.n-1, nuevo.tamano, leaf, nuevo.raiz, hashes); err != nil {
		return fmt.Errorf("el evento %d no está en la bitácora tal como se muestra: %w", e.n, err)
	}
	if e.evento == "epoca_iniciada" && e.porcion.parte <= 1 {
		return a.antesDeEpoca(e, nuevo)
	}
	d, err := readDetalle(e.detalle)
	folio := d.acuse
	switch {
	case err != nil:
		return fmt.Errorf("el detalle del evento %d: %w", e.n, err)
	case d.de > 0:
		return fmt.Errorf("el evento %d es la parte %d de %d de un acto, y un acuse es un acto entero",
			e.n, d.parte, d.de)
	case e.evento != "acuse_emitido":
		return fmt.Errorf("el evento %d es %q, no acuse_emitido", e.n, e.evento)
	case folio == "" || e.archivo == "" || e.sha256 == "":
		return fmt.Errorf("al evento %d le falta el folio del acuse, el archivo o su sha256", e.n)
	}
	a.Eventos = &tramo{e.n, e.n}
	a.checked("El evento %d, acuse_emitido, está en la bitácora de tamaño %d: acuse %s, archivo %s, de "+
		"%s, a las %s.",
		e.n, nuevo.tamano, folio, e.archivo, parteName(e.parte), showMilli(e.momento))
	a.observed("Que ese punto de control sea de la misma bitácora que otro que usted guardó no se prueba " +
		"aquí: " +
		"compárelos con `buzon proof --from`, o pida una exportación.")
	if a.acuse == "" {
		a.observed("No se dio el archivo del acuse (-acuse): se sabe qué SHA-256 tiene que tener, %s; no "+
			"se comparó.", e.sha256)
		return nil
	}
	return a.compareAcuse(e, folio)
}

// between verifies a proof between two checkpoints. With -punto the auditor's
// own one must be the older of them.
func (a *auditoria) between(p prueba, nuevo punto) error {
	if a.acuse != "" {
		return sinJuicio{
			errors.New("-acuse es para la prueba de un acuse, y esta es entre dos puntos de control")}
	}
	v, err := readPunto([]byte(p.viejo), a.llaves)
	if err != nil {
		return fmt.Errorf("viejo: %w", err)
	}
	a.Viejo = a.resumen("Punto de control anterior", v)
	if own := a.viejo; own != nil {
		switch {
		case own.simulacro != v.simulacro:
			return errors.New("el punto de control de -punto y el de la prueba no son de la misma bitácora")
		case own.tamano != v.tamano:
			return sinJuicio{
				fmt.Errorf("la prueba es del tamaño %d y el punto de control de -punto es de tamaño %d",
					v.tamano, own.tamano)}
		case own.raiz != v.raiz:
			return fmt.Errorf(
				"el punto de control anterior de la prueba no es el de -punto: otra raíz del mismo tamaño %d",
				v.tamano)
		}
		a.checked("El punto de control anterior de la prueba dice lo mismo que el de -punto.")
	} else {
		a.observed("No se dio el punto de control que usted guardó (-punto): se tomó el que trae la prueba.")
	}
	if err := checkOrder(v, nuevo); err != nil {
		return err
	}
	if err := checkConsistencia(v.tamano, nuevo.tamano, v.raiz, nuevo.raiz, p.hashes); err != nil {
		return fmt.Errorf("los dos puntos de control no son consistentes: %w", err)
	}
	a.tellViejo(v, nuevo)
	return nil
}
