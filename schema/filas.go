package schema

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// Bounds of a table that somebody else wrote: a damaged one must not fill the
// memory with its cells, nor a screen with its mistakes.
const (
	MaxFila    = 64 << 10 // bytes of one row
	MaxErrores = 100      // mistakes of one table that are told; the others are counted
	MaxErrata  = 1000     // characters of what is told of one: a cell that it quotes may be a whole row
)

// ErrFilaLarga is the mistake of a row that is not taken apart for its length.
var ErrFilaLarga = fmt.Errorf("row of over %d bytes", MaxFila)

// Filas reads the rows of a table in CSV, UTF-8 with or without BOM, as csv.Reader
// does, but for the blanks around a cell. A row over MaxFila is a *csv.ParseError
// too, and the next line the next row.
type Filas struct {
	in      *bufio.Reader
	cota    *cota
	cr      *csv.Reader
	remarks string // what a line that is a remark begins with; "" where none is
	skipped int    // lines that cr has not seen
}

// NewFilas reads from r. Lines that begin with remark are skipped, unless it is
// empty.
func NewFilas(r io.Reader, remark string) *Filas {
	c := &cota{r: r, left: math.MaxInt}
	f := &Filas{in: bufio.NewReader(c), cota: c, remarks: remark}
	if bom, _ := f.in.Peek(3); string(bom) == "\ufeff" { // spreadsheets write one
		_, _ = f.in.Discard(3)
	}
	f.cr = csv.NewReader(f.in) // which takes a bufio.Reader for its own
	f.cr.FieldsPerRecord = -1
	return f
}

// Read gives the cells of the next row, or io.EOF. After a *csv.ParseError there
// may be more rows.
func (f *Filas) Read() ([]string, error) {
	f.cota.left = math.MaxInt
	f.skip()
	f.cota.left = MaxFila - f.in.Buffered()
	f.cota.over = false
	cells, err := f.cr.Read()
	if f.cota.over {
		line := f.cota.lines + 1
		f.cota.left = math.MaxInt
		f.discardLine()
		return nil, &csv.ParseError{StartLine: line, Line: line, Column: 1, Err: ErrFilaLarga}
	}
	if bad, ok := errors.AsType[*csv.ParseError](err); ok {
		bad.StartLine, bad.Line = bad.StartLine+f.skipped, bad.Line+f.skipped
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells, err
}

// FieldPos is where cell i of the last row begins: line and column from 1.
func (f *Filas) FieldPos(i int) (line, column int) {
	line, column = f.cr.FieldPos(i)
	return line + f.skipped, column
}

// skip passes over remarks and empty lines, which belong to no row and may be of
// any length.
func (f *Filas) skip() {
	for {
		p, _ := f.in.Peek(max(2, len(f.remarks)))
		empty := bytes.HasPrefix(p, []byte("\n")) || bytes.HasPrefix(p, []byte("\r\n"))
		if !empty && (f.remarks == "" || !bytes.HasPrefix(p, []byte(f.remarks))) {
			return
		}
		f.discardLine()
		f.skipped++
	}
}

// discardLine drops what is left of a line.
func (f *Filas) discardLine() {
	for {
		if _, err := f.in.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}

// cota gives no more than left bytes, and counts the lines that it gave whole.
type cota struct {
	r     io.Reader
	left  int
	lines int
	over  bool  // more was asked for than was left
	err   error // of r, which may tell it once only
}

func (c *cota) Read(p []byte) (int, error) {
	switch {
	case c.err != nil:
		return 0, c.err
	case c.left <= 0:
		c.over = true
		return 0, ErrFilaLarga
	}
	n, err := c.r.Read(p[:min(len(p), c.left)])
	c.left -= n
	c.lines += bytes.Count(p[:n], []byte("\n"))
	c.err = err
	return n, err
}

// Errores are the mistakes of one table: the first MaxErrores, and how many more
// there are.
type Errores[E error] struct {
	Todos []E
	Mas   MasErrores
}

// Add keeps a mistake, or counts it.
func (e *Errores[E]) Add(mistake E) {
	if len(e.Todos) >= MaxErrores {
		e.Mas++
		return
	}
	e.Todos = append(e.Todos, mistake)
}

// Demas is an error that says how many were counted only, nil where none was.
func (e *Errores[E]) Demas() error {
	if e.Mas == 0 {
		return nil
	}
	return e.Mas
}

// MasErrores is how many mistakes are not told.
type MasErrores int

// Error is the line behind those that are told.
func (n MasErrores) Error() string {
	if n == 1 {
		return "and 1 more mistake"
	}
	return fmt.Sprintf("and %d more mistakes", int(n))
}

// Recortar cuts a text to so many characters and an ellipsis.
func Recortar(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// OtroSeparador says what to do about a first line whose columns something else than
// commas parts, as spreadsheets save them in some languages; "" where that is not so.
func OtroSeparador(head []string) string {
	if len(head) != 1 || !strings.ContainsAny(head[0], ";\t") {
		return ""
	}
	return "separate the columns with commas"
}
