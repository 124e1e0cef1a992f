package schema

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"
)

// check judges one record after another against its table. It is the context
// in which the tags are judged: what a rule may read beside its own field. It is
// not safe for use by several goroutines.
type check struct {
	context.Context // never done: the check itself is the context that validator hands on

	reglas    *Reglas
	tipo      Tipo
	nombre    *Nombre // nil where the name could not be read
	operacion Dia     // GeFechaOperacion; 0 where it is not good
	folios    *folioSet
	anterior  int  // the AcuNumero before
	contado   bool // registros is known: the header is judged when the file was read
	registros int
	warns     bool // Advertencias hold: not in 01, 09 and 03

	layout *layout // of the record being judged
	fields []string
	bad    map[string]bool // its fields in which a mistake was found so far
	digito bool            // the check digit of the CURP or RFC just judged is right
	numero int             // its place between 01 and 09; 0 where that is not known
}

// probe is one field before one tag.
type probe struct{ campo, valor, param string }

func newCheck(r *Reglas, t Tipo) *check {
	return &check{Context: context.Background(), reglas: r, tipo: t, bad: map[string]bool{}}
}

// validate is the one instance: it caches what it learns about each struct.
var validate = newValidate()

func newValidate() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	register := func(tag string, test func(c *check, p probe) bool) {
		judge := func(ctx context.Context, fl validator.FieldLevel) bool {
			c := ctx.(*check)
			p := probe{fl.StructFieldName(), fl.Field().String(), fl.Param()}
			good := test(c, p)
			if !good {
				c.bad[p.campo] = true
			}
			return good
		}
		if err := v.RegisterValidationCtx(tag, judge); err != nil {
			panic("schema: tag " + tag + ": " + err.Error())
		}
	}
	for kind := range baseTexts {
		register(kind, func(_ *check, p probe) bool { return form(kind[0], atoi(p.param), p.valor) == sound })
	}
	for tag, r := range rules {
		register(tag, r.good)
	}
	// A tag that is misspelt panics when its struct is first seen: let that be now.
	for t, l := range layouts {
		c := newCheck(&Reglas{}, REC)
		c.layout, c.fields = l, make([]string, len(l.columns))
		_ = v.StructCtx(c, reflect.Zero(t).Interface())
	}
	return v
}

// judge appends the findings of one record, at most one a field and in the order
// of its fields. record is the struct that the fields were put into, not a pointer
// to it: validator copies each field that can be addressed.
func (c *check) judge(l *layout, fields []string, record any, linea int, folio Folio, out []Hallazgo) ([]Hallazgo, error) {
	c.layout, c.fields = l, fields
	clear(c.bad)
	err := validate.StructCtx(c, record)
	if err == nil {
		return out, nil
	}
	var failed validator.ValidationErrors
	if !errors.As(err, &failed) {
		return out, fmt.Errorf("judge line %d: %w", linea, err)
	}
	for _, f := range failed {
		out = append(out, c.finding(f.StructField(), f.Tag(), f.Param(), linea, folio))
	}
	return out, nil
}

func (c *check) finding(campo, tag, param string, linea int, folio Folio) Hallazgo {
	i := c.layout.index[campo]
	col, valor := c.layout.columns[i], c.fields[i]
	var code Codigo
	var text string
	warning := false
	if base, ok := baseTexts[tag]; ok {
		code, text = baseFinding(form(tag[0], atoi(param), valor), tag, param, base, col)
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

// baseTexts says what each type of the layout asks for.
var baseTexts = map[string]string{
	"A": "", // any text is of type A
	"N": "debe ser un número entero sin signo ni ceros a la izquierda",
	"C": "debe tener %s dígitos",
	"F": "debe ser una fecha existente con formato dd/mm/aaaa",
	"M": "debe ser un importe de hasta 13 enteros y dos decimales, sin signo ni comas",
	"T": "debe ser una fecha y hora existente con formato aaaa-mm-ddThh:mm:ss-06:00",
	"H": "debe tener %s caracteres hexadecimales en minúsculas",
}

// baseFinding gives code and text of what is wrong with a field's form.
func baseFinding(f flaw, kind, size, base string, col column) (Codigo, string) {
	format := col.format
	if format == "" {
		format = "FMT-02"
	}
	if strings.Contains(base, "%s") {
		base = fmt.Sprintf(base, size)
	}
	switch {
	case f == doubled:
		return "EST-02", definiciones["EST-02"].predicado
	case f == unclean:
		return "FMT-06", definiciones["FMT-06"].predicado
	case f == misfit && kind != "C" && kind != "H":
		return format, "no debe exceder de " + size + " caracteres"
	}
	switch kind {
	case "N":
		return "FMT-03", base
	case "F", "T":
		return "FMT-04", base
	case "M":
		return "FMT-05", base
	}
	return format, base
}

// value gives another field of the record being judged, "" where there is none.
func (c *check) value(campo string) string {
	i, ok := c.layout.index[campo]
	if !ok {
		return ""
	}
	return c.fields[i]
}

// holds tells whether a condition "Campo valor" is true. A field that has one of
// the values that conditions name is a good one.
func (c *check) holds(param string) bool {
	i := strings.IndexByte(param, ' ')
	return c.value(param[:i]) == param[i+1:]
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
