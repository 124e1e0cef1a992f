package exchange

import (
	"context"
	"errors"
	"fmt"

	"buzon/schema"
	"buzon/store"
)

// deliver makes a LOT of each REC of which the institution has rows in none yet,
// and shows it.
func (c *Cycle) deliver(ctx context.Context, une schema.UNE, dia schema.Dia, inf *Informe) error {
	var recs []int64
	err := c.Store.View(ctx, func(v *store.View) (err error) {
		recs, err = v.SinLote(une)
		return err
	})
	if err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	var errs []error
	for _, rec := range recs {
		if err := c.lote(ctx, une, rec, dia, inf); err != nil {
			errs = append(errs, fmt.Errorf("deliver: %w", err))
		}
	}
	return errors.Join(errs...)
}

// lote makes one LOT and shows it; rec is 0 for an empty one.
func (c *Cycle) lote(ctx context.Context, une schema.UNE, rec int64, dia schema.Dia, inf *Informe) error {
	now := c.Now()
	if err := c.farFromMidnight(now); err != nil {
		return err
	}
	var s store.Salida
	err := c.Store.Update(ctx, now, func(tx *store.Tx) (err error) {
		s, err = c.makeLote(tx, une, rec, dia)
		return err
	})
	if err != nil {
		return fmt.Errorf("make lot: %w", err)
	}
	if err := c.publishOne(ctx, &s, inf); err != nil {
		return fmt.Errorf("publish %s: %w", s.Nombre, err)
	}
	return nil
}

// makeLote writes the LOT's bytes and records it with the limit of each row.
func (c *Cycle) makeLote(tx *store.Tx, une schema.UNE, rec int64, dia schema.Dia) (s store.Salida, err error) {
	in, err := tx.Institucion(une)
	if err != nil {
		return s, err
	}
	today := schema.DiaDe(tx.Now())
	nnn, err := tx.NextNNN(une.String(), schema.LOT, today, 1)
	if err != nil {
		return s, err
	}
	nombre := schema.Nombre{Tipo: schema.LOT, UNE: une, Dia: today, NNN: nnn}
	s = store.Salida{Parte: une.String(), Carpeta: CarpetaReclamaciones, Nombre: nombre.String(), Tipo: schema.LOT,
		Jornada: dia, Dia: today, NNN: nnn, Archivo: rec}
	var a store.Archivo // no name: an empty LOT comes from none
	if rec != 0 {
		if a, err = tx.ArchivoPorID(rec); err != nil {
			return s, err
		}
	}
	out, err := c.begin(nombre, tx.Now(), une.String(), a.Nombre)
	if err != nil {
		return s, err
	}
	defer out.abandon()
	cal, err := tx.Calendario()
	if err != nil {
		return s, err
	}
	var plazos []store.Plazo
	if rec != 0 {
		if plazos, err = c.writeLote(tx, out, in, a, cal); err != nil {
			return s, err
		}
	}
	if err := out.keep(&s); err != nil {
		return s, err
	}
	return s, tx.AddLote(&s, plazos, cal.Version())
}

// writeLote writes an institution's rows of a REC, in the REC's order.
func (c *Cycle) writeLote(tx *store.Tx, out *output, in store.Institucion, rec store.Archivo, cal *schema.Calendario) (plazos []store.Plazo, err error) {
	today, left := schema.DiaDe(tx.Now()), schema.DiaDe(rec.Recibido)
	if n, err := schema.ParseNombre(rec.Nombre); err == nil {
		left = min(left, n.Dia) // we may have been down when CONDUSEF left it
	}
	delay := cal.DiasHabiles(left, today) // ours, which never counts against a UNE
	err = tx.DelREC(in.UNE, rec.ID, func(caso store.Caso) error {
		r, ok := schema.ParseRecord[schema.Reclamacion](caso.Registro)
		if !ok {
			return fmt.Errorf("folio %s: the kept record cannot be read", caso.Folio)
		}
		p := store.Plazo{Caso: caso.ID, Dia0: today}
		if c.Plazos.DesdeTurno {
			p.Dia0 = cal.Vence(caso.Turno, delay)
		}
		p.Limite = cal.Vence(p.Dia0, in.Termino)
		plazos = append(plazos, p)
		r.RecNumero = schema.NewEntero(int64(len(plazos)))
		r.RecFechaLimite = p.Limite.Fecha()
		return out.write(r)
	})
	if err == nil && len(plazos) == 0 {
		err = errors.New("no rows")
	}
	return plazos, err
}
