package exchange

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"buzon/exchange/archivo"
	"buzon/schema"
	"buzon/store"
)

// What is made and shown together.
const (
	porTanda       = 256     // LOTs that share their syncs
	porTandaGrande = 50      // of a large REC, so that some are shown while others are written
	recGrande      = 8 << 20 // bytes from which one is large
	porTransaccion = 50      // LOTs that one transaction shows
	filasJuntas    = 20_000  // rows in them, or one LOT that has more
)

// deliverOwn is deliver for institutions whose folders are on our own server. What a
// visit beside it delivers is waited for: two would write the same LOT, and one of its
// contents would be nobody's.
func (c *Cycle) deliverOwn(ctx context.Context, unes []schema.UNE, dia schema.Dia, inf *Informe) error {
	for {
		pares, otros, err := c.reserva(ctx, unes)
		if err == nil {
			err = c.despacha(ctx, pares, dia, inf)
		}
		if err != nil || len(otros) == 0 {
			return err
		}
		for _, end := range otros {
			select {
			case <-end:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// reparten are the institutions whose LOTs are being made, each with what is closed
// when they are.
type reparten struct {
	mu sync.Mutex
	de map[schema.UNE]chan struct{}
}

// reserva gives what institutions still get and nobody else delivers now, until
// despacha ends, and the ends of what others do. It looks with the lock held, which
// whoever ends takes too: what was delivered is not looked at as if it were not.
func (c *Cycle) reserva(ctx context.Context,
	unes []schema.UNE) (pares []*par, otros []chan struct{}, err error) {
	r := &c.reparten
	r.mu.Lock()
	defer r.mu.Unlock()
	all, err := c.porEntregar(ctx, unes)
	if err != nil {
		return nil, nil, err
	}
	if r.de == nil {
		r.de = map[schema.UNE]chan struct{}{}
	}
	mine := map[schema.UNE]bool{}
	for _, p := range all {
		if end := r.de[p.une]; end != nil && !mine[p.une] {
			otros = append(otros, end)
			continue
		}
		if !mine[p.une] {
			mine[p.une], r.de[p.une] = true, make(chan struct{})
		}
		pares = append(pares, p)
	}
	return pares, otros, nil
}

func (c *Cycle) libera(pares []*par) {
	r := &c.reparten
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range pares {
		if end := r.de[p.une]; end != nil {
			close(end)
			delete(r.de, p.une)
		}
	}
}

// despacha delivers. The LOTs of a REC are written, then synced together, then shown,
// some in a transaction. One that fails is told by its name and holds up no other.
func (c *Cycle) despacha(ctx context.Context, pares []*par, dia schema.Dia, inf *Informe) error {
	if len(pares) == 0 {
		return nil
	}
	defer c.libera(pares)
	_, done := c.leer()
	defer done()
	r := &despacho{c: c, dia: dia, inf: inf, total: len(pares)}
	var shows errgroup.Group // of the tanda before, while the next one is written
	rec := pares[0].rec
	for _, t := range tandas(pares) {
		if t[0].rec != rec { // an institution may be in both: its next LOT has the next number
			_ = shows.Wait()
			rec = t[0].rec
		}
		if err := errors.Join(ctx.Err(), c.farFromMidnight(c.Now())); err != nil {
			r.errs = append(r.errs, err)
			break
		}
		r.draft(ctx, t)
		_ = shows.Wait() // it keeps its errors
		shows.Go(func() error {
			r.show(ctx, t)
			return nil
		})
	}
	_ = shows.Wait()
	return errors.Join(r.errs...)
}

// par is an institution that has rows of a REC in no LOT yet.
type par struct {
	une    schema.UNE
	rec    int64
	grande bool
	b      borrador
	err    error
}

// porEntregar gives what institutions still get, REC by REC.
func (c *Cycle) porEntregar(ctx context.Context, unes []schema.UNE) (pares []*par, err error) {
	err = c.Store.View(ctx, func(v *store.View) error {
		for _, une := range unes {
			recs, err := v.SinLote(une)
			if err != nil {
				return err
			}
			for _, rec := range recs {
				pares = append(pares, &par{une: une, rec: rec})
			}
		}
		return marcarGrandes(v, pares)
	})
	slices.SortStableFunc(pares, func(x, y *par) int { return int(x.rec - y.rec) })
	if err != nil {
		err = fmt.Errorf("deliver: %w", err)
	}
	return pares, err
}

// marcarGrandes says of which the REC is large.
func marcarGrandes(v *store.View, pares []*par) error {
	grande := map[int64]bool{}
	for _, p := range pares {
		if _, known := grande[p.rec]; !known {
			a, err := v.ArchivoPorID(p.rec)
			if err != nil {
				return err
			}
			grande[p.rec] = a.Bytes >= recGrande
		}
		p.grande = grande[p.rec]
	}
	return nil
}

// tandas divides them: in one of them is one REC, so that no institution is in it
// twice and the number in the name of a LOT is known before the one before it counts.
func tandas(pares []*par) (all [][]*par) {
	for len(pares) > 0 {
		n, most := 1, porTanda
		if pares[0].grande {
			most = porTandaGrande
		}
		for n < min(len(pares), most) && pares[n].rec == pares[0].rec {
			n++
		}
		all = append(all, pares[:n])
		pares = pares[n:]
	}
	return all
}

// despacho is the work of despacha.
type despacho struct {
	c     *Cycle
	dia   schema.Dia
	inf   *Informe
	total int
	hecho int
	errs  []error
}

// draft writes the LOTs of a tanda, on all cores.
func (r *despacho) draft(ctx context.Context, t []*par) {
	now := r.c.Now()
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, p := range t {
		g.Go(func() error {
			p.err = r.c.draft(ctx, now, p.une, p.rec, r.dia, &p.b)
			return nil
		})
	}
	_ = g.Wait() // each keeps its error
}

// show makes what was written count.
func (r *despacho) show(ctx context.Context, t []*par) {
	whole := r.keep(t)
	for len(whole) > 0 {
		part := cabenJuntos(whole)
		whole = whole[len(part):]
		if r.record(ctx, part) == nil {
			continue
		}
		for i, p := range part { // each by itself: one may be to blame
			if err := r.record(ctx, part[i:i+1]); err != nil {
				p.err = err
			}
		}
	}
	for _, p := range t {
		if errors.Is(p.err, errCambio) { // once more, from its beginning
			p.err = r.c.lote(ctx, p.une, p.rec, r.dia, r.inf)
		}
		if p.err != nil {
			r.errs = append(r.errs, &PartyError{p.une.Parte(),
				fmt.Errorf("deliver: make lot: %w", p.err)})
		}
		p.b = borrador{} // its writer's buffers: there may be ten thousand institutions
		r.hecho++
	}
	r.inf.step("lotes", r.hecho, r.total)
}

// keep puts the bytes of a tanda on disk, and gives those of which that came true.
func (r *despacho) keep(t []*par) (whole []*par) {
	var drafts []*archivo.Borrador
	for _, p := range t {
		if p.err == nil {
			p.err = p.b.out.close(&p.b.s)
		}
		if p.err == nil {
			whole, drafts = append(whole, p), append(drafts, p.b.out.draft)
		}
	}
	for i, err := range r.c.Archivo.KeepAll(drafts) {
		whole[i].err = err
	}
	return slices.DeleteFunc(whole, func(p *par) bool { return p.err != nil })
}

// cabenJuntos gives the first of them that one transaction shows.
func cabenJuntos(all []*par) []*par {
	n, rows := 0, 0
	for n < min(len(all), porTransaccion) && (n == 0 || rows+all[n].b.s.Registros <= filasJuntas) {
		rows += all[n].b.s.Registros
		n++
	}
	return all[:n]
}

// record is one transaction, which shows all of them or, with an error, none. What
// one of them was made by may have changed: it wrote nothing, and its err says so.
func (r *despacho) record(ctx context.Context, part []*par) error {
	errs := make([]error, len(part))
	err := r.c.Store.Update(ctx, r.c.Now(), func(tx *store.Tx) error {
		for i, p := range part {
			b := p.b
			errs[i] = r.c.keepLote(tx, &b, r.inf)
			if errs[i] != nil && !errors.Is(errs[i], errCambio) {
				return errs[i]
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, p := range part {
		p.err = errs[i]
	}
	return nil
}
