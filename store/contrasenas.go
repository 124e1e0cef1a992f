package store

import (
	"errors"
	"fmt"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Contrasena is the password of an institution's UNE, which an agreement may ask for.
type Contrasena struct {
	Hash     string // bcrypt; it is never logged or shown
	Alta     time.Time
	Revocada time.Time // zero: it holds
}

// Contrasena gives an institution's password, also one that was revoked; ErrNotFound
// where none was ever set.
func (v *View) Contrasena(u schema.UNE) (c Contrasena, err error) {
	err = v.get(
		`SELECT c.hash, c.momento, x.momento FROM claves c LEFT JOIN claves x ON x.une = c.une AND x.id > c.id
			AND x.hash IS NULL
		WHERE c.une = ? AND c.hash IS NOT NULL ORDER BY c.id DESC, x.id
		LIMIT 1`, []any{u}, &c.Hash, instante{&c.Alta}, instante{&c.Revocada})
	return c, err
}

// AccesoConContrasena tells whether the institution's UNE may sign in with its
// password, once it has proved it: nil, ErrSinContrasena or ErrSuspendida.
func (v *View) AccesoConContrasena(u schema.UNE) error {
	c, err := v.Contrasena(u)
	if errors.Is(err, ErrNotFound) || err == nil && !c.Revocada.IsZero() {
		return ErrSinContrasena
	}
	if err != nil {
		return err
	}
	return v.activa(u)
}

// SetContrasena sets an institution's password, of which it is given the bcrypt hash:
// that takes a while, and is made before the transaction.
func (tx *Tx) SetContrasena(u schema.UNE, hash string, o Orden) error {
	if _, err := tx.Institucion(u); err != nil {
		return fmt.Errorf("institution %s: %w", u, err)
	}
	if _, err := tx.add(tClaves, int64(u), hash, ms(tx.now)); err != nil {
		return err
	}
	return tx.Log(Acto{Evento: bitacora.ClaveFijada, Parte: u.Parte(),
		Carga: bitacora.CargaContrasena{CargaOrden: o.dicha()}})
}

// RevokeContrasena ends an institution's password.
func (tx *Tx) RevokeContrasena(u schema.UNE, o Orden) error {
	c, err := tx.Contrasena(u)
	if errors.Is(err, ErrNotFound) || err == nil && !c.Revocada.IsZero() {
		return fmt.Errorf("institution %s: %w", u, ErrSinContrasena)
	}
	if err != nil {
		return err
	}
	if _, err := tx.add(tClaves, int64(u), nil, ms(tx.now)); err != nil {
		return err
	}
	return tx.Log(Acto{Evento: bitacora.ClaveRevocada, Parte: u.Parte(),
		Carga: bitacora.CargaContrasena{CargaOrden: o.dicha()}})
}
