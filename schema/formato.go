package schema

import (
	"slices"
	"strings"
)

// Formato is the layout of one kind of record in the files of one type, as the tags
// of its struct say it.
type Formato struct {
	Tipo     Tipo    `json:"tipo"`     // of the file
	Version  Version `json:"version"`  // of the layout
	Registro Cifras  `json:"registro"` // 01, 02, 03 or 09
	Nombre   string  `json:"nombre"`   // of the struct
	Campos   []Campo `json:"campos"`
}

// Campo is one field of a Formato. Its texts are Spanish, for those who write files.
type Campo struct {
	Posicion  int    `json:"posicion"` // from 1
	Nombre    string `json:"nombre"`
	Tipo      string `json:"tipo"`      // A, N, C, F, M, T or H
	Longitud  int    `json:"longitud"`  // in characters: exact for C, F, T and H, else the most
	Requerido string `json:"requerido"` // sí, no, vacío, or when it is one of these
	Regla     string `json:"regla"`     // "" where type and length are all
	// that the field may raise, in the order in which they are looked for
	Codigos   []Codigo `json:"codigos"`
	Reservado bool     `json:"reservado"` // personal data
}

// Layout gives the tables of a type of file in a version, in the order of its
// records: 01, 02, for an ACU 03, and 09; nil for no type, or a version that is
// not known. Any field may raise EST-02 and FMT-06 too, which no Campo lists.
func Layout(t Tipo, v Version) []Formato {
	record := t.clase().layout(v)
	if record == nil {
		return nil
	}
	all := []Formato{newFormato(t, v, layoutOf[Encabezado](v)), newFormato(t, v, record)}
	if t.clase().sellado {
		all = append(all, newFormato(t, v, layoutOf[Sello](v)))
	}
	return append(all, newFormato(t, v, layoutOf[Sumario](v)))
}

func newFormato(t Tipo, v Version, l *layout) Formato {
	f := Formato{Tipo: t, Version: v, Nombre: l.typ.Name(), Registro: Cifras(l.columns[0].tags[0].param)}
	for i, col := range l.columns {
		c := Campo{Posicion: i + 1, Nombre: col.name, Reservado: col.reserved}
		c.describe(t, v, col)
		f.Campos = append(f.Campos, c)
	}
	return f
}

// describe reads the tags of a column.
func (c *Campo) describe(t Tipo, v Version, col column) {
	var needed, empty, said []string
	for _, g := range col.tags {
		r, ok := rules[g.name]
		if !ok {
			c.form(g, col)
			continue
		}
		if g.name == "version" {
			g.param = string(v)
		}
		text := r.dice(t, g.param)
		if text == "" { // it means nothing in a file of this type
			continue
		}
		switch {
		case strings.HasPrefix(g.name, "req"):
			needed = append(needed, text)
		case strings.HasPrefix(g.name, "vacio"):
			empty = append(empty, text)
		case r.warns:
			said = append(said, text+" (sólo advierte)")
		case listsValues(g, c.Nombre):
		default:
			said = append(said, text)
		}
		c.raise(r.codeIn(col, g.param))
	}
	if c.Tipo == "" { // the type of record, which is known before it is judged
		c.Tipo, c.Longitud, needed = "C", len(col.tags[0].param), []string{si}
	}
	if nota := notaDe(t, c.Nombre); nota != "" {
		said = append(said, nota)
	}
	if col.desde != V0100 {
		said = append(said, historia(col))
		if !col.quita && t.clase().sigue != "" {
			c.raise("NEG-09")
		}
	}
	c.Regla = strings.Join(said, "; ")
	if c.Requerido = required(needed, empty); c.Requerido == vacio {
		c.Regla, c.Codigos = "", c.Codigos[:1] // nothing else is asked of it
	}
}

// historia says of a field that came later how older versions stand to it.
func historia(col column) string {
	s := "existe desde " + string(col.desde)
	if col.sin != "" {
		s += "; donde falta se lee " + col.sin
	}
	if col.quita {
		return s + "; se omite al escribir una versión anterior"
	}
	return s + "; con otro valor el registro no pasa a quien recibe una versión anterior"
}

// listsValues tells whether the note of a field says what each of the tag's values
// means, so that the values need not be said before.
func listsValues(g tag, campo string) bool {
	first, _, _ := strings.Cut(g.param, " ")
	return (g.name == "es" || g.name == "rango") && strings.HasPrefix(notas[campo], first+" ")
}

func notaDe(t Tipo, campo string) string {
	if campo != "GeSumaMontos" {
		return notas[campo]
	}
	if of := t.clase().monto; of != "" {
		return "suma de " + of + " de todos los registros"
	}
	return "0.00"
}

// form takes a type and length in. What cannot be empty was told before.
func (c *Campo) form(g tag, col column) {
	if !isBase(g.name) {
		return // omitempty
	}
	c.Tipo, c.Longitud = g.name, atoi(g.param)
	for _, f := range []flaw{mistyped, misfit} {
		if f == mistyped && g.name == "A" || f == misfit && strings.Contains("FMT", g.name) {
			continue // cannot be
		}
		code, _ := baseFinding(f, g.name, g.param, col)
		c.raise(code)
	}
}

func (c *Campo) raise(code Codigo) {
	if !slices.Contains(c.Codigos, code) {
		c.Codigos = append(c.Codigos, code)
	}
}

const (
	si     = "sí"
	no     = "no"
	vacio  = "vacío"
	aparte = "; "
)

func required(needed, empty []string) string {
	switch {
	case slices.Contains(needed, si):
		return si
	case slices.Contains(empty, vacio):
		return vacio
	case len(needed) == 0:
		return strings.Join(append([]string{no}, empty...), aparte)
	}
	return strings.Join(append([]string{strings.Join(needed, " o ")}, empty...), aparte)
}
