package bitacora

import (
	"encoding/json"
	"fmt"
	"strings"
)

// The log's JSON is walked over here several times as fast as by encoding/json: it
// is found where values begin and end, and what nobody asks for is not read. What
// is not plainly an object or a list is left to encoding/json, and so its error.

// miembros calls each for the members of an event's payload, by the very name that
// they have. It may call it twice for one, with the same value.
func miembros(c *Crudo, each func(name, value string)) error {
	if elementos(c.Detalle, '{', '}', func(m string) bool { return miembro(m, each) }) {
		return nil
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(c.Detalle), &all); err != nil {
		return fmt.Errorf("event %d, %s: %w", c.N, c.Evento, err)
	}
	for name, value := range all {
		each(name, string(value))
	}
	return nil
}

// miembro takes name and value apart; false where the name has an escape.
func miembro(m string, each func(name, value string)) bool {
	end := finDeValor(m, 0)
	if end < 2 || m[0] != '"' || strings.IndexByte(m[:end], '\\') >= 0 {
		return false
	}
	colon := sinBlancos(m, end)
	if colon == len(m) || m[colon] != ':' {
		return false
	}
	begin := sinBlancos(m, colon+1)
	if begin == len(m) || finDeValor(m, begin) != len(m) {
		return false
	}
	each(m[1:end-1], m[begin:])
	return true
}

// renglones gives the elements of a list; none of null.
func renglones(list string) (all []string, err error) {
	if elementos(list, '[', ']', func(e string) bool {
		all = append(all, e)
		return finDeValor(e, 0) == len(e)
	}) {
		return all, nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal([]byte(list), &raw); err != nil {
		return nil, err
	}
	all = all[:0]
	for _, e := range raw {
		all = append(all, string(e))
	}
	return all, nil
}

// elementos calls each for what stands between the commas of a list or an object,
// until it gives false.
func elementos(s string, open, shut byte, each func(element string) bool) bool {
	i := sinBlancos(s, 0)
	if i == len(s) || s[i] != open {
		return false
	}
	if i = sinBlancos(s, i+1); i < len(s) && s[i] == shut {
		return sinBlancos(s, i+1) == len(s)
	}
	for i < len(s) {
		begin, end := i, i
		for i < len(s) && s[i] != ',' && s[i] != shut { // a member is name, colon and value
			end = finDeValor(s, i)
			i = sinBlancos(s, end)
		}
		if i == len(s) || end == begin || !each(s[begin:end]) {
			return false
		}
		if s[i] == shut {
			return sinBlancos(s, i+1) == len(s)
		}
		i = sinBlancos(s, i+1)
	}
	return false
}

func sinBlancos(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\r' || s[i] == '\n') {
		i++
	}
	return i
}

// finDeValor gives where the value at i ends, or the colon: at least one byte on.
func finDeValor(s string, i int) int {
	for depth := 0; i < len(s); {
		switch s[i] {
		case '"':
			i = finDeTexto(s, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default:
			i = finDePalabra(s, i)
		}
		if depth <= 0 {
			return i
		}
	}
	return len(s)
}

// finDeTexto gives where the text ends whose first quote is at i.
func finDeTexto(s string, i int) int {
	for i++; ; {
		k := strings.IndexByte(s[i:], '"')
		if k < 0 {
			return len(s)
		}
		end := i + k
		if e := strings.IndexByte(s[i:end], '\\'); e >= 0 {
			i = min(i+e+2, len(s))
			continue
		}
		return end + 1
	}
}

// finDePalabra gives where a number or a word ends, or what stands between values.
func finDePalabra(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '{', '}', '[', ']', ',', ':', '"', ' ', '\t', '\r', '\n':
			return i
		}
	}
	return i
}
