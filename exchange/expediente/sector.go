package expediente

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"buzon/schema"
)

// Sector is a group of institutions that are measured by each other.
type Sector struct {
	Nombre string       // as that of the lowest clave writes it
	UNEs   []schema.UNE // by clave
}

// Sectores groups the roll, in the order of each group's lowest clave. However a
// sector is written, with capitals, accents, blanks and points or without, it is
// the same: real files spell one in three ways.
func (x *Expediente) Sectores() (all []Sector) {
	at := make(map[string]int)
	for _, in := range x.Instituciones {
		key := normal(in.Sector)
		i, known := at[key]
		if !known {
			i = len(all)
			at[key] = i
			all = append(all, Sector{Nombre: in.Sector})
		}
		all[i].UNEs = append(all[i].UNEs, in.UNE)
	}
	return all
}

// normal keeps the letters and figures of a name, small and without accents.
func normal(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
}
