package schema

import (
	"fmt"
	"strconv"
)

// Names of the two parties that are not institutions, as headers write them.
const (
	CONDUSEF = "CONDUSEF"
	Pasarela = "PASARELA"
)

// Folio is CONDUSEF's number of a reclamación, such as 2026/090/1325. It holds
// slashes, so it is never part of a file name.
type Folio string

// UNE is the unit of one institution, known by the institution's SIPRES clave.
type UNE uint32

// ParseUNE reads a clave in either form: 900001 or padded, 00900001.
func ParseUNE(s string) (UNE, error) {
	if len(s) == 0 || len(s) > 8 || !digits(s) {
		return 0, fmt.Errorf("clave %q: want 1 to 8 digits", s)
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("clave %q: want a number from 1 to 99999999", s)
	}
	return UNE(n), nil
}

// String is the clave8: the clave padded to eight digits, which names the
// account, the folder and the files of the institution.
func (u UNE) String() string { return fmt.Sprintf("%08d", uint32(u)) }

// Clave is the clave without padding, as field RecInstitucionClave writes it.
func (u UNE) Clave() Entero { return NewEntero(int64(u)) }

// Centavos is an amount of Mexican pesos in hundredths.
type Centavos int64

// centavos reads an amount of type M: 1 to 13 digits, a point, two digits.
func centavos(s string) (n Centavos, ok bool) {
	point := len(s) - len(".00")
	if point < 1 || point > 13 || s[point] != '.' {
		return 0, false
	}
	for i := range len(s) {
		switch d := s[i] - '0'; {
		case d <= 9:
			n = 10*n + Centavos(d)
		case i != point:
			return 0, false
		}
	}
	return n, true
}

// String writes the amount as type M does: 12500.50.
func (c Centavos) String() string { return fmt.Sprintf("%d.%02d", int64(c)/100, int64(c)%100) }

// digits tells whether s is made of ASCII digits alone.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
