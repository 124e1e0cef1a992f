package carpeta

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// Names of files on their way to a visible name, so that whoever lists the folder
// takes them for what they are.
const (
	tmpPrefix = ".buzon-"
	tmpSuffix = ".tmp"
)

func newTmp() string { return tmpPrefix + rand.Text() + tmpSuffix }

func isOurTmp(name string) bool {
	return strings.HasPrefix(name, tmpPrefix) && strings.HasSuffix(name, tmpSuffix)
}

// isTemporary tells whether a name says of itself that its file is not there yet.
// Programs write such endings in either case.
func isTemporary(name string) bool {
	lower := strings.ToLower(name)
	for _, end := range []string{".tmp", ".part", ".filepart", ".partial"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return strings.HasPrefix(name, ".")
}

// What we put may go on to a Windows machine: letters with their accents, digits,
// blank and ._-(), no blank or dot at the end, and no device.
var (
	nameRE   = regexp.MustCompile(`^[A-Za-z0-9À-ÖØ-öø-ſ ._()-]{1,127}$`)
	deviceRE = regexp.MustCompile(`(?i)^(CON|PRN|AUX|NUL|(COM|LPT)[0-9]) *(\.|$)`)
)

// checkName tells whether a file that we put may bear that name.
func checkName(name string) error {
	switch {
	case !nameRE.MatchString(name), deviceRE.MatchString(name),
		strings.Trim(name, " ") != name, strings.HasSuffix(name, "."):
		return fmt.Errorf("name %q: not allowed: %w", name, fs.ErrInvalid)
	case isTemporary(name):
		return fmt.Errorf("name %q: temporary: %w", name, fs.ErrInvalid)
	}
	return nil
}
