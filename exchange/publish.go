package exchange

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"go.uber.org/zap"

	"buzon/exchange/archivo"
	"buzon/schema"
	"buzon/store"
)

// midnight is how near to it no LOT is made or shown: the date in its name and
// the limits in its rows are those of the day on which it becomes visible.
const midnight = time.Minute

// publish makes visible what was made for a party and is not visible yet, in the
// order in which it was made. What cannot be shown holds up nothing but a REP that
// names it.
func (c *Cycle) publish(ctx context.Context, parte schema.Parte, inf *Informe) error {
	ctx, cancel := c.bound(ctx, parte) // the corte publishes without a visit
	defer cancel()
	var pending []store.Salida
	err := c.Store.View(ctx, func(v *store.View) (err error) {
		pending, err = v.PorPublicar(parte)
		return err
	})
	if err != nil {
		return err
	}
	var errs []error
	var missing []store.Salida // annexes that are not visible still
	for _, s := range pending {
		err := c.complete(ctx, &s, missing)
		if err == nil {
			err = c.publishOne(ctx, &s, inf)
		}
		if err == nil {
			continue
		}
		errs = append(errs, fmt.Errorf("publish %s: %w", s.Mostrable(), masked(&s, err)))
		if s.Tipo == store.TipoAnexo {
			missing = append(missing, s)
		}
	}
	return errors.Join(errs...)
}

// complete is an error for a REP that names an annex that is missing; it is left
// for the next time. Annexes are made before the REP that names them, so that each
// one was tried. An acuse and a content tell an annex: under which of its names it
// went is no matter.
func (c *Cycle) complete(ctx context.Context, s *store.Salida, missing []store.Salida) error {
	if s.Tipo != schema.REP || len(missing) == 0 {
		return nil
	}
	type anexo struct {
		acuse  string
		sha256 schema.Huella
	}
	lacks := map[anexo]bool{}
	for _, m := range missing {
		lacks[anexo{m.Mostrable(), m.SHA256}] = true
	}
	return c.Store.View(ctx, func(v *store.View) error {
		return v.DelREP(s.ID, func(p store.Respuesta) error {
			if p.Anexo != "" && lacks[anexo{p.Acuse, p.Anexo}] {
				return fmt.Errorf("folio %s: its annex is not visible yet", p.Folio)
			}
			return nil
		})
	})
}

// publishOne shows one file. Where another holds the folder the name appears first
// and is recorded after, so that a kill between the two repeats a Put that changes
// nothing; on our own server the record is what shows it.
func (c *Cycle) publishOne(ctx context.Context, s *store.Salida, inf *Informe) error {
	var mb Mailbox
	if p := c.Route(s.Parte); !p.Propio {
		var err error
		if mb, err = p.Mailbox(s.Carpeta); err != nil {
			return err
		}
	}
	if s.Tipo == schema.LOT {
		stale, err := c.stale(ctx, mb, s, inf)
		if err != nil || stale {
			return err
		}
	}
	if err := c.put(ctx, mb, s); err != nil {
		return err
	}
	return c.published(ctx, s, c.Now(), inf)
}

// put leaves a file in a folder of its party. What is kept is held against its hash
// while it is read for that, and gets its name there after: what differs is never shown.
// Without a folder, on our own server, it is read for that alone.
func (c *Cycle) put(ctx context.Context, mb Mailbox, s *store.Salida) error {
	if mb == nil {
		return c.Sound(ctx, s.SHA256)
	}
	err := mb.Put(ctx, s.Nombre, c.Archivo.Source(s.SHA256))
	if errors.Is(err, archivo.ErrAlterado) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) {
		// Which may be the folder's fault, or the content's: other bytes lie under the name.
		if unsound := c.Sound(ctx, s.SHA256); unsound != nil {
			return unsound
		}
	}
	return err
}

// published records that a file became visible.
func (c *Cycle) published(ctx context.Context, s *store.Salida, at time.Time, inf *Informe) error {
	return c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error {
		if err := c.publica(tx, s, at, inf); err != nil || s.Tipo != schema.LOT || s.Registros == 0 {
			return err
		}
		return recountLote(tx, s)
	})
}

// show makes a file visible in the transaction that made it, where its party's folders
// are on our own server. Elsewhere publish does it, once the transaction counts.
func (c *Cycle) show(tx *store.Tx, s *store.Salida, inf *Informe) error {
	if !c.Route(s.Parte).Propio {
		return nil
	}
	return c.publica(tx, s, tx.Now(), inf)
}

func (c *Cycle) publica(tx *store.Tx, s *store.Salida, at time.Time, inf *Informe) error {
	s.NoObservable = !c.Route(s.Parte).Propio
	if err := tx.Publish(s, at); err != nil {
		return err
	}
	tx.After(func() {
		inf.published(s.Tipo, s.Registros)
		c.Log.Info("published", zap.Stringer("party", s.Parte), zap.String("file", s.Mostrable()),
			zap.Int("records", s.Registros))
	})
	return nil
}

// stale settles a LOT that was made on another day than today, or that midnight
// is too near for. Where it became visible before a kill, that is recorded; else
// its limits were counted from a day on which nobody could see it, and it is made
// again.
func (c *Cycle) stale(ctx context.Context, mb Mailbox, s *store.Salida, inf *Informe) (bool, error) {
	now := c.Now()
	today := schema.DiaDe(now) == s.Dia
	if today && c.farFromMidnight(now) == nil {
		return false, nil
	}
	var files []fs.FileInfo
	if mb != nil { // on our own server it would be recorded
		var err error
		if files, err = mb.List(ctx); err != nil {
			return false, err
		}
	}
	for _, f := range files {
		if f.Name() != s.Nombre {
			continue
		}
		if err := c.put(ctx, mb, s); err != nil { // only these bytes are this LOT
			return true, err
		}
		at := f.ModTime() // another's clock may be wrong
		if at.Before(s.Generado) {
			at = s.Generado
		}
		if at.After(now) {
			at = now
		}
		return true, c.published(ctx, s, at, inf)
	}
	if today {
		return true, c.farFromMidnight(now)
	}
	return true, c.remake(ctx, now, s, inf)
}

// remake annuls a LOT that was never visible. Its rows are then in no LOT, and
// the next step delivers them. An empty one has no rows to bring it back, so its
// successor is made in the same transaction.
func (c *Cycle) remake(ctx context.Context, now time.Time, s *store.Salida, inf *Informe) error {
	if err := c.farFromMidnight(now); err != nil {
		return err
	}
	var next borrador
	err := c.Store.Update(ctx, now, func(tx *store.Tx) (err error) {
		if err = tx.AnnulLote(*s); err == nil && s.Registros == 0 {
			next, err = c.emptyLote(tx, s.Parte.UNE(), s.Jornada, inf)
		}
		return err
	})
	if err != nil || next.s.ID == 0 || c.Route(s.Parte).Propio {
		return err
	}
	return c.publishOne(ctx, &next.s, inf)
}

var errMidnight = errors.New("midnight is too near; it is made after it, with that day's limit")

func (c *Cycle) farFromMidnight(now time.Time) error {
	if schema.DiaDe(now.Add(midnight)) != schema.DiaDe(now) {
		return errMidnight
	}
	return nil
}
