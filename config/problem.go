package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Problem is one mistake in the configuration or in a table that it names.
type Problem struct {
	File         string
	Line, Column int    // from 1; 0 where the mistake is the file's as a whole
	Key          string // path such as source.remote.host_keys[0], or a column's name
	Message      string // what is wrong
	Hint         string // the remedy
}

// Error is file:line:column: key: message; hint: remedy, on one line.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ":%d", p.Column)
		}
	}
	if p.Key != "" {
		b.WriteString(": " + p.Key)
	}
	b.WriteString(": " + p.Message)
	if p.Hint != "" {
		b.WriteString("; hint: " + p.Hint)
	}
	return b.String()
}

// Errors are all mistakes of one reading, ordered by file and place.
type Errors []Problem

// Error prints one mistake a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

func (e *Errors) add(p Problem) { *e = append(*e, p) }

// sort puts the mistakes in the order of the files as they were first met (the
// YAML before its tables), then by place.
func (e Errors) sort() {
	order := make(map[string]int)
	for _, p := range e {
		if _, ok := order[p.File]; !ok {
			order[p.File] = len(order)
		}
	}
	slices.SortStableFunc(e, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column))
	})
}

// hinted is an error that knows its remedy.
type hinted struct {
	err  error
	hint string
}

func (h *hinted) Error() string { return h.err.Error() + "; hint: " + h.hint }
func (h *hinted) Unwrap() error { return h.err }

func hintf(hint, format string, args ...any) error {
	return &hinted{fmt.Errorf(format, args...), hint}
}

// split takes the remedy out of an error's text.
func split(err error) (message, hint string) {
	h, ok := errors.AsType[*hinted](err)
	if !ok {
		return err.Error(), ""
	}
	return strings.Replace(err.Error(), h.Error(), h.err.Error(), 1), h.hint
}

// nearest gives the word of known that s may be a slip of, or "".
func nearest(s string, known []string) string {
	best, least := "", 0
	for _, k := range known {
		d := distance(strings.ToLower(s), strings.ToLower(k))
		if d <= max(1, len(s)/3, len(k)/3) && (best == "" || d < least) {
			best, least = k, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete or change to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, c := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, d := range y {
			change := diagonal
			if c != d {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}

// didYouMean is the hint for a word that is not known.
func didYouMean(s string, known []string) string {
	if k := nearest(s, known); k != "" {
		return fmt.Sprintf("did you mean %q?", k)
	}
	return "known here: " + strings.Join(known, ", ")
}
