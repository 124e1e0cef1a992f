package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Examen is what a first reading shows of a file as a whole: what it says it is,
// whether it is complete, and the findings in its name, its header, its summary
// and its seal. It decides what a second reading, Records, may tell of the lines.
type Examen struct {
	Archivo    string  // the name as it was given
	Nombre     Nombre  // taken apart; zero where it is EST-01
	Tipo       Tipo    // by the name, else by the header; "" where neither says
	Version    Version // by which it is read: the header's, else the newest that is accepted
	Encabezado Encabezado
	Sumario    Sumario

	Sello         *Sello // of an ACU; nil where it has none that can be read
	AntesDelSello Huella // of every byte of an ACU before its line 03: the D of the seal

	Bytes     int64  // of the whole file; where EST-12 is for bytes, those read until then
	Huella    Huella // of these bytes
	Registros int    // lines between 01 and 09, readable or not
	Completo  bool   // it ends in a 09

	// Hallazgos holds the findings of this reading, in reading order. Those of
	// the lines between 01 and 09 come from Records; Walk and Check merge both.
	Hallazgos []Hallazgo

	open      func() (io.ReadCloser, error)
	reglas    *Reglas
	clase     *clase // of Tipo
	known     bool   // the name could be read
	headed    bool   // line 1 is a 01
	silent    bool   // EST-05 to EST-10 follow from something else
	tail      int    // Hallazgos from here on are told after the lines
	operacion Dia    // GeFechaOperacion where it is good
}

// Examine reads a file through once. open opens its content; it is called again
// by Records, and once more if the hash differs, and must give the same bytes.
// The error is one of reading alone: what is wrong with the file is a finding. A
// nil reglas is the layout's default.
func Examine(nombre string, open func() (io.ReadCloser, error), reglas *Reglas) (*Examen, error) {
	if reglas == nil {
		reglas = &Reglas{}
	}
	x := &examiner{amounts: true, legible: true}
	x.e = &Examen{Archivo: nombre, Version: reglas.lee(""), clase: &ninguna, open: open, reglas: reglas}
	x.name()
	if err := x.read(); err != nil {
		return nil, fmt.Errorf("examine %s: %w", nombre, err)
	}
	if err := x.conclude(); err != nil {
		return nil, fmt.Errorf("examine %s: %w", nombre, err)
	}
	return x.e, nil
}

// Rechazado tells whether the file is refused whole: every error that the first
// reading shows does that.
func (e *Examen) Rechazado() bool { return e.Codigo() != "" }

// Codigo is the first error that refuses the file whole, "" for none.
func (e *Examen) Codigo() Codigo { return firstError(e.Hallazgos) }

func firstError(found []Hallazgo) Codigo {
	for _, h := range found {
		if h.Severidad == Error {
			return h.Codigo
		}
	}
	return ""
}

// examiner is the first reading at work.
type examiner struct {
	e *Examen
	s *scanner

	front, lines, tail []Hallazgo

	header  string // line 1 if it is a 01
	summary string // the 09
	sumLine int
	antes09 int64    // bytes before the 09
	hash09  *dueHash // of these bytes
	sealed  *dueHash // of those before the first 03 of an ACU

	sum      Centavos
	amounts  bool // every amount was readable
	legible  bool // every line between 01 and 09 was
	notUTF8  bool
	tooLarge bool
	cut      bool // reading ended at the limit of bytes
	trailed  bool // something stands after the 09
	selloAt  int  // line of the first 03 of an ACU
	sellos   int
	recordAt int // the last line between 01 and 09

	last      int  // the last line of the file
	lastEnded bool // a line end stands after it
	inHeader  bool // the file ends within the type of its first line
}

// name judges the file's name. Where it cannot be read the header says the type.
func (x *examiner) name() {
	e := x.e
	n, err := ParseNombre(e.Archivo)
	if e.known = err == nil; e.known {
		e.Nombre = n
		e.setTipo(n.Tipo)
	}
	r := e.reglas
	switch {
	case !e.known, r.Esperado != nil && !slices.Contains(r.Esperado, n.Tipo):
		x.front = append(x.front, NewHallazgo(0, "", "", "EST-01", e.Archivo))
	case r.Propietario != 0 && n.UNE != 0 && n.UNE.Parte() != r.Propietario:
		x.front = append(x.front, NewHallazgo(0, "", "", "SEG-02", n.UNE.String()))
	}
}

func (x *examiner) read() error {
	rc, err := x.e.open()
	if err != nil {
		return err
	}
	defer rc.Close()
	whole := newDigest()
	defer whole.stop()
	limited := &io.LimitedReader{R: rc}
	limited.N, _ = x.e.reglas.limits(x.e.Tipo)
	limited.N++ // one byte over tells a file that is too large from one that just fits
	if x.s, err = newScanner(limited, whole); err != nil {
		return err
	}
	for {
		more, err := x.s.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		before := x.e.Tipo
		if err := x.take(); err != nil {
			return err
		}
		if x.e.Tipo != before { // the header told a type with another limit
			n, _ := x.e.reglas.limits(x.e.Tipo)
			old, _ := x.e.reglas.limits(before)
			limited.N += n - old
		}
	}
	x.cut = limited.N <= 0
	x.e.Bytes, x.e.Huella = x.s.bytes, whole.end(x.s.block)
	x.e.AntesDelSello = x.sealed.get()
	return nil
}

// take sorts one line.
func (x *examiner) take() error {
	e, s := x.e, x.s
	kind := s.kind()
	x.last, x.lastEnded = s.line, s.ended
	x.inHeader = s.line == 1 && !s.ended && strings.HasPrefix("01"+separator, string(s.text))
	switch {
	case e.Completo:
		if !x.trailed {
			x.tail = append(x.tail,
				hallazgo(s.line, "", "GeTipoRegistro", "EST-03", "Nada debe seguir al registro 09", kind))
		}
		x.trailed = true
		return nil
	case !e.reglas.Latin1 && !x.notUTF8 && !s.isUTF8():
		x.notUTF8 = true
		x.lines = append(x.lines, hallazgo(s.line, "", "", "EST-02", "El archivo debe estar en UTF-8", ""))
	}
	switch {
	case s.line == 1 && kind == "01":
		e.headed = true
		x.header = x.wholeLine()
		x.e.Version = x.e.reglas.lee(nth(x.header, 2))
		x.typeOfHeader()
		return nil
	case kind == "09" && (s.ended || wholeSummary(string(s.text))):
		e.Completo = true
		x.summary, x.sumLine = x.wholeLine(), s.line
		x.antes09, x.hash09 = s.start, s.before
		return nil
	}
	return x.record(kind)
}

// wholeSummary tells a 09 whose line end was forgotten from one that was cut off.
func wholeSummary(line string) bool {
	fields := strings.Split(line[:min(len(line), readSize)], separator)
	const hexDigits = "0123456789abcdefABCDEF"
	return len(fields) == 4 && len(fields[3]) >= 64 && strings.Trim(fields[3][:64], hexDigits) == ""
}

// wholeLine gives the text of a line that the first reading judges, "" for one
// that is too long.
func (x *examiner) wholeLine() string {
	if x.s.long {
		x.lines = append(x.lines, tooLong(x.s.line))
		return ""
	}
	return x.s.string(x.e.reglas.Latin1)
}

func (e *Examen) setTipo(t Tipo) { e.Tipo, e.clase = t, t.clase() }

// typeOfHeader takes the type from the header where the name does not tell it.
func (x *examiner) typeOfHeader() {
	if x.e.known {
		return
	}
	if fields := strings.SplitN(x.header, separator, 3); len(fields) > 1 && Tipo(fields[1]).Existe() {
		x.e.setTipo(Tipo(fields[1]))
	}
}

// record counts a line between 01 and 09, and adds its amount up.
func (x *examiner) record(kind string) error {
	e, s := x.e, x.s
	e.Registros++
	x.recordAt = s.line
	l := e.clase.layout(e.Version)
	switch {
	case kind == "01" && e.headed:
		x.legible = false
		x.misplaced(s.line, "El registro 01 sólo va al inicio del archivo", kind)
	case kind == registroSello && e.clase.sellado:
		return x.seal()
	case kind != "02" || l == nil || s.long:
		x.legible = false
	default:
		x.amount(l)
	}
	return nil
}

// maxMisplaced is how many lines out of place are told: unlike what is wrong with
// a record these findings are kept, and a hostile file has millions of them.
const maxMisplaced = 1000

func (x *examiner) misplaced(linea int, text, kind string) {
	if len(x.lines) < maxMisplaced {
		x.lines = append(x.lines, hallazgo(linea, "", "GeTipoRegistro", "EST-03", text, kind))
	}
}

func (x *examiner) amount(l *layout) {
	line, sep := x.s.text, []byte(separator)
	if bytes.Count(line, sep)+1 != len(l.columns) {
		x.legible = false
		return
	}
	campo := x.e.clase.monto
	if campo == "" {
		return
	}
	for range len(l.columns) - 1 - l.index[campo] { // it stands near the end
		line = line[:bytes.LastIndexByte(line, separator[0])]
	}
	field := line[bytes.LastIndexByte(line, separator[0])+1:]
	if len(field) == 0 {
		return
	}
	c, ok := centavos(string(field))
	if !ok {
		x.amounts = false
		return
	}
	x.sum = addSaturating(x.sum, c)
}

// maxSuma is the largest sum that a field of type M can say.
const maxSuma Centavos = 999_999_999_999_999

// addSaturating stops one above the largest sum, so that no file makes it wrap.
func addSaturating(sum, c Centavos) Centavos { return min(sum+c, maxSuma+1) }

// nth gives the i-th field of a line, from 0.
func nth(line string, i int) string {
	for ; i > 0; i-- {
		_, line, _ = strings.Cut(line, separator)
	}
	field, _, _ := strings.Cut(line, separator)
	return field
}

// errSource is for a source that does not give the same bytes twice.
var errSource = errors.New("content changed between two readings")
