package config

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"buzon/schema"

	"golang.org/x/crypto/ssh"
)

// Alta is one row of the roll (padrón).
type Alta struct {
	Clave        schema.UNE     `yaml:"clave" required:"y" example:"900001"`
	Denominacion string         `yaml:"denominacion" required:"y"`
	Sector       string         `yaml:"sector" required:"y"`
	Termino      int            `yaml:"termino" min:"1" max:"250"` // días hábiles for an answer
	Prorroga     int            `yaml:"prorroga" min:"1" max:"99"` // most días hábiles of a prórroga
	Llaves       []LlavePublica `yaml:"keys"`
}

// padron makes Config.Padron of the file and of the rows in the YAML.
func (r *rules) padron() {
	where := make(map[schema.UNE]string)
	if path := r.c.Roll.File; path != "" {
		r.c.Padron = r.padronFile(path, where)
	}
	for i, in := range r.c.Roll.Instituciones {
		key := fmt.Sprintf("padron.instituciones[%d]", i)
		if !r.faulty[key] {
			r.institucion(key, in)
		}
		if in.Clave == 0 {
			continue
		}
		first, twice := where[in.Clave]
		r.rule(!twice, key+".clave", "keep one of the two", "%s stands twice, also at %s", in.Clave, first)
		if !twice {
			where[in.Clave] = fmt.Sprintf("%s:%d", r.file, r.place(key+".clave").Line)
			r.c.Padron = append(r.c.Padron, in)
		}
	}
	r.whole = !slices.ContainsFunc(r.errs, func(p Problem) bool {
		return p.File == r.c.Roll.File || strings.HasPrefix(p.Key, "padron")
	})
	for i := range r.c.Padron {
		in := &r.c.Padron[i]
		in.Termino = cmp.Or(in.Termino, r.c.Terms.Dias)
		in.Prorroga = cmp.Or(in.Prorroga, r.c.Terms.ProrrogaMax)
	}
	slices.SortFunc(r.c.Padron, func(a, b Alta) int { return cmp.Compare(a.Clave, b.Clave) })
	r.oneOwner(where)
}

// oneOwner checks that no key is of two parties: a party is known by its key.
func (r *rules) oneOwner(where map[schema.UNE]string) {
	owner := make(map[string]string)
	if a := r.c.Source.Account; a != nil {
		for _, k := range a.Keys {
			if k.Key != nil {
				owner[string(k.Key.Marshal())] = "CONDUSEF (source.account.keys)"
			}
		}
	}
	for _, in := range r.c.Padron {
		me := fmt.Sprintf("%s (%s)", in.Clave, where[in.Clave])
		for _, k := range in.Llaves {
			if k.Key == nil {
				continue
			}
			other, taken := owner[string(k.Key.Marshal())]
			if taken && other != me {
				r.bad(r.place("padron"), "padron", "give each party a pair of its own",
					"key %s of %s is also of %s", ssh.FingerprintSHA256(k.Key), me, other)
			}
			owner[string(k.Key.Marshal())] = me
		}
	}
}

func (r *rules) institucion(key string, in Alta) {
	for name, err := range map[string]error{"denominacion": CheckDenominacion(in.Denominacion),
		"sector": CheckSector(in.Sector)} {
		if err != nil {
			message, hint := split(err)
			r.rule(false, key+"."+name, hint, "%s", message)
		}
	}
	r.twice(key+".keys", in.Llaves)
}

// Lengths of RecDenominacion and RecSector, in characters.
const (
	maxDenominacion = 400
	maxSector       = 200
)

// CheckDenominacion tells why a text cannot be an institution's denominación in a
// record.
func CheckDenominacion(s string) error { return nombre(s, maxDenominacion) }

// CheckSector tells why a text cannot be an institution's sector in a record.
func CheckSector(s string) error { return nombre(s, maxSector) }

// CheckText tells why a text cannot be kept and printed on one line, of so many
// characters at most.
func CheckText(s string, most int) error {
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("holds control characters, or is not UTF-8")
	case strings.TrimSpace(s) != s || s == "":
		return errors.New("is empty, or begins or ends in blanks")
	case utf8.RuneCountInString(s) > most:
		return fmt.Errorf("has over %d characters", most)
	}
	return nil
}

// nombre checks a text that is compared with a field of a file, which could
// never equal one that no field can hold.
func nombre(s string, most int) error {
	switch {
	case strings.TrimSpace(s) == "":
		return hintf("write it as the records of CONDUSEF do", "is empty")
	case !utf8.ValidString(s):
		return hintf("save the file as UTF-8", "is not UTF-8")
	case strings.TrimSpace(s) != s || strings.ContainsRune(s, '|') ||
		strings.ContainsFunc(s, unicode.IsControl):
		return hintf("remove them", "has blanks at an end, a | or control characters")
	case utf8.RuneCountInString(s) > most:
		return hintf("shorten it", "has over %d characters", most)
	}
	return nil
}

func (l LlavePublica) igual(o LlavePublica) bool {
	return l.Key != nil && o.Key != nil && bytes.Equal(l.Key.Marshal(), o.Key.Marshal())
}

// columnas of the CSV; the first three have to be there.
func columnas() []string {
	return []string{"clave", "denominacion", "sector", "termino", "prorroga", "llave"}
}

// padronCSV is the CSV while it is read.
type padronCSV struct {
	file  string
	r     *csv.Reader
	at    map[string]int // where each column stands
	row   []string
	width int
	errs  *Errors
	rows  map[schema.UNE]*primera
}

// primera is the first row of an institution.
type primera struct {
	Alta
	line  int
	llave bool // it has a key, good or not
}

func (r *rules) padronFile(path string, where map[schema.UNE]string) []Alta {
	const key = "padron.file"
	text, err := readLimited(path, maxTabla)
	if err != nil {
		r.bad(r.place(key), key, "name a file that is there, or remove the key", "read %s: %v", path,
			bare(err))
		return nil
	}
	t := &padronCSV{file: path, r: csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))),
		errs: &r.errs, rows: make(map[schema.UNE]*primera)}
	t.r.Comment, t.r.FieldsPerRecord = '#', -1
	if t.header() {
		t.body()
	}
	var out []Alta
	for clave, p := range t.rows {
		where[clave] = fmt.Sprintf("%s:%d", path, p.line)
		out = append(out, p.Alta)
	}
	return out
}

// bad reports a mistake in a column of the row that was read last.
func (t *padronCSV) bad(column string, err error) {
	p := Problem{File: t.file, Key: column}
	p.Message, p.Hint = split(err)
	i, ok := t.at[column]
	if i = min(i, len(t.row)-1); ok && i >= 0 {
		p.Line, p.Column = t.r.FieldPos(i)
	} else if len(t.row) > 0 {
		p.Line, _ = t.r.FieldPos(0)
	}
	t.errs.add(p)
}

// next reads a row; it is false at the end.
func (t *padronCSV) next() (more, good bool) {
	row, err := t.r.Read()
	t.row = row
	if err == nil || errors.Is(err, io.EOF) {
		return err == nil, true
	}
	p := Problem{File: t.file, Message: err.Error(),
		Hint: `put a text with commas in quotes, and write a quote in it twice: ""`}
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		p.Line, p.Column, p.Message = e.Line, e.Column, "not CSV: "+e.Err.Error()
	}
	t.errs.add(p)
	return true, false
}

func (t *padronCSV) header() bool {
	const hint = "begin with: clave,denominacion,sector,termino,prorroga,llave"
	more, good := t.next()
	if !more {
		t.bad("", hintf(hint, "has no line with the names of its columns"))
		return false
	}
	if !good {
		return false
	}
	before := len(*t.errs)
	t.at, t.width = make(map[string]int), len(t.row)
	known := columnas()
	for i, name := range t.row {
		name = strings.ToLower(strings.TrimSpace(name))
		_, twice := t.at[name]
		t.at[name] = i
		if twice {
			t.bad(name, hintf("remove one", "column stands twice"))
		}
		if !slices.Contains(known, name) {
			h := didYouMean(name, known)
			if strings.Contains(name, ";") {
				h = "separate with commas, not semicolons"
			}
			t.bad(name, hintf(h, "unknown column"))
		}
	}
	for _, name := range known[:3] {
		if _, ok := t.at[name]; !ok {
			t.bad(name, hintf(hint, "column is missing"))
		}
	}
	return len(*t.errs) == before
}

func (t *padronCSV) body() {
	for {
		more, good := t.next()
		if !more {
			return
		}
		if !good {
			continue
		}
		if len(t.row) != t.width {
			t.bad("", hintf("put a text with commas in quotes", "row of %d columns, want %d", len(t.row),
				t.width))
			continue
		}
		t.take()
	}
}

func (t *padronCSV) text(column string) string {
	if i, ok := t.at[column]; ok {
		return strings.TrimSpace(t.row[i])
	}
	return ""
}

// number reads a column that may be empty, which is 0.
func (t *padronCSV) number(column, high string) int {
	text := t.text(column)
	if text == "" {
		return 0
	}
	n, err := integer(text, "1", high)
	if err != nil {
		t.bad(column, err)
	}
	return int(n)
}

// take reads one row into the roll.
func (t *padronCSV) take() {
	in := Alta{Denominacion: t.text("denominacion"), Sector: t.text("sector")}
	var err error
	if in.Clave, err = schema.ParseUNE(t.text("clave")); err != nil {
		t.bad("clave", hintf("write the clave in digits", "%w", err))
	}
	if err := CheckDenominacion(in.Denominacion); err != nil {
		t.bad("denominacion", err)
	}
	if err := CheckSector(in.Sector); err != nil {
		t.bad("sector", err)
	}
	in.Termino, in.Prorroga = t.number("termino", "250"), t.number("prorroga", "99")
	if line := t.text("llave"); line != "" {
		l, err := ParseLlave(line)
		if err != nil {
			t.bad("llave", err)
		} else {
			in.Llaves = []LlavePublica{l}
		}
	}
	if in.Clave != 0 {
		t.merge(in)
	}
}

// merge adds a row's key to what its institution has, or begins one.
func (t *padronCSV) merge(in Alta) {
	p := t.rows[in.Clave]
	if p == nil {
		line, _ := t.r.FieldPos(0)
		t.rows[in.Clave] = &primera{in, line, t.text("llave") != ""}
		return
	}
	same := p.Denominacion == in.Denominacion && p.Sector == in.Sector && p.Termino == in.Termino &&
		p.Prorroga == in.Prorroga
	switch {
	case !same || t.text("llave") == "":
		t.bad("clave",
			hintf("keep one row, or give rows that differ in llave alone", "%s stands already on line %d",
				in.Clave, p.line))
	case len(in.Llaves) == 0: // its mistake is told
	case !p.llave:
		t.bad("llave", hintf("put a key in each row", "%s stands without a key on line %d", in.Clave, p.line))
	case slices.ContainsFunc(p.Llaves, in.Llaves[0].igual):
		t.bad("llave", hintf("remove one", "the key stands twice"))
	default:
		p.Llaves = append(p.Llaves, in.Llaves[0])
	}
}
