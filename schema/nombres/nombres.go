// Package nombres says what a file may be called, on whichever machine of the exchange
// it lies. The layout, the store and the parts that move bytes share it; it imports
// nothing of ours.
package nombres

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths of names in characters. An annex of the longest name that may be sent goes on
// with its acuse before it and perhaps a number.
const (
	Max        = MaxEnviado + 27
	MaxEnviado = 100
)

// Check tells whether a file may bear that name: letters with accents, digits, blank
// and ._-(), composed (NFC), since what a combining mark adds is not among the letters.
// The files go on to Windows machines, so that what cannot lie there is refused too. An
// error says why and leaves the name out.
func Check(name string) error {
	switch n := utf8.RuneCountInString(name); {
	case n == 0 || n > Max:
		return fmt.Errorf("want 1 to %d characters", Max)
	case name[0] == ' ' || name[len(name)-1] == ' ':
		return errors.New("blank at an end")
	case name[len(name)-1] == '.':
		return errors.New("dot at the end")
	case isDevice(name):
		return errors.New("a device on Windows")
	case !Permitidas(name):
		return errors.New("character not allowed")
	}
	return nil
}

// Permitidas tells whether a name has none but the characters that one may have.
func Permitidas(name string) bool {
	for _, r := range name {
		if !permitida(r) {
			return false
		}
	}
	return true
}

func permitida(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return true
	case r >= 'À' && r <= 'ſ':
		return r != '×' && r != '÷'
	}
	return strings.ContainsRune(" ._-()", r)
}

// isDevice tells whether Windows takes the name for a device, which it does
// whatever follows the first dot.
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	numbered := strings.HasPrefix(base, "COM") || strings.HasPrefix(base, "LPT")
	return numbered && len(base) == 4 && base[3] >= '0' && base[3] <= '9'
}

// Temporary tells whether a name says of itself that its file is not there yet.
// Programs write such endings in either case.
func Temporary(name string) bool {
	if strings.HasPrefix(name, ".") {
		return true
	}
	lower := strings.ToLower(name)
	for _, end := range []string{".tmp", ".part", ".filepart", ".partial"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return false
}

// Folded gives the same text for names that differ only by case (Unicode's simple
// folding).
func Folded(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for x := unicode.SimpleFold(r); x != r; x = unicode.SimpleFold(x) {
			least = min(least, x)
		}
		return least
	}, name)
}
