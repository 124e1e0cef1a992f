package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// Nombre is the name of a file of the exchange, taken apart.
//
//	REC, DIC, REP   GE_<TIPO>_AAAAMMDD_NNN.txt
//	LOT, RES        GE_<TIPO>_<clave8>_AAAAMMDD_NNN.txt
//	ACU, RCH        GE_<TIPO>_<clave8, REC or DIC>_AAAAMMDD_NNN[_k].txt
type Nombre struct {
	Tipo  Tipo
	UNE   UNE  // LOT, RES, and ACU, RCH to a UNE
	Acusa Tipo // REC or DIC in an ACU or RCH to CONDUSEF, which has no clave
	Dia   Dia
	NNN   int
	K     int // k-th different content under one name, from 2; 0 where there is but one
}

// MaxParteNNN is the highest NNN that a party may use; the gateway answers
// files whose own name cannot be repeated from 900 on.
const MaxParteNNN = 899

const patronNombre = "GE_<TIPO>[_<clave8>]_AAAAMMDD_NNN.txt"

var nombreRE = regexp.MustCompile(
	`^GE_([A-Z]{3})(?:_(\d{8}|[A-Z]{3}))?_(\d{8})_(\d{3})(?:_([1-9]\d{0,3}))?\.txt$`)

// ParseNombre takes a file name apart. The error says in English what is wrong
// with it; the finding for the party is EST-01.
func ParseNombre(s string) (Nombre, error) {
	bad := func(why string) (Nombre, error) { return Nombre{}, fmt.Errorf("file name %q: %s", s, why) }
	m := nombreRE.FindStringSubmatch(s)
	if m == nil {
		return bad("not " + patronNombre)
	}
	n := Nombre{Tipo: Tipo(m[1])}
	k, owner := n.Tipo.clase(), m[2]
	answered := Tipo(owner)
	switch named := owner != "" && !digits(owner); {
	case named && !slices.Contains(TiposDe(ParteCONDUSEF), answered):
		return bad("not " + patronNombre)
	case k == &ninguna:
		return bad("unknown type " + m[1])
	case k.deUNE == "" && owner != "":
		return bad("a " + m[1] + " bears no clave")
	case k.deUNE != "" && owner == "":
		return bad("a " + m[1] + " bears its owner")
	case named && !k.acusa():
		return bad("a " + m[1] + " bears a clave8")
	case named:
		n.Acusa = answered
	case owner != "":
		u, err := ParseUNE(owner)
		if err != nil {
			return bad("clave 00000000")
		}
		n.UNE = u
	}
	var err error
	if n.Dia, err = parseCompacta(m[3]); err != nil {
		return bad("its date does not exist")
	}
	n.NNN, _ = strconv.Atoi(m[4])
	if n.NNN == 0 {
		return bad("NNN begins with 001")
	}
	if k.llega && n.NNN > MaxParteNNN {
		return bad("parties use NNN 001 to 899")
	}
	if m[5] != "" {
		if n.K, _ = strconv.Atoi(m[5]); !k.acusa() || n.K < 2 {
			return bad("only an ACU or RCH ends in _k, from 2")
		}
	}
	return n, nil
}

// String writes the name; for every n that ParseNombre gave it gives the text
// that was read.
func (n Nombre) String() string {
	s := "GE_" + string(n.Tipo)
	if n.Acusa != "" {
		s += "_" + string(n.Acusa)
	} else if n.UNE != 0 {
		s += "_" + n.UNE.String()
	}
	s += fmt.Sprintf("_%s_%03d", n.Dia.Compacta(), n.NNN)
	if n.K > 1 {
		s += "_" + strconv.Itoa(n.K)
	}
	return s + ".txt"
}

// Receipt gives the name of the ACU or RCH that answers the file n: same
// owner, date and NNN; k from 2 for a further content under the same name.
func (n Nombre) Receipt(tipo Tipo, k int) Nombre {
	r := Nombre{Tipo: tipo, UNE: n.UNE, Dia: n.Dia, NNN: n.NNN, K: k}
	if n.UNE == 0 {
		r.Acusa = n.Tipo
	}
	return r
}

// Secuencia is the NNN as header field GeSecuencia writes it.
func (n Nombre) Secuencia() Cifras { return Cifras(fmt.Sprintf("%03d", n.NNN)) }
