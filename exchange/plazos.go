package exchange

import (
	"context"
	"fmt"
	"time"

	"buzon/schema"
	"buzon/store"
)

// Plazos says how terms are counted and when the day ends. The calendar is the
// store's.
type Plazos struct {
	Corte      schema.Hora
	FinDePlazo schema.Hora
	Recogida   schema.Hora   // of the día hábil after a LOT became visible: from then on nobody picked it up
	DesdeTurno bool          // day 0 is the day that CONDUSEF assigned it, not that of delivery
	PorVencer  int           // días hábiles before its limit from which a folio is about to expire
	Ventana    time.Duration // an outage of our server so long before the end of a limit day moves the limit
}

// brecha is how long nothing may be heard of our server without its having been
// down: it records once a minute that it is up, and a restart takes moments.
const brecha = 2 * time.Minute

// Umbral gives the days by which it is told at a moment how terms stand.
func (p Plazos) Umbral(cal *schema.Calendario, now time.Time) store.Umbral {
	hoy := schema.DiaDe(now)
	x := store.Umbral{Pasado: hoy, Cerca: cal.Vence(hoy, p.PorVencer+1) - 1}
	if now.Truncate(time.Second).After(hoy.At(p.FinDePlazo)) {
		x.Pasado++
	}
	return x
}

// vencimientos tells what became of the terms of a UNE since the last time: limits
// that an outage of ours moved, and how each term stands now, once for each change.
// It comes before anything is taken in, since what arrives is judged by it.
func (c *Cycle) vencimientos(ctx context.Context, une schema.UNE) error {
	now := c.Now()
	var due []store.Caso
	err := c.Store.View(ctx, func(v *store.View) error {
		cal, err := v.Calendario()
		if err == nil {
			due, err = v.PlazosPorAvisar(une, c.Plazos.Umbral(cal, now))
		}
		return err
	})
	if err == nil && len(due) > 0 {
		err = c.Store.Update(ctx, now, func(tx *store.Tx) error { return c.avisar(tx, une) })
	}
	if err != nil {
		return fmt.Errorf("terms: %w", err)
	}
	return nil
}

func (c *Cycle) avisar(tx *store.Tx, une schema.UNE) error {
	cal, err := tx.Calendario()
	if err != nil {
		return err
	}
	x := c.Plazos.Umbral(cal, tx.Now())
	due, err := tx.PlazosPorAvisar(une, x)
	if err != nil {
		return err
	}
	down := map[schema.Dia]caida{}
	for _, k := range due {
		if x.Estado(k.Limite) == store.PlazoVencido && c.Parte(une.String()).Propio {
			if err := c.mover(tx, cal, &k, x.Pasado, down); err != nil {
				return err
			}
		}
		if estado := x.Estado(k.Limite); estado != k.Plazo {
			if err := tx.AvisarPlazo(k, estado); err != nil {
				return err
			}
		}
	}
	return nil
}

// caida is what is known of our server at the end of a day.
type caida struct {
	down  bool
	known bool
	up    []string // when it was up in the last hours
}

// mover moves the limit of a folio to the next día hábil for as long as our server
// was down at the end of its last day.
func (c *Cycle) mover(tx *store.Tx, cal *schema.Calendario, k *store.Caso, pasado schema.Dia, down map[schema.Dia]caida) error {
	for k.Limite < pasado {
		d := down[k.Limite]
		if !d.known {
			var err error
			if d, err = c.caida(tx, k.Limite.At(c.Plazos.FinDePlazo)); err != nil {
				return err
			}
			down[k.Limite] = d
		}
		if !d.down {
			return nil
		}
		err := tx.MoverPlazo(k, cal.Siguiente(k.Limite), store.Detalle{"motivo": "servidor_caido",
			"ventana_segundos": int64(c.Plazos.Ventana.Seconds()), "servidor": d.up})
		if err != nil {
			return err
		}
	}
	return nil
}

// caida tells whether our server was down in the last hours before the end of a
// limit day. One that never served before was not down.
func (c *Cycle) caida(tx *store.Tx, fin time.Time) (d caida, err error) {
	d.known = true
	from := fin.Add(-c.Plazos.Ventana)
	served, err := tx.EnServicio(from)
	if err != nil || !served || c.Plazos.Ventana <= 0 {
		return d, err
	}
	up, err := tx.Arriba(from, fin)
	if err != nil {
		return d, err
	}
	_, d.up = uptime(up)
	last := from
	for _, i := range up {
		d.down = d.down || i.Desde.Sub(last) > brecha
		if i.Hasta.After(last) {
			last = i.Hasta
		}
	}
	d.down = d.down || fin.Sub(last) > brecha
	return d, nil
}
