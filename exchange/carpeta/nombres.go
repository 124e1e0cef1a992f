package carpeta

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"strings"

	"buzon/schema/nombres"
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

// checkName tells whether a file that we put may bear that name.
func checkName(name string) error {
	if err := nombres.Check(name); err != nil {
		return fmt.Errorf("name %q: %w: %w", name, err, fs.ErrInvalid)
	}
	if nombres.Temporary(name) {
		return fmt.Errorf("name %q: temporary: %w", name, fs.ErrInvalid)
	}
	return nil
}
