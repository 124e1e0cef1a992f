package main

import (
	"errors"
	"fmt"
)

// consistencias checks every entry with its own root. An entry that does not
// fit was changed, even where no older checkpoint is at hand to ask for it.
func (a *auditoria) consistencias(entries []entrada, nuevo punto) error {
	for _, e := range entries {
		if err := checkConsistencia(e.tamano, nuevo.tamano, e.raiz, nuevo.raiz, e.prueba); err != nil {
			return fmt.Errorf("consistencia del tamaño %d: %w", e.tamano, err)
		}
	}
	if len(entries) > 0 {
		a.checked("Pruebas de consistencia de la exportación: %d, todas llevan a su raíz y a la de tamaño "+
			"%d.",
			len(entries), nuevo.tamano)
	}
	return nil
}

// compareViejo checks that the log up to the auditor's own older checkpoint is
// the beginning of the log of nuevo; its own root counts, not the entry's.
func (a *auditoria) compareViejo(entries []entrada, nuevo punto) error {
	if a.viejo == nil {
		a.observed("No se dio un punto de control anterior (-punto): sin uno, una historia rehecha entera " +
			"con la llave verdadera no se distingue de la real.")
		return nil
	}
	v := *a.viejo
	a.Viejo = a.resumen("Punto de control anterior", v)
	if err := checkOrder(v, nuevo); err != nil {
		return err
	}
	e := entrada{tamano: v.tamano}
	if v.tamano != 0 && v.tamano != nuevo.tamano {
		var ok bool
		if e, ok = entryOf(entries, v.tamano); !ok {
			return sinJuicio{
				fmt.Errorf("no hay prueba de consistencia para el tamaño %d: pida otra exportación "+
					"con ese punto de control (--checkpoint)", v.tamano)}
		}
	}
	if err := checkConsistencia(v.tamano, nuevo.tamano, v.raiz, nuevo.raiz, e.prueba); err != nil {
		return fmt.Errorf("no es consistente con el punto de control anterior: %w", err)
	}
	a.tellViejo(v, nuevo)
	return nil
}

// checkOrder refuses a checkpoint that cannot be older than nuevo.
func checkOrder(v, nuevo punto) error {
	switch {
	case v.simulacro != nuevo.simulacro:
		return errors.New("un punto de control es de un simulacro y el otro no")
	case v.tamano <= nuevo.tamano:
		return nil
	case v.momento.After(nuevo.momento):
		return sinJuicio{
			fmt.Errorf("lo que se verifica (tamaño %d) es más viejo que el punto de control dado (tamaño %d)",
				nuevo.tamano, v.tamano)}
	}
	return fmt.Errorf(
		"falta el final de la bitácora: el punto de control anterior era de tamaño %d y este es de tamaño %d",
		v.tamano, nuevo.tamano)
}

func entryOf(entries []entrada, tamano int64) (entrada, bool) {
	for _, e := range entries {
		if e.tamano == tamano {
			return e, true
		}
	}
	return entrada{}, false
}

func (a *auditoria) tellViejo(v, nuevo punto) {
	a.checked("Los eventos 1–%d son los mismos, y en el mismo orden, que cuando se firmó el punto de "+
		"control anterior "+
		"(%s): la bitácora de tamaño %d es su continuación.", v.tamano, v.texto, nuevo.tamano)
}
