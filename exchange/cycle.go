package exchange

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"buzon/exchange/archivo"
	"buzon/exchange/marca"
	"buzon/schema"
	"buzon/store"
)

// A Cycle carries the exchange. Its fields are set once, before the first call;
// its methods may then be called from several goroutines: one run at a time,
// and one visit at a time to each party.
type Cycle struct {
	Store    *store.Store
	Archivo  *archivo.Contenidos
	Marca    *marca.Contador          // by which no number of an acuse is given twice
	Route    func(schema.Parte) Route // how a party is reached
	Plazos   Plazos
	Firmante Firmante
	Reglas   schema.Reglas // what the agreement sets; the moment, the roll and the versions are added to it
	// Versiones gives what the agreement of a party has in force on a day: the versions of
	// the layout that it may send, and the one that is written to it. It is called from
	// several goroutines. nil: 01.00 alone.
	Versiones func(parte schema.Parte, dia schema.Dia) (aceptadas []schema.Version, escrita schema.Version)
	Limites
	// Listo is an error where nothing may be taken, made or shown now: a folder of ours is
	// not there. nil: it always may.
	Listo     func(context.Context) error
	TodoONada map[schema.Tipo]bool // of which one bad record refuses the whole file
	Anexos    time.Duration        // how long the answer to a RES waits for an annex that it names
	// AnexoBytes is how large an annex may be that lies on an institution's own server;
	// ours refuses a larger one while it arrives. 0 is no bound.
	AnexoBytes int64
	// Reserva is an error while the disk has no more room than is kept for answers. What an
	// institution sends waits on its own server then, as our own refuses it; CONDUSEF's
	// files are taken. nil: there is always room.
	Reserva func() error
	// Espera is told until when a file of a party waits, for a visit at that
	// moment; nil where nobody visits between runs.
	Espera func(parte schema.Parte, hasta time.Time)
	// Seguidas has the parties visited one after the other, in the order of the
	// roll: what a rehearsal's log tells is then the same each time.
	Seguidas   bool
	AvisoLlave int      // days before the end of a UNE's key from which its estado/ warns of it
	Servidor   []string // further lines of estado/llaves.txt: the keys of our own server, each a comment
	Now        func() time.Time
	Log        *zap.Logger

	run    sync.Mutex
	visits sync.Map // schema.Parte → *sync.Mutex
	listed sync.Map // the parties whose own server this process has listed
	ajenos sync.Map // schema.Parte → how many foreign files its folder had last
	lecturaComun
	reparten reparten
}

// Limites holds the sizes and numbers of records that an agreement set for a type
// of file; for others the layout's own hold.
type Limites struct {
	Bytes, Registros map[schema.Tipo]int64
}

// A Route is how the cycle reaches a party.
type Route struct {
	// Propio tells that its folders are on our own server: what it sees there is what
	// the store says, its uploads are arrivals in the store with the moment that
	// counts, pickups are seen, and there is an estado/.
	Propio bool
	// Asienta waits for what the party had finished on our own server when it is called
	// and is not an arrival in the store yet; nil: there is none such.
	Asienta func()
	// Detenidos tries once more to have annexes arrive that the party sent to our own
	// server and that a fault of ours kept from arriving, and names those that still did
	// not; nil: there are none.
	Detenidos func() ([]string, error)
	// Mailbox gives a folder of a party that is not Propio.
	Mailbox func(carpeta string) (Mailbox, error)
	// Limite bounds a visit, so that a server that hangs holds up nothing else;
	// 0 is no bound. What it cuts the next visit does.
	Limite time.Duration
	// Reposo is how long ago the time of a file must lie before it is read: it may be
	// still copied there. 0 where a file is listed only once it is finished.
	Reposo time.Duration
	// Truncado is how long a file without a summary must lie unchanged before it
	// is judged as cut; 0 where a file is listed only once it is finished.
	Truncado time.Duration
}

// Causes of a run, as the log tells them.
const (
	CausaManual   = "manual"
	CausaAgenda   = "agenda"
	CausaAtrasada = "agenda_atrasada" // planned, and begun late
	CausaArranque = "arranque"        // the daemon began
	CausaArribo   = "arribo"          // CONDUSEF, which has an account here, left a file
	// CONDUSEF was to be asked again: an error that may pass, a file too young
	CausaOtraVez = "otra_vez"
)

// visitors is how many parties are visited at the same time: one that is slow to
// answer holds up few others, and a small machine is not drowned.
const visitors = 8

// Run does all that can be done now for the operation day dia: receive from
// CONDUSEF, visit each institution, send back, and close what can be closed.
// It may be called again at any time: what is done is not done twice. One party
// or file that fails does not hold up the others; the errors come back joined,
// and the day stays open.
func (c *Cycle) Run(ctx context.Context, dia schema.Dia, causa string, inf *Informe) error {
	c.run.Lock()
	defer c.run.Unlock()
	_, done := c.leer()
	defer done()
	cal, err := c.Calendario(ctx)
	if err != nil {
		return err
	}
	dia = cal.HabilDesde(dia) // a day that has no corte would never be closed
	var id int64
	err = c.Store.Update(ctx, c.Now(), func(tx *store.Tx) (err error) {
		id, err = tx.StartRun(dia, causa)
		return err
	})
	if err != nil {
		return fmt.Errorf("start run: %w", err)
	}
	err = c.day(ctx, dia, causa, inf)
	failure := ""
	if err != nil {
		failure = err.Error()
	}
	return errors.Join(err, c.Store.Update(context.WithoutCancel(ctx), c.Now(), func(tx *store.Tx) error {
		return tx.EndRun(id, failure)
	}))
}

// day is the day, in its order. What each UNE finds in estado/ is told at its end,
// of all of them together.
func (c *Cycle) day(ctx context.Context, dia schema.Dia, causa string, inf *Informe) error {
	if err := c.listo(ctx); err != nil {
		return err
	}
	return errors.Join(
		c.vueltos(ctx),
		c.movidos(ctx), // a dictamen must not find a term ended that an outage moved
		c.Receive(ctx, dia, inf),
		c.visitAll(ctx, dia, inf),
		c.cortes(ctx, dia, causa, inf),
		c.closeDays(ctx, inf),
		c.missing(ctx),
		c.witness(ctx, inf),
		c.tellAll(ctx),
	)
}

func (c *Cycle) listo(ctx context.Context) error {
	if c.Listo == nil {
		return nil
	}
	return c.Listo(ctx)
}

// visitAll delivers to every institution of the roll, and visits it, a few at a time.
func (c *Cycle) visitAll(ctx context.Context, dia schema.Dia, inf *Informe) error {
	padron, err := c.padron(ctx)
	if err != nil {
		return err
	}
	parties := make([]schema.Parte, len(padron))
	var own []schema.UNE
	for i, in := range padron {
		parties[i] = in.UNE.Parte()
		if c.Route(parties[i]).Propio {
			own = append(own, in.UNE)
		}
	}
	delivered := c.deliverOwn(ctx, own, dia, inf)
	var done atomic.Int64
	return errors.Join(delivered, c.eachParty(parties, func(parte schema.Parte) error {
		defer func() { inf.step("instituciones", int(done.Add(1)), len(parties)) }()
		return c.visit(ctx, parte.UNE(), dia, inf)
	}))
}

// eachParty does one thing for several parties, a few at a time, and for those
// on our own server first: a server that we dial may hang until its bound. The
// one that fails does not hold up the others; their errors come back joined, in
// order.
func (c *Cycle) eachParty(parties []schema.Parte, do func(parte schema.Parte) error) error {
	errs := make([]error, len(parties))
	for _, propio := range []bool{true, false} {
		var g errgroup.Group
		g.SetLimit(visitors)
		if propio { // it waits for this machine alone
			g.SetLimit(min(visitors, 2*runtime.GOMAXPROCS(0)))
		}
		if c.Seguidas {
			g.SetLimit(1)
		}
		for i, parte := range parties {
			if c.Route(parte).Propio != propio {
				continue
			}
			g.Go(func() error {
				errs[i] = do(parte)
				return nil
			})
		}
		_ = g.Wait() // each keeps its error
	}
	return errors.Join(errs...)
}

// bound ends what is done with a party after its Limite. A write to the store
// that has begun is not cut by that: ctx counts until it begins.
func (c *Cycle) bound(ctx context.Context, parte schema.Parte) (context.Context, context.CancelFunc) {
	if d := c.Route(parte).Limite; d > 0 {
		return context.WithTimeoutCause(ctx, d, fmt.Errorf("it took longer than %v", d))
	}
	return ctx, func() {}
}

// Attend does all that can be done now for one institution but tell it how it stands,
// which Tell does for several together: deliver, collect, answer. A run attends to them
// all; a finished upload has it done at once.
func (c *Cycle) Attend(ctx context.Context, une schema.UNE, dia schema.Dia, inf *Informe) error {
	if err := c.listo(ctx); err != nil {
		return err
	}
	var delivered error
	if c.Route(une.Parte()).Propio {
		delivered = c.deliverOwn(ctx, []schema.UNE{une}, dia, inf)
	}
	return errors.Join(delivered, c.visit(ctx, une, dia, inf))
}

// visit is Attend without delivering on our own server.
func (c *Cycle) visit(ctx context.Context, une schema.UNE, dia schema.Dia, inf *Informe) error {
	parte := une.Parte()
	defer c.lock(parte)()
	ctx, cancel := c.bound(ctx, parte)
	defer cancel()
	err := errors.Join(c.publish(ctx, parte, inf), c.deliver(ctx, une, dia, inf), c.caidas(ctx, une))
	var esperan map[schema.Folio]bool
	hasta := c.Now() // what came later may have come after this visit looked
	if err == nil {  // an answer to a LOT that is not recorded as visible would be refused
		esperan, err = c.collect(ctx, une, dia, inf)
	}
	if err == nil { // what could not be taken may be an answer in time
		err = c.vencimientos(ctx, une, hasta, esperan)
	}
	if err != nil {
		return &PartyError{parte, err}
	}
	return nil
}

// Jornada is the operation day to which work now belongs: today until its corte
// is done, then the next día hábil.
func (c *Cycle) Jornada(ctx context.Context) (schema.Dia, error) {
	dia := schema.DiaDe(c.Now())
	err := c.Store.View(ctx, func(v *store.View) error {
		cal, err := v.Calendario()
		if err != nil {
			return err
		}
		j, err := v.Jornada(dia)
		if err != nil {
			return err
		}
		if j.Cortada(c.Now()) {
			dia++
		}
		dia = cal.HabilDesde(dia)
		return nil
	})
	return dia, err
}

// lock keeps visits to one party apart; calling its result ends the visit.
func (c *Cycle) lock(parte schema.Parte) func() {
	m, _ := c.visits.LoadOrStore(parte, &sync.Mutex{})
	mu := m.(*sync.Mutex)
	mu.Lock()
	return mu.Unlock
}

func (c *Cycle) padron(ctx context.Context) (all []store.Institucion, err error) {
	err = c.Store.View(ctx, func(v *store.View) error {
		all, err = v.Padron()
		return err
	})
	return all, err
}

// Reconcile holds archivo/ against the store, at a start: what is there and known to
// nobody is set apart, what is known and not there is noted. Call it once, before the
// first run.
func (c *Cycle) Reconcile(ctx context.Context) (r archivo.Reconciliacion, err error) {
	r, err = c.Archivo.Reconcile(schema.DiaDe(c.Now()), func(prefix string) (all []schema.Huella, err error) {
		err = c.Store.View(ctx, func(v *store.View) error {
			all, err = v.Guardados(prefix)
			return err
		})
		return all, err
	})
	if err != nil {
		return r, err
	}
	return r, errors.Join(c.ausentes(ctx, r.Faltan), c.vueltos(ctx))
}

// vueltos notes which contents that were missing, or altered, are what was kept again.
func (c *Cycle) vueltos(ctx context.Context) error {
	var before []store.Ausente
	err := c.Store.View(ctx, func(v *store.View) (err error) {
		before, err = v.Ausentes()
		return err
	})
	for _, a := range before {
		if a.Parte != 0 { // else nothing names it any more
			k, bad := c.Archivo.Verified(a.SHA256)
			if bad != nil {
				continue // whoever needs it says why
			}
			err = errors.Join(err, k.Close())
		}
		err = errors.Join(err, c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error {
			return tx.DropAusente(a.SHA256)
		}))
	}
	return err
}

// ausentes notes which contents are missing, and tells of each once.
func (c *Cycle) ausentes(ctx context.Context, faltan []schema.Huella) error {
	if len(faltan) == 0 {
		return nil
	}
	return c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error {
		for _, h := range faltan {
			if err := c.ausente(tx, h, false); err != nil {
				return err
			}
		}
		return nil
	})
}

// Missing notes that a content which a party is to see is not there, or is altered.
func (c *Cycle) Missing(ctx context.Context, h schema.Huella, alterado bool) error {
	return c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error { return c.ausente(tx, h, alterado) })
}

// Sound is an error where a content is not what was kept, which is noted. It reads all
// of it.
func (c *Cycle) Sound(ctx context.Context, h schema.Huella) error {
	k, err := c.Archivo.Verified(h)
	if err == nil {
		return k.Close()
	}
	alterado := errors.Is(err, archivo.ErrAlterado)
	if alterado || errors.Is(err, fs.ErrNotExist) {
		err = errors.Join(err, c.Missing(ctx, h, alterado))
	}
	return err
}

func (c *Cycle) ausente(tx *store.Tx, h schema.Huella, alterado bool) error {
	a, fresh, err := tx.AddAusente(h, alterado)
	if err == nil && fresh {
		c.Log.Error("a content "+a.Que(), zap.String("sha256", string(h)), zap.Stringer("party", a.Parte),
			zap.String("file", a.Nombre),
			zap.String("remedy", a.Remedio()))
	}
	return err
}
