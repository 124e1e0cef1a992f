package escenario

import (
	"fmt"
	"slices"

	"buzon/schema"
)

// A rehearsal plays each of its days, so that one year that is mistyped would be
// played for decades. The calendar's version covers the days of these years, and no
// log of the exchange is older.
const (
	primerAnio = 2000
	ultimoAnio = 2099
	maxAnios   = 3 // from the first reclamación to the last one, and to the last dictamen
)

// CheckTurno says why no reclamación of a rehearsal can be of this day.
func CheckTurno(d schema.Dia) error {
	if y := d.Year(); y < primerAnio || y > ultimoAnio {
		return fmt.Errorf("%s: want a day from %d-01-01 to %d-12-31", d, primerAnio, ultimoAnio)
	}
	return nil
}

// CheckAlcance says why no rehearsal can be of reclamaciones from a day to another.
func CheckAlcance(desde, hasta schema.Dia) error {
	for _, d := range []schema.Dia{desde, hasta} {
		if err := CheckTurno(d); err != nil {
			return err
		}
	}
	if hasta > tras(desde) {
		return fmt.Errorf("%s is more than %d years after %s", hasta, maxAnios, desde)
	}
	return nil
}

// tras is the last day of what may begin on d.
func tras(d schema.Dia) schema.Dia {
	t := d.At(0)
	return schema.NewDia(t.Year()+maxAnios, t.Month(), t.Day())
}

// extremos are the first day of a scenario and its last ones, each with its place.
type extremos struct{ primero, ultimo, dictamen extremo }

type extremo struct {
	dia            schema.Dia // 0: none yet
	linea, columna int
}

// later takes a day of the current row, n bytes within its cell, if it is later.
func (x *extremo) later(l *lectorCSV, campo string, n int, d schema.Dia) {
	if d > x.dia {
		linea, columna := l.r.FieldPos(slices.Index(columnas, campo))
		*x = extremo{d, linea, columna + n}
	}
}

// turno reads fecha_turno of the current row; one that is wrong is no day.
func (l *lectorCSV) turno(f *Fila) {
	const campo = "fecha_turno"
	d, err := schema.ParseDia(l.fila[slices.Index(columnas, campo)])
	if err == nil {
		err = CheckTurno(d)
	}
	if err != nil {
		l.bad(campo, 0, "%v", err)
		return
	}
	f.Turno = d
	x := &l.extremos
	if x.primero.dia == 0 || d < x.primero.dia {
		x.primero = extremo{}
		x.primero.later(l, campo, 0, d)
	}
	x.ultimo.later(l, campo, 0, d)
}

// span looks at the days of all rows: the last ones may not be years after the
// first.
func (l *lectorCSV) span() {
	x := &l.extremos
	for campo, last := range map[string]extremo{"fecha_turno": x.ultimo, "dictamenes": x.dictamen} {
		if last.dia > tras(x.primero.dia) {
			l.errs.Add(Errata{l.archivo, last.linea, last.columna, campo,
				fmt.Sprintf("%s is more than %d years after %s, the first fecha_turno, on line %d",
					last.dia, maxAnios, x.primero.dia, x.primero.linea)})
		}
	}
}
