package schema

import (
	"strings"

	"github.com/go-playground/validator/v10"
)

// newEmail gives the rule of the tag email. What validator holds to be an address
// is one; most addresses are so plain that they need not be shown to it.
func newEmail() func(*check, probe) bool {
	own := validator.New()
	return func(_ *check, p probe) bool {
		return isPlainEmail(p.valor) || own.Var(p.valor, "email") == nil
	}
}

// isPlainEmail tells whether s is letters, digits and single ._- between them, an
// at sign, and the same again without _ that ends in a point and letters.
func isPlainEmail(s string) bool {
	at := strings.IndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 254 {
		return false
	}
	host := s[at+1:]
	dot := strings.LastIndexByte(host, '.')
	if dot < 1 || !plainWords(s[:at]) || !plainWords(host) || strings.IndexByte(host, '_') >= 0 {
		return false
	}
	for i := dot + 1; i < len(host); i++ {
		if !isLetter(host[i]) {
			return false
		}
	}
	return true
}

// plainWords tells whether s is words of letters and digits, with one of ._-
// between each two.
func plainWords(s string) bool {
	inWord := false
	for i := range len(s) {
		switch b := s[i]; {
		case isLetter(b), b >= '0' && b <= '9':
			inWord = true
		case inWord && (b == '.' || b == '_' || b == '-'):
			inWord = false
		default:
			return false
		}
	}
	return inWord
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }
