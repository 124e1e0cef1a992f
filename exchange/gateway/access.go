package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/ssh"

	"buzon/schema"
	"buzon/store"
)

// Authorize decides whether an account may be used with a key at this moment:
// with those of the roll in the store, and CONDUSEF's where it has an account
// here. A nil key asks for a session that proved the account's password.
func (g *Gateway) Authorize(account string, key ssh.PublicKey) error {
	if a := g.Config.Source.Account; a != nil && a.Name == account {
		for _, k := range a.Keys {
			if key != nil && ssh.FingerprintSHA256(k.Key) == ssh.FingerprintSHA256(key) {
				return nil
			}
		}
		return store.ErrLlaveDesconocida
	}
	une, err := parseAccount(account)
	if err != nil {
		return err
	}
	if key == nil && !g.Config.Server.Passwords {
		return errors.New("passwords are switched off")
	}
	return g.Store.View(context.Background(), func(v *store.View) error {
		if key == nil {
			return v.AccesoConContrasena(une)
		}
		return v.Acceso(une, ssh.FingerprintSHA256(key), g.now())
	})
}

// parseAccount gives the institution of an account, which is its clave8 and
// nothing else that reads as one.
func parseAccount(account string) (schema.UNE, error) {
	une, err := schema.ParseUNE(account)
	if err != nil || une.String() != account {
		return 0, errors.New("unknown account")
	}
	return une, nil
}

// The bounds of passwords.
const (
	PasswordCost      = 12 // of bcrypt: about a quarter of a second
	PasswordBytes     = 72 // bcrypt looks at no more
	parallelPasswords = 2  // so that guessing cannot take the processor from the exchange
)

// Passwords proves the passwords of the UNEs that have one.
type Passwords struct {
	g     *Gateway
	slots chan struct{}
	dummy []byte // hash of what nobody knows
}

// NewPasswords makes them ready.
func NewPasswords(g *Gateway) (*Passwords, error) {
	dummy, err := bcrypt.GenerateFromPassword([]byte(rand.Text()), PasswordCost)
	if err != nil {
		return nil, fmt.Errorf("passwords: %w", err)
	}
	return &Passwords{g: g, slots: make(chan struct{}, parallelPasswords), dummy: dummy}, nil
}

// Check is nil where the password is the account's and the account may be used.
// It takes as long for an account that is not there, so that nobody learns which
// there are.
func (p *Passwords) Check(account, password string) error {
	hash, denied := p.hash(account)
	if denied != nil {
		hash = p.dummy
	}
	p.slots <- struct{}{}
	err := bcrypt.CompareHashAndPassword(hash, []byte(password))
	<-p.slots
	switch {
	case denied != nil:
		return denied
	case err != nil || len(password) > PasswordBytes:
		return errors.New("wrong password")
	}
	return nil
}

func (p *Passwords) hash(account string) (hash []byte, err error) {
	if err := p.g.Authorize(account, nil); err != nil {
		return nil, err
	}
	une, err := parseAccount(account)
	if err != nil {
		return nil, err
	}
	err = p.g.Store.View(context.Background(), func(v *store.View) error {
		c, err := v.Contrasena(une)
		hash = []byte(c.Hash)
		return err
	})
	return hash, err
}
