package auditoria

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"

	"buzon/store/bitacora"
)

// campos are the fields of a JSON object, by name, and where each is read to.
type campos map[string]json.Unmarshaler

// readObject reads an object that has each field once and none else, those that are
// named optional aside. What two readers could understand in two ways is refused:
// encoding/json by itself takes names twice, in other letters, and null for a zero.
func readObject(b []byte, fields campos, optional ...string) error {
	if !utf8.Valid(b) {
		return errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("no JSON object")
	}
	seen := make(map[string]bool, len(fields))
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		into, known := fields[name]
		if !known || seen[name] {
			return fmt.Errorf("%q is there twice, or does not belong there", name)
		}
		seen[name] = true
		if err := d.Decode(into); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after the JSON object")
	}
	for name := range fields {
		if !seen[name] && !slices.Contains(optional, name) {
			return fmt.Errorf("%s is missing", name)
		}
	}
	return nil
}

// isObject tells whether a text is one JSON object.
func isObject(b []byte) bool {
	return json.Valid(b) && bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("{"))
}

// numero is a whole number, written in the one way that it has.
type numero int64

// UnmarshalJSON reads one.
func (n *numero) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || strconv.FormatInt(v, 10) != string(b) {
		return fmt.Errorf("%.40s is no whole number", b)
	}
	*n = numero(v)
	return nil
}

// texto is a text, none of whose characters is the half of one.
type texto string

const extrano = "\uFFFD" // what encoding/json makes of half a character

// UnmarshalJSON reads one.
func (t *texto) UnmarshalJSON(b []byte) error {
	var s string
	if len(b) == 0 || b[0] != '"' {
		return errors.New("no text")
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if n := strings.Count(s, extrano); n > 0 &&
		n > bytes.Count(b, []byte(extrano))+bytes.Count(bytes.ToLower(b), []byte(`\ufffd`)) {
		return errors.New("half a character")
	}
	*t = texto(s)
	return nil
}

// logico is true or false.
type logico bool

// UnmarshalJSON reads one.
func (l *logico) UnmarshalJSON(b []byte) error {
	if *l = string(b) == "true"; !*l && string(b) != "false" {
		return errors.New("neither true nor false")
	}
	return nil
}

var formaMomento = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$`)

// momentoDe is a moment of RFC 3339 with its offset.
type momentoDe struct{ time.Time }

// UnmarshalJSON reads one.
func (m *momentoDe) UnmarshalJSON(b []byte) error {
	var t texto
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, string(t))
	if err != nil || !formaMomento.MatchString(string(t)) {
		return fmt.Errorf("%q is no moment", t)
	}
	m.Time = at
	return nil
}

// hash is a SHA-256 in base64.
type hash tlog.Hash

// UnmarshalJSON reads one.
func (h *hash) UnmarshalJSON(b []byte) error {
	var t texto
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(string(t))
	// The length of the text too: the decoder passes over line ends.
	if err != nil || len(raw) != tlog.HashSize || len(t) != base64.StdEncoding.EncodedLen(tlog.HashSize) {
		return fmt.Errorf("%.60q is no hash", t)
	}
	copy(h[:], raw)
	return nil
}

// lista is a JSON array.
type lista[T any] []T

// UnmarshalJSON reads one.
func (l *lista[T]) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '[' {
		return errors.New("no list")
	}
	return json.Unmarshal(b, (*[]T)(l))
}

// maxPrueba is more hashes than a proof has for the largest tree.
const maxPrueba = 128

// hashes is a list of hashes of a proof.
type hashes []tlog.Hash

// UnmarshalJSON reads one.
func (h *hashes) UnmarshalJSON(b []byte) error {
	var all lista[hash]
	if err := all.UnmarshalJSON(b); err != nil {
		return err
	}
	if len(all) > maxPrueba {
		return fmt.Errorf("over %d hashes", maxPrueba)
	}
	for _, x := range all {
		*h = append(*h, tlog.Hash(x))
	}
	return nil
}

// tramo is what consulta.json says of the events. Nothing signs it: it is held
// against the checkpoint and the events.
type tramo struct {
	primero, ultimo int64
	desde, hasta    momentoDe // zero: no bound
}

func (p *tramo) read(b []byte, punto PuntoLeido) error {
	var version, primero, ultimo numero
	var momento momentoDe
	var simulacro logico
	err := readObject(b,
		campos{"version": &version, "momento": &momento, "primero": &primero, "ultimo": &ultimo,
			"simulacro": &simulacro, "desde": &p.desde, "hasta": &p.hasta}, "desde", "hasta")
	if err != nil {
		return err
	}
	p.primero, p.ultimo = int64(primero), int64(ultimo)
	switch {
	case version != 1:
		return fmt.Errorf("version %d; this program knows 1", version)
	case p.primero < 1 || p.ultimo < p.primero-1 || p.ultimo > punto.Tamano:
		return fmt.Errorf("the events %d to %d are none of the %d that its checkpoint holds",
			p.primero, p.ultimo, punto.Tamano)
	}
	return punto.same(bool(simulacro))
}

// holds tells whether an event is of what was asked for. Those between the first and
// the last may be earlier or later, where a clock was set back.
func (p *tramo) holds(c *bitacora.Crudo) error {
	at := time.UnixMilli(c.Momento)
	switch {
	case c.N == p.primero && !p.desde.IsZero() && at.Before(p.desde.Time):
		return fmt.Errorf("event %d, the first, is earlier than what was asked for", c.N)
	case c.N == p.ultimo && !p.hasta.IsZero() && at.After(p.hasta.Time):
		return fmt.Errorf("event %d, the last, is later than what was asked for", c.N)
	}
	return nil
}

// camino is pruebas.json: the hashes that lead from the events to the root.
type camino struct {
	izquierda, derecha hashes
	consistencia       lista[consistente]
}

func (p *camino) read(b []byte) error {
	return readObject(b,
		campos{"izquierda": &p.izquierda, "derecha": &p.derecha, "consistencia": &p.consistencia})
}

// consistente proves that a tree of size tamano is the beginning of the export's.
type consistente struct {
	tamano numero
	raiz   hash
	prueba hashes
}

// UnmarshalJSON reads one.
func (e *consistente) UnmarshalJSON(b []byte) error {
	return readObject(b, campos{"tamano": &e.tamano, "raiz": &e.raiz, "prueba": &e.prueba})
}

// consistent checks every entry with its own root.
func (p *camino) consistent(punto PuntoLeido) error {
	for _, e := range p.consistencia {
		if e.tamano < 0 {
			return errors.New("a size below 0")
		}
		if err := checkTree(int64(e.tamano), punto.Tamano, tlog.Hash(e.raiz), punto.Raiz,
			e.prueba); err != nil {
			return fmt.Errorf("consistency of size %d: %w", e.tamano, err)
		}
	}
	return nil
}
