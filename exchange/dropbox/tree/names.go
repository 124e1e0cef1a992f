package tree

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths of file names in characters. Each allowed character has at most two
// bytes, so that a name fits a directory entry with the prefix that the staging
// folders put before it.
const (
	maxUpload = 100
	maxName   = maxUpload + 27 // of what we put: an annex goes on with its acuse before it and perhaps a number in it, ASCII all of it
)

// What a name is refused for. Both wrap fs.ErrInvalid.
var (
	ErrName = fmt.Errorf("name not allowed: %w", fs.ErrInvalid)
	ErrCase = fmt.Errorf("differs only by case: %w", ErrName) // from what lies in the folder
)

var accountRE = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// checkName tells whether a file may bear that name: letters with accents,
// digits, blank and ._-(), composed (NFC), since what a combining mark adds is
// not among the letters. The files go on to Windows machines, so that what
// cannot lie there is refused too.
func checkName(name string) error {
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

// checkUpload tells whether a party may give a file that name.
func checkUpload(name string) error {
	if utf8.RuneCountInString(name) > maxUpload {
		return fmt.Errorf("name %q: want 1 to %d characters: %w", name, maxUpload, ErrName)
	}
	return checkName(name)
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

// folded gives the same text for names that differ only by case (Unicode's
// simple folding).
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for x := unicode.SimpleFold(r); x != r; x = unicode.SimpleFold(x) {
			least = min(least, x)
		}
		return least
	}, name)
}

// spellings are the names of one folder that its owner sees, by their folded
// form. A name that is gone may still be among them: the disk decides.
type spellings map[string][]string

func (s spellings) add(name string) {
	if f := folded(name); !slices.Contains(s[f], name) {
		s[f] = append(s[f], name)
	}
}

func (s spellings) remove(name string) {
	f := folded(name)
	s[f] = slices.DeleteFunc(s[f], func(n string) bool { return n == name })
	if len(s[f]) == 0 {
		delete(s, f)
	}
}

// spelt gives a folder's spellings, read from the disk at the first call; later
// names come by way of Begin and Rename alone. The caller holds mu.
func (a *Account) spelt(f Folder) (spellings, error) {
	if s, ok := a.names[f.Name]; ok {
		return s, nil
	}
	files, err := a.seen(f)
	if err != nil {
		return nil, err
	}
	s := spellings{}
	for name := range files {
		s.add(name)
	}
	a.names[f.Name] = s
	return s, nil
}

// clash refuses a new name that differs only by case from a file or folder that
// the owner sees; but is the name that a rename takes away. The caller holds mu.
func (a *Account) clash(f Folder, name, but string) error {
	for _, sub := range a.folders {
		if path.Dir(sub.Name) == f.Name && strings.EqualFold(path.Base(sub.Name), name) {
			return fmt.Errorf("name %q: folder %s: %w", name, sub.Name, ErrCase)
		}
	}
	s, err := a.spelt(f)
	if err != nil {
		return err
	}
	for _, other := range slices.Clone(s[folded(name)]) {
		if other == but {
			continue
		}
		there, err := a.sees(f, other)
		if err != nil {
			return err
		}
		if !there {
			s.remove(other)
			continue
		}
		// The same name is allowed, also where an older time left two spellings.
		if known, err := a.sees(f, name); err != nil || known {
			return err
		}
		return fmt.Errorf("name %q: file %q: %w", name, other, ErrCase)
	}
	return nil
}
