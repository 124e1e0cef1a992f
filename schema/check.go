package schema

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/go-playground/validator/v10"
)

// check judges one record after another against its table. It is the context
// in which the tags are judged: what a rule may read beside its own field. It is
// not safe for use by several goroutines.
type check struct {
	context.Context // never done: the check itself is the context that validator hands on

	reglas    *Reglas
	clase     *clase  // of the file
	nombre    *Nombre // nil where the name could not be read
	operacion Dia     // GeFechaOperacion; 0 where it is not good
	before    *before // what the records before left
	contado   bool    // registros is known: the header is judged when the file was read
	registros int
	warns     bool // Advertencias hold: not in 01, 09 and 03

	layout *layout // of the record being judged
	fields []string
	bad    []bool // its fields in which a mistake was found so far
	digito bool   // the check digit of the CURP or RFC just judged is right
	numero int    // its place between 01 and 09; 0 where that is not known
	waits  bool   // it got to the step that is judged behind the others
}

// before is what the records of a file that were judged leave to the next one.
type before struct {
	folios *folioSet // of those that stand; nil: none is kept
	numero int       // AcuNumero of the last
}

func newCheck(r *Reglas, t Tipo) *check {
	return &check{Context: context.Background(), reglas: r, clase: t.clase(), before: &before{}}
}

// begin makes a record the one being judged.
func (c *check) begin(l *layout, fields []string) {
	c.layout, c.fields, c.waits = l, fields, false
	if len(c.bad) < len(fields) {
		c.bad = make([]bool, len(fields))
	}
	clear(c.bad)
}

// validate reads the tags as validator does, which refuses those that are no tags.
// Records are judged by the steps that compile makes of the same tags: going over
// a struct by reflection costs several times what the rules do.
var validate = newValidate()

func newValidate() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	register := func(tag string, test func(c *check, p probe) bool) {
		judge := func(ctx context.Context, fl validator.FieldLevel) bool {
			c := ctx.(*check)
			s := c.layout.step(fl.StructFieldName(), tag, fl.Param())
			if s == nil || test(c, probe{s, fl.Field().String()}) {
				return true
			}
			c.bad[s.column] = true
			return false
		}
		if err := v.RegisterValidationCtx(tag, judge); err != nil {
			panic("schema: tag " + tag + ": " + err.Error())
		}
	}
	for kind := range bases {
		register(kind, wellFormed)
	}
	for tag, r := range rules {
		register(tag, r.good)
	}
	// A tag that is misspelt panics when its struct is first seen: let that be now.
	for t, l := range layouts {
		c := newCheck(&Reglas{}, REC)
		c.begin(l, make([]string, len(l.columns)))
		_ = v.StructCtx(c, reflect.Zero(t).Interface())
	}
	return v
}

// judge appends the findings of one record, at most one a field and in the order
// of its fields: the first of its tags that fails. What depends on the records
// before it is left to judgeBehind.
func (c *check) judge(l *layout, fields []string, linea int, folio Folio, out []Hallazgo) []Hallazgo {
	c.begin(l, fields)
	for i, steps := range l.steps {
		if s := c.fails(steps, fields[i]); s != nil {
			c.bad[i] = true
			out = append(out, c.finding(s, fields[i], linea, folio))
		}
	}
	return out
}

// fails gives the first step that a field does not pass, nil for none.
func (c *check) fails(steps []step, valor string) *step {
	for i := range steps {
		s := &steps[i]
		switch {
		case s.good == nil:
			if valor == "" {
				return nil
			}
		case s.inOrder:
			c.waits = true
		case !s.good(c, probe{s, valor}):
			return s
		}
	}
	return nil
}

// judgeBehind judges what depends on the records before, in a record of which judge
// said that it got there: valor is the field of l.inOrder. A mistake takes the place
// of one that a later tag of the field told.
func (c *check) judgeBehind(l *layout, valor string, linea int, folio Folio, found []Hallazgo) []Hallazgo {
	s := l.inOrder
	if s == nil || s.good(c, probe{s, valor}) {
		return found
	}
	c.layout = l
	h := c.finding(s, valor, linea, folio)
	at := slices.IndexFunc(found, func(o Hallazgo) bool { return l.index[o.Campo] >= s.column })
	switch {
	case at < 0:
		return append(found, h)
	case found[at].Campo == s.campo:
		found[at] = h
		return found
	}
	return slices.Insert(found, at, h)
}

func (c *check) finding(s *step, valor string, linea int, folio Folio) Hallazgo {
	campo, tag, param := s.campo, s.tag, s.param
	col := c.layout.columns[s.column]
	var code Codigo
	var text string
	warning := false
	if isBase(tag) {
		code, text = baseFinding(form(tag[0], s.low, valor), tag, param, col)
	} else {
		r := rules[tag]
		code, text, warning = r.codeIn(col, param), r.text(param), r.warns
	}
	h := hallazgo(linea, folio, campo, code, enCampo(campo, text), valor)
	agreed := c.warns && (strings.HasPrefix(string(code), "FMT") || strings.HasPrefix(string(code), "CAT")) &&
		c.reglas.Advertencias[campo+":"+string(code)]
	if warning || agreed {
		h.Severidad = Advertencia
	}
	return h
}

// tipoDato is a type of the layout: what it asks for, and the code of what is not that,
// "" for the row's.
type tipoDato struct {
	text string
	code Codigo
}

// bases are the types of the layout.
var bases = map[string]tipoDato{
	"A": {}, // any text is of type A
	"N": {"debe ser un número entero sin signo ni ceros a la izquierda", "FMT-03"},
	"C": {text: "debe tener %s dígitos"},
	"F": {"debe ser una fecha existente con formato dd/mm/aaaa", "FMT-04"},
	"M": {"debe ser un importe de hasta 13 enteros y dos decimales, sin signo ni comas", "FMT-05"},
	"T": {"debe ser una fecha y hora existente con formato aaaa-mm-ddThh:mm:ss-06:00", "FMT-04"},
	"H": {text: "debe tener %s caracteres hexadecimales en minúsculas"},
}

// baseFinding gives code and text of what is wrong with a field's form.
func baseFinding(f flaw, kind, size string, col column) (Codigo, string) {
	b, format := bases[kind], cmp.Or(col.format, "FMT-02")
	switch {
	case f == doubled:
		return "EST-02", definiciones["EST-02"].predicado
	case f == unclean:
		return "FMT-06", definiciones["FMT-06"].predicado
	case f == misfit && kind != "C" && kind != "H":
		return format, "no debe exceder de " + size + " caracteres"
	}
	return cmp.Or(b.code, format), strings.Replace(b.text, "%s", size, 1)
}

// maxDigits is how many digits always fit an int.
const maxDigits = 18

// atoi gives the number that digits write, 0 for any other text.
func atoi(s string) int {
	if len(s) > maxDigits || !digits(s) {
		return 0
	}
	n := 0
	for i := range len(s) {
		n = 10*n + int(s[i]-'0')
	}
	return n
}
