package schema

import (
	"fmt"
	"io"
	"iter"
	"reflect"
)

// Records reads the lines between 01 and 09, one after another. Each *Linea is
// valid until the next. Memory stays the same however long the file is, but for
// 16 bytes a folio. A record that the consumer refuses while it holds it frees
// its folio: the first good one stays, later ones are DUP-01. The line 03 of an
// ACU is not among them: it is in the Examen.
//
// An error, of reading or for an R that is not the record of e's type, comes last
// and with a nil *Linea.
func Records[R Registro](e *Examen) iter.Seq2[*Linea[R], error] {
	return func(yield func(*Linea[R], error) bool) {
		if err := eachRecord(e, func(l *Linea[R]) bool { return yield(l, nil) }); err != nil {
			yield(nil, fmt.Errorf("read %s: %w", e.Archivo, err))
		}
	}
}

func eachRecord[R Registro](e *Examen, yield func(*Linea[R]) bool) error {
	if layoutFor(e.Tipo) != layoutOf[R]() {
		return fmt.Errorf("a file of type %q has no records of %v", e.Tipo, reflect.TypeFor[R]())
	}
	rc, err := e.open()
	if err != nil {
		return err
	}
	defer rc.Close()
	p := newReader[R](e)
	if p.s, err = newScanner(io.LimitReader(rc, e.Bytes), nil); err != nil {
		return err
	}
	if e.headed {
		if err := p.next(); err != nil {
			return err
		}
	}
	_, most := e.reglas.limits(e.Tipo)
	for n := 1; n <= e.Registros && int64(n) <= most; n++ {
		if err := p.next(); err != nil {
			return err
		}
		if p.s.kind() == registroSello && e.Tipo == ACU {
			continue
		}
		if err := p.take(n); err != nil {
			return err
		}
		if !yield(&p.l) {
			return nil
		}
		p.settle()
	}
	return nil
}

// reader is the second reading at work.
type reader[R Registro] struct {
	e      *Examen
	s      *scanner
	c      *check
	l      Linea[R]
	layout *layout
	fields []string
	folio  int // its place among the fields
}

func newReader[R Registro](e *Examen) *reader[R] {
	c := newCheck(e.reglas, e.Tipo)
	if e.known {
		c.nombre = &e.Nombre
	}
	c.operacion, c.warns = e.operacion, true
	if foliosOnce(e.Tipo) {
		c.antes.folios = newFolioSet()
	}
	l := layoutOf[R]()
	return &reader[R]{
		e: e, c: c, layout: l,
		fields: make([]string, 0, len(l.columns)),
		folio:  l.index["RecFolioCondusef"],
	}
}

func (p *reader[R]) next() error {
	more, err := p.s.next()
	if err == nil && !more {
		err = errSource
	}
	return err
}

// take makes the line that was read the current one.
func (p *reader[R]) take(n int) error {
	l, s := &p.l, p.s
	*l = Linea[R]{Linea: s.line, Numero: n, Desplazamiento: s.start, Largo: s.size, Hallazgos: l.Hallazgos[:0]}
	if s.long {
		p.tell(func() Hallazgo { return tooLong(s.line) })
		return nil
	}
	l.Texto = s.string(p.e.reglas.Latin1)
	if kind := nth(l.Texto, 0); kind != "02" {
		if kind != "01" { // told by the first reading
			p.tell(func() Hallazgo { return NewHallazgo(s.line, "", "GeTipoRegistro", "EST-09", kind) })
		}
		return nil
	}
	fields, count := p.layout.split(l.Texto, p.fields)
	if fields == nil {
		// A separator too many may have moved what stands in the folio's place.
		if f := Folio(nth(l.Texto, p.folio)); p.e.reglas.ValidFolio(f) {
			l.Folio = cleanFolio(f)
		}
		p.tell(func() Hallazgo { return wrongCount(s.line, l.Folio, len(p.layout.columns), count) })
		return nil
	}
	p.fields = fields
	return p.judge(n)
}

// tell adds a finding about the line as a whole, unless it follows from something
// that was told of the file: then it is not even made, for a hostile file has
// millions of them.
func (p *reader[R]) tell(make func() Hallazgo) {
	if !p.e.silent {
		p.l.Hallazgos = append(p.l.Hallazgos, make())
	}
}

func (p *reader[R]) judge(n int) error {
	l := &p.l
	l.Legible = true
	p.layout.fill(reflect.ValueOf(&l.Registro).Elem(), p.fields)
	l.Folio = p.showFolio(p.fields[p.folio])
	if p.c.numero = n; !p.e.headed {
		p.c.numero = 0 // without a 01 nobody knows where counting starts
	}
	l.Hallazgos = p.c.judge(p.layout, p.fields, l.Linea, l.Folio, l.Hallazgos)
	if p.c.espera {
		l.Hallazgos = p.c.judgeBehind(p.layout, p.fields[p.layout.enOrden.columna], l.Linea, l.Folio, l.Hallazgos)
	}
	return nil
}

func (p *reader[R]) showFolio(s string) Folio {
	if r := p.e.reglas; r.Folio != nil && r.Folio.MatchString(s) && form('A', 50, s) == sound {
		return Folio(s)
	}
	return cleanFolio(Folio(s))
}

// settle keeps the folio of a record that stood.
func (p *reader[R]) settle() {
	if p.c.antes.folios != nil && p.l.Bueno() {
		p.c.antes.folios.add(p.fields[p.folio])
	}
}
