package schema

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	_ "embed" // the known suspensions
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Inhabil is one row of the table of días inhábiles.
type Inhabil struct {
	Fecha       Dia
	Descripcion string
	Origen      string // who set the day: LFT74, CNBV, CONDUSEF …
	Publicado   Dia    // date of the DOF; 0 where it is not known
	AplicaGE    bool   // false: the day is listed, and hábil for Gestión Electrónica
}

//go:embed inhabiles.csv
var inhabilesCSV string

// suspensiones are the suspensions that CONDUSEF has published, which no rule
// gives.
var suspensiones = mustInhabiles(inhabilesCSV)

func mustInhabiles(text string) []Inhabil {
	days, err := ReadInhabiles(strings.NewReader(text))
	if err != nil {
		panic("schema: the embedded table is part of the program, yet: " + err.Error())
	}
	return days
}

// ReadInhabiles reads a table in CSV, UTF-8 with or without BOM, whose first
// line names its columns: fecha, descripcion, origen and, where they are there,
// publicado and aplica_ge, in any order. Dates are AAAA-MM-DD; aplica_ge is SI,
// NO or empty, which is SI. The error tells every mistake with its line; then
// there are no rows.
func ReadInhabiles(r io.Reader) ([]Inhabil, error) {
	in := bufio.NewReader(r)
	if bom, _ := in.Peek(3); string(bom) == "\ufeff" { // spreadsheets write one
		_, _ = in.Discard(3)
	}
	cr := csv.NewReader(in)
	cr.FieldsPerRecord = -1
	header, err := cr.Read()
	if err != nil {
		return nil, fmt.Errorf("read inhabiles: header: %w", err)
	}
	t := tablaInhabiles{lines: make(map[claveInhabil]int)}
	if t.columns, err = columnasInhabiles(header); err != nil {
		line, _ := cr.FieldPos(0)
		return nil, fmt.Errorf("read inhabiles: line %d: %w", line, err)
	}
	for {
		record, err := cr.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.errs = append(t.errs, fmt.Errorf("read inhabiles: %w", err))
			if _, ok := errors.AsType[*csv.ParseError](err); ok {
				continue
			}
			break
		}
		line, _ := cr.FieldPos(0)
		t.add(record, line)
	}
	if len(t.errs) > 0 {
		return nil, errors.Join(t.errs...)
	}
	return t.days, nil
}

// tablaInhabiles is a table while it is read.
type tablaInhabiles struct {
	columns map[string]int
	lines   map[claveInhabil]int // where each row was seen first
	days    []Inhabil
	errs    []error
}

func columnasInhabiles(header []string) (map[string]int, error) {
	known := []string{"fecha", "descripcion", "origen", "publicado", "aplica_ge"}
	at := make(map[string]int)
	var errs []error
	for i, name := range header {
		name = strings.TrimSpace(name)
		if !slices.Contains(known, name) {
			errs = append(errs, fmt.Errorf("column %q: unknown", name))
		}
		if _, twice := at[name]; twice {
			errs = append(errs, fmt.Errorf("column %q: twice", name))
		}
		at[name] = i
	}
	for _, name := range known[:3] {
		if _, ok := at[name]; !ok {
			errs = append(errs, fmt.Errorf("column %q: absent", name))
		}
	}
	return at, errors.Join(errs...)
}

// add takes in one row, or what is wrong with it.
func (t *tablaInhabiles) add(record []string, line int) {
	before := len(t.errs)
	bad := func(format string, args ...any) {
		t.errs = append(t.errs, fmt.Errorf("read inhabiles: line %d: "+format, append([]any{line}, args...)...))
	}
	if len(record) != len(t.columns) {
		bad("%d fields, want %d", len(record), len(t.columns))
		return
	}
	field := func(name string) string {
		i, ok := t.columns[name]
		if !ok {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	date := func(name string) Dia {
		d, err := ParseDia(field(name))
		if err != nil {
			bad("%s: %w", name, err)
		}
		return d
	}
	text := func(name string) string {
		s := field(name)
		if s == "" || !utf8.ValidString(s) {
			bad("%s %q: want a text in UTF-8", name, s)
		}
		return s
	}
	in := Inhabil{Fecha: date("fecha"), Descripcion: text("descripcion"), Origen: text("origen"), AplicaGE: field("aplica_ge") != "NO"}
	if field("publicado") != "" {
		in.Publicado = date("publicado")
	}
	if s := field("aplica_ge"); s != "" && s != "SI" && s != "NO" {
		bad("aplica_ge %q: want SI, NO or nothing", s)
	}
	if first, twice := t.lines[in.clave()]; twice {
		bad("fecha %s of origen %q: already in line %d", in.Fecha, in.Origen, first)
	}
	if len(t.errs) == before {
		t.lines[in.clave()] = line
		t.days = append(t.days, in)
	}
}

// claveInhabil is what one row is known by.
type claveInhabil struct {
	fecha  Dia
	origen string
}

func (in Inhabil) clave() claveInhabil { return claveInhabil{in.Fecha, in.Origen} }

// compararInhabiles sorts by day and origin, and of one day and origin the row that
// applies first.
func compararInhabiles(a, b Inhabil) int {
	aplica := 0
	if a.AplicaGE != b.AplicaGE {
		aplica = 1
		if a.AplicaGE {
			aplica = -1
		}
	}
	return cmp.Or(cmp.Compare(a.Fecha, b.Fecha), cmp.Compare(a.Origen, b.Origen), aplica,
		cmp.Compare(a.Descripcion, b.Descripcion), cmp.Compare(a.Publicado, b.Publicado))
}

// sobreponer gives the rows of over, and those of base whose clave over does not
// have: sorted, each clave once, whatever the order that they came in.
func sobreponer(base, over []Inhabil) []Inhabil {
	rows := slices.Clone(over)
	slices.SortFunc(rows, compararInhabiles)
	rows = slices.CompactFunc(rows, func(a, b Inhabil) bool { return a.clave() == b.clave() })
	has := make(map[claveInhabil]bool, len(rows))
	for _, in := range rows {
		has[in.clave()] = true
	}
	for _, in := range base {
		if !has[in.clave()] {
			rows = append(rows, in)
		}
	}
	slices.SortFunc(rows, compararInhabiles)
	return rows
}

// huella hashes the rows, given and computed. The computed ones of a span that
// covers every term are there because a change of a rule in this program is a
// change of the calendar too.
func (c *Calendario) huella() string {
	const first, last = 2000, 2100
	years := slices.Collect(maps.Keys(c.tabla))
	for y := first; y <= last; y++ {
		years = append(years, y)
	}
	slices.Sort(years)
	sum := sha256.New()
	for _, y := range slices.Compact(years) {
		for _, in := range c.filas(y) {
			fmt.Fprintf(sum, "%s %q %q %s %t\n", in.Fecha, in.Descripcion, in.Origen, in.Publicado, in.AplicaGE)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
