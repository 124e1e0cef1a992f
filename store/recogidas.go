package store

import (
	"errors"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Recogida is the evidence of one handle: what a party read of a file of ours
// between opening it and its end. What it proves: a client that held the
// account's key was sent these bytes; not that somebody looked at them.
type Recogida struct {
	Salida      int64
	Cuenta      string
	Fingerprint string // fingerprint of the key; "" a password
	Direccion   string
	Cliente     string // the client's version string
	Algoritmos  string
	Abierta     time.Time
	Cerrada     time.Time
	Primero     time.Time // first byte; zero without one
	Ultimo      time.Time // last byte; zero without one
	Inicio      int64     // lowest offset that was asked for; -1 none
	Tramos      string    // the bytes that were read, as spans.Set writes them
	Cubiertos   int64     // their number
	Cierre      bool      // the party closed it; false: its connection broke
	Completa    bool      // this handle alone read all bytes, and was closed
	Ronda       int       // which pickup of the file it belongs to, from 1
}

// Cobertura is what all handles on a file together show.
type Cobertura struct {
	Abierta  time.Time // first opened; zero: never
	Leida    time.Time // first byte; zero: none
	Completa time.Time // first picked up whole; zero: not yet
	Veces    int       // how often it was picked up whole
	Tramos   string    // what counts of the pickup that is under way
}

// The states of a pickup, as status, estado/ and the log write them.
const (
	RecogidaPublicado    = "publicado"     // nobody opened it
	RecogidaAbierto      = "abierto"       // opened, and no byte read
	RecogidaParcial      = "parcial"       // some bytes were read
	RecogidaCompleto     = "completo"      // every byte was read, and the end was a proper one
	RecogidaRepetido     = "repetido"      // more than once
	RecogidaNoObservable = "no_observable" // it lies on a server that is not ours
)

// Estado names what the coverage shows.
func (c Cobertura) Estado() string {
	switch {
	case c.Veces > 1:
		return RecogidaRepetido
	case c.Veces == 1:
		return RecogidaCompleto
	case !c.Leida.IsZero():
		return RecogidaParcial
	case !c.Abierta.IsZero():
		return RecogidaAbierto
	}
	return RecogidaPublicado
}

// Cobertura gives what is known of the pickup of a file; the zero value where
// nobody opened it.
func (v *View) Cobertura(salida int64) (c Cobertura, err error) {
	var abierta, leida, completa int64
	err = v.get(
		`SELECT abierta, coalesce(leida, 0), coalesce(completa, 0), veces, tramos FROM coberturas
			WHERE salida = ?`,
		[]any{salida}, &abierta, &leida, &completa, &c.Veces, &c.Tramos)
	if errors.Is(err, ErrNotFound) {
		return c, nil
	}
	c.Abierta, c.Leida, c.Completa = moment(abierta), moment(leida), moment(completa)
	return c, err
}

// AddRecogida records a handle and what the handles on the file show with it. The
// event has the name of what this handle brought about; tramos is what it tells of
// the bytes that were read.
func (tx *Tx) AddRecogida(s Salida, r Recogida, c Cobertura, evento, tramos string) error {
	var inicio any
	if r.Inicio >= 0 {
		inicio = r.Inicio
	}
	_, err := tx.add(tRecogidas, s.ID, r.Cuenta, r.Fingerprint, r.Direccion, r.Cliente, r.Algoritmos,
		ms(r.Abierta), ms(r.Cerrada),
		nulo(r.Primero), nulo(r.Ultimo), inicio, r.Tramos, r.Cubiertos, r.Cierre, r.Completa, r.Ronda,
		ms(c.Abierta), nulo(c.Leida), nulo(c.Completa), c.Veces, c.Tramos)
	if err != nil {
		return err
	}
	if _, err := tx.work(
		`INSERT INTO coberturas (salida, abierta, leida, completa, veces, tramos) VALUES (?,?,?,?,?,?)
		ON CONFLICT (salida) DO UPDATE SET leida = excluded.leida, completa = excluded.completa,
		veces = excluded.veces, tramos = excluded.tramos`,
		s.ID, ms(c.Abierta), nulo(c.Leida), nulo(c.Completa), c.Veces, c.Tramos); err != nil {
		return err
	}
	if c.Veces > 0 {
		if _, err := tx.work(`DELETE FROM por_recoger WHERE salida = ?`, s.ID); err != nil {
			return err
		}
	}
	d := bitacora.CargaRecogida{Llave: r.Fingerprint, Direccion: r.Direccion, Cliente: r.Cliente,
		Algoritmos: r.Algoritmos,
		Abierta:    schema.NewInstante(r.Abierta), Cerrada: schema.NewInstante(r.Cerrada), Cierre: r.Cierre,
		Bytes: s.Bytes, Cubiertos: r.Cubiertos, Ronda: r.Ronda, Estado: c.Estado(), Tramos: tramos}
	if !r.Primero.IsZero() {
		d.Primero, d.Ultimo = schema.NewInstante(r.Primero), schema.NewInstante(r.Ultimo)
	}
	return tx.Log(s.acto(evento, d))
}

const selectRecogida = `SELECT salida, cuenta, huella, direccion, cliente, algoritmos, abierta, cerrada,
	coalesce(primero, 0), coalesce(ultimo, 0),
	coalesce(inicio, -1), tramos, cubiertos, cierre, completa, ronda FROM recogidas`

func (v *View) recogidas(where string, args ...any) (all []Recogida, err error) {
	err = v.each(selectRecogida+` WHERE `+where, args, func(rows valores) error {
		var r Recogida
		var abierta, cerrada, primero, ultimo int64
		if err := rows.Scan(&r.Salida, &r.Cuenta, &r.Fingerprint, &r.Direccion, &r.Cliente, &r.Algoritmos,
			&abierta, &cerrada, &primero, &ultimo,
			&r.Inicio, &r.Tramos, &r.Cubiertos, &r.Cierre, &r.Completa, &r.Ronda); err != nil {
			return err
		}
		r.Abierta, r.Cerrada, r.Primero, r.Ultimo = moment(abierta), moment(cerrada), moment(primero),
			moment(ultimo)
		all = append(all, r)
		return nil
	})
	return all, err
}

// Recogidas gives the handles on a file, in the order of their ends.
func (v *View) Recogidas(salida int64) ([]Recogida, error) {
	return v.recogidas(`salida = ? ORDER BY id`, salida)
}

// handles bounds how many handles of a file are held against a new one: whoever
// opens a file thousands of times proves no more by it.
const handles = 64

// Cortadas gives the last handles of a round whose connection broke.
func (v *View) Cortadas(salida int64, ronda int) ([]Recogida, error) {
	return v.recogidas(`salida = ? AND ronda = ? AND cierre = 0 ORDER BY id DESC LIMIT ?`, salida, ronda,
		handles)
}

// Reanudadas gives the last handles of a round that began beyond the first byte.
func (v *View) Reanudadas(salida int64, ronda int) ([]Recogida, error) {
	return v.recogidas(`salida = ? AND ronda = ? AND inicio > 0 ORDER BY id DESC LIMIT ?`, salida, ronda,
		handles)
}
