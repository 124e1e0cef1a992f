package schema

import "reflect"

// judge judges lines one by one: what of it depends on the line alone. It serves
// one goroutine.
type judge[R Registro] struct {
	e      *Examen
	c      *check
	layout *layout
	fields []string
	folio  int // its place among the fields
}

func newJudge[R Registro](e *Examen) *judge[R] {
	l := layoutOf[R](e.Version)
	return &judge[R]{
		e: e, c: newRecordCheck(e), layout: l,
		fields: make([]string, 0, len(l.columns)),
		folio:  l.index["RecFolioCondusef"],
	}
}

// judge fills in what the text of a line shows.
func (j *judge[R]) judge(r *reading[R]) {
	l := &r.l
	if r.long {
		j.tell(l, func() Hallazgo { return tooLong(l.Linea) })
		return
	}
	if kind := nth(l.Texto, 0); kind != "02" {
		if kind != "01" { // told by the first reading
			j.tell(l, func() Hallazgo { return NewHallazgo(l.Linea, "", "GeTipoRegistro", "EST-09", kind) })
		}
		return
	}
	fields, count := j.layout.split(l.Texto, j.fields)
	if fields == nil {
		// A separator too many may have moved what stands in the folio's place.
		if f := Folio(nth(l.Texto, j.folio)); j.e.reglas.ValidFolio(f) {
			l.Folio = cleanFolio(f)
		}
		j.tell(l, func() Hallazgo { return wrongCount(l.Linea, l.Folio, len(j.layout.columns), count) })
		return
	}
	j.fields = fields
	j.record(r)
}

// tell adds a finding about the line as a whole, unless it follows from something
// that was told of the file: then it is not even made, for a hostile file has
// millions of them.
func (j *judge[R]) tell(l *Linea[R], make func() Hallazgo) {
	if !j.e.silent {
		l.Hallazgos = append(l.Hallazgos, make())
	}
}

func (j *judge[R]) record(r *reading[R]) {
	l := &r.l
	l.Legible = true
	j.layout.fill(reflect.ValueOf(&l.Registro).Elem(), j.fields)
	r.folio = j.fields[j.folio]
	l.Folio = j.showFolio(r.folio)
	if j.c.numero = l.Numero; !j.e.headed {
		j.c.numero = 0 // without a 01 nobody knows where counting starts
	}
	l.Hallazgos = j.c.judge(j.layout, j.fields, l.Linea, l.Folio, l.Hallazgos)
	j.convertible(l)
	if r.behind = j.c.waits; r.behind {
		r.valor = j.fields[j.layout.inOrder.column]
	}
}

func (j *judge[R]) showFolio(s string) Folio {
	if r := j.e.reglas; r.Folio != nil && r.Folio.MatchString(s) && form('A', 50, s) == sound {
		return Folio(s)
	}
	return cleanFolio(Folio(s))
}
