package schema

import (
	"reflect"
	"strings"
	"sync"
)

// separator stands between fields; nothing quotes or escapes it.
const separator = "|"

// Registro is one of the records that stand between 01 and 09, by the type of
// file: REC and LOT, RES, REP, ACU, RCH, DIC.
type Registro interface {
	Reclamacion | Respuesta | Retorno | Acuse | Rechazo | Dictamen
}

// column is one field of a record, as its struct tags describe it.
type column struct {
	name     string
	path     []int  // reflect index, of two steps in an embedded record
	rule     Codigo // the row's code
	format   Codigo // the row's FMT code, "" for none
	reserved bool   // personal data
	tags     []tag
}

// tag is one word of the struct tag validate.
type tag struct{ name, param string }

// layout is the table of a record, made from its struct.
type layout struct {
	typ     reflect.Type
	columns []column
	index   map[string]int
	steps   [][]step // of each column, see compile
	inOrder *step    // the one that is judged behind the others; nil for none
	rooms   sync.Pool
}

var layouts = newLayouts(
	reflect.TypeFor[Encabezado](), reflect.TypeFor[Sumario](), reflect.TypeFor[Sello](),
	reflect.TypeFor[Reclamacion](), reflect.TypeFor[Respuesta](), reflect.TypeFor[Retorno](),
	reflect.TypeFor[Acuse](), reflect.TypeFor[Rechazo](), reflect.TypeFor[Dictamen](),
)

func newLayouts(types ...reflect.Type) map[reflect.Type]*layout {
	all := make(map[reflect.Type]*layout, len(types))
	for _, t := range types {
		l := &layout{typ: t, index: map[string]int{}}
		for _, f := range reflect.VisibleFields(t) {
			if f.Anonymous {
				continue
			}
			l.index[f.Name] = len(l.columns)
			l.columns = append(l.columns, newColumn(f))
		}
		l.compile()
		all[t] = l
	}
	return all
}

func newColumn(f reflect.StructField) column {
	c := column{name: f.Name, path: f.Index, reserved: f.Type == reflect.TypeFor[Reservado]()}
	for word := range strings.SplitSeq(f.Tag.Get("validate"), ",") {
		name, param, _ := strings.Cut(word, "=")
		c.tags = append(c.tags, tag{name, param})
	}
	for code := range strings.SplitSeq(f.Tag.Get("codigo"), ",") {
		if c.rule == "" {
			c.rule = Codigo(code)
		}
		if c.format == "" && strings.HasPrefix(code, "FMT") {
			c.format = Codigo(code)
		}
	}
	return c
}

func layoutOf[T any]() *layout { return layouts[reflect.TypeFor[T]()] }

// layoutFor gives the table of the records 02 of a type of file, nil for no type.
func layoutFor(t Tipo) *layout {
	switch t {
	case REC, LOT:
		return layoutOf[Reclamacion]()
	case RES:
		return layoutOf[Respuesta]()
	case REP:
		return layoutOf[Retorno]()
	case ACU:
		return layoutOf[Acuse]()
	case RCH:
		return layoutOf[Rechazo]()
	case DIC:
		return layoutOf[Dictamen]()
	}
	return nil
}

// amountOf names the field that GeSumaMontos adds up, "" where it is 0.00.
func amountOf(t Tipo) string {
	switch t {
	case REC, LOT:
		return "RecMontoReclamado"
	case RES, REP:
		return "RecImporteAbonado"
	}
	return ""
}

// split takes a line apart into dst's room, which a line of a million separators
// does not outgrow; n is the number of fields.
func (l *layout) split(line string, dst []string) (fields []string, n int) {
	if fields = cut(line, len(l.columns), dst[:0]); fields == nil {
		return nil, strings.Count(line, separator) + 1
	}
	return fields, len(fields)
}

// fill puts the fields into the record that v holds.
func (l *layout) fill(v reflect.Value, fields []string) {
	for i := range l.columns {
		v.FieldByIndex(l.columns[i].path).SetString(fields[i])
	}
}

// append writes the record that v holds as one line without its end.
func (l *layout) append(b []byte, v reflect.Value) []byte {
	return l.appendAs(b, v.FieldByIndex(l.columns[0].path).String(), v)
}

// appendAs writes a record whose first field is kind, whatever v has there.
func (l *layout) appendAs(b []byte, kind string, v reflect.Value) []byte {
	b = append(b, kind...)
	for i := 1; i < len(l.columns); i++ {
		b = append(b, separator[0])
		b = append(b, v.FieldByIndex(l.columns[i].path).String()...)
	}
	return b
}

// ParseRecord takes one line without its end apart, unchecked; false is another
// number of fields.
func ParseRecord[R Registro](line string) (r R, ok bool) { return parse[R](line) }

// AppendRecord appends r to b as one line without its end, unchecked:
// ParseRecord reads it back, unless a field holds a separator.
func AppendRecord[R Registro](b []byte, r *R) []byte {
	return layoutOf[R]().append(b, reflect.ValueOf(r).Elem())
}
