package inventor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"buzon/schema"
)

// Defectos says how many mistakes a day carries.
type Defectos int

// The three measures.
const (
	Ninguno Defectos = iota
	Pocos            // each kind once, and an institution that is not in the roll
	Reales           // at the rates of 200 public records
)

var medidas = [...]string{"ninguno", "pocos", "reales"}

// ParseDefectos reads ninguno, pocos or reales.
func ParseDefectos(s string) (Defectos, error) {
	if i := slices.Index(medidas[:], s); i >= 0 {
		return Defectos(i), nil
	}
	return 0, fmt.Errorf("defectos %q: want %s", s, strings.Join(medidas[:], ", "))
}

// String is ninguno, pocos or reales.
func (d Defectos) String() string {
	if d < 0 || int(d) >= len(medidas) {
		return ""
	}
	return medidas[d]
}

// Defecto is a mistake planted on purpose.
type Defecto struct {
	Indice    int    // of the record, from 0
	Campo     string // where the gateway must find it
	Codigo    schema.Codigo
	Severidad schema.Severidad
}

// Rechazados counts the records that the gateway must refuse.
func (p Planeado) Rechazados() int {
	bad := map[int]bool{}
	for _, d := range p.Defectos {
		if d.Severidad == schema.Error {
			bad[d.Indice] = true
		}
	}
	return len(bad)
}

// especie is a kind of mistake: how often, where it can be, how it is made.
type especie struct {
	reales int // of 200 records; 0: among Pocos alone
	fits   func(s *siembra, r *schema.Reclamacion) bool
	spoil  func(s *siembra, r *schema.Reclamacion) (campos []string, codigo schema.Codigo)
}

const muestra = 200 // records that the rates were counted in

func anyone(*siembra, *schema.Reclamacion) bool     { return true }
func fisica(_ *siembra, r *schema.Reclamacion) bool { return r.RecTipoPersona == "1" }

// clases are all kinds but the repeated folio, which takes two records. Their
// order matters: no sector of an institution outside the roll differs from the
// roll, and a doubled text is no other spelling of anything.
var clases = []especie{
	{48, fisica, func(_ *siembra, r *schema.Reclamacion) ([]string, schema.Codigo) {
		r.RecEdad = "0"
		return []string{"RecEdad"}, "FMT-03"
	}},
	{20, anyone, loseZero},
	{14, fisica, func(_ *siembra, r *schema.Reclamacion) ([]string, schema.Codigo) {
		r.RecSexo = " "
		return []string{"RecSexo"}, "FMT-06"
	}},
	{0, anyone, expel},
	{3, hasSector, respell},
	{141, anyone, double},
}

// hasSector tells whether the roll knows the sector of the record's institution.
func hasSector(s *siembra, r *schema.Reclamacion) bool {
	return slices.ContainsFunc(s.pedido.Instituciones, func(in schema.Inscripcion) bool {
		return in.Clave == r.RecInstitucionClave.UNE() && in.Sector != ""
	})
}

// siembra is the planting of one day's mistakes.
type siembra struct {
	in     *Inventor
	plan   *Planeado
	pedido Pedido
	kept   map[int]bool // records that must stay good, as the first of two with one folio
	used   map[int]bool // records with a mistake; Pocos gives each its own while there are others
	spelt  int
}

func (in *Inventor) plant(p *Planeado, o Pedido) {
	if o.Defectos == Ninguno {
		return
	}
	s := &siembra{in: in, plan: p, pedido: o, kept: map[int]bool{}, used: map[int]bool{}}
	const dobles = 4
	s.repeat(s.count(dobles))
	for _, c := range clases {
		s.sow(c, s.count(c.reales))
	}
	slices.SortStableFunc(p.Defectos, func(a, b Defecto) int { return cmp.Compare(a.Indice, b.Indice) })
}

// count is how many records get a mistake that so many of 200 had.
func (s *siembra) count(reales int) int {
	if s.pedido.Defectos == Pocos {
		return 1
	}
	return (reales*len(s.plan.Registros) + muestra/2) / muestra
}

// repeat gives n records the folio of an earlier one, which stays good: the
// first good one of a folio is accepted.
func (s *siembra) repeat(n int) {
	order := s.in.azar.Perm(len(s.plan.Registros))
	for ; n > 0 && len(order) >= 2; n-- {
		first, second := min(order[0], order[1]), max(order[0], order[1])
		order = order[2:]
		s.plan.Registros[second].RecFolioCondusef = s.plan.Registros[first].RecFolioCondusef
		s.kept[first] = true
		s.note(second, "RecFolioCondusef", "DUP-01")
	}
}

// sow spoils up to n records.
func (s *siembra) sow(c especie, n int) {
	order := s.in.azar.Perm(len(s.plan.Registros))
	if s.pedido.Defectos == Pocos {
		slices.SortStableFunc(order, func(i, j int) int { return rank(s.used[i]) - rank(s.used[j]) })
	}
	for _, i := range order {
		r := &s.plan.Registros[i]
		if n == 0 {
			return
		}
		if s.kept[i] || !c.fits(s, r) {
			continue
		}
		campos, codigo := c.spoil(s, r)
		for _, campo := range campos {
			s.note(i, campo, codigo)
		}
		n--
	}
}

func rank(used bool) int {
	if used {
		return 1
	}
	return 0
}

func (s *siembra) note(i int, campo string, codigo schema.Codigo) {
	s.used[i] = true
	s.plan.Defectos = append(s.plan.Defectos, Defecto{i, campo, codigo, codigo.Severidad()})
}

// loseZero takes the leading zero from a postal code, as a spreadsheet does. Only
// the capital's have one, so that the record moves there.
func loseZero(s *siembra, r *schema.Reclamacion) ([]string, schema.Codigo) {
	s.in.lugar(r, capital)
	r.RecCodigoPostal = schema.Cifras(Pick(s.in.azar, words("1 2 3 4 5 6 7 8 9")) + s.in.azar.digits(3))
	return []string{"RecCodigoPostal"}, "FMT-10"
}

// respell writes the sector as another source does: all of a day differ while
// there are ways left. It is accepted with a warning.
func respell(s *siembra, r *schema.Reclamacion) ([]string, schema.Codigo) {
	ways := []func(string) string{
		strings.ToUpper,
		func(t string) string { return t + "." },
		func(t string) string { return "Sector de " + t },
	}
	other := ways[s.spelt%len(ways)](r.RecSector)
	if other == r.RecSector {
		other += "."
	}
	r.RecSector = other
	s.spelt++
	return []string{"RecSector"}, "CAT-14"
}

// expel turns the record to an institution that is not in the roll. What that
// one is called cannot be wrong, whatever else is.
func expel(s *siembra, r *schema.Reclamacion) ([]string, schema.Codigo) {
	clave := schema.UNE(999_999)
	for slices.ContainsFunc(s.pedido.Instituciones, func(in schema.Inscripcion) bool {
		return in.Clave == clave
	}) {
		clave--
	}
	r.RecInstitucionClave = clave.Clave()
	r.RecDenominacion = "Institución Desconocida, S.A. de C.V."
	return []string{"RecInstitucionClave"}, "CAT-11"
}

// double encodes the texts of the record twice, as a program does that takes
// UTF-8 for Windows-1252: of a day with few mistakes one text, otherwise all
// that have accents and no mistake yet.
func double(s *siembra, r *schema.Reclamacion) ([]string, schema.Codigo) {
	var campos []string
	twice := func(campo, text string) string {
		if !strings.ContainsFunc(text, func(r rune) bool { return r >= 'À' && r <= 'ÿ' }) {
			return text
		}
		campos = append(campos, campo)
		return encodeAgain(text)
	}
	r.RecDescripcionHechos = schema.Reservado(twice("RecDescripcionHechos", r.RecDescripcionHechos.Revelar()))
	if s.pedido.Defectos == Pocos {
		return campos, "EST-02"
	}
	r.RecUsuarioNombre = schema.Reservado(twice("RecUsuarioNombre", r.RecUsuarioNombre.Revelar()))
	r.RecDenominacion = twice("RecDenominacion", r.RecDenominacion)
	if !s.respelt(r) {
		r.RecSector = twice("RecSector", r.RecSector)
	}
	return campos, "EST-02"
}

// respelt tells whether the record's sector carries a mistake already.
func (s *siembra) respelt(r *schema.Reclamacion) bool {
	return slices.ContainsFunc(s.plan.Defectos, func(d Defecto) bool {
		return d.Campo == "RecSector" && r == &s.plan.Registros[d.Indice]
	})
}

// encodeAgain reads the bytes of text as Windows-1252, and the few that it does
// not have as ISO-8859-1, as most programs do.
func encodeAgain(text string) string {
	var b strings.Builder
	for i := range len(text) {
		r := charmap.Windows1252.DecodeByte(text[i])
		if r == utf8.RuneError {
			r = rune(text[i])
		}
		b.WriteRune(r)
	}
	return b.String()
}
