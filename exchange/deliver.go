package exchange

import (
	"context"
	"errors"
	"fmt"
	"time"

	"buzon/schema"
	"buzon/store"
)

// deliver makes a LOT of each REC of which an institution with a server of its own has
// rows in none yet, and puts it there.
func (c *Cycle) deliver(ctx context.Context, une schema.UNE, dia schema.Dia, inf *Informe) error {
	if c.Route(une.Parte()).Propio {
		return nil // deliverOwn
	}
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

// borrador is a LOT whose bytes are written, and what they were made by.
type borrador struct {
	une    schema.UNE
	s      store.Salida
	out    *output
	plazos []store.Plazo
	cal    string // version of the calendar
}

// lote makes one LOT of a REC and shows it. Its bytes are written before the
// transaction, which holds up nobody but for its rows.
func (c *Cycle) lote(ctx context.Context, une schema.UNE, rec int64, dia schema.Dia, inf *Informe) error {
	var b borrador
	err := errCambio
	for i := 0; errors.Is(err, errCambio) && i <= intentos; i++ {
		now := c.Now()
		if err = c.farFromMidnight(now); err == nil {
			err = c.draft(ctx, now, une, rec, dia, &b)
		}
		if err == nil {
			err = b.out.keep(&b.s)
		}
		if err == nil {
			err = c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error { return c.keepLote(tx, &b, inf) })
		}
	}
	if err != nil {
		return fmt.Errorf("make lot: %w", err)
	}
	if !b.s.Publicado.IsZero() || b.s.ID == 0 {
		return nil
	}
	if err := c.publishOne(ctx, &b.s, inf); err != nil {
		return fmt.Errorf("publish %s: %w", b.s.Nombre, err)
	}
	return nil
}

// draft is draftLote in a snapshot of its own.
func (c *Cycle) draft(ctx context.Context, now time.Time, une schema.UNE, rec int64, dia schema.Dia,
	b *borrador) error {
	return c.Store.View(ctx, func(v *store.View) (err error) {
		*b, err = c.draftLote(v, now, une, rec, dia)
		return err
	})
}

// keepLote records a LOT, where it is still what would be made now, and shows it where
// that is for us to say. It does nothing where its rows went into another LOT meanwhile.
func (c *Cycle) keepLote(tx *store.Tx, b *borrador, inf *Informe) error {
	now := tx.Now().Add(tx.Waited())
	if b.s.Archivo != 0 {
		wanted, err := tx.PorEntregar(b.une, b.s.Archivo)
		if err != nil || !wanted {
			return err
		}
		if c.Route(b.s.Parte).Propio { // elsewhere publishOne looks, once more
			if err := c.farFromMidnight(now); err != nil {
				return err
			}
		}
	}
	nnn, err := tx.NextNNN(b.s.Parte, schema.LOT, b.s.Dia, 1)
	if err != nil {
		return err
	}
	cal, err := tx.Calendario()
	if err != nil {
		return err
	}
	if nnn != b.s.NNN || cal.Version() != b.cal ||
		schema.DiaDe(tx.Now()) != b.s.Dia || schema.DiaDe(now) != b.s.Dia {
		return fmt.Errorf("%s: %w", b.s.Nombre, errCambio)
	}
	if err := tx.AddLote(&b.s, b.plazos, b.cal); err != nil {
		return err
	}
	return c.show(tx, &b.s, inf)
}

// draftLote writes a LOT's bytes, which its out then keeps; rec is 0 for an empty one.
func (c *Cycle) draftLote(v *store.View, now time.Time, une schema.UNE, rec int64,
	dia schema.Dia) (b borrador, err error) {
	in, err := v.Institucion(une)
	if err != nil {
		return b, err
	}
	today := schema.DiaDe(now)
	nnn, err := v.NextNNN(une.Parte(), schema.LOT, today, 1)
	if err != nil {
		return b, err
	}
	nombre := schema.Nombre{Tipo: schema.LOT, UNE: une, Dia: today, NNN: nnn}
	b.s = store.Salida{Parte: une.Parte(), Carpeta: schema.CarpetaReclamaciones, Nombre: nombre.String(),
		Tipo:    schema.LOT,
		Jornada: dia, Dia: today, NNN: nnn, Archivo: rec}
	var a store.Archivo // no name: an empty LOT comes from none
	if rec != 0 {
		if a, err = v.ArchivoPorID(rec); err != nil {
			return b, err
		}
	}
	out, err := c.begin(nombre, now, une.Parte(), a.Nombre)
	if err != nil {
		return b, err
	}
	defer func() {
		if err != nil {
			out.abandon()
		}
	}()
	b.une, b.out = une, out
	cal, err := v.Calendario()
	if err != nil {
		return b, err
	}
	b.cal = cal.Version()
	if rec != 0 {
		if b.plazos, err = c.writeLote(v, out, in, &a, cal, today); err != nil {
			return b, err
		}
	}
	return b, nil
}

// writeLote writes an institution's rows of a REC, in the REC's order, and gives
// their terms: one for all, or one for each day of turno. A row that cannot be read
// again, or that the institution's version cannot say, holds up the whole LOT.
func (c *Cycle) writeLote(v *store.View, out *output, in store.Institucion, rec *store.Archivo,
	cal *schema.Calendario, today schema.Dia) (plazos []store.Plazo, err error) {
	regs, done := c.leer()
	defer done()
	l, err := regs.deREC(v, rec, in.UNE)
	if err != nil {
		return nil, err
	}
	left := schema.DiaDe(rec.Recibido)
	if n, err := schema.ParseNombre(rec.Nombre); err == nil {
		left = min(left, n.Dia) // we may have been down when CONDUSEF left it
	}
	delay := cal.DiasHabiles(left, today) // ours, which never counts against a UNE
	terms := map[schema.Dia]store.Plazo{}
	term := func(turno schema.Dia) store.Plazo {
		p := store.Plazo{Dia0: today}
		if c.Plazos.DesdeTurno {
			p.Turno = turno
		}
		if have, ok := terms[p.Turno]; ok {
			return have
		}
		if c.Plazos.DesdeTurno {
			p.Dia0 = cal.Vence(turno, delay)
		}
		p.Limite = cal.Vence(p.Dia0, in.Termino)
		terms[p.Turno] = p
		plazos = append(plazos, p)
		return p
	}
	limite := fechaDe(func(turno schema.Dia) schema.Dia { return term(turno).Limite })
	rows := 0
	err = v.DelREC(in.UNE, rec.ID, func(f store.FilaDeREC) error {
		rows++
		return out.deREC(l, f, rows, limite(f.Turno))
	})
	if err == nil && rows == 0 {
		err = errors.New("no rows")
	}
	return plazos, err
}

// fechaDe writes the limit of a day of turno; that of the last one is held.
func fechaDe(limite func(schema.Dia) schema.Dia) func(schema.Dia) schema.Fecha {
	last, fecha := schema.Dia(-1), schema.Fecha("")
	return func(turno schema.Dia) schema.Fecha {
		if turno != last {
			last, fecha = turno, limite(turno).Fecha()
		}
		return fecha
	}
}

// deREC writes a record of a LOT: the REC's own line but for its number and limit. Of
// another version, or encoding, the record is read again and written anew.
func (o *output) deREC(l *lector, f store.FilaDeREC, numero int, limite schema.Fecha) error {
	if l.a.Version == string(o.version) && l.a.Codificacion == "" {
		line, err := l.linea(f.Posicion)
		if err != nil {
			return err
		}
		o.records++
		ok, err := o.w.Empalma(line, f.Folio, numero, limite)
		if err == nil && !ok {
			err = l.errNoEsta(f.Posicion, f.Folio)
		}
		return err
	}
	r, err := registro(l, f.Posicion, f.Folio, folioREC)
	if err != nil {
		return err
	}
	r.RecNumero, r.RecFechaLimite = schema.NewEntero(int64(numero)), limite
	if err := cabe(&r, f.Folio, o.version); err != nil {
		return err
	}
	return o.write(r)
}
