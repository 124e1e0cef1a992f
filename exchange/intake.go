package exchange

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"go.uber.org/zap"

	"buzon/schema"
	"buzon/store"
)

// Receive takes in what CONDUSEF left for us, and answers it.
func (c *Cycle) Receive(ctx context.Context, dia schema.Dia, inf *Informe) error {
	defer c.lock(schema.ParteCONDUSEF)()
	err := c.publish(ctx, schema.ParteCONDUSEF, inf)
	_, taken := c.collectFrom(ctx, schema.ParteCONDUSEF, schema.CarpetaSalida, dia, inf)
	if err = errors.Join(err, taken); err != nil {
		return &PartyError{schema.ParteCONDUSEF, err}
	}
	return nil
}

// collect takes in what an institution's UNE left for us, and answers it. It gives
// the folios of the files that wait.
func (c *Cycle) collect(ctx context.Context, une schema.UNE, dia schema.Dia,
	inf *Informe) (map[schema.Folio]bool, error) {
	return c.collectFrom(ctx, une.Parte(), schema.CarpetaRespuestas, dia, inf)
}

// tanda is what one look at a folder of a party takes in.
type tanda struct {
	parte   schema.Parte
	mb      Mailbox // nil: the folder is on our own server
	dia     schema.Dia
	inf     *Informe
	esperan map[schema.Folio]bool // of files that wait: what came later about them waits too
	vistos  map[string]store.Visto
	// annexes that came and could not be taken: a RES that names one waits
	detenidos map[string]bool
}

func (c *Cycle) collectFrom(ctx context.Context, parte schema.Parte, carpeta string, dia schema.Dia,
	inf *Informe) (map[schema.Folio]bool, error) {
	t := &tanda{parte: parte, dia: dia, inf: inf, esperan: map[schema.Folio]bool{},
		detenidos: map[string]bool{}}
	var errs []error
	if p := c.Route(parte); p.Detenidos != nil {
		names, err := p.Detenidos()
		for _, name := range names {
			t.detenidos[name] = true
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("annexes that were sent here: %w", err))
		}
	}
	if !c.Route(parte).Propio { // what a database that was put back did not know comes first
		back, err := c.arribos(ctx, parte)
		if err == nil {
			err = c.takeAll(ctx, t, back)
		}
		errs = append(errs, err)
	}
	files, err := c.list(ctx, t, carpeta)
	if err == nil {
		err = c.recuerda(ctx, t, files)
	}
	if err != nil {
		return t.esperan, errors.Join(append(errs, fmt.Errorf("collect: %w", err))...)
	}
	return t.esperan, errors.Join(append(errs, c.takeAll(ctx, t, files))...)
}

// takeAll takes in what one look showed.
func (c *Cycle) takeAll(ctx context.Context, t *tanda, files []llegada) error {
	parte, inf := t.parte, t.inf
	var errs []error
	took := false
	stuck := map[string]bool{} // under these names Take would give an older content once more
	for _, f := range c.annexesFirst(parte, c.sinAjenos(t, files)) {
		if err := ctx.Err(); err != nil {
			return errors.Join(append(errs, err)...)
		}
		if stuck[f.Name()] {
			continue
		}
		became, err := c.intake(ctx, t, f)
		took = took || became == taken
		stuck[f.Name()] = became == left || became == waiting || err != nil
		if c.anexo(parte, f.Name()) && (became == waiting || err != nil && !errors.Is(err, fs.ErrNotExist)) {
			t.detenidos[f.Name()] = true
		}
		if err != nil {
			name := c.mostrable(parte, f.Name())
			if name != f.Name() {
				err = anonymous{err, f.Name()}
			}
			errs = append(errs, fmt.Errorf("take %s: %w", name, err))
		}
	}
	if took {
		errs = append(errs, c.publish(ctx, parte, inf))
	}
	return errors.Join(errs...)
}

// list lists a folder. On an institution's own server the listing is recorded
// before anything is taken from it: it fixes the moment that counts for each file
// that is new in it. CONDUSEF's files bear no term, so theirs is when we take
// them.
func (c *Cycle) list(ctx context.Context, t *tanda, carpeta string) (all []llegada, err error) {
	p := c.Route(t.parte)
	if p.Propio {
		if p.Asienta != nil {
			p.Asienta()
		}
		return c.arribos(ctx, t.parte)
	}
	if t.mb, err = p.Mailbox(carpeta); err != nil {
		return nil, err
	}
	l := store.Listado{Parte: t.parte, Carpeta: carpeta, Inicio: c.Now()}
	if l.Archivos, err = t.mb.List(ctx); err != nil {
		return nil, err
	}
	for _, f := range l.Archivos {
		all = append(all, llegada{FileInfo: f})
	}
	if t.parte == schema.ParteCONDUSEF {
		return all, nil
	}
	l.Fin = c.Now()
	_, again := c.listed.LoadOrStore(t.parte, true)
	l.Primero = !again
	return all, c.Store.Update(ctx, l.Fin, func(tx *store.Tx) error { return tx.AddListado(l) })
}

// fate is what became of a listed file.
type fate int

const (
	left    fate = iota // it still lies there, for later
	waiting             // likewise: the rest of it, or an annex that it names, may still come
	known               // its content was taken in before
	taken
	annex // it was taken in, and is answered by the RES that names it
)

// intake takes in one file of a party: take, read, keep, done. The answer is
// made in the transaction that keeps.
func (c *Cycle) intake(ctx context.Context, t *tanda, f llegada) (fate, error) {
	parte, inf := t.parte, t.inf
	seen, same := c.seen(t, f)
	if same && seen.Tomado {
		return known, t.done(ctx, f)
	}
	if wait := c.young(t, f, &seen); wait > 0 {
		return waiting, c.settle(ctx, t, f, seen, wait)
	}
	if c.anexo(parte, f.Name()) {
		return c.intakeAnexo(ctx, t, f, seen)
	}
	cal, err := c.Calendario(ctx)
	if err != nil {
		return left, err
	}
	if why := c.notYet(cal, parte, f.Name(), t.dia); why != "" {
		inf.add(func(i *Informe) { i.EnEspera = append(i.EnEspera, f.Name()+": "+why) })
		c.Log.Warn("left where it lies", zap.Stringer("party", parte), zap.String("file", f.Name()),
			zap.String("why", why))
		return left, nil
	}
	h, bytes, err := c.take(ctx, t, f)
	if err != nil {
		return left, err
	}
	a := store.Archivo{Parte: parte, Nombre: f.Name(), SHA256: h, Bytes: bytes,
		Recibido: c.received(t, f, &seen)}
	if err := c.recognise(ctx, &a); err != nil {
		return left, err
	}
	if a.Jornada, err = c.jornada(ctx, parte, f.Name(), t.dia); err != nil {
		return left, err
	}
	ex, err := c.examine(ctx, &a)
	if err != nil {
		return left, err
	}
	if ex.Codigo() != "" { // not for what became of it on our disk
		if err := c.Sound(ctx, h); err != nil {
			return left, err
		}
	}
	if why, err := c.mustWait(ctx, t, &a, ex, &seen); why != "" {
		inf.add(func(i *Informe) { i.EnEspera = append(i.EnEspera, a.Mostrable()+": "+why) })
		return waiting, errors.Join(err, t.hold(ex))
	}
	seen.Tomado = true
	fresh, err := c.keep(ctx, &a, ex, func(tx *store.Tx) error { return t.tomar(tx, f, seen) })
	if wait, ok := errors.AsType[errEspera](err); ok {
		c.wait(&a, wait.hasta, inf)
		return waiting, t.hold(ex)
	}
	if err != nil {
		return left, err
	}
	if !fresh {
		return known, t.done(ctx, f)
	}
	inf.received(&a)
	c.Log.Info("received", zap.Stringer("party", parte), zap.String("file", a.Mostrable()),
		zap.Stringer("result", a.Resultado),
		zap.Int("records", a.Registros), zap.Int("refused", a.Rechazados))
	return taken, t.done(ctx, f)
}

// seen compares a listed file with what was seen last under its name; known is
// true where nothing changed. What waits on our own server was never taken in.
func (c *Cycle) seen(t *tanda, f llegada) (x store.Visto, known bool) {
	if t.mb == nil {
		return store.Visto{}, false
	}
	if x, known = t.vistos[f.Name()]; known && x.Muestra(f) {
		return x, true
	}
	return store.Visto{Bytes: f.Size(), Mtime: f.ModTime(), Desde: c.Now()}, false
}

// jornada is the operation day that takes a file in: the one in a REC's name
// where that day had its corte and still waits for one, else the run's.
func (c *Cycle) jornada(ctx context.Context, parte schema.Parte, name string,
	dia schema.Dia) (schema.Dia, error) {
	n, err := schema.ParseNombre(name)
	if err != nil || parte != schema.ParteCONDUSEF || n.Tipo != schema.REC || n.Dia >= dia {
		return dia, nil
	}
	err = c.Store.View(ctx, func(v *store.View) error {
		j, err := v.Jornada(n.Dia)
		if err == nil && j.Cortada(c.Now()) && (j.Cerrada.IsZero() || j.Mano) {
			dia = n.Dia
		}
		return err
	})
	return dia, err
}

// received is the moment that counts: on our own server its clock at the end of
// the upload, on an institution's what the listings made of it, else ours now.
func (c *Cycle) received(t *tanda, f llegada, seen *store.Visto) time.Time {
	switch {
	case t.mb == nil:
		return f.arribo.Momento
	case t.parte != schema.ParteCONDUSEF:
		return seen.Desde
	}
	return c.Now()
}

// recognise gives a file the moment that a sealed acuse of before an epoch says, where it
// is an earlier one: a database that was put back never makes what a party sent late.
func (c *Cycle) recognise(ctx context.Context, a *store.Archivo) error {
	return c.Store.View(ctx, func(v *store.View) error {
		at, err := v.Reconocido(a.Parte, schema.CleanArchivo(a.Nombre), a.SHA256)
		if err == nil && !at.IsZero() && at.Before(a.Recibido) {
			a.Recibido = at
		}
		return err
	})
}

// conocidas are the institutions that a file of a party may be about: its own, or all
// of the roll.
func (c *Cycle) conocidas(ctx context.Context, parte schema.Parte) (all []store.Institucion, err error) {
	if parte == schema.ParteCONDUSEF {
		return c.padron(ctx)
	}
	err = c.Store.View(ctx, func(v *store.View) error {
		in, err := v.Institucion(parte.UNE())
		all = []store.Institucion{in}
		return err
	})
	return all, err
}

// examine reads a file for the first time, with the rules of the moment. It may be of
// a version that its party might send when it came; what it says must go into those
// that are written today.
func (c *Cycle) examine(ctx context.Context, a *store.Archivo) (*schema.Examen, error) {
	padron, err := c.conocidas(ctx, a.Parte)
	if err != nil {
		return nil, err
	}
	roll := make(map[schema.UNE]schema.Inscripcion, len(padron))
	for _, in := range padron {
		roll[in.UNE] = schema.Inscripcion{Clave: in.UNE, Denominacion: in.Denominacion, Sector: in.Sector}
	}
	r := c.Reglas
	r.Hoy = schema.DiaDe(a.Recibido)
	if n, err := schema.ParseNombre(a.Nombre); err == nil && n.Tipo == schema.REC {
		cal, err := c.Calendario(ctx)
		if err != nil {
			return nil, err
		}
		r.Operacion = cal.Siguiente(r.Hoy)
	}
	r.Propietario = a.Parte
	r.Versiones, _ = c.versiones(a.Parte, r.Hoy)
	r.Escribe = c.escribe(schema.DiaDe(c.Now()))
	r.Esperado = schema.TiposDe(a.Parte)
	r.MaxBytes, r.MaxRegistros = c.Bytes, c.Registros
	r.Institucion = func(u schema.UNE) (schema.Inscripcion, bool) {
		in, ok := roll[u]
		return in, ok
	}
	return schema.Examine(a.Nombre, c.Archivo.Opener(a.SHA256), &r)
}
