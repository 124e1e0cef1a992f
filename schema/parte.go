package schema

import "fmt"

// Parte is a party of the exchange: CONDUSEF, or an institution by its UNE. As a text it
// is CONDUSEF or the clave8, as headers, the log and the store have it. The zero value is
// no party, "" as a text. Parties sort as their texts do.
type Parte uint32

// ParteCONDUSEF is CONDUSEF as a party; no clave has as many digits.
const ParteCONDUSEF Parte = 100_000_000

// Parte is the party that the UNE is, none for the UNE 0.
func (u UNE) Parte() Parte { return Parte(u) }

// ParseParte reads CONDUSEF, or a clave in either form.
func ParseParte(s string) (Parte, error) {
	if s == CONDUSEF {
		return ParteCONDUSEF, nil
	}
	u, err := ParseUNE(s)
	return u.Parte(), err
}

// UNE is the institution's, 0 for CONDUSEF and for no party.
func (p Parte) UNE() UNE {
	if p == ParteCONDUSEF {
		return 0
	}
	return UNE(p)
}

func (p Parte) String() string {
	switch p {
	case 0:
		return ""
	case ParteCONDUSEF:
		return CONDUSEF
	}
	return UNE(p).String()
}

// MarshalText writes the party as String does.
func (p Parte) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText wrote, and nothing else that would read as a party.
func (p *Parte) UnmarshalText(text []byte) (err error) {
	*p = 0
	if s := string(text); s != "" {
		if *p, err = ParseParte(s); err == nil && p.String() != s {
			err = fmt.Errorf("party %q: want CONDUSEF or a clave of 8 digits", s)
		}
	}
	return err
}

// Parte is the party that the file is from or for: CONDUSEF where the name has no clave.
func (n Nombre) Parte() Parte {
	if n.UNE == 0 {
		return ParteCONDUSEF
	}
	return n.UNE.Parte()
}
