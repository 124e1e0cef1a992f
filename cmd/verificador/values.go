package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// integer reads a whole number that fits 64 bits, written in the one way it has.
func (s *scanner) integer() (int64, error) {
	s.peek()
	v, err := parseDecimal(s.number())
	if err != nil {
		return 0, s.bad(err.Error())
	}
	return v, nil
}

// size reads a number that is not negative.
func (s *scanner) size() (int64, error) {
	v, err := s.integer()
	if err == nil && v < 0 {
		err = s.bad("número negativo")
	}
	return v, err
}

// number takes every byte that a JSON number may be made of.
func (s *scanner) number() string {
	start := s.i
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
			s.i++
		default:
			return string(s.b[start:s.i])
		}
	}
	return string(s.b[start:])
}

// parseDecimal reads a decimal without leading zeros, blanks or "+"; "-0" is none.
func parseDecimal(text string) (int64, error) {
	v, err := strconv.ParseInt(text, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("el número %q no cabe", text)
	}
	if err != nil || strconv.FormatInt(v, 10) != text {
		return 0, fmt.Errorf("%q no es un número entero bien escrito", text)
	}
	return v, nil
}

func (s *scanner) boolean() (bool, error) {
	s.peek()
	for _, word := range []string{"true", "false"} {
		if s.word(word) {
			return word == "true", nil
		}
	}
	return false, s.bad("falta true o false")
}

func (s *scanner) word(w string) bool {
	if len(s.b)-s.i < len(w) || string(s.b[s.i:s.i+len(w)]) != w {
		return false
	}
	s.i += len(w)
	return true
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// skip reads any value and forgets it.
func (s *scanner) skip() error {
	switch c := s.peek(); {
	case c == '{':
		return s.object(func(string) error { return s.skip() })
	case c == '[':
		return s.array(s.skip)
	case c == '"':
		_, err := s.text()
		return err
	case s.word("true"), s.word("false"), s.word("null"):
		return nil
	case jsonNumber.MatchString(s.number()):
		return nil
	}
	return s.bad("esto no es un valor")
}

// hash reads a SHA-256 in base64.
func (s *scanner) hash() (hash, error) {
	text, err := s.text()
	if err != nil {
		return hash{}, err
	}
	h, err := parseHash(text)
	if err != nil {
		return hash{}, s.bad(err.Error())
	}
	return h, nil
}

// hashes reads a list of at most limit hashes.
func (s *scanner) hashes(limit int) ([]hash, error) {
	list := []hash{}
	err := s.array(func() error {
		if len(list) == limit {
			return s.bad(fmt.Sprintf("más de %d hashes", limit))
		}
		h, err := s.hash()
		list = append(list, h)
		return err
	})
	return list, err
}

func parseHash(text string) (h hash, err error) {
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	// The length of the text too: the decoder passes over line ends.
	if err != nil || len(b) != len(h) || len(text) != base64.StdEncoding.EncodedLen(len(h)) {
		return h, fmt.Errorf("%q no es un SHA-256 en base64", text)
	}
	return hash(b), nil
}

var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$`)

// parseMomento reads an RFC 3339 time with its offset.
func parseMomento(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || !rfc3339.MatchString(text) {
		return time.Time{}, fmt.Errorf("%q no es un momento de RFC 3339", text)
	}
	return t, nil
}
