package schema

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// flaw is what is wrong with the form of a field that is not empty, in the order
// in which section 6 wants it told.
type flaw int

const (
	sound    flaw = iota
	doubled       // EST-02: UTF-8 read as Windows-1252 and encoded again
	unclean       // FMT-06: blanks at an end, control characters
	mistyped      // not of its type
	misfit        // too long, or not of its exact length
)

// form judges a text by its type in the layout (A, N, C, F, M, T, H) and length
// in characters.
func form(kind byte, size int, s string) flaw {
	if kind == 'A' && s != "" && s[0] != ' ' && s[len(s)-1] != ' ' && isPlain(s) {
		return fit(len(s) <= size)
	}
	typed, fits := typedAs(kind, size, s)
	if typed && kind != 'A' {
		// Types but A are made of ASCII without blanks and control characters.
		return fit(fits)
	}
	switch {
	case isDoubled(s):
		return doubled
	case !isClean(s):
		return unclean
	case !typed:
		return mistyped
	}
	return fit(fits)
}

func fit(fits bool) flaw {
	if fits {
		return sound
	}
	return misfit
}

func typedAs(kind byte, size int, s string) (typed, fits bool) {
	typed, fits = true, true
	switch kind {
	case 'N':
		typed, fits = digits(s) && (s[0] != '0' || len(s) == 1), len(s) <= size
	case 'C':
		typed, fits = digits(s), len(s) == size
	case 'H':
		typed, fits = strings.Trim(s, "0123456789abcdef") == "", len(s) == size
	case 'F':
		typed = Fecha(s).Dia() != 0
	case 'T':
		typed = isInstante(s)
	case 'M':
		_, typed = centavos(s)
	default:
		fits = len(s) <= size || utf8.RuneCountInString(s) <= size
	}
	return typed, fits
}

func isInstante(s string) bool {
	if isPlainInstante(s) {
		return true
	}
	t, err := time.Parse(layoutInstante, s)
	return err == nil && t.Format(layoutInstante) == s
}

// isPlainInstante tells whether s is a moment in the offset of Mexico City, as most
// are. What it does not take may be one all the same.
func isPlainInstante(s string) bool {
	return shaped(s, "dddd-dd-ddTdd:dd:dd-06:00") && diaDe(atoi(s[:4]), atoi(s[5:7]), atoi(s[8:10])) != 0 &&
		s[11:13] < "24" && s[14:16] < "60" && s[17:19] < "60"
}

// isClean tells whether s has no blank at an end and no control character.
func isClean(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	return !unicode.IsSpace(first) && !unicode.IsSpace(last) && !hasControl(s)
}

func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		for i+8 < len(s) && isPlain8(eight(s[i:])) {
			i += 8
		}
		switch b := s[i]; {
		case b < 0x20 || b == 0x7f:
			return true
		case b == 0xc2 && i+1 < len(s) && s[i+1] >= 0x80 && s[i+1] < 0xa0: // U+0080 to U+009F
			return true
		}
	}
	return false
}

// windows1252 holds the characters that Windows-1252 has at the bytes 80 to 9F,
// where ISO-8859-1 has control characters.
const windows1252 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"

// isDoubled tells whether s holds an Â or Ã that is followed by a character whose
// byte is 80 to BF: the mark of UTF-8 that was taken for ISO-8859-1.
func isDoubled(s string) bool { return doubledAt(s) >= 0 }

// doubledAt gives the place of the first such Â or Ã, -1 for none.
func doubledAt(s string) int {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], 0xc3) // both begin with C3 in UTF-8
		if i < 0 {
			return -1
		}
		at += i
		if at+2 < len(s) && (s[at+1] == 0x82 || s[at+1] == 0x83) {
			r, n := utf8.DecodeRuneInString(s[at+2:])
			if n > 1 && (r <= 0xbf || strings.ContainsRune(windows1252, r)) {
				return at
			}
		}
		at++
	}
}
