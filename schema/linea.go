package schema

import (
	"reflect"
	"slices"
)

// Linea is one line between 01 and 09, judged by itself.
type Linea[R Registro] struct {
	Linea  int // physical, from 1
	Numero int // place between 01 and 09, from 1

	// Desplazamiento and Largo say where the line stands among the bytes of the
	// file: the bytes before it, a BOM among them, and its own without its line
	// end (LF, CRLF, or a CR with which the file ends). They are bytes as they
	// came, in ISO-8859-1 too, and also of a line that is too long to keep.
	// ReadLine makes Texto of these bytes.
	Desplazamiento int64
	Largo          int

	Texto    string // the line without its end, as UTF-8; "" where it is too long to keep
	Folio    Folio  // RecFolioCondusef as it may be shown and logged; "" where it is no folio
	Registro R      // zero unless Legible
	Legible  bool   // it is a record of the file's type with the right number of fields

	// Hallazgos is in the order of the fields, at most one each. It may be empty
	// in a line that is not Legible where something else explains that.
	Hallazgos []Hallazgo
}

// Bueno tells whether the record stands: legible, and no error in it.
func (l *Linea[R]) Bueno() bool { return l.Legible && l.Codigo() == "" }

// Codigo is the record's first error, as AcuCodigo wants it; "" for none.
func (l *Linea[R]) Codigo() Codigo { return firstError(l.Hallazgos) }

// NewHallazgo makes a finding of this line, for Refuse.
func (l *Linea[R]) NewHallazgo(campo string, codigo Codigo, valor string) Hallazgo {
	h := NewHallazgo(l.Linea, "", campo, codigo, valor)
	if l.Folio != "" {
		h.Folio = l.Folio
		h.Mensaje += enFolio(l.Folio)
	}
	return h
}

// Refuse adds what the consumer found in the record, in its field's place. A
// field tells one thing: what was found first stays, but an error takes the place
// of a warning. After an error the folio is free for a later record of the file.
func (l *Linea[R]) Refuse(h Hallazgo) {
	if i := slices.IndexFunc(l.Hallazgos, func(o Hallazgo) bool {
		return h.Campo != "" && o.Campo == h.Campo
	}); i >= 0 {
		if l.Hallazgos[i].Severidad == Advertencia && h.Severidad == Error {
			l.Hallazgos[i] = h
		}
		return
	}
	whole := layouts[reflect.TypeFor[R]()] // fields keep their order from version to version
	place := func(h Hallazgo) int {
		if i, ok := whole.index[h.Campo]; ok {
			return i
		}
		return len(whole.columns)
	}
	at := slices.IndexFunc(l.Hallazgos, func(o Hallazgo) bool { return place(o) > place(h) })
	if at < 0 {
		at = len(l.Hallazgos)
	}
	l.Hallazgos = slices.Insert(l.Hallazgos, at, h)
}
