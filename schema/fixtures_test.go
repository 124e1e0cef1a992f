package schema

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the files under testdata/formats again")

const (
	formats = "../testdata/formats"
	nameREC = "GE_REC_20260302_001.txt"
	nameLOT = "GE_LOT_00900001_20260302_001.txt"
	nameRES = "GE_RES_00900001_20260318_001.txt"
	nameACU = "GE_ACU_00900001_20260318_001.txt"
	nameRCH = "GE_RCH_00900001_20260318_002.txt"
	nameREP = "GE_REP_20260318_001.txt"
	nameDIC = "GE_DIC_20260319_001.txt"
)

// deCadaTipo has a good file of each type.
var deCadaTipo = map[Tipo]string{REC: nameREC, LOT: nameLOT, RES: nameRES, ACU: nameACU, RCH: nameRCH,
	REP: nameREP, DIC: nameDIC}

// ejemplos gives them, in the order of the types.
func ejemplos(t testing.TB) (all []string) {
	t.Helper()
	for _, tipo := range Tipos {
		if deCadaTipo[tipo] == "" {
			t.Fatalf("%s: there is no good file of it; name one in deCadaTipo", tipo)
		}
		all = append(all, deCadaTipo[tipo])
	}
	return all
}

// draft is a file as its lines, to be changed and closed again.
type draft struct {
	name  string
	lines []string // 01 and the records, without 09 and without ends
	eol   string
	after func([]byte) []byte // what happens to the closed file
}

func good(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(formats, "buenos", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newDraft(t testing.TB, name string) *draft {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(string(good(t, name)), "\r\n"), "\r\n")
	return &draft{name: name, lines: lines[:len(lines)-1], eol: "\r\n"}
}

func (d *draft) tipo() Tipo { return Tipo(d.name[len("GE_"):][:3]) }

// layoutAt gives the table of a line, 1 the header.
func (d *draft) layoutAt(line int) *layout {
	switch {
	case line == 1:
		return layoutOf[Encabezado](V0100)
	case strings.HasPrefix(d.lines[line-1], "03|"):
		return layoutOf[Sello](V0100)
	}
	return d.tipo().clase().layout(V0100)
}

// set gives a field of a physical line another text.
func (d *draft) set(line int, campo, valor string) *draft {
	fields := strings.Split(d.lines[line-1], "|")
	i, ok := d.layoutAt(line).index[campo]
	if !ok {
		panic("no field " + campo)
	}
	fields[i] = valor
	d.lines[line-1] = strings.Join(fields, "|")
	return d
}

func (d *draft) get(line int, campo string) string {
	return strings.Split(d.lines[line-1], "|")[d.layoutAt(line).index[campo]]
}

func (d *draft) do(f func(d *draft)) *draft { f(d); return d }

// summary gives the 09 that fits the lines.
func (d *draft) summary(body []byte) []string {
	sum := Centavos(0)
	if campo := d.tipo().clase().monto; campo != "" {
		l := d.tipo().clase().layout(V0100)
		for _, line := range d.lines[min(1, len(d.lines)):] {
			if c, ok := centavos(nth(line, l.index[campo])); ok {
				sum += c
			}
		}
	}
	h := sha256.Sum256(body)
	return []string{"09", strconv.Itoa(len(d.lines) - 1), sum.String(), hex.EncodeToString(h[:])}
}

func (d *draft) bytes() []byte {
	var b bytes.Buffer
	for _, l := range d.lines {
		b.WriteString(l + d.eol)
	}
	b.WriteString(strings.Join(d.summary(b.Bytes()), "|") + d.eol)
	if d.after != nil {
		return d.after(b.Bytes())
	}
	return b.Bytes()
}

func opener(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

var roll = map[UNE]Inscripcion{
	900001: {900001, "Financiera Ejemplo del Norte, S.A. de C.V., SOFOM, E.N.R.",
		"Sociedades Financieras de Objeto Múltiple E.N.R."},
	900002: {900002, "Crédito Ficticio Peñón, S.A.P.I. de C.V., SOFOM, E.N.R.",
		"Sociedades Financieras de Objeto Múltiple E.N.R."},
	900003: {900003, "Arrendadora Imaginaria Ñandú, S.A. de C.V., SOFOM, E.R.",
		"Sociedades Financieras de Objeto Múltiple, E.R."},
}

func testReglas() *Reglas {
	return &Reglas{
		Hoy:         NewDia(2026, 3, 20),
		Institucion: func(u UNE) (Inscripcion, bool) { i, ok := roll[u]; return i, ok },
	}
}

// checked reads a file both ways.
func checked(t testing.TB, name string, content []byte, r *Reglas) (*Examen, Totales, []Hallazgo) {
	t.Helper()
	e, err := Examine(name, opener(content), r)
	if err != nil {
		t.Fatal(err)
	}
	var found []Hallazgo
	count, err := e.Check(func(h Hallazgo) { found = append(found, h) })
	if err != nil {
		t.Fatal(err)
	}
	return e, count, found
}

// place is what most tests want to know of a finding.
func place(h Hallazgo) string {
	s := strconv.Itoa(h.Linea) + " " + h.Campo + " " + string(h.Codigo)
	if h.Severidad == Advertencia {
		s += " A"
	}
	return s
}

func places(found []Hallazgo) []string {
	all := []string{}
	for _, h := range found {
		all = append(all, place(h))
	}
	return all
}
