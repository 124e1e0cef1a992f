package revision

import (
	"bufio"
	"io"
	"strings"
	"unicode"

	"buzon/schema"
)

// Lugares shows where the mistakes of a file stand in it, which is for the screen of
// whoever has the file alone, since a line holds personal data.
type Lugares struct {
	examen  *schema.Examen
	content io.ReadCloser
	lines   lineReader
}

// Lugares opens the file once more, to be closed at the end.
func (r *Revision) Lugares() (*Lugares, error) {
	content, err := r.content()
	if err != nil {
		return nil, err
	}
	return &Lugares{r.examen, content, lineReader{in: bufio.NewReader(content)}}, nil
}

// De cuts the place of a finding out of its line and marks it below; "" where it is of
// no field. Findings are asked for in their order.
func (l *Lugares) De(h schema.Hallazgo) (text, mark string) {
	if h.Linea == 0 || h.Campo == "" {
		return "", ""
	}
	return excerpt(l.lines.at(h.Linea), l.examen.Tipo, l.examen.Version, h.Campo)
}

// Close closes the file.
func (l *Lugares) Close() error { return l.content.Close() }

// lineReader gives lines of a file by their number, forward alone.
type lineReader struct {
	in   *bufio.Reader
	n    int
	line string
}

// maxShown is how much of a line is looked at, in bytes.
const maxShown = 64 << 10

// at gives line n, "" where it is behind or not there.
func (l *lineReader) at(n int) string {
	for l.n < n {
		var b []byte
		for {
			part, err := l.in.ReadSlice('\n')
			if room := maxShown - len(b); room > 0 {
				b = append(b, part[:min(len(part), room)]...)
			}
			if err == bufio.ErrBufferFull {
				continue
			}
			if err != nil && len(b) == 0 {
				return ""
			}
			break
		}
		l.n, l.line = l.n+1, strings.TrimRight(string(b), "\r\n")
	}
	if l.n != n {
		return ""
	}
	return l.line
}

// Widths of an excerpt, in characters.
const (
	before, within, after = 24, 40, 16
)

// excerpt cuts the place of a field out of its line and marks it; mark is ""
// where the line has no such field.
func excerpt(line string, t schema.Tipo, v schema.Version, campo string) (text, mark string) {
	fields := strings.Split(line, "|")
	i := position(fields[0], t, v, campo)
	if i < 0 || i >= len(fields) {
		return "", ""
	}
	field := visible(fields[i])
	lead := visible(strings.Join(fields[:i], "|") + "|")
	if i == 0 {
		lead = nil
	}
	tail := visible("|" + strings.Join(fields[i+1:], "|"))
	lead, tail = cut(lead, -before), cut(tail, after)
	field = cut(field, within)
	mark = strings.Repeat(" ", len(lead)) + strings.Repeat("^", max(1, len(field)))
	return string(lead) + string(field) + string(tail), mark
}

// position is where a field stands in the kind of record that a line is.
func position(kind string, t schema.Tipo, v schema.Version, campo string) int {
	for _, f := range schema.Layout(t, v) {
		if string(f.Registro) != kind {
			continue
		}
		for i, c := range f.Campos {
			if c.Nombre == campo {
				return i
			}
		}
	}
	return -1
}

// visible shows blanks at the ends of a text and what has no shape as points.
func visible(s string) []rune {
	out := []rune(s)
	for i, r := range out {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.IsSpace(r) && r != ' ' {
			out[i] = '·'
		}
	}
	return out
}

// cut keeps the first n characters, or the last -n, and says that it cut.
func cut(s []rune, n int) []rune {
	switch {
	case n >= 0 && len(s) > n:
		return append(s[:n:n], '…')
	case n < 0 && len(s) > -n:
		return append([]rune{'…'}, s[len(s)+n:]...)
	}
	return s
}
