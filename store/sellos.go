package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Events of the keys that seal acuses.
const (
	SelloAlta = "sello_alta"
	SelloBaja = "sello_baja"
)

// Sello is a key that seals acuses, or did.
type Sello struct {
	ID      string // as AcuLlaveId has it
	Publica string // its 32 bytes in base64
	Desde   time.Time
	Hasta   time.Time // zero: in use
}

// UseSello makes a key the one in use, and ends the use of the one before. An ID
// that was used with another key is refused: acuses that bear it could no longer
// be verified. What is in use already changes nothing. A store that is older than
// this table dates its key by its first acuse.
func (tx *Tx) UseSello(id, publica string) error {
	all, err := tx.Sellos()
	if err != nil {
		return err
	}
	var old *Sello // the one in use
	for _, s := range all {
		if s.ID == id && s.Publica != publica {
			return fmt.Errorf("seal %s: acuses bear this name with another key; a new key takes a new name (seal.id)", id)
		}
		if s.Hasta.IsZero() {
			old = &s
		}
	}
	switch {
	case old != nil && old.ID == id:
		return nil
	case old != nil:
		if err := tx.endSello(old.ID); err != nil {
			return err
		}
	}
	desde := tx.now
	if len(all) == 0 {
		if desde, err = tx.firstAcuse(); err != nil {
			return err
		}
	}
	if err := tx.exec(`INSERT INTO sellos (id, publica, desde) VALUES (?,?,?) ON CONFLICT DO UPDATE SET hasta = NULL`, id, publica, ms(desde)); err != nil {
		return err
	}
	return tx.Log(Evento{Evento: SelloAlta, Detalle: Detalle{"llave": id, "publica": publica}})
}

func (tx *Tx) endSello(id string) error {
	if err := tx.change(`UPDATE sellos SET hasta = ? WHERE id = ? AND hasta IS NULL`, ms(tx.now), id); err != nil {
		return err
	}
	return tx.Log(Evento{Evento: SelloBaja, Detalle: Detalle{"llave": id}})
}

// firstAcuse is when the first acuse was made; now, where none was.
func (tx *Tx) firstAcuse() (time.Time, error) {
	var at int64
	err := tx.get(`SELECT s.generado FROM acuses a JOIN salidas s ON s.id = a.salida ORDER BY s.id LIMIT 1`, nil, &at)
	if errors.Is(err, ErrNotFound) {
		return tx.now, nil
	}
	return moment(at), err
}

// Sellos gives every key that sealed acuses, the oldest first.
func (v *View) Sellos() (all []Sello, err error) {
	err = v.each(`SELECT id, publica, desde, coalesce(hasta, 0) FROM sellos ORDER BY desde, id`, nil, func(rows *sql.Rows) error {
		var s Sello
		var desde, hasta int64
		if err := rows.Scan(&s.ID, &s.Publica, &desde, &hasta); err != nil {
			return err
		}
		s.Desde, s.Hasta = moment(desde), moment(hasta)
		all = append(all, s)
		return nil
	})
	return all, err
}
