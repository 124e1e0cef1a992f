package store

import (
	"encoding/json"
	"fmt"
	"strings"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Acto is what an event is to tell.
type Acto struct {
	Evento  string
	Parte   schema.Parte // 0: the gateway itself
	Archivo string
	SHA256  schema.Huella
	Folio   schema.Folio // where it is of one folio
	Carga   any          // the payload, of the struct that bitacora.CargaDe has for it
	// Renglones is what it did to each record; nil where it is of none.
	Renglones *bitacora.Renglones

	sumas map[*tabla]*suma // of rows that a longer work added
}

// ultimo is the number of the last event.
func (tx *Tx) ultimo() (int64, error) {
	if tx.n < 0 {
		n, err := tx.Eventos()
		if err != nil {
			return 0, err
		}
		tx.n = n
	}
	return tx.n, nil
}

// Log appends an act at the transaction's moment, in as many events as it takes.
// It tells of the rows that were added since the act before.
func (tx *Tx) Log(e Acto) error {
	last, err := tx.ultimo()
	if err != nil {
		return err
	}
	filas, err := tx.filas(e.sumas)
	if err != nil {
		return err
	}
	primero := last + 1
	archivo := strings.ToValidUTF8(e.Archivo, "_") // a party may name a file as it likes
	c := bitacora.Crudo{Momento: ms(tx.now), Evento: e.Evento, Parte: e.Parte.String(), Archivo: archivo,
		SHA256: string(e.SHA256), Folio: string(e.Folio)}
	add := func(p bitacora.ParteDeActo) error {
		c.N, c.Detalle = tx.n+1, p.Detalle
		if err := tx.evento(&c); err != nil {
			return fmt.Errorf("store: event %s: %w", e.Evento, err)
		}
		if c.N == primero {
			return nil
		}
		return tx.s.escritor.insert(`INSERT INTO partes (primero, desde, n) VALUES (?,?,?)`,
			[]any{primero, int64(p.Desde), c.N})
	}
	return bitacora.Partes(primero, e.Evento, e.Carga, filas, e.Renglones, add)
}

// filas says what was added to each table.
func (tx *Tx) filas(more map[*tabla]*suma) (string, error) {
	all := make(map[string]Agregadas, len(tx.sumas)+len(more))
	for _, sumas := range []map[*tabla]*suma{tx.sumas, more} {
		for t, s := range sumas {
			if s.n > 0 {
				all[t.nombre] = s.dicho()
			}
		}
	}
	clear(tx.sumas)
	if len(all) == 0 {
		return "", nil
	}
	b, err := json.Marshal(all)
	return string(b), err
}

// evento appends one event.
func (tx *Tx) evento(c *bitacora.Crudo) error {
	hoja := c.Hoja()
	e := tx.s.escritor
	err := e.insert(
		`INSERT INTO bitacora (n, momento, evento, parte, archivo, sha256, folio, detalle, hoja)
			VALUES (?,?,?,?,?,?,?,?,?)`,
		[]any{c.N, c.Momento, c.Evento, c.Parte, c.Archivo, c.SHA256, c.Folio, c.Detalle, hoja[:]})
	if err != nil {
		return err
	}
	tx.n, tx.escribe = c.N, true
	err = e.insert(`INSERT INTO bloques (bloque, desde, hasta) VALUES (?1, ?2, ?2)
		ON CONFLICT DO UPDATE SET desde = min(desde, excluded.desde), hasta = max(hasta, excluded.hasta)
		WHERE excluded.desde < desde OR excluded.hasta > hasta`, []any{c.N >> porBloque, c.Momento})
	if err != nil {
		return err
	}
	return tx.grow(c.N)
}

// Eventos is the number of events: the number of the last one.
func (v *View) Eventos() (n int64, err error) {
	err = v.get(`SELECT coalesce(max(n), 0) FROM bitacora`, nil, &n)
	return n, err
}

// ActosDe counts the acts that an event of a name tells, be it in several parts.
func (v *View) ActosDe(evento string) (n int64, err error) {
	err = v.get(
		`SELECT count(*) - (SELECT count(*) FROM partes p JOIN bitacora b ON b.n = p.n WHERE b.evento = ?1)
		FROM bitacora WHERE evento = ?1`, []any{evento}, &n)
	return n, err
}

// Simulacro tells whether the store is a rehearsal's.
func (v *View) Simulacro() (yes bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM meta WHERE clave = 'simulacro')`, nil, &yes)
	return yes, err
}
