package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"buzon/schema"
)

// printRevision prints the report for a person. With place, which is for
// terminals alone since a line holds personal data, each mistake is shown where
// it stands.
func printRevision(w io.Writer, r *revision, place bool) (err error) {
	fmt.Fprintf(w, "%s: %s, %d de %d registros\n", r.File, r.Result, r.Accepted, r.Records)
	var lines *lineReader
	if place && len(r.findings) > 0 {
		content, err := r.content()
		if err != nil {
			return err
		}
		defer content.Close()
		lines = &lineReader{in: bufio.NewReader(content)}
	}
	for _, h := range r.findings {
		where := "archivo"
		if h.Linea > 0 {
			where = fmt.Sprintf("línea %d", h.Linea)
		}
		kind := "error"
		if h.Severidad == schema.Advertencia {
			kind = "advertencia"
		}
		if _, err := fmt.Fprintf(w, "  %-10s %s %s: %s\n", where, h.Codigo, kind, h.Mensaje); err != nil {
			return err
		}
		if lines != nil && h.Linea > 0 && h.Campo != "" {
			if text, mark := excerpt(lines.at(h.Linea), r.examen.Tipo, r.examen.Version, h.Campo); mark != "" {
				fmt.Fprintf(w, "%13s%s\n%13s%s\n", "", text, "", mark)
			}
		}
	}
	return nil
}

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
