package exchange

import (
	"context"
	"fmt"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store"
)

// hold keeps the folios of a file that waits.
func (t *tanda) hold(ex *schema.Examen) error {
	return eachFolio(ex, func(f schema.Folio) { t.esperan[f] = true })
}

// overtakes tells whether a file has a folio of one that came before it and waits:
// what a UNE sent first is judged first.
func (t *tanda) overtakes(ex *schema.Examen) (yes bool, err error) {
	if len(t.esperan) == 0 {
		return false, nil
	}
	err = eachFolio(ex, func(f schema.Folio) { yes = yes || t.esperan[f] })
	return yes, err
}

func eachFolio(ex *schema.Examen, do func(schema.Folio)) error {
	if ex.Tipo != schema.RES {
		return nil
	}
	_, err := schema.Walk(ex, func(l *schema.Linea[schema.Respuesta]) error {
		if l.Folio != "" {
			do(l.Folio)
		}
		return nil
	}, nil)
	return err
}

// wait leaves a RES for later, and asks for a visit when it has waited enough.
func (c *Cycle) wait(a *store.Archivo, hasta time.Time, inf *Informe) {
	inf.add(func(i *Informe) {
		i.EnEspera = append(i.EnEspera,
			fmt.Sprintf("%s: it names an annex that did not arrive; it is waited for until %s", a.Mostrable(),
				schema.NewInstante(hasta)))
	})
	if c.Espera != nil {
		c.Espera(a.Parte, hasta)
	}
}

// notYet says why a file of CONDUSEF is left where it lies; "" takes it. A REC of a day
// after the next día hábil is taken, and refused: it is dated wrong.
func (c *Cycle) notYet(cal *schema.Calendario, parte schema.Parte, name string, dia schema.Dia) string {
	if parte != schema.ParteCONDUSEF {
		return ""
	}
	n, err := schema.ParseNombre(name)
	switch {
	case err != nil:
		return ""
	case !slices.Contains(schema.TiposDe(schema.ParteCONDUSEF), n.Tipo): // refused, whatever its day
	case n.Tipo == schema.REC && n.Dia > cal.Siguiente(schema.DiaDe(c.Now())): // likewise
	case n.Dia > dia:
		return "its day is " + n.Dia.String()
	}
	return ""
}

// young tells how long a file is left alone yet. A time in the future counts from our
// first sight of it.
func (c *Cycle) young(t *tanda, f llegada, seen *store.Visto) time.Duration {
	if t.mb == nil {
		return 0
	}
	since, now := f.ModTime(), c.Now()
	if since.After(now) {
		since = seen.Desde
	}
	return since.Add(c.Route(t.parte).Reposo).Sub(now)
}

// settle leaves a young file for later, and asks for a look at it then.
func (c *Cycle) settle(ctx context.Context, t *tanda, f llegada, seen store.Visto, wait time.Duration) error {
	again := c.Now().Add(wait)
	t.inf.add(func(i *Informe) {
		i.EnEspera = append(i.EnEspera,
			fmt.Sprintf("%s: it may be still copied there; it is looked at again in %v",
				store.Mostrable(t.parte, f.Name()), wait.Round(time.Millisecond)))
		if i.OtraVez.IsZero() || again.After(i.OtraVez) {
			i.OtraVez = again
		}
	})
	if c.Espera != nil {
		c.Espera(t.parte, again)
	}
	return c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error { return tx.See(t.parte, f.Name(), seen) })
}

// slow tells how long a file without a summary is still waited for.
func (c *Cycle) slow(parte schema.Parte, ex *schema.Examen, seen *store.Visto) time.Duration {
	wait := c.Route(parte).Truncado
	if wait == 0 || ex.Completo {
		return 0
	}
	return seen.Desde.Add(wait).Sub(c.Now())
}

// mustWait says why a file that was read is not judged yet, "" where it is. The error is
// of what failed besides, and the file waits all the same.
func (c *Cycle) mustWait(ctx context.Context, t *tanda, a *store.Archivo, ex *schema.Examen,
	seen *store.Visto) (why string, err error) {
	if wait := c.slow(a.Parte, ex, seen); wait > 0 {
		err = c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error {
			return tx.See(a.Parte, a.Nombre, *seen)
		})
		return fmt.Sprintf("it has no summary (09) yet; it is judged as cut when it has not changed for "+
			"another %v", wait), err
	}
	if waits, err := t.overtakes(ex); waits || err != nil {
		return "a file that came before it and has a folio of it waits", err
	}
	if err := c.detenido(ctx, t, ex); err != nil {
		return err.Error(), err
	}
	return "", nil
}
