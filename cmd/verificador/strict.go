package main

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxNested is how deep a JSON value may be nested; what the gateway writes has
// four levels.
const maxNested = 64

// A scanner reads JSON more strictly than encoding/json does: every key once
// and only keys that are known, whole numbers that fit, no invalid UTF-8, no
// half of a surrogate pair, nothing after the value. Whatever two readers could
// understand in two ways is refused, because only one of them would have been
// verified.
type scanner struct {
	b      []byte
	i      int
	nested int
}

// newScanner reads b, which it keeps.
func newScanner(b []byte) (*scanner, error) {
	if !utf8.Valid(b) {
		return nil, errors.New("hay bytes que no son UTF-8")
	}
	return &scanner{b: b}, nil
}

func (s *scanner) bad(what string) error {
	return fmt.Errorf("JSON, byte %d: %s", s.i+1, what)
}

// peek skips blanks and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.i < len(s.b); s.i++ {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
		default:
			return s.b[s.i]
		}
	}
	return 0
}

func (s *scanner) expect(c byte) error {
	if s.peek() != c || s.i == len(s.b) {
		return s.bad("falta " + strconv.QuoteRune(rune(c)))
	}
	s.i++
	return nil
}

// end reports whatever follows the value.
func (s *scanner) end() error {
	if s.peek(); s.i < len(s.b) {
		return s.bad("sobra texto al final")
	}
	return nil
}

// list reads what stands between open and shut, separated by commas.
func (s *scanner) list(open, shut byte, item func() error) error {
	if err := s.expect(open); err != nil {
		return err
	}
	if s.nested++; s.nested > maxNested {
		return s.bad("demasiados niveles")
	}
	defer func() { s.nested-- }()
	if s.peek() == shut {
		s.i++
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.i++
		case shut:
			s.i++
			return nil
		default:
			return s.bad("falta ',' o " + strconv.QuoteRune(rune(shut)))
		}
	}
}

func (s *scanner) array(item func() error) error { return s.list('[', ']', item) }

// object calls member after each key; member must read the value.
func (s *scanner) object(member func(key string) error) error {
	return s.list('{', '}', func() error {
		key, err := s.text()
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		return member(key)
	})
}

// fields reads an object that has each of the first required names, may have
// the others, has none twice and no further ones; at most 64 names.
func (s *scanner) fields(names []string, required int, field func(key string) error) error {
	var seen uint64
	err := s.object(func(key string) error {
		for i, name := range names {
			if name != key {
				continue
			}
			if seen&(1<<i) != 0 {
				return s.bad("clave repetida: " + strconv.Quote(key))
			}
			seen |= 1 << i
			return field(key)
		}
		return s.bad("clave desconocida: " + strconv.Quote(key))
	})
	if err != nil {
		return err
	}
	for i, name := range names[:required] {
		if seen&(1<<i) == 0 {
			return s.bad("falta la clave " + strconv.Quote(name))
		}
	}
	return nil
}

// text reads a string.
func (s *scanner) text() (string, error) {
	if err := s.expect('"'); err != nil {
		return "", err
	}
	start := s.i
	for ; s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			return string(s.b[start : s.i-1]), nil
		case c == '\\':
			return s.escaped(append([]byte(nil), s.b[start:s.i]...))
		case c < 0x20:
			return "", s.bad("carácter de control en un texto")
		}
	}
	return "", s.bad("texto sin terminar")
}

// escaped goes on with a string from its first backslash.
func (s *scanner) escaped(out []byte) (string, error) {
	for s.i < len(s.b) {
		c := s.b[s.i]
		s.i++
		switch {
		case c == '"':
			return string(out), nil
		case c < 0x20:
			return "", s.bad("carácter de control en un texto")
		case c != '\\':
			out = append(out, c)
		default:
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return "", s.bad("texto sin terminar")
}

// escape reads what follows a backslash.
func (s *scanner) escape() (rune, error) {
	if s.i == len(s.b) {
		return 0, s.bad("texto sin terminar")
	}
	c := s.b[s.i]
	s.i++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return s.codepoint()
	}
	return 0, s.bad(`'\' seguida de lo que no debe`)
}

// codepoint reads the four digits after \u, and the second half of a pair.
func (s *scanner) codepoint() (rune, error) {
	r, err := s.hex4()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if s.i+1 < len(s.b) && s.b[s.i] == '\\' && s.b[s.i+1] == 'u' {
		s.i += 2
		low, err := s.hex4()
		if err != nil {
			return 0, err
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			return r, nil
		}
	}
	return 0, s.bad("medio par sustituto en un texto")
}

func (s *scanner) hex4() (rune, error) {
	if s.i+4 > len(s.b) {
		return 0, s.bad("texto sin terminar")
	}
	v, err := strconv.ParseUint(string(s.b[s.i:s.i+4]), 16, 16)
	if err != nil {
		return 0, s.bad(`'\u' sin cuatro dígitos`)
	}
	s.i += 4
	return rune(v), nil
}
