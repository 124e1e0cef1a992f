package padron

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"buzon/exchange/gateway"
)

// MinPassword is the fewest characters of a UNE's password, whose account can be
// tried from anywhere.
const MinPassword = 16

// SetPassword sets the password by its hash.
func (m *Cambio) SetPassword(hash string) error {
	m.Hecho.Done = "password set"
	m.Hecho.follows(
		"One that was set before no longer signs in. Sessions that it began go on: 'buzon une password " +
			"revoke' ends them.")
	if !m.cfg.Server.Passwords {
		m.Hecho.warn("server.passwords is off: no password signs in")
	}
	return m.tx.SetContrasena(m.une, hash, m.orden)
}

// RevokePassword ends the password and what signed in with it.
func (m *Cambio) RevokePassword() error {
	m.Hecho.Done = "password revoked"
	m.Hecho.follows("Sessions that signed in with it end within a second where the daemon runs.")
	if err := m.tx.RevokeContrasena(m.une, m.orden); err != nil {
		return err
	}
	return m.warnKeyless()
}

// HashPassword gives what the store keeps of a password that CheckPassword lets pass.
func HashPassword(password []byte) (string, error) {
	hash, err := bcrypt.GenerateFromPassword(password, gateway.PasswordCost)
	return string(hash), err
}

// CheckPassword tells why a password does not do. It does not repeat the password in its errors.
func CheckPassword(s string) error {
	switch n := utf8.RuneCountInString(s); {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("want one line of UTF-8 without control characters")
	case n < MinPassword:
		return fmt.Errorf("it has %d characters, want %d or more", n, MinPassword)
	case len(s) > gateway.PasswordBytes:
		return fmt.Errorf("it has %d bytes, want %d at most", len(s), gateway.PasswordBytes)
	}
	return nil
}
