package store

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"buzon/schema"
)

const (
	bom           = "\uFEFF" // by which Excel knows that a table is UTF-8
	formulaStarts = "=+-@\t\r"

	// Ensayo stands on everything that a rehearsal shows.
	Ensayo = "SIMULACRO"
)

// CSV writes events as a table for spreadsheets: UTF-8 with BOM, CRLF, and no cell
// that a spreadsheet would take for a formula. Moments are text, of
// America/Mexico_City. What a rehearsal's log says is marked so in a last column.
type CSV struct {
	w     *csv.Writer
	begun bool
}

// NewCSV begins a table; an error of w comes from Flush.
func NewCSV(w io.Writer) *CSV {
	_, _ = io.WriteString(w, bom) // a writer that fails fails again below
	c := &CSV{w: csv.NewWriter(w)}
	c.w.UseCRLF = true
	return c
}

func (c *CSV) head(simulacro bool) {
	if c.begun {
		return
	}
	c.begun = true
	names := []string{"n", "momento", "evento", "parte", "archivo", "sha256", "folio", "detalle"}
	if simulacro {
		names = append(names, "simulacro")
	}
	_ = c.w.Write(names) // buffered
}

// Write adds an event.
func (c *CSV) Write(e Evento) error {
	c.head(e.Simulacro)
	det := []byte("{}")
	if e.Detalle != nil {
		var err error
		if det, err = json.Marshal(e.Detalle); err != nil {
			return err
		}
	}
	row := []string{strconv.FormatInt(e.N, 10), string(schema.NewInstante(e.Momento)), e.Evento, e.Parte, e.Archivo,
		string(e.SHA256), string(e.Folio), string(det)}
	if e.Simulacro {
		row = append(row, Ensayo)
	}
	for i, s := range row {
		row[i] = Celda(s)
	}
	return c.w.Write(row)
}

// Flush hands over what is buffered.
func (c *CSV) Flush() error {
	c.head(false)
	c.w.Flush()
	return c.w.Error()
}

// Celda is a text in a table. What a spreadsheet would take for a formula gets an
// apostrophe before it: the name of a file is of whoever sent it.
func Celda(s string) string {
	if s != "" && strings.ContainsRune(formulaStarts, rune(s[0])) {
		return "'" + s
	}
	return s
}
