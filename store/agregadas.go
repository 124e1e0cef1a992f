package store

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"strconv"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Agregadas is what an event says of the rows that it added to a table
// (docs/bitacora.md, section 6).
type Agregadas struct {
	N    int64  `json:"n"`
	De   int64  `json:"de"`
	A    int64  `json:"a"`
	Hash string `json:"hash"`
}

// suma adds the hashes of rows up, in the order of their ids.
type suma struct {
	n, de, a int64
	hash     hash.Hash
	junta    []byte // hashes of rows that hash has not taken yet
}

// deJunta is how many bytes of them wait at most.
const deJunta = 64 * sha256.Size

// add takes the hash of the next row.
func (s *suma) add(id int64, h [sha256.Size]byte) {
	if s.n == 0 {
		s.de = id
	}
	s.n, s.a = s.n+1, id
	if s.junta = append(s.junta, h[:]...); len(s.junta) >= deJunta {
		s.toma()
	}
}

// toma has hash take what waits.
func (s *suma) toma() {
	if s.hash == nil {
		s.hash = sha256.New()
	}
	s.hash.Write(s.junta)
	s.junta = s.junta[:0]
}

// dicho is what the event says of them.
func (s *suma) dicho() Agregadas {
	s.toma()
	return Agregadas{s.n, s.de, s.a, base64.RawStdEncoding.EncodeToString(s.hash.Sum(nil))}
}

// errFila says, in words for an auditor, that a table holds what this program
// never writes.
type errFila struct{ text string }

func (e *errFila) Error() string { return e.text }

// huella is the hash of a row: its values are those of t.todas.
func (t *tabla) huella(b []byte, values []any) (h [sha256.Size]byte, buf []byte, err error) {
	t.prepare()
	b = bitacora.Netstring(b[:0], t.nombre)
	var digits [24]byte
	for _, i := range t.orden {
		if values[i] == nil {
			continue
		}
		b = append(b, t.cabeza[i]...)
		switch v := values[i].(type) {
		case int64:
			n := strconv.AppendInt(digits[:0], v, 10)
			b = append(b, "1:I,"...)
			b = strconv.AppendInt(b, int64(len(n)), 10)
			b = append(append(append(b, ':'), n...), ',')
		case string:
			b = bitacora.Netstring(append(b, "1:T,"...), v)
		default: // a BLOB with a text's bytes is another value: no question for the text meets it
			return h, b,
				&errFila{fmt.Sprintf("su columna %s tiene lo que este programa nunca escribe en ella",
					t.todas()[i])}
		}
	}
	return sha256.Sum256(b), b, nil
}

// valor is how a value is kept.
func valor(v any) any {
	switch v := v.(type) {
	case nil, int64, string:
		return v
	case int:
		return int64(v)
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case schema.Parte: // a number here, a text there
		return v.String()
	}
	return otroValor(v)
}
