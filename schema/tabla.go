package schema

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A TablaError is one mistake in a table (CSV) that a configuration names.
type TablaError struct {
	Linea, Columna int // from 1; 0 where it is not known
	Err            error
}

// Error is "line 3: …".
func (e *TablaError) Error() string {
	if e.Linea == 0 {
		return e.Err.Error()
	}
	return fmt.Sprintf("line %d: %v", e.Linea, e.Err)
}

// Unwrap gives the mistake without its place.
func (e *TablaError) Unwrap() error { return e.Err }

// columnas says what a table's first line may name.
type columnas struct {
	necesarias, posibles []string
	otras                bool // further columns are passed over, not a mistake
}

// readTabla reads a table in CSV, UTF-8 with or without BOM, whose first line
// names its columns in any order. row gets each line's fields by name, "" for a
// column that is absent, without blanks around them, and says what is wrong with
// them. The error joins a *TablaError for every mistake.
func readTabla(r io.Reader, cols columnas, row func(linea int, campo func(string) string) []error) error {
	in := bufio.NewReader(r)
	if bom, _ := in.Peek(3); string(bom) == "\ufeff" { // spreadsheets write one
		_, _ = in.Discard(3)
	}
	cr := csv.NewReader(in)
	cr.FieldsPerRecord = -1
	header, err := cr.Read()
	if err != nil {
		return &TablaError{Linea: 1, Err: fmt.Errorf("header: %w", err)}
	}
	at, errs := cols.places(header)
	if len(errs) > 0 {
		return joinTabla(1, errs)
	}
	var all []error
	for {
		record, err := cr.Read()
		if err == io.EOF {
			return errors.Join(all...)
		}
		if err != nil {
			bad, ok := errors.AsType[*csv.ParseError](err)
			if !ok {
				return errors.Join(append(all, err)...)
			}
			all = append(all, &TablaError{bad.Line, bad.Column, bad.Err})
			continue
		}
		linea, _ := cr.FieldPos(0)
		if len(record) != len(header) {
			all = append(all, &TablaError{Linea: linea, Err: fmt.Errorf("%d fields, want %d", len(record), len(header))})
			continue
		}
		all = append(all, joinTabla(linea, row(linea, func(name string) string {
			i, ok := at[name]
			if !ok {
				return ""
			}
			return strings.TrimSpace(record[i])
		})))
	}
}

// joinTabla puts a line to each mistake.
func joinTabla(linea int, errs []error) error {
	for i, err := range errs {
		errs[i] = &TablaError{Linea: linea, Err: err}
	}
	return errors.Join(errs...)
}

// places finds the columns in the first line.
func (c columnas) places(header []string) (at map[string]int, errs []error) {
	at = make(map[string]int)
	for i, name := range header {
		name = strings.TrimSpace(name)
		if !c.otras && !slices.Contains(c.necesarias, name) && !slices.Contains(c.posibles, name) {
			errs = append(errs, fmt.Errorf("column %q: unknown", name))
		}
		if _, twice := at[name]; twice {
			errs = append(errs, fmt.Errorf("column %q: twice", name))
		}
		at[name] = i
	}
	for _, name := range c.necesarias {
		if _, ok := at[name]; !ok {
			errs = append(errs, fmt.Errorf("column %q: absent", name))
		}
	}
	return at, errs
}
