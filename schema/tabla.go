package schema

import (
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
// them. The error joins a *TablaError for every mistake, up to MaxErrores, and a
// MasErrores where there are more.
func readTabla(r io.Reader, cols columnas, row func(linea int, campo func(string) string) []error) error {
	cr := NewFilas(r, "")
	header, err := cr.Read()
	if err != nil {
		return &TablaError{Linea: 1, Err: fmt.Errorf("header: %w", err)}
	}
	at, errs := cols.places(header)
	if len(errs) > 0 {
		var all erroresTabla
		all.add(1, errs)
		return all.join(nil)
	}
	var all erroresTabla
	for {
		record, err := cr.Read()
		if err == io.EOF {
			return all.join(nil)
		}
		if err != nil {
			bad, ok := errors.AsType[*csv.ParseError](err)
			if !ok {
				return all.join(err)
			}
			all.Add(&TablaError{bad.Line, bad.Column, bad.Err})
			continue
		}
		linea, _ := cr.FieldPos(0)
		if len(record) != len(header) {
			all.Add(&TablaError{Linea: linea,
				Err: fmt.Errorf("%d fields, want %d", len(record), len(header))})
			continue
		}
		all.add(linea, row(linea, func(name string) string {
			i, ok := at[name]
			if !ok {
				return ""
			}
			return record[i]
		}))
	}
}

// erroresTabla are the mistakes of a table while it is read.
type erroresTabla struct{ Errores[*TablaError] }

// add puts a line to each mistake.
func (e *erroresTabla) add(linea int, errs []error) {
	for _, err := range errs {
		if text := err.Error(); len(text) > MaxErrata {
			err = errors.New(Recortar(text, MaxErrata))
		}
		e.Add(&TablaError{Linea: linea, Err: err})
	}
}

// join gives the mistakes, and behind them the error that ended the reading.
func (e *erroresTabla) join(end error) error {
	all := make([]error, 0, len(e.Todos)+2)
	for _, bad := range e.Todos {
		all = append(all, bad)
	}
	return errors.Join(append(all, e.Demas(), end)...)
}

// sinAcentos writes the name of a column as the tables do: the lineamientos
// themselves call descripcion descripción.
var sinAcentos = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u")

// places finds the columns in the first line, whatever their accents and case.
func (c columnas) places(header []string) (at map[string]int, errs []error) {
	if hint := OtroSeparador(header); hint != "" {
		return nil, []error{fmt.Errorf("header %q: %s", header[0], hint)}
	}
	at = make(map[string]int)
	for i, name := range header {
		name = sinAcentos.Replace(strings.ToLower(name))
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
