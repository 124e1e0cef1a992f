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
// A long file is read some lines ahead of the consumer and judged on all cores, so
// that the functions of its Reglas are called from several goroutines at once. No
// goroutine is left when the consumer stops, however it does that.
//
// An error, of reading or for an R that is not the record of e's type, comes last
// and with a nil *Linea.
func Records[R Registro](e *Examen) iter.Seq2[*Linea[R], error] {
	return func(yield func(*Linea[R], error) bool) {
		if err := eachRecord(e, workersFor(e), func(l *Linea[R]) bool { return yield(l, nil) }); err != nil {
			yield(nil, fmt.Errorf("read %s: %w", e.Archivo, err))
		}
	}
}

// eachRecord shows each record to yield, judged by so many goroutines; 0 has it
// judged where it is shown.
func eachRecord[R Registro](e *Examen, workers int, yield func(*Linea[R]) bool) error {
	if e.clase.layout(e.Version) != layoutOf[R](e.Version) {
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
	if workers > 0 {
		return p.ahead(workers, yield)
	}
	return p.inTurn(yield)
}

// reader is the second reading at work: what of it is done line by line, in order.
type reader[R Registro] struct {
	e      *Examen
	s      *scanner
	n      int // lines between 01 and 09 so far
	c      *check
	layout *layout
}

// reading is a line on its way from the scanner to the consumer.
type reading[R Registro] struct {
	l      Linea[R]
	long   bool
	folio  string // RecFolioCondusef as it was read
	behind bool   // the field valor is to be judged by layout.inOrder
	valor  string
}

func newReader[R Registro](e *Examen) *reader[R] {
	c := newRecordCheck(e)
	if e.clase.foliosOnce {
		c.before.folios = newFolioSet()
	}
	return &reader[R]{e: e, c: c, layout: layoutOf[R](e.Version)}
}

func newRecordCheck(e *Examen) *check {
	c := newCheck(e.reglas, e.Tipo)
	if e.known {
		c.nombre = &e.Nombre
	}
	c.operacion, c.warns = e.operacion, true
	return c
}

// inTurn reads, judges and shows one line after the other.
func (p *reader[R]) inTurn(yield func(*Linea[R]) bool) error {
	j, r := newJudge[R](p.e), &reading[R]{}
	for {
		if more, err := p.read(r); err != nil || !more {
			return err
		}
		j.judge(r)
		if !p.show(r, yield) {
			return nil
		}
	}
}

// read takes the next line that Records shows; false is their end.
func (p *reader[R]) read(r *reading[R]) (bool, error) {
	_, most := p.e.reglas.limits(p.e.Tipo)
	for p.n < p.e.Registros && int64(p.n) < most {
		if err := p.next(); err != nil {
			return false, err
		}
		p.n++
		s := p.s
		if p.e.clase.sellado && s.kind() == registroSello {
			continue
		}
		*r = reading[R]{long: s.long, l: Linea[R]{
			Linea: s.line, Numero: p.n, Desplazamiento: s.start, Largo: s.size, Hallazgos: r.l.Hallazgos[:0],
		}}
		if !s.long {
			r.l.Texto = s.string(p.e.reglas.Latin1)
		}
		return true, nil
	}
	return false, nil
}

func (p *reader[R]) next() error {
	more, err := p.s.next()
	if err == nil && !more {
		err = errSource
	}
	return err
}

// show judges what depends on the records before, shows the record, and keeps the
// folio of one that stands.
func (p *reader[R]) show(r *reading[R], yield func(*Linea[R]) bool) bool {
	l := &r.l
	if r.behind {
		l.Hallazgos = p.c.judgeBehind(p.layout, r.valor, l.Linea, l.Folio, l.Hallazgos)
	}
	if !yield(l) {
		return false
	}
	if p.c.before.folios != nil && l.Bueno() {
		p.c.before.folios.add(r.folio)
	}
	return true
}
