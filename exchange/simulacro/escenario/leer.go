package escenario

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
	"buzon/store"
)

// Errata is one mistake in a scenario, by its place in the file.
type Errata struct {
	Archivo        string
	Linea, Columna int // from 1; 0 where it is the file's as a whole
	Campo          string
	Mensaje        string
}

// Error is file:line:column: field: message.
func (e Errata) Error() string {
	var b strings.Builder
	b.WriteString(e.Archivo)
	if e.Linea > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Linea, e.Columna)
	}
	if e.Campo != "" {
		b.WriteString(": " + e.Campo)
	}
	return b.String() + ": " + e.Mensaje
}

// Erratas are all mistakes of a scenario, by place.
type Erratas []Errata

// Error prints one mistake a line.
func (all Erratas) Error() string {
	lines := make([]string, len(all))
	for i, e := range all {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

const (
	maxEscenario = 64 << 20 // bytes
	maxDias      = 999      // what AcuDiasHabiles holds
	maxFilas     = 1_000_000
)

// lectorCSV is a scenario while it is read.
type lectorCSV struct {
	archivo  string
	prorroga int // the most días hábiles that may be asked for
	r        *schema.Filas
	errs     schema.Errores[Errata]
	filas    []*Fila
	primeras map[schema.Folio]*Fila // the first row of each folio
	extremos extremos

	fila []string // the current row, and its line
	line int
}

// Read reads a scenario: CSV with the columns folio, institucion,
// fecha_turno, dias_habiles, prorroga_dias, sentido and dictamenes; name is what
// its mistakes are told with, prorroga the most días hábiles that its institutions
// may ask for. Lines that begin with # are skipped. The error is an Erratas with
// every mistake, up to schema.MaxErrores; behind it stands how many more there are.
//
// What only the gateway can tell is left to it: whether a reversa comes after its
// folio was closed, or a dictamen after what it needs.
func Read(name string, in io.Reader, prorroga int) (*Escenario, error) {
	limited := &io.LimitedReader{R: in, N: maxEscenario + 1}
	l := &lectorCSV{archivo: name, prorroga: prorroga, r: schema.NewFilas(limited, "#"),
		primeras: map[schema.Folio]*Fila{}}
	good, err := l.head()
	if good {
		err = l.rows()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if limited.N <= 0 {
		return nil, fmt.Errorf("%s: over %d bytes", name, maxEscenario)
	}
	if len(l.filas) == 0 && len(l.errs.Todos) == 0 {
		l.errs.Add(Errata{Archivo: name, Mensaje: "holds no rows"})
	}
	e := &Escenario{l.filas}
	e.order()
	l.reversas(e)
	l.span()
	if len(l.errs.Todos) > 0 {
		return nil, l.mistakes()
	}
	return e, nil
}

// mistakes gives them by place.
func (l *lectorCSV) mistakes() error {
	all := Erratas(l.errs.Todos)
	slices.SortStableFunc(all, func(a, b Errata) int {
		return cmp.Or(cmp.Compare(a.Linea, b.Linea), cmp.Compare(a.Columna, b.Columna))
	})
	if more := l.errs.Demas(); more != nil {
		return errors.Join(all, more)
	}
	return all
}

// head reads the first line; without a good one no column has a meaning. Its error
// is of the reader beneath.
func (l *lectorCSV) head() (good bool, err error) {
	want := strings.Join(columnas, ",")
	cells, err := l.r.Read()
	switch {
	case errors.Is(err, io.EOF):
		l.errs.Add(Errata{Archivo: l.archivo, Mensaje: "is empty; it begins with " + want})
	case err != nil && !l.broken(err):
		return false, err
	case err != nil:
	case !slices.Equal(cells, columnas):
		line, column := l.r.FieldPos(0)
		if hint := schema.OtroSeparador(cells); hint != "" {
			want += "; " + hint
		}
		l.errs.Add(Errata{l.archivo, line, column, "",
			fmt.Sprintf("the first line is %q, want %s",
				schema.Recortar(strings.Join(cells, ","), schema.MaxErrata), want)})
	default:
		return true, nil
	}
	return false, nil
}

// rows reads the others. Its error is of the reader beneath.
func (l *lectorCSV) rows() (err error) {
	for {
		l.fila, err = l.r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			if !l.broken(err) {
				return err
			}
			continue
		}
		l.line, _ = l.r.FieldPos(0)
		if len(l.fila) != len(columnas) {
			l.errs.Add(Errata{l.archivo, l.line, 1, "",
				fmt.Sprintf("%d columns, want %d", len(l.fila), len(columnas))})
			continue
		}
		if len(l.filas) == maxFilas {
			l.errs.Add(Errata{l.archivo, l.line, 1, "",
				fmt.Sprintf("over %d rows; what follows is not read", maxFilas)})
			return nil
		}
		l.take()
	}
}

// broken tells of a line that is no CSV.
func (l *lectorCSV) broken(err error) bool {
	bad, ok := errors.AsType[*csv.ParseError](err)
	if ok {
		l.errs.Add(Errata{l.archivo, bad.Line, bad.Column, "", "not CSV: " + bad.Err.Error()})
	}
	return ok
}

// bad tells of a cell of the current row, n bytes within it.
func (l *lectorCSV) bad(campo string, n int, format string, args ...any) {
	i := slices.Index(columnas, campo)
	line, column := l.r.FieldPos(i)
	l.errs.Add(Errata{l.archivo, line, column + n, campo,
		schema.Recortar(fmt.Sprintf(format, args...), schema.MaxErrata)})
}

// take reads the cells of the current row.
func (l *lectorCSV) take() {
	f := &Fila{Linea: l.line, Folio: schema.Folio(l.fila[0])}
	var err error
	if !new(schema.Reglas).ValidFolio(f.Folio) {
		l.bad("folio", 0, "%q: want dddd/ddd/d, up to seven digits at the end", l.fila[0])
	}
	if f.Institucion, err = schema.ParseUNE(l.fila[1]); err != nil {
		l.bad("institucion", 0, "%v", err)
	}
	l.turno(f)
	f.Dias = l.number(3, 0, maxDias, Nunca)
	f.Prorroga = l.number(4, 1, l.prorroga, 0)
	f.Sentido = l.number(5, inventor.Favorable, inventor.Parcial, 0)
	switch {
	case f.Dias == Nunca: // no answer comes that could have one
		f.Sentido = 0
	case f.Sentido == 0:
		f.Sentido = inventor.Desfavorable
	}
	l.dictamenes(f)
	l.filas = append(l.filas, f)
	first, known := l.primeras[f.Folio]
	switch {
	case !known:
		l.primeras[f.Folio] = f
	case first.Institucion != f.Institucion:
		l.bad("institucion", 0, "%q: folio %s is of %s on line %d", l.fila[1], f.Folio,
			first.Institucion.Clave(), first.Linea)
	}
}

// number reads a cell that may be empty.
func (l *lectorCSV) number(i, low, high, none int) int {
	s := l.fila[i]
	if s == "" {
		return none
	}
	n, err := strconv.Atoi(s)
	if err != nil || strconv.Itoa(n) != s || n < low || n > high {
		l.bad(columnas[i], 0, "%q: want a number from %d to %d, or nothing", s, low, high)
		return none
	}
	return n
}

// dictamenes reads tipo or tipo@AAAA-MM-DD, joined by ;.
func (l *lectorCSV) dictamenes(f *Fila) {
	const campo = "dictamenes"
	cell := l.fila[6]
	if cell == "" {
		return
	}
	at, good := 0, true
	for part := range strings.SplitSeq(cell, ";") {
		d, err := parseDictado(part)
		switch {
		case err != nil || d.Fecha == 0 || f.Turno == 0:
		case d.Fecha < f.Turno:
			err = fmt.Errorf("%q: is before fecha_turno", part)
		case d.Fecha > tras(f.Turno):
			err = fmt.Errorf("%q: is more than %d years after fecha_turno", part, maxAnios)
		default:
			l.extremos.dictamen.later(l, campo, at, d.Fecha)
		}
		if err != nil {
			good = false
			l.bad(campo, at, "%v", err)
		}
		f.Dictamenes = append(f.Dictamenes, d)
		at += len(part) + 1
	}
	if i := standing(f.Dictamenes); good && i >= 0 {
		l.bad(campo, 0, "%q: the %d at place %d has no dictamen before it to undo", cell, store.DicSinEfecto,
			i+1)
	}
}

func parseDictado(s string) (d Dictado, err error) {
	tipo, fecha, dated := strings.Cut(s, "@")
	d.Tipo, err = strconv.Atoi(tipo)
	if err != nil || strconv.Itoa(d.Tipo) != tipo || d.Tipo < 1 || d.Tipo > store.DicSinEfecto {
		return d, fmt.Errorf("%q: want a tipo from 1 to %d, or tipo@AAAA-MM-DD", s, store.DicSinEfecto)
	}
	if dated {
		if d.Fecha, err = schema.ParseDia(fecha); err != nil {
			return d, fmt.Errorf("%q: %w", s, err)
		}
	}
	return d, nil
}

// reversas looks at the rounds of a folio: one is assigned after the other.
func (l *lectorCSV) reversas(e *Escenario) {
	last := map[schema.Folio]*Fila{}
	for _, f := range e.Filas {
		if before := last[f.Folio]; before != nil && f.Turno != 0 && before.Turno == f.Turno {
			l.errs.Add(Errata{l.archivo, f.Linea, 1, "fecha_turno",
				fmt.Sprintf("%s: folio %s stands on line %d with the same day; its reversa comes later",
					f.Turno, f.Folio, before.Linea)})
		}
		last[f.Folio] = f
	}
}
