package tree

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxName is the length of a file name in characters. Each allowed character
// has at most two bytes, so that a name fits a directory entry with the prefix
// that the staging folders put before it.
const maxName = 100

var accountRE = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// checkName tells whether a file may bear that name: letters with accents,
// digits, blank and ._-(), composed (NFC), since what a combining mark adds is
// not among the letters.
func checkName(name string) error {
	bad := func(why string) error { return fmt.Errorf("name %q: %s: %w", name, why, fs.ErrInvalid) }
	switch n := utf8.RuneCountInString(name); {
	case n == 0 || n > maxName:
		return bad(fmt.Sprintf("want 1 to %d characters", maxName))
	case name == "." || name == "..":
		return bad("not a file")
	case name[0] == ' ' || name[len(name)-1] == ' ':
		return bad("blank at an end")
	}
	for _, r := range name {
		if !allowed(r) {
			return bad("character not allowed")
		}
	}
	return nil
}

func allowed(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return true
	case r >= 'À' && r <= 'ſ':
		return r != '×' && r != '÷'
	}
	return strings.ContainsRune(" ._-()", r)
}

// isTemporary tells whether a name says of itself that its file is not there
// yet. Clients write such endings in either case.
func isTemporary(name string) bool {
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
