package store

import (
	"errors"
	"fmt"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Intervalo is a time from Desde up to Hasta.
type Intervalo struct{ Desde, Hasta time.Time }

// Duracion is how long it lasted.
func (i Intervalo) Duracion() time.Duration { return i.Hasta.Sub(i.Desde) }

// StartService records that our server is up from now on, and gives the number that
// Late and Para take. Where the server before it ended without Para, as by a
// power cut, an event tells until when it is known to have been up.
func (tx *Tx) StartService() (id int64, err error) {
	var hasta int64
	var clean bool
	err = tx.get(`SELECT hasta, cierre FROM latidos ORDER BY id DESC LIMIT 1`, nil, &hasta, &clean)
	if err == nil && !clean {
		err = tx.interrumpido(moment(hasta), "")
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return 0, err
	}
	return tx.intervalo()
}

// ResumeService records that our server is up again which did not end and yet was not,
// as where its machine slept: what comes is a further interval. Motivo says why it was
// not; "" tells of nothing, as where only the clock was set back.
func (tx *Tx) ResumeService(motivo string) (id int64, err error) {
	if motivo != "" {
		last, err := tx.UltimoLatido()
		if err != nil {
			return 0, err
		}
		if err := tx.interrumpido(last, motivo); err != nil {
			return 0, err
		}
	}
	return tx.intervalo()
}

func (tx *Tx) interrumpido(last time.Time, motivo string) error {
	return tx.Log(Acto{Evento: bitacora.ServicioInterrumpido,
		Carga: bitacora.CargaInterrupcion{UltimoLatido: schema.NewInstante(last), Motivo: motivo}})
}

// intervalo begins one in which our server is up.
func (tx *Tx) intervalo() (id int64, err error) {
	res, err := tx.rapida.exec(`INSERT INTO latidos (desde, hasta) VALUES (?, ?)`,
		[]any{ms(tx.now), ms(tx.now)})
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return res.LastInsertId()
}

// Late records that our server is still up. A clock that was set back adds
// nothing.
func (tx *Tx) Late(id int64) error {
	return tx.must(`UPDATE latidos SET hasta = max(hasta, ?) WHERE id = ?`, ms(tx.now), id)
}

// StopService records that our server ends here, as asked.
func (tx *Tx) StopService(id int64) error {
	return tx.must(`UPDATE latidos SET hasta = max(hasta, ?), cierre = 1 WHERE id = ?`, ms(tx.now), id)
}

// Arriba gives the intervals between two moments in which our server was up, in
// order. What is not in them may have been an outage of ours.
func (v *View) Arriba(desde, hasta time.Time) (all []Intervalo, err error) {
	err = v.each(
		`SELECT max(desde, ?1), min(hasta, ?2) FROM latidos WHERE hasta > ?1 AND desde < ?2
		ORDER BY desde, id`,
		[]any{ms(desde), ms(hasta)},
		func(rows valores) error {
			var from, to int64
			if err := rows.Scan(&from, &to); err != nil {
				return err
			}
			all = append(all, Intervalo{moment(from), moment(to)})
			return nil
		})
	return all, err
}
