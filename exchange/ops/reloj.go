package ops

import (
	"slices"
	"time"

	"buzon/store"
	"buzon/store/bitacora"
)

// Now is the moment of which a store is asked, where hoy is that of the machine's clock:
// a rehearsal's stands at its last event.
func Now(v *store.View, hoy time.Time) (now time.Time, err error) {
	simulacro, err := v.Simulacro()
	if err != nil || !simulacro {
		return hoy, err
	}
	now = hoy
	err = v.History(store.Consulta{Ultimos: true, Limite: 1}, func(e bitacora.Evento) error {
		now = e.Momento
		return nil
	})
	return now, err
}

// Beside is the moment at which something is changed beside the exchange, where hoy is
// that of the machine's clock. A rehearsal's stands a second after its last event while
// a term runs, so that none is overdue by all the time until today; stands says so. When
// none does it is the machine's: what is changed then comes after every moment as of
// which something may have been said.
func Beside(v *store.View, hoy time.Time) (now time.Time, stands bool, err error) {
	simulacro, err := v.Simulacro()
	if err != nil || !simulacro {
		return hoy, false, err
	}
	last, err := Now(v, hoy)
	if err != nil {
		return hoy, false, err
	}
	next := last.Add(time.Second)
	abiertos, err := v.PlazosAbiertos()
	if hoy.Before(next) || slices.ContainsFunc(abiertos, func(c store.Asunto) bool {
		return c.Plazo != store.PlazoVencido
	}) {
		return next, true, err
	}
	return hoy, false, err
}
