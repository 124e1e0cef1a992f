package subidas

import (
	"fmt"
	"io/fs"
	"regexp"
	"unicode/utf8"

	"buzon/schema/nombres"
)

// What a name is refused for. Both wrap fs.ErrInvalid.
var (
	ErrName = fmt.Errorf("name not allowed: %w", fs.ErrInvalid)
	ErrCase = fmt.Errorf("differs only by case: %w", ErrName) // from what lies in the folder
)

var accountRE = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// CheckName tells whether a file may bear that name (nombres.Check). An error wraps
// ErrName.
func CheckName(name string) error {
	if err := nombres.Check(name); err != nil {
		return fmt.Errorf("name %q: %w: %w", name, err, ErrName)
	}
	return nil
}

// CheckUpload tells whether a party may give a file that name. An error wraps
// ErrName.
func CheckUpload(name string) error {
	if utf8.RuneCountInString(name) > nombres.MaxEnviado {
		return fmt.Errorf("name %q: want 1 to %d characters: %w", name, nombres.MaxEnviado, ErrName)
	}
	return CheckName(name)
}
