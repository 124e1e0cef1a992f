package schema

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// empalme says where a record of a REC has the fields that are changed in its LOT, or
// looked at for it, as numbers of fields.
type empalme struct {
	columnas      int
	folio, limite int // before them
	monto         int // behind it: it stands near the end
}

func newEmpalme(v Version) empalme {
	l := layoutOf[Reclamacion](v)
	n := len(l.columns)
	return empalme{n, l.index["RecFolioCondusef"], l.index["RecFechaLimite"],
		n - 1 - l.index[LOT.clase().monto]}
}

// Empalma writes a record of a LOT from the line of its REC, which is of the Writer's
// version and in UTF-8: all of the line but its number and its limit. What is written
// is what Write writes of the record that ParseRecord reads in that line, with
// RecNumero and RecFechaLimite set. It is false, and nothing is written, where the line
// is no record of as many fields with that folio.
func (f *Writer) Empalma(line []byte, folio Folio, numero int, limite Fecha) (ok bool, err error) {
	if f.err != nil {
		return false, f.err
	}
	if f.clase.tipo != LOT {
		return false, fmt.Errorf("the line of a REC does not go into a file of type %s", f.clase.tipo)
	}
	e := &f.empalme
	if e.columnas == 0 {
		*e = newEmpalme(f.v)
	}
	if bytes.Count(line, []byte(separator)) != e.columnas-1 || !bytes.HasPrefix(line, []byte("02|")) {
		return false, nil
	}
	if field, _ := cutByte(skip(line, e.folio)); string(field) != string(folio) {
		return false, nil
	}
	head := skip(line, 2)
	tail := skip(head, e.limite-2)
	head = head[:len(head)-len(tail)]
	_, tail = cutByte(tail)
	if err := f.empalma(line, head, tail, numero, limite); err != nil {
		f.err = fmt.Errorf("write record %d: %w", f.total+1, err)
		return false, f.err
	}
	f.total++
	return true, nil
}

// empalma writes the number, head, the limit, and tail.
func (f *Writer) empalma(line, head, tail []byte, numero int, limite Fecha) error {
	if bytes.IndexByte(line, '\r') >= 0 || bytes.IndexByte(line, '\n') >= 0 {
		return errors.New("it holds a line end")
	}
	if f.total == maxTotal {
		return fmt.Errorf("more than %d records", maxTotal)
	}
	monto := tail
	for range f.empalme.monto {
		monto = monto[:bytes.LastIndexByte(monto, separator[0])]
	}
	monto = monto[bytes.LastIndexByte(monto, separator[0])+1:]
	if err := f.suma(Monto(monto).Centavos()); err != nil {
		return err
	}
	b := append(f.line[:0], "02|"...)
	b = strconv.AppendInt(b, int64(numero), 10)
	b = append(append(append(b, separator[0]), head...), limite...)
	b = append(append(b, separator[0]), tail...)
	return f.putLine(b)
}

// skip gives what stands behind the first n fields of a line.
func skip(line []byte, n int) []byte {
	for range n {
		_, line = cutByte(line)
	}
	return line
}

// cutByte takes the first field of a line off; rest is what stands behind the
// separator.
func cutByte(line []byte) (field, rest []byte) {
	i := bytes.IndexByte(line, separator[0])
	if i < 0 {
		return line, nil
	}
	return line[:i], line[i+1:]
}

// ClaveDe is the institution that a line of a REC of version v names, unchecked: 0
// where it names none.
func ClaveDe(line []byte, v Version) (une UNE) {
	l := layoutOf[Reclamacion](v)
	if l == nil {
		return 0
	}
	field, _ := cutByte(skip(line, l.index["RecInstitucionClave"]))
	if len(field) > 8 {
		return 0
	}
	for _, c := range field {
		if c < '0' || c > '9' {
			return 0
		}
		une = une*10 + UNE(c-'0')
	}
	return une
}
