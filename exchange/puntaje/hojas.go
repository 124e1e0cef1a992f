package puntaje

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"buzon/config"
	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
	"buzon/schema"
)

// MaxHoja keeps a wrong file out of the memory, in bytes. The counts of a
// thousand institutions are a fiftieth of it.
const MaxHoja = 32 << 20

// MaxFilas is how many rows of counts or bounds are kept: those of eight thousand
// institutions.
const MaxFilas = 200_000

var (
	entero  = regexp.MustCompile(`^[0-9]{1,15}$`) // exact as a float64, too
	decimal = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,20})?$`)
)

// hojaLeida is a CSV file while it is read. Its rows have a cell for each column.
type hojaLeida struct {
	path    string
	sha256  string // of its bytes, in hex
	columns []string
	rows    []filaLeida
	errs    schema.Errores[config.Problem]
}

type filaLeida struct {
	cells []string
	at    []lugar // where each cell begins
}

// lugar is a place in a file, from 1.
type lugar struct{ line, column int }

// leido is what the files of a score hold.
type leido struct {
	conteos  []idatu.Conteo
	limites  []idatu.Limite
	archivos []ficha.Aportado
}

// readScore reads the counts and the bounds, each where there is a file of them.
// check, if it is there, finds further mistakes in the counts. The error holds
// every mistake of both with its place.
func readScore(m *idatu.Metodo, counts, bounds string,
	check func([]idatu.Conteo) []idatu.Mistake) (l leido, err error) {
	var errs []error
	if counts != "" {
		h, err := readHoja(counts, idatu.ColumnasConteo())
		l.conteos = takeRows(h, conteoOf, func(all []idatu.Conteo) []idatu.Mistake {
			bad := m.CheckConteos(all)
			if check != nil {
				bad = append(bad, check(all)...)
			}
			return bad
		})
		l.archivos = append(l.archivos, h.archivo(ficha.Conteos))
		errs = append(errs, err, h.mistakes())
	}
	if bounds != "" {
		h, err := readHoja(bounds, idatu.ColumnasLimite())
		l.limites = takeRows(h, limiteOf, m.CheckLimites)
		l.archivos = append(l.archivos, h.archivo(ficha.Limites))
		errs = append(errs, err, h.mistakes())
	}
	return l, errors.Join(errs...)
}

// archivo names the file without its folder, which is nobody else's matter.
func (h *hojaLeida) archivo(tipo ficha.TipoArchivo) ficha.Aportado {
	return ficha.Aportado{Tipo: tipo, Nombre: filepath.Base(h.path), SHA256: h.sha256}
}

// readHoja reads a file; of one that cannot be read it gives an empty hoja.
func readHoja(path string, columns []string) (*hojaLeida, error) {
	h := &hojaLeida{path: path, columns: columns}
	f, err := os.Open(path)
	if err != nil {
		return h, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxHoja+1))
	if err == nil && len(text) > MaxHoja {
		err = fmt.Errorf("over %d bytes", MaxHoja)
	}
	if err != nil {
		return h, fmt.Errorf("%s: %w", path, err)
	}
	sum := sha256.Sum256(text)
	h.sha256 = hex.EncodeToString(sum[:])
	h.read(schema.NewFilas(bytes.NewReader(text), "#"))
	return h, nil
}

// read takes the head and the rows that are whole.
func (h *hojaLeida) read(r *schema.Filas) {
	want := strings.Join(h.columns, ",")
	for head := true; ; head = false {
		cells, err := r.Read()
		bad, broken := errors.AsType[*csv.ParseError](err)
		switch {
		case errors.Is(err, io.EOF):
			if len(h.rows) == 0 && len(h.errs.Todos) == 0 {
				h.bad(lugar{}, "", "holds no rows; hint: begin with "+want)
			}
			return
		case broken:
			h.bad(lugar{bad.Line, bad.Column}, "", "not CSV: "+bad.Err.Error())
			if head {
				return
			}
			continue
		}
		hint := schema.OtroSeparador(cells)
		if hint != "" {
			hint = "; " + hint
		}
		row := filaLeida{cells: cells}
		for i := range cells[:min(len(cells), len(h.columns))] {
			line, column := r.FieldPos(i)
			row.at = append(row.at, lugar{line, column})
		}
		switch {
		case head && !slices.Equal(cells, h.columns):
			h.bad(row.at[0], "",
				fmt.Sprintf("the first line is %q; hint: begin with %s%s",
					schema.Recortar(strings.Join(cells, ","), schema.MaxErrata/2), want, hint))
			return
		case head:
		case len(cells) != len(h.columns):
			h.bad(row.at[0], "",
				fmt.Sprintf("row of %d columns, want %d: %s", len(cells), len(h.columns), want))
		case len(h.rows) == MaxFilas:
			h.bad(row.at[0], "", fmt.Sprintf("over %d rows; what follows is not read", MaxFilas))
			return
		default:
			h.rows = append(h.rows, row)
		}
	}
}

func (h *hojaLeida) bad(at lugar, column, message string) {
	h.errs.Add(config.Problem{File: h.path, Line: at.line, Column: at.column, Key: column,
		Message: schema.Recortar(message, schema.MaxErrata)})
}

// mistakes gives all that were kept by place, and how many more there are, or nil.
func (h *hojaLeida) mistakes() error {
	all := config.Errors(h.errs.Todos)
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b config.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return errors.Join(all, h.errs.Demas())
}

// takeRows makes values of the rows and has them checked. A cell that cannot be
// read is told once, and hides no mistake of another.
func takeRows[T any](h *hojaLeida,
	one func(cell func(column string) string, bad func(column, message string)) T,
	check func([]T) []idatu.Mistake) []T {
	out := make([]T, len(h.rows))
	told := make([]map[string]bool, len(h.rows)) // columns
	for i, row := range h.rows {
		told[i] = make(map[string]bool)
		out[i] = one(
			func(column string) string { return row.cells[slices.Index(h.columns, column)] },
			func(column, message string) {
				told[i][column] = true
				h.bad(row.at[slices.Index(h.columns, column)], column, message)
			})
	}
	keyless := func(i int) bool { return told[i]["institucion"] || told[i]["criterio"] }
	for _, e := range check(out) {
		message := e.Err.Error()
		switch {
		case e.First >= 0 && (keyless(e.First) || keyless(e.Row)), e.First < 0 && told[e.Row][e.Column]:
			continue
		case e.First >= 0:
			message += fmt.Sprintf(" on line %d", h.rows[e.First].at[0].line)
		}
		h.bad(h.rows[e.Row].at[slices.Index(h.columns, e.Column)], e.Column, message)
	}
	return out
}

// conteoOf reads a row. Where one of the two numbers cannot be read both are 0:
// a pair of which nothing more can be said.
func conteoOf(cell func(string) string, bad func(column, message string)) (c idatu.Conteo) {
	var err error
	if c.Institucion, err = schema.ParseUNE(cell("institucion")); err != nil {
		bad("institucion", err.Error())
	}
	number := func(column string) (n int64, ok bool) {
		text := cell(column)
		if !entero.MatchString(text) {
			bad(column, fmt.Sprintf("%q: want a whole number of up to 15 digits", text))
			return 0, false
		}
		n, _ = strconv.ParseInt(text, 10, 64) // the pattern's are numbers
		return n, true
	}
	criterio, _ := number("criterio")
	c.Proceso, c.Criterio = idatu.Proceso(cell("proceso")), int(criterio)
	n, whole := number("numerador")
	d, also := number("denominador")
	if whole && also {
		c.Numerador, c.Denominador = n, d
	}
	return c
}

// limiteOf reads a row. Where one of the two bounds cannot be read both are 0.
func limiteOf(cell func(string) string, bad func(column, message string)) (l idatu.Limite) {
	number := func(column string) (*big.Rat, bool) {
		text := cell(column)
		if !decimal.MatchString(text) {
			bad(column, fmt.Sprintf("%q: want a number such as 66.67", text))
			return nil, false
		}
		return new(big.Rat).SetString(text)
	}
	l.Proceso, l.Valor = idatu.Proceso(cell("proceso")), idatu.Valor(cell("valor"))
	if text := cell("criterio"); entero.MatchString(text) {
		l.Criterio, _ = strconv.Atoi(text) // the pattern's are numbers
	} else {
		bad("criterio", fmt.Sprintf("%q: want a whole number", text))
	}
	low, whole := number("vmin")
	high, also := number("vmax")
	l.Min, l.Max = new(big.Rat), new(big.Rat)
	if whole && also {
		l.Min, l.Max = low, high
	}
	return l
}
