package store

import (
	"errors"
	"fmt"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// ErrReloj says that a clock shows a moment that is too far from the last that the store
// knows: nothing is written by it.
type ErrReloj struct{ Ahora, Ultimo time.Time }

func (e *ErrReloj) Error() string {
	return fmt.Sprintf(
		"the machine's clock shows %s, and the last moment that the log knows is %s: nothing is taken, "+
			"made or recorded until the clock is set right; where it is right, as after a long outage, "+
			"end the daemon, 'buzon run --clock-is-right', and start it again",
		schema.NewInstante(e.Ahora), schema.NewInstante(e.Ultimo))
}

// Creible is an *ErrReloj where a moment is further than salto from the last event and
// from the last beat of our server; 0 believes every moment.
func (v *View) Creible(now time.Time, salto time.Duration) error {
	last, err := v.ultimoMomento()
	if err != nil {
		return err
	}
	return v.creible(now, last, salto)
}

func (v *View) creible(now, last time.Time, salto time.Duration) error {
	if salto == 0 || last.IsZero() || now.Sub(last).Abs() <= salto {
		return nil
	}
	beat, err := v.UltimoLatido()
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return err
	case now.Sub(beat).Abs() <= salto:
		return nil
	case beat.After(last):
		last = beat
	}
	return &ErrReloj{now, last}
}

// ultimoMomento is that of the last event; zero: there is none.
func (v *View) ultimoMomento() (time.Time, error) {
	var last int64
	err := v.get(
		`SELECT coalesce(max(momento), 0) FROM (SELECT momento FROM bitacora ORDER BY n DESC LIMIT 1)`, nil,
		&last)
	return moment(last), err
}

// confirma records that a clock which would not be believed is right.
func (tx *Tx) confirma(salto time.Duration) error {
	e, doubted := errors.AsType[*ErrReloj](tx.Creible(tx.now, salto))
	if !doubted {
		return nil
	}
	return tx.Log(Acto{Evento: bitacora.RelojConfirmado, Carga: bitacora.CargaReloj{
		Antes: schema.NewInstante(e.Ultimo), Despues: schema.NewInstante(tx.now),
		Segundos: int64(tx.now.Sub(e.Ultimo).Seconds())}})
}
