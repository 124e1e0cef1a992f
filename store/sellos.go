package store

import (
	"errors"
	"fmt"
	"time"

	"buzon/store/bitacora"
)

// LlaveDeSello is a key that seals acuses, or did.
type LlaveDeSello struct {
	ID      string // as AcuLlaveId has it
	Publica string // its 32 bytes in base64
	Desde   time.Time
	Hasta   time.Time // zero: in use
}

// UseSello makes a key the one in use, and ends the use of the one before. An ID
// that was used with another key is refused: acuses that bear it could no longer
// be verified. What is in use already changes nothing.
func (tx *Tx) UseSello(id, publica string) error {
	all, err := tx.Sellos()
	if err != nil {
		return err
	}
	var old *LlaveDeSello // the one in use
	for _, s := range all {
		if s.ID == id && s.Publica != publica {
			return fmt.Errorf(
				"seal %s: acuses bear this name with another key; a new key takes a new name (seal.id)", id)
		}
		if s.Hasta.IsZero() {
			old = &s
		}
	}
	if old != nil && old.ID == id {
		return nil
	}
	if old != nil {
		if err := tx.Log(Acto{Evento: bitacora.SelloBaja,
			Carga: bitacora.CargaSelloFuera{Llave: old.ID}}); err != nil {
			return err
		}
	}
	var row int64
	err = tx.get(`SELECT id FROM sellos WHERE llave = ?`, []any{id}, &row)
	if errors.Is(err, ErrNotFound) {
		row, err = tx.add(tSellos, id, publica)
	}
	if err != nil {
		return err
	}
	if _, err := tx.add(tTurnos, row, ms(tx.now)); err != nil {
		return err
	}
	return tx.Log(Acto{Evento: bitacora.SelloAlta,
		Carga: bitacora.CargaSelloEnUso{Llave: id, Publica: publica}})
}

// Sellos gives every key that sealed acuses, the oldest first.
func (v *View) Sellos() (all []LlaveDeSello, err error) {
	err = v.each(
		`SELECT llave, publica, desde, coalesce((SELECT n.desde FROM turnos_sello n WHERE n.id > t.ultimo
			ORDER BY n.id LIMIT 1), 0)
		FROM sellos s JOIN (SELECT sello, min(desde) AS desde, max(id) AS ultimo FROM turnos_sello
		GROUP BY sello) t ON t.sello = s.id
		ORDER BY desde, llave`, nil, func(rows valores) error {
			var s LlaveDeSello
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
