package subidas

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths of file names in characters.
const (
	maxUpload = 100
	// What we show: an annex goes on with its acuse before it and perhaps a number.
	maxName = maxUpload + 27
)

// What a name is refused for. Both wrap fs.ErrInvalid.
var (
	ErrName = fmt.Errorf("name not allowed: %w", fs.ErrInvalid)
	ErrCase = fmt.Errorf("differs only by case: %w", ErrName) // from what lies in the folder
)

var accountRE = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// CheckName tells whether a file may bear that name: letters with accents,
// digits, blank and ._-(), composed (NFC), since what a combining mark adds is
// not among the letters. The files go on to Windows machines, so that what
// cannot lie there is refused too. An error wraps ErrName.
func CheckName(name string) error {
	bad := func(why string) error { return fmt.Errorf("name %q: %s: %w", name, why, ErrName) }
	switch n := utf8.RuneCountInString(name); {
	case n == 0 || n > maxName:
		return bad(fmt.Sprintf("want 1 to %d characters", maxName))
	case name[0] == ' ' || name[len(name)-1] == ' ':
		return bad("blank at an end")
	case name[len(name)-1] == '.':
		return bad("dot at the end")
	case isDevice(name):
		return bad("a device on Windows")
	}
	for _, r := range name {
		if !allowed(r) {
			return bad("character not allowed")
		}
	}
	return nil
}

// CheckUpload tells whether a party may give a file that name. An error wraps
// ErrName.
func CheckUpload(name string) error {
	if utf8.RuneCountInString(name) > maxUpload {
		return fmt.Errorf("name %q: want 1 to %d characters: %w", name, maxUpload, ErrName)
	}
	return CheckName(name)
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
// Clients write such endings in either case.
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
