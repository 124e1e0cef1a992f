package exchange

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// Plazos says how terms are counted and when the day ends. The calendar is the
// store's.
type Plazos struct {
	Corte      schema.Hora
	FinDePlazo schema.Hora
	Recogida   schema.Hora   // of the día hábil after a LOT became visible: from then on nobody picked it up
	Esperado   schema.Hora   // by which the day's REC is expected; 0: by the corte
	DesdeTurno bool          // day 0 is the day that CONDUSEF assigned it, not that of delivery
	PorVencer  int           // días hábiles before its limit from which a folio is about to expire
	Ventana    time.Duration // an outage of our server so long before the end of a limit day moves the limit
}

// Brecha is how long nothing may be heard of our server without its having been
// down: it records once a minute that it is up, and a restart takes moments.
const Brecha = 2 * time.Minute

// Umbral gives the days by which it is told at a moment how terms stand.
func (p Plazos) Umbral(cal *schema.Calendario, now time.Time) store.Umbral {
	hoy := schema.DiaDe(now)
	x := store.Umbral{Pasado: hoy, Cerca: cal.Vence(hoy, p.PorVencer+1) - 1}
	if now.Truncate(time.Second).After(hoy.At(p.FinDePlazo)) {
		x.Pasado++
	}
	return x
}

// caidas moves the limits of a UNE that ended while our server was down. It comes
// before anything is taken in, since what arrives is judged by them.
func (c *Cycle) caidas(ctx context.Context, une schema.UNE) error {
	if !c.Route(une.Parte()).Propio {
		return nil
	}
	return c.porAvisar(ctx, une, c.Now(),
		func(tx *store.Tx, cal *schema.Calendario, due []store.Asunto, x store.Umbral) error {
			return c.mover(tx, cal, une, due, x.Pasado)
		})
}

// movidos does so for every UNE.
func (c *Cycle) movidos(ctx context.Context) error {
	padron, err := c.padron(ctx)
	for _, in := range padron {
		err = errors.Join(err, c.caidas(ctx, in.UNE))
	}
	return err
}

// vencimientos tells how the terms of a UNE stood at a moment, once for each change. It
// comes after what had arrived by then was taken in: the log never says that a term ran
// out of a folio whose answer lay there in time, be it that it waits.
func (c *Cycle) vencimientos(
	ctx context.Context, une schema.UNE, at time.Time, esperan map[schema.Folio]bool,
) error {
	return c.porAvisar(ctx, une, at,
		func(tx *store.Tx, _ *schema.Calendario, due []store.Asunto, x store.Umbral) error {
			by := map[string][]store.Asunto{}
			for _, k := range due {
				if !esperan[k.Folio] {
					by[x.Estado(k.Limite)] = append(by[x.Estado(k.Limite)], k)
				}
			}
			for _, estado := range []string{store.PlazoATiempo, store.PlazoPorVencer, store.PlazoVencido} {
				if err := tx.WarnTerms(une, by[estado], estado); err != nil {
					return err
				}
			}
			return nil
		})
}

// porAvisar calls do with the terms of a UNE that stand otherwise at a moment than was
// told last, where there are any.
func (c *Cycle) porAvisar(ctx context.Context, une schema.UNE, at time.Time,
	do func(*store.Tx, *schema.Calendario, []store.Asunto, store.Umbral) error,
) error {
	read := func(v *store.View) (cal *schema.Calendario, due []store.Asunto, x store.Umbral, err error) {
		if cal, err = v.Calendario(); err == nil {
			x = c.Plazos.Umbral(cal, at)
			due, err = v.PlazosPorAvisar(une, x)
		}
		return cal, due, x, err
	}
	some := false
	err := c.Store.View(ctx, func(v *store.View) error {
		_, due, _, err := read(v)
		some = len(due) > 0
		return err
	})
	if err == nil && some {
		err = c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error {
			cal, due, x, err := read(&tx.View)
			if err != nil {
				return err
			}
			return do(tx, cal, due, x)
		})
	}
	if err != nil {
		return fmt.Errorf("terms: %w", err)
	}
	return nil
}

// caida is what is known of our server at the end of a day.
type caida struct {
	down bool
	up   []string // when it was up in the last hours
}

// mover moves the limits of folios to the next día hábil for as long as our server
// was down at the end of their last day: one act for each day.
func (c *Cycle) mover(tx *store.Tx, cal *schema.Calendario, une schema.UNE, due []store.Asunto,
	pasado schema.Dia) error {
	for len(due) > 0 {
		day := slices.MinFunc(due, func(a, b store.Asunto) int {
			return cmp.Compare(a.Limite, b.Limite)
		}).Limite
		if day >= pasado {
			return nil
		}
		var of []store.NuevoLimite
		rest := make([]store.Asunto, 0, len(due))
		for i := range due {
			if due[i].Limite == day {
				of = append(of, store.NuevoLimite{Asunto: &due[i], Nuevo: cal.Siguiente(day)})
			} else {
				rest = append(rest, due[i])
			}
		}
		d, err := c.caida(tx, day.At(c.Plazos.FinDePlazo))
		if err != nil {
			return err
		}
		if d.down {
			err := tx.MoveTerms(une, of, bitacora.CargaMovido{Motivo: "servidor_caido",
				VentanaSegundos: int64(c.Plazos.Ventana.Seconds()), Servidor: d.up})
			if err != nil {
				return err
			}
			for _, x := range of {
				rest = append(rest, *x.Asunto)
			}
		}
		due = rest
	}
	return nil
}

// caida tells whether our server was down in the last hours before the end of a
// limit day. One that never served before was not down.
func (c *Cycle) caida(tx *store.Tx, fin time.Time) (d caida, err error) {
	from := fin.Add(-c.Plazos.Ventana)
	served, err := tx.EnServicio(from)
	if err != nil || !served {
		return d, err
	}
	up, err := tx.Arriba(from, fin)
	if err != nil {
		return d, err
	}
	_, d.up = uptime(up)
	last := from
	for _, i := range up {
		d.down = d.down || i.Desde.Sub(last) > Brecha
		if i.Hasta.After(last) {
			last = i.Hasta
		}
	}
	d.down = d.down || fin.Sub(last) > Brecha
	return d, nil
}
