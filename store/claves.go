package store

import (
	"errors"
	"fmt"
	"time"

	"buzon/schema"
)

// Clave is the password of an institution's UNE, which an agreement may ask for.
type Clave struct {
	Hash     string // bcrypt; it is never logged or shown
	Alta     time.Time
	Revocada time.Time // zero: it holds
}

// Clave gives an institution's password, also one that was revoked; ErrNotFound
// where none was ever set.
func (v *View) Clave(u schema.UNE) (c Clave, err error) {
	err = v.get(`SELECT hash, alta, revocada FROM claves WHERE une = ?`, []any{u}, &c.Hash, instante{&c.Alta}, instante{&c.Revocada})
	return c, err
}

// AccesoConClave tells whether the institution's UNE may sign in with its
// password, once it has proved it: nil, ErrSinClave or ErrSuspendida.
func (v *View) AccesoConClave(u schema.UNE) error {
	c, err := v.Clave(u)
	if errors.Is(err, ErrNotFound) || err == nil && !c.Revocada.IsZero() {
		return ErrSinClave
	}
	if err != nil {
		return err
	}
	return v.activa(u)
}

// SetClave sets an institution's password, of which it is given the bcrypt hash:
// that takes a while, and is made before the transaction.
func (tx *Tx) SetClave(u schema.UNE, hash string, o Orden) error {
	if _, err := tx.Institucion(u); err != nil {
		return fmt.Errorf("institution %s: %w", u, err)
	}
	if err := tx.exec(`INSERT INTO claves (une, hash, alta) VALUES (?,?,?)
		ON CONFLICT DO UPDATE SET hash = excluded.hash, alta = excluded.alta, revocada = NULL`, u, hash, ms(tx.now)); err != nil {
		return err
	}
	return tx.Log(Evento{Evento: ClaveFijada, Parte: u.String(), Detalle: o.Detalle()})
}

// RevokeClave ends an institution's password.
func (tx *Tx) RevokeClave(u schema.UNE, o Orden) error {
	c, err := tx.Clave(u)
	if errors.Is(err, ErrNotFound) || err == nil && !c.Revocada.IsZero() {
		return fmt.Errorf("institution %s: %w", u, ErrSinClave)
	}
	if err != nil {
		return err
	}
	if err := tx.change(`UPDATE claves SET revocada = ? WHERE une = ?`, ms(tx.now), u); err != nil {
		return err
	}
	return tx.Log(Evento{Evento: ClaveRevocada, Parte: u.String(), Detalle: o.Detalle()})
}
