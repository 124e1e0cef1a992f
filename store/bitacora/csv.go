package bitacora

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"buzon/schema"
)

const (
	bom           = "\uFEFF" // by which Excel knows that a table is UTF-8
	formulaStarts = "=+-@\t\r"

	// Ensayo stands on everything that a rehearsal shows.
	Ensayo = "SIMULACRO"
)

// CSV writes events as a table for spreadsheets: UTF-8 with BOM, CRLF, and no cell
// that a spreadsheet would take for a formula. Moments are text, of America/Mexico_City
// (schema.Momento): 2026-03-02T18:05:00.123-06:00. What was asked of a folio has its
// place in the act and what that did to it, in two further columns. What a rehearsal's
// log says is marked so in a last one.
type CSV struct {
	w         *csv.Writer
	lugares   bool
	simulacro bool
	begun     bool
}

// NewCSV begins a table; an error of w comes from Flush.
func NewCSV(w io.Writer) *CSV {
	_, _ = io.WriteString(w, bom) // a writer that fails fails again below
	c := &CSV{w: csv.NewWriter(w)}
	c.w.UseCRLF = true
	return c
}

func (c *CSV) head(lugares, simulacro bool) {
	if c.begun {
		return
	}
	c.begun, c.lugares, c.simulacro = true, lugares, simulacro
	names := []string{"n", "momento", "evento", "parte", "archivo", "sha256", "folio", "detalle"}
	if lugares {
		names = append(names, "lugar", "que")
	}
	if simulacro {
		names = append(names, "simulacro")
	}
	_ = c.w.Write(names) // buffered
}

// Write adds an event that was read.
func (c *CSV) Write(e Evento) error {
	c.head(e.Lugar > 0, e.Simulacro)
	det := []byte("{}")
	if e.Detalle != nil {
		var err error
		if det, err = json.Marshal(e.Detalle); err != nil {
			return err
		}
	}
	cells := []string{e.Evento, e.Parte.String(), e.Archivo, string(e.SHA256), string(e.Folio), string(det)}
	if c.lugares {
		cells = append(cells, strconv.Itoa(e.Lugar), e.Que)
	}
	return c.row(e.N, e.Momento, cells...)
}

// WriteCrudo adds an event as the log keeps it: its payload is not read.
func (c *CSV) WriteCrudo(e *Crudo, simulacro bool) error {
	c.head(false, simulacro)
	return c.row(e.N, time.UnixMilli(e.Momento), e.Evento, e.Parte, e.Archivo, e.SHA256, e.Folio, e.Detalle)
}

func (c *CSV) row(n int64, momento time.Time, cells ...string) error {
	row := make([]string, 0, len(cells)+3) // its number and moment before them, the mark after
	row = append(row, strconv.FormatInt(n, 10), schema.Momento(momento))
	for _, s := range cells {
		row = append(row, Celda(s))
	}
	if c.simulacro {
		row = append(row, Ensayo)
	}
	return c.w.Write(row)
}

// Flush hands over what is buffered.
func (c *CSV) Flush() error {
	c.head(false, false)
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
