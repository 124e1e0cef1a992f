package exchange

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// corteDue tells whether the hour of the day's corte has come and it was not
// done yet. A day that is no día hábil has none.
func (c *Cycle) corteDue(ctx context.Context, dia schema.Dia) (due bool, err error) {
	if c.Now().Before(dia.At(c.Plazos.Corte)) {
		return false, nil
	}
	err = c.Store.View(ctx, func(v *store.View) error {
		cal, err := v.Calendario()
		if err != nil {
			return err
		}
		j, err := v.Jornada(dia)
		due = cal.Habil(dia) && !j.Cortada(c.Now())
		return err
	})
	return due, err
}

// cortes does the corte of a day, and before it those of earlier days that a clock which
// was ahead did before their hour: the REP and the empty LOTs of those days were made of
// what there was by then.
func (c *Cycle) cortes(ctx context.Context, dia schema.Dia, causa string, inf *Informe) error {
	var again []schema.Dia
	err := c.Store.View(ctx, func(v *store.View) (err error) {
		again, err = v.CortadasLuego(c.Now(), dia)
		return err
	})
	errs := []error{err}
	for _, d := range again {
		c.Log.Warn("the corte was done before its hour, by a clock that was ahead; it is done now",
			zap.Stringer("day", d))
		errs = append(errs, c.corte(ctx, d, CausaAtrasada, inf))
	}
	return errors.Join(append(errs, c.corte(ctx, dia, causa, inf))...)
}

// corte makes what the end of the day brings, in one transaction: the REP, and
// an empty LOT for each institution for which nothing came. They are shown after
// it, like all that was made. A run by hand before the hour makes a REP alone,
// and only where there is something to send back.
func (c *Cycle) corte(ctx context.Context, dia schema.Dia, causa string, inf *Informe) error {
	due, err := c.corteDue(ctx, dia)
	if err != nil || !due && causa != CausaManual {
		return err
	}
	var fallan fallos
	err = c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error {
		some, err := tx.HayPorDevolver()
		if err != nil {
			return err
		}
		if some || due {
			if err := c.makeREPs(tx, dia, &fallan, inf); err != nil {
				return err
			}
		}
		if !due {
			return nil
		}
		if err := c.makeEmptyLotes(tx, dia, inf); err != nil {
			return err
		}
		return tx.CutDay(dia)
	})
	if err != nil {
		return fmt.Errorf("corte %s: %w", dia, err)
	}
	return errors.Join(errors.Join(fallan.errs...), c.publishAll(ctx, due, inf))
}

// What one REP can hold: its records, and the sum of amounts that its 09 can say.
const (
	maxREP  = 9_999_999
	maxSuma = schema.Centavos(999_999_999_999_999)
)

// makeREPs gathers every accepted record that did not go back yet, in one REP, or
// in as many as it takes: one absurd amount must not hold all others back.
func (c *Cycle) makeREPs(tx *store.Tx, dia schema.Dia, fallan *fallos, inf *Informe) error {
	regs, done := c.leer()
	defer done()
	for {
		more, err := c.makeREP(tx, dia, regs, fallan, inf)
		if err != nil || !more {
			return err
		}
	}
}

// fallos are the records that cannot be read again, or that CONDUSEF's version cannot
// say: they hold up no other, and are told of.
type fallos struct {
	errs   []error
	vistos map[int64]bool // by answer
}

// add tells of a record once.
func (f *fallos) add(p *store.Respuesta, err error) {
	if f.vistos == nil {
		f.vistos = map[int64]bool{}
	}
	if !f.vistos[p.ID] {
		f.errs = append(f.errs, fmt.Errorf("une %s: folio %s is held back: %w", p.UNE, p.Folio, err))
	}
	f.vistos[p.ID] = true
}

// errFull ends the gathering of one REP.
var errFull = errors.New("the REP is full")

func (c *Cycle) makeREP(tx *store.Tx, dia schema.Dia, regs *registros, fallan *fallos,
	inf *Informe) (more bool, err error) {
	today := schema.DiaDe(tx.Now())
	nnn, err := tx.NextNNN(schema.ParteCONDUSEF, schema.REP, today, 1)
	if err != nil {
		return false, err
	}
	n := schema.Nombre{Tipo: schema.REP, Dia: today, NNN: nnn}
	out, err := c.begin(n, tx.Now(), schema.ParteCONDUSEF, "")
	if err != nil {
		return false, err
	}
	defer out.abandon()
	var records []store.Respuesta
	var suma schema.Centavos
	lectores := lectores{regs: regs, v: &tx.View}
	anexos := anexos{c: c, tx: tx, jornada: dia, dia: today}
	err = tx.PorDevolver(func(p store.Respuesta) error {
		r, err := respuestaDe(&lectores, &p)
		if err == nil {
			err = cabe(&schema.Retorno{Respuesta: r}, p.Folio, out.version)
		}
		if err != nil {
			fallan.add(&p, err)
			return nil
		}
		monto := r.RecImporteAbonado.Centavos()
		if len(records) == maxREP || suma > maxSuma-monto {
			return errFull
		}
		if err := anexos.add(&p, &r); err != nil {
			return err
		}
		suma += monto
		records = append(records, p)
		r.RecNumero = schema.NewEntero(int64(len(records)))
		return out.write(schema.Retorno{Respuesta: r, RecInstitucionClave: p.UNE.Clave(), AcuFolio: p.Acuse,
			AcuFechaHoraRecepcion: schema.NewInstante(p.Recibida),
			AcuDiasHabiles:        schema.NewEntero(int64(p.Dias)),
			AcuOportunidad:        schema.NewEntero(int64(p.Oportunidad))})
	})
	if more = errors.Is(err, errFull); err != nil && !more {
		return false, err
	}
	if len(records) == 0 && len(fallan.errs) > 0 {
		return false, nil
	}
	if err := anexos.keep(inf); err != nil {
		// before the REP, as they are shown; publish holds it back until they are
		return false, err
	}
	s := store.Salida{Parte: schema.ParteCONDUSEF, Carpeta: schema.CarpetaEntrada, Nombre: n.String(),
		Tipo: schema.REP, Jornada: dia, Dia: today, NNN: nnn}
	if err := out.keep(&s); err != nil {
		return false, err
	}
	if err := tx.AddREP(&s, records); err != nil {
		return false, err
	}
	return more, c.show(tx, &s, inf)
}

// makeEmptyLotes tells institutions for which nothing came that nothing came for
// them: only where a REC of the day was accepted, be it empty.
func (c *Cycle) makeEmptyLotes(tx *store.Tx, dia schema.Dia, inf *Informe) error {
	recs, err := tx.ArchivosDe(dia, schema.REC)
	if err != nil {
		return err
	}
	accepted := false
	for _, a := range recs {
		accepted = accepted || a.Resultado != schema.Rechazado
	}
	if !accepted {
		return nil
	}
	padron, err := tx.Padron()
	if err != nil {
		return err
	}
	for _, in := range padron {
		n, err := tx.LotesDe(in.UNE.Parte(), dia)
		if err != nil {
			return err
		}
		rows, err := tx.SinLote(in.UNE) // a LOT with rows is on its way
		if err != nil {
			return err
		}
		if n == 0 && len(rows) == 0 {
			if _, err := c.emptyLote(tx, in.UNE, dia, inf); err != nil {
				return err
			}
		}
	}
	return nil
}

// emptyLote makes an empty LOT in the transaction that wants it.
func (c *Cycle) emptyLote(tx *store.Tx, une schema.UNE, dia schema.Dia,
	inf *Informe) (b borrador, err error) {
	if b, err = c.draftLote(&tx.View, tx.Now(), une, 0, dia); err != nil {
		return b, err
	}
	if err = b.out.keep(&b.s); err != nil {
		return b, err
	}
	err = c.keepLote(tx, &b, inf) // which numbers it
	return b, err
}

// publishAll shows what the corte made.
func (c *Cycle) publishAll(ctx context.Context, unes bool, inf *Informe) error {
	parties := []schema.Parte{schema.ParteCONDUSEF}
	if unes {
		padron, err := c.padron(ctx)
		if err != nil {
			return err
		}
		for _, in := range padron {
			parties = append(parties, in.UNE.Parte())
		}
	}
	return c.eachParty(parties, func(parte schema.Parte) error {
		defer c.lock(parte)()
		if err := c.publish(ctx, parte, inf); err != nil {
			return fmt.Errorf("%s: %w", parte, err)
		}
		return nil
	})
}

// closeDays closes each day that had its corte and whose counts agree. A day
// that cannot be closed raises one alarm and holds nothing else back.
func (c *Cycle) closeDays(ctx context.Context, inf *Informe) error {
	var open []string
	err := c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error {
		dias, err := tx.JornadasPorCerrar(tx.Now())
		if err != nil {
			return err
		}
		for _, dia := range dias {
			why, err := c.closeDay(tx, dia)
			if err != nil {
				return err
			}
			if why != "" {
				open = append(open, why)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	for _, why := range open {
		c.Log.Warn("the day stays open", zap.String("why", why))
	}
	inf.add(func(i *Informe) { i.Abiertas = open })
	return nil
}

// closeDay closes one day, or says why it stays open.
func (c *Cycle) closeDay(tx *store.Tx, dia schema.Dia) (why string, err error) {
	count, err := tx.Balance(dia)
	if err != nil {
		return "", err
	}
	recs, err := tx.ArchivosDe(dia, schema.REC)
	if err != nil {
		return "", err
	}
	evento := bitacora.JornadaAbierta
	switch {
	case len(recs) == 0:
		evento, why = bitacora.JornadaSinREC, fmt.Sprintf("%s: no REC came from CONDUSEF", dia)
	case count.Cuadra():
		return "", tx.CloseDay(dia, count)
	default:
		why = fmt.Sprintf("%s: %d received, %d delivered, %d refused", dia, count.Recibidas, count.Entregadas,
			count.Rechazadas)
	}
	j, err := tx.Jornada(dia)
	if err != nil || !j.Avisada.IsZero() {
		return why, err
	}
	return why, tx.WarnDay(dia, evento, count)
}

// EndDay ends, by hand, an operation day that had its corte and will never get its REC. One
// that comes after all is booked on it, and closes it again.
func EndDay(tx *store.Tx, dia schema.Dia, o store.Orden) error {
	j, err := tx.Jornada(dia)
	if err != nil {
		return err
	}
	recs, err := tx.ArchivosDe(dia, schema.REC)
	switch {
	case err != nil:
		return err
	case !j.Cortada(tx.Now()):
		return fmt.Errorf("%s had no corte yet: until then its REC may come; 'buzon status --date %s' tells",
			dia, dia)
	case len(recs) > 0:
		return fmt.Errorf("%s has a REC, and closes by itself once its counts agree; 'buzon run --date %s' "+
			"names what is behind", dia, dia)
	case !j.Cerrada.IsZero():
		return fmt.Errorf("%s was ended before", dia)
	}
	return tx.EndDay(dia, o)
}

// Expect warns where no REC of an operation day came by the hour at which it is expected.
// At the corte the log tells of it; until then somebody can still ask for it.
func (c *Cycle) Expect(ctx context.Context, dia schema.Dia) error {
	return c.Store.View(ctx, func(v *store.View) error {
		recs, err := v.ArchivosDe(dia, schema.REC)
		if err == nil && len(recs) == 0 {
			c.Log.Warn("no REC came by the hour at which it is expected; ask CONDUSEF",
				zap.Stringer("day", dia), zap.Stringer("expected", c.Plazos.Esperado))
		}
		return err
	})
}

// Faltantes gives the names before a REC's, of its own day, under which nothing ever came:
// a gap in the numbers refuses nothing, and somebody should ask.
func Faltantes(v *store.View, rec string) (all []string, err error) {
	n, err := schema.ParseNombre(rec)
	if err != nil || n.Tipo != schema.REC {
		return nil, nil // it was refused for that
	}
	for n.NNN--; n.NNN > 0; n.NNN-- {
		came, err := v.Contenidos(schema.ParteCONDUSEF, n.String())
		if err != nil {
			return nil, err
		}
		if len(came) == 0 {
			all = append(all, n.String())
		}
	}
	return all, nil
}
