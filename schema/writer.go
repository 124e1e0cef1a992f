package schema

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"reflect"
	"strings"
)

// maxTotal is the most records that GeTotalRegistros can say.
const maxTotal = 9_999_999

const lineEnd = "\r\n"

// writeSize is how much is handed to the underlying writer at a time.
const writeSize = 32 << 10

// ErrCerrado is for a Writer that wrote its 09.
var ErrCerrado = errors.New("file is closed")

// Writer writes one file: 01, the records, 09. It keeps total, sum and hash. An
// error of the underlying writer, or of a record, stays: what follows fails too,
// so that no file is closed from which a record is missing.
type Writer struct {
	w     *bufio.Writer
	sum   hash.Hash
	clase *clase
	v     Version
	line  []byte
	total int
	monto Centavos
	err   error

	empalme empalme // of a LOT, once it is asked for
}

// NewWriter writes the header h, whose GeTipoRegistro it fills in. Its
// GeTipoArchivo and GeVersion are the type and the version of all that follows.
// Nothing is judged but what would break the file: Examine tells whether it obeys
// the layout.
func NewWriter(w io.Writer, h Encabezado) (*Writer, error) {
	if !h.GeVersion.Conocida() {
		return nil, fmt.Errorf("write header: unknown version %q", h.GeVersion)
	}
	if !h.GeTipoArchivo.Existe() {
		return nil, fmt.Errorf("write header: unknown type %q", h.GeTipoArchivo)
	}
	h.GeTipoRegistro = "01"
	f := &Writer{w: bufio.NewWriterSize(w, writeSize), sum: sha256.New(), clase: h.GeTipoArchivo.clase(),
		v: h.GeVersion}
	if err := f.put(layoutOf[Encabezado](f.v), "01", reflect.ValueOf(h)); err != nil {
		return nil, fmt.Errorf("write header: %w", err)
	}
	return f, nil
}

// Write writes one record of the file's type, or the Sello of an ACU; a value or
// a pointer, which is not changed. It fills GeTipoRegistro in. A record of a later
// version loses what may be dropped; one that says more is an error.
func (f *Writer) Write(registro any) error {
	if f.err != nil {
		return f.err
	}
	if err := f.write(registro); err != nil {
		f.err = fmt.Errorf("write record %d: %w", f.total+1, err)
		return f.err
	}
	f.total++
	return nil
}

func (f *Writer) write(registro any) error {
	v := reflect.Indirect(reflect.ValueOf(registro))
	if !v.IsValid() {
		return errors.New("no record")
	}
	l, kind := f.clase.layout(f.v), "02"
	if v.Type() == reflect.TypeFor[Sello]() && f.clase.sellado {
		l, kind = layoutOf[Sello](f.v), registroSello
	}
	if v.Type() != l.typ {
		return fmt.Errorf("a %v does not go into a file of type %s", v.Type(), f.clase.tipo)
	}
	for _, c := range l.lost(v) {
		return fmt.Errorf("version %s cannot say what %s holds", f.v, c.name)
	}
	if f.total == maxTotal {
		return fmt.Errorf("more than %d records", maxTotal)
	}
	if campo := f.clase.monto; campo != "" {
		if err := f.suma(
			Monto(v.FieldByIndex(l.columns[l.index[campo]].path).String()).Centavos()); err != nil {
			return err
		}
	}
	return f.put(l, kind, v)
}

// suma adds the amount of a record.
func (f *Writer) suma(c Centavos) error {
	if f.monto = addSaturating(f.monto, c); f.monto > maxSuma {
		return errors.New("sum of amounts exceeds its field")
	}
	return nil
}

// put writes one line, whose first field is kind. A separator or a line end within
// a field cannot be escaped, so it is refused.
func (f *Writer) put(l *layout, kind string, v reflect.Value) error {
	f.line = l.appendAs(f.line[:0], kind, v)
	if !l.isLine(f.line) {
		return l.tellBreak(v)
	}
	return f.putLine(f.line)
}

// putLine writes a line that has no end yet, and keeps its room for the next.
func (f *Writer) putLine(line []byte) error {
	f.line = append(line, lineEnd...)
	f.sum.Write(f.line)
	_, err := f.w.Write(f.line)
	return err
}

// isLine tells whether what was made of a record's fields is one line of as many.
func (l *layout) isLine(b []byte) bool {
	return bytes.Count(b, []byte(separator)) == len(l.columns)-1 &&
		bytes.IndexByte(b, '\r') < 0 && bytes.IndexByte(b, '\n') < 0
}

// tellBreak names the first field that a separator or a line end is in.
func (l *layout) tellBreak(v reflect.Value) error {
	for _, c := range l.columns[1:] {
		if strings.ContainsAny(v.FieldByIndex(c.path).String(), separator+lineEnd) {
			return fmt.Errorf("%s: holds a separator or a line end", c.name)
		}
	}
	return errors.New("the record type holds a separator or a line end")
}

// Hash is of every byte so far, after Close of the whole file. Before the Sello it is
// the D of the seal.
func (f *Writer) Hash() Huella { return newHuella(f.sum) }

// Close writes the 09 and flushes; the underlying writer stays open.
func (f *Writer) Close() (Sumario, error) {
	if f.err != nil {
		return Sumario{}, f.err
	}
	s := Sumario{
		GeTipoRegistro: "09", GeTotalRegistros: NewEntero(int64(f.total)),
		GeSumaMontos: f.monto.Monto(), GeHash: f.Hash(),
	}
	f.err = ErrCerrado
	if err := f.put(layoutOf[Sumario](f.v), "09", reflect.ValueOf(s)); err != nil {
		return Sumario{}, fmt.Errorf("write summary: %w", err)
	}
	if err := f.w.Flush(); err != nil {
		return Sumario{}, fmt.Errorf("write summary: %w", err)
	}
	return s, nil
}
