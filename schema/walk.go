package schema

import (
	"fmt"
	"iter"
)

// Totales is what became of a file's records.
type Totales struct {
	Registros int // lines between 01 and 09, readable or not
	Aceptados int // that stand; 0 in a file that is refused whole
	Resultado Resultado
}

// Walk reads the records and hands every finding of both readings on in reading
// order. It shows each record to each first, which may refuse it. Either function
// may be nil; an error of theirs ends the walk and is returned as it is.
func Walk[R Registro](e *Examen, each func(*Linea[R]) error, found func(Hallazgo) error) (Totales, error) {
	return walk(e, Records[R](e), each, found)
}

func walk[R Registro](e *Examen, records iter.Seq2[*Linea[R], error],
	each func(*Linea[R]) error, found func(Hallazgo) error,
) (Totales, error) {
	count := Totales{Registros: e.Registros}
	if found == nil {
		found = func(Hallazgo) error { return nil }
	}
	told := 0
	tellUntil := func(linea, end int) error {
		for ; told < end && e.Hallazgos[told].Linea <= linea; told++ {
			if err := found(e.Hallazgos[told]); err != nil {
				return err
			}
		}
		return nil
	}
	for l, err := range records {
		if err != nil {
			return count, err
		}
		if each != nil {
			if err := each(l); err != nil {
				return count, err
			}
		}
		if err := tellUntil(l.Linea, e.tail); err != nil {
			return count, err
		}
		for _, h := range l.Hallazgos {
			if err := found(h); err != nil {
				return count, err
			}
		}
		if l.Bueno() {
			count.Aceptados++
		}
	}
	if e.Sello != nil {
		count.Aceptados++
	}
	err := tellRest(e, told, found)
	count.conclude(e)
	return count, err
}

func tellRest(e *Examen, from int, found func(Hallazgo) error) error {
	for _, h := range e.Hallazgos[from:] {
		if err := found(h); err != nil {
			return err
		}
	}
	return nil
}

func (c *Totales) conclude(e *Examen) {
	switch {
	case e.Rechazado():
		c.Aceptados, c.Resultado = 0, Rechazado
	case c.Aceptados == c.Registros:
		c.Resultado = Aceptado
	default:
		c.Resultado = Parcial
	}
}

// Check hands every finding in a file of any type on, in reading order, and says
// what becomes of it by what the file alone shows. each may be nil.
func (e *Examen) Check(each func(Hallazgo)) (Totales, error) {
	found := func(h Hallazgo) error {
		if each != nil {
			each(h)
		}
		return nil
	}
	if r := e.clase.registros; r != nil {
		return r.walk(e, found)
	}
	// Neither name nor header says how its records are to be read.
	if !e.Rechazado() {
		return Totales{}, fmt.Errorf("check %s: a file without type was not refused", e.Archivo)
	}
	return Totales{Registros: e.Registros, Resultado: Rechazado}, tellRest(e, 0, found)
}
