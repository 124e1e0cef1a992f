package schema

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// separator stands between fields; nothing quotes or escapes it.
const separator = "|"

// column is one field of a record, as its struct tags describe it.
type column struct {
	name     string
	path     []int  // reflect index, of two steps in an embedded record
	rule     Codigo // the row's code
	format   Codigo // the row's FMT code, "" for none
	reserved bool   // personal data
	tags     []tag

	desde Version // from which it exists
	sin   string  // what a record that lacks it reads as
	quita bool    // it may be dropped on the way to a version that lacks it
}

// tag is one word of the struct tag validate.
type tag struct{ name, param string }

// layout is the table of a record, made from its struct: of one version, or whole.
type layout struct {
	typ     reflect.Type
	desde   Version // from which on it is the record's table
	columns []column
	index   map[string]int
	lacks   []column // what the struct has and only later versions know
	steps   [][]step // of each column, see compile
	inOrder *step    // the one that is judged behind the others; nil for none
	rooms   sync.Pool

	versions []*layout // of a whole one: the tables of its versions, the oldest first
}

// layouts holds the whole table of each record, with the fields of every version.
var layouts = newLayouts(allRecords())

// allRecords are the lines that files have: 01, 09, 03, and each type's 02.
func allRecords() []reflect.Type {
	all := []reflect.Type{reflect.TypeFor[Encabezado](), reflect.TypeFor[Sumario](), reflect.TypeFor[Sello]()}
	for i := range clases {
		if t := clases[i].registros.typ(); !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return all
}

func newLayouts(types []reflect.Type) map[reflect.Type]*layout {
	all := make(map[reflect.Type]*layout, len(types))
	for _, t := range types {
		columns := columnsOf(t)
		whole := newLayout(t, columns, len(columns))
		for i := 1; i < len(columns); i++ {
			if columns[i].desde != columns[i-1].desde {
				whole.versions = append(whole.versions, newLayout(t, columns, i))
			}
		}
		whole.versions = append(whole.versions, whole)
		all[t] = whole
	}
	return all
}

// columnsOf gives the fields in the order of the line: what a version adds stands
// behind all that was there before, also behind the fields of an outer struct.
func columnsOf(t reflect.Type) (all []column) {
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous {
			all = append(all, newColumn(f))
		}
	}
	slices.SortStableFunc(all, func(a, b column) int { return cmp.Compare(a.desde, b.desde) })
	return all
}

// newLayout is the table of the first n columns.
func newLayout(t reflect.Type, columns []column, n int) *layout {
	l := &layout{typ: t, desde: columns[n-1].desde, columns: columns[:n:n], lacks: columns[n:]}
	l.index = make(map[string]int, n)
	for i, c := range l.columns {
		l.index[c.name] = i
	}
	l.compile()
	return l
}

func newColumn(f reflect.StructField) column {
	c := column{
		name: f.Name, path: f.Index, reserved: f.Type == reflect.TypeFor[Reservado](),
		desde: cmp.Or(Version(f.Tag.Get("desde")), V0100), sin: f.Tag.Get("sin"),
		quita: f.Tag.Get("quita") == "si",
	}
	for word := range strings.SplitSeq(f.Tag.Get("validate"), ",") {
		name, param, _ := strings.Cut(word, "=")
		c.tags = append(c.tags, tag{name, param})
	}
	for code := range strings.SplitSeq(f.Tag.Get("codigo"), ",") {
		if code != "" && !Codigo(code).Existe() {
			panic("schema: " + c.name + ": no code " + code + " in codigos.go")
		}
		if c.rule == "" {
			c.rule = Codigo(code)
		}
		if c.format == "" && strings.HasPrefix(code, "FMT") {
			c.format = Codigo(code)
		}
	}
	return c
}

// layoutOf gives the table of a record in a version, nil where that is not known.
func layoutOf[T any](v Version) *layout {
	if !v.Conocida() {
		return nil
	}
	return layouts[reflect.TypeFor[T]()].at(v)
}

// at gives the table of version v out of a whole one.
func (l *layout) at(v Version) *layout {
	for _, one := range slices.Backward(l.versions) {
		if one.desde <= v {
			return one
		}
	}
	return nil
}

// split takes a line apart into dst's room, which a line of a million separators
// does not outgrow; n is the number of fields.
func (l *layout) split(line string, dst []string) (fields []string, n int) {
	if fields = cut(line, len(l.columns), dst[:0]); fields == nil {
		return nil, strings.Count(line, separator) + 1
	}
	return fields, len(fields)
}

// fill puts the fields into the record that v holds, and into those that the
// version lacks what such a record reads as.
func (l *layout) fill(v reflect.Value, fields []string) {
	for i := range l.columns {
		v.FieldByIndex(l.columns[i].path).SetString(fields[i])
	}
	for i := range l.lacks {
		v.FieldByIndex(l.lacks[i].path).SetString(l.lacks[i].sin)
	}
}

// absent is what a record of the version reads as in a field that came later.
func (l *layout) absent(campo string) string {
	for _, c := range l.lacks {
		if c.name == campo {
			return c.sin
		}
	}
	return ""
}

// lost gives the fields in which the record that v holds says what the version
// cannot, and that may not be dropped. An empty field says nothing.
func (l *layout) lost(v reflect.Value) (all []column) {
	for i := range l.lacks {
		c := &l.lacks[i]
		if s := v.FieldByIndex(c.path).String(); !c.quita && s != "" && s != c.sin {
			all = append(all, *c)
		}
	}
	return all
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

// ParseRecord takes one line of version v without its end apart, unchecked; false
// is another number of fields, or a version that is not known. What the version
// lacks holds what its absence means.
func ParseRecord[R Registro](line string, v Version) (r R, ok bool) {
	l := layoutOf[R](v)
	if l == nil {
		return r, false
	}
	return parse[R](l, line)
}

// AppendRecord appends r to b as one line of version v without its end, unchecked:
// ParseRecord reads it back, unless a field holds a separator. v is one that is
// known; what r holds beyond it is left out, which Cabe tells.
func AppendRecord[R Registro](b []byte, r *R, v Version) []byte {
	return layoutOf[R](v).append(b, reflect.ValueOf(r).Elem())
}
