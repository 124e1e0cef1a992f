package schema

import (
	"cmp"
	"crypto/sha256"
	_ "embed" // the known suspensions
	"encoding/hex"
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

// ReadInhabiles reads a table with the columns fecha, descripcion, origen and,
// where they are there, publicado and aplica_ge, with or without accents. Dates
// are AAAA-MM-DD; aplica_ge is SI, NO or empty, which is SI. The error tells every
// mistake, each a *TablaError; then there are no rows.
func ReadInhabiles(r io.Reader) (days []Inhabil, err error) {
	lines := make(map[claveInhabil]int) // where each row was seen first
	err = readTabla(r,
		columnas{necesarias: []string{"fecha", "descripcion", "origen"},
			posibles: []string{"publicado", "aplica_ge"}},
		func(linea int, campo func(string) string) []error {
			in, errs := parseInhabil(campo)
			if first, twice := lines[in.clave()]; twice {
				errs = append(errs,
					fmt.Errorf("fecha %s of origen %q: already in line %d", in.Fecha, in.Origen, first))
			}
			if len(errs) == 0 {
				lines[in.clave()] = linea
				days = append(days, in)
			}
			return errs
		})
	if err != nil {
		return nil, err
	}
	return days, nil
}

// parseInhabil reads one row, and says what is wrong with it.
func parseInhabil(campo func(string) string) (in Inhabil, errs []error) {
	date := func(name string) Dia {
		d, err := ParseDia(campo(name))
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
		return d
	}
	text := func(name string) string {
		s := campo(name)
		if s == "" || !utf8.ValidString(s) {
			errs = append(errs, fmt.Errorf("%s %q: want a text in UTF-8", name, s))
		}
		return s
	}
	in = Inhabil{Fecha: date("fecha"), Descripcion: text("descripcion"), Origen: text("origen"),
		AplicaGE: campo("aplica_ge") != "NO"}
	if campo("publicado") != "" {
		in.Publicado = date("publicado")
	}
	if s := campo("aplica_ge"); s != "" && s != "SI" && s != "NO" {
		errs = append(errs, fmt.Errorf("aplica_ge %q: want SI, NO or nothing", s))
	}
	return in, errs
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
			fmt.Fprintf(sum, "%s %q %q %s %t\n", in.Fecha, in.Descripcion, in.Origen, in.Publicado,
				in.AplicaGE)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
