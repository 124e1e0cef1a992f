package store

import (
	"database/sql"
	"time"
)

// Recogida is the evidence of one reading of a file by a party.
type Recogida struct {
	Salida    int64
	Cuenta    string
	Huella    string // fingerprint of the key
	Direccion string
	Cliente   string // the client's version string
	Abierta   time.Time
	Cerrada   time.Time
	Cubiertos int64 // different bytes that were read
	Completa  bool  // all bytes were read, and it ended without a transfer error
}

// AddRecogida records that a party read a file of ours. What it proves: an
// account that held a key was sent these bytes; not that somebody looked at them.
func (tx *Tx) AddRecogida(s Salida, r Recogida) error {
	if err := tx.exec(`INSERT INTO recogidas (salida, cuenta, huella, direccion, cliente, abierta, cerrada, cubiertos, completa) VALUES (?,?,?,?,?,?,?,?,?)`,
		s.ID, r.Cuenta, r.Huella, r.Direccion, r.Cliente, ms(r.Abierta), ms(r.Cerrada), r.Cubiertos, r.Completa); err != nil {
		return err
	}
	name := ArchivoRecogido
	if !r.Completa {
		name = ArchivoLeidoEnParte
	}
	return tx.Log(s.event(name, Detalle{"llave": r.Huella, "direccion": r.Direccion, "cliente": r.Cliente,
		"bytes": s.Bytes, "cubiertos": r.Cubiertos}))
}

// Recogidas gives the readings of a file, in order.
func (v *View) Recogidas(salida int64) (all []Recogida, err error) {
	err = v.each(`SELECT salida, cuenta, huella, direccion, cliente, abierta, cerrada, cubiertos, completa FROM recogidas WHERE salida = ? ORDER BY id`,
		[]any{salida}, func(rows *sql.Rows) error {
			var r Recogida
			var abierta, cerrada int64
			if err := rows.Scan(&r.Salida, &r.Cuenta, &r.Huella, &r.Direccion, &r.Cliente, &abierta, &cerrada, &r.Cubiertos, &r.Completa); err != nil {
				return err
			}
			r.Abierta, r.Cerrada = moment(abierta), moment(cerrada)
			all = append(all, r)
			return nil
		})
	return all, err
}
