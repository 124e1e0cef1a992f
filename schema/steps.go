package schema

import (
	"slices"
	"strings"
)

// step is one tag of a column made ready: what its parameter says is taken apart
// once, and not again in each of a file's millions of rows.
type step struct {
	campo, tag, param string

	column    int      // the place of its field
	words     []string // the words of the parameter
	wants     string   // the second of them: what a condition "Campo valor" wants
	low, high int      // the first two as numbers
	other     int      // place of the other field that it reads, -1 for none
	absent    string   // what that field reads as where the version lacks it

	good    func(c *check, p probe) bool // nil: omitempty
	inOrder bool                         // it reads what the records before left
}

// probe is one field before one tag.
type probe struct {
	*step
	valor string
}

// omitempty is validator's own tag, the only one that is used.
const omitempty = "omitempty"

// compile makes the steps of each column. What the struct tags say is judged by
// them; validator reads the same tags, and TestStepsAreTheTags holds one against
// the other.
func (l *layout) compile() {
	l.steps = make([][]step, len(l.columns))
	l.inOrder = nil
	for i, col := range l.columns {
		for _, g := range col.tags {
			l.steps[i] = append(l.steps[i], l.newStep(i, g))
		}
	}
	for i := range l.steps {
		for j := range l.steps[i] {
			if s := &l.steps[i][j]; s.inOrder {
				l.judgeInOrder(s)
			}
		}
	}
}

func (l *layout) newStep(column int, g tag) step {
	s := step{campo: l.columns[column].name, tag: g.name, param: g.param, column: column, other: -1}
	s.words = strings.Split(g.param, " ")
	s.low = atoi(s.words[0])
	if len(s.words) > 1 {
		s.wants, s.high = s.words[1], atoi(s.words[1])
	}
	reads := s.words[0]
	switch r, known := rules[g.name]; {
	case known:
		s.good, s.inOrder = r.good, r.inOrder
		if r.reads != "" {
			reads = r.reads
		}
	case isBase(g.name):
		s.good = wellFormed
	case g.name != omitempty:
		panic("schema: " + s.campo + ": no rule for the tag " + g.name)
	}
	if i, ok := l.index[reads]; ok {
		s.other = i
	} else {
		s.absent = l.absent(reads)
	}
	return s
}

// judgeInOrder sets the one step of a record that is judged once the records
// before it were. No other field may depend on how it turns out.
func (l *layout) judgeInOrder(s *step) {
	reads := func(o step) bool { return o.other == s.column }
	if l.inOrder != nil || slices.ContainsFunc(slices.Concat(l.steps...), reads) {
		panic("schema: " + s.campo + ": cannot be judged behind the other fields")
	}
	l.inOrder = s
}

// step finds a tag of a column, nil where the layout has none such.
func (l *layout) step(campo, tag, param string) *step {
	i, ok := l.index[campo]
	if !ok {
		return nil
	}
	for j := range l.steps[i] {
		if s := &l.steps[i][j]; s.tag == tag && s.param == param {
			return s
		}
	}
	return nil
}

func isBase(tag string) bool { _, ok := bases[tag]; return ok }

func wellFormed(_ *check, p probe) bool { return form(p.tag[0], p.low, p.valor) == sound }

// other gives the other field that the step reads, what its absence means where the
// version lacks it, "" where there is none.
func (c *check) other(p probe) string {
	if p.other < 0 {
		return p.absent
	}
	return c.fields[p.other]
}

// otherBad tells whether a mistake was found in that field.
func (c *check) otherBad(p probe) bool { return p.other >= 0 && c.bad[p.other] }

// holds tells whether the condition "Campo valor" is true. A field that has one of
// the values that conditions name is a good one.
func (c *check) holds(p probe) bool { return c.other(p) == p.wants }
