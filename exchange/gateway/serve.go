package gateway

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/dropbox"
	"buzon/exchange/schedule"
	"buzon/schema"
	"buzon/store"
)

// Serve runs the parts together until ctx ends, or one of them fails.
func (g *Gateway) Serve(ctx context.Context) error {
	d, err := g.NewDaemon()
	if err != nil {
		return err
	}
	return d.Serve(ctx)
}

// Serve runs the parts of a daemon together until ctx ends, or one of them fails.
func (d *Daemon) Serve(ctx context.Context) error {
	g := d.g
	heart, err := NewHeart(context.WithoutCancel(ctx), g, d.listener != nil)
	if err != nil {
		return errors.Join(err, d.closeListener())
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return heart.Serve(ctx) })
	if d.listener != nil {
		group.Go(func() error { return d.server.Serve(ctx, d.listener) })
		g.log.Info("listening", zap.Stringer("address", d.listener.Addr()))
	}
	if d.api != nil {
		group.Go(func() error { return d.api.Serve(ctx, d.api.listener) })
		g.log.Info("api", zap.Stringer("address", d.api.listener.Addr()))
	}
	group.Go(func() error {
		// A corte that was missed comes before today.
		if err := d.agenda.Due(ctx); err != nil && ctx.Err() == nil {
			g.log.Error("schedule", zap.Error(err))
		}
		g.start(ctx)
		return d.agenda.Serve(ctx)
	})
	group.Go(func() error { return d.visits.Serve(ctx) })
	group.Go(func() error {
		g.signalled(ctx)
		return nil
	})
	if d.ask != nil {
		group.Go(func() error { return d.ask.Serve(ctx) })
	}
	group.Go(func() error { return d.follow.Serve(ctx) })
	return errors.Join(group.Wait(), heart.Stop(context.WithoutCancel(ctx)))
}

// start does at once what the time before the start left undone, an upload that
// was finished and not visited among it. The schedule tries again what fails.
func (g *Gateway) start(ctx context.Context) {
	dia, err := g.Cycle.Jornada(ctx)
	if err == nil {
		err = g.Cycle.Run(ctx, dia, exchange.CausaArranque, nil)
	}
	g.ran(ctx, "run at the start", err)
}

// Daemon is what only the daemon has: the server, the schedule, the visits, and
// the follower of what commands change beside it.
type Daemon struct {
	g        *Gateway
	server   *dropbox.Server
	listener net.Listener // nil: the server is switched off
	agenda   *schedule.Agenda
	visits   *visits
	follow   *Follower
	api      *api       // nil: switched off
	ask      *askServer // nil: it could not listen
}

// NewDaemon builds the parts and listens.
func (g *Gateway) NewDaemon() (*Daemon, error) {
	d := &Daemon{g: g, visits: newVisits(g)}
	err := d.openExchange()
	var closed error
	if d.api, closed = g.newAPI(); err != nil || closed != nil {
		return nil, errors.Join(err, closed, d.closeListener())
	}
	if d.ask, err = newAskServer(g); err != nil { // nobody but an operator needs it
		g.log.Warn("'buzon run' cannot ask this daemon for a run; SIGUSR1 can", zap.Error(err))
	}
	return d, nil
}

// openExchange builds what the exchange itself needs.
func (d *Daemon) openExchange() (err error) {
	g := d.g
	g.Cycle.Espera = d.visits.askAt
	g.after = func(err error) {
		d.visits.again(err, slices.Collect(maps.Keys(d.visits.tried()))...)
	}
	if d.agenda, err = g.newAgenda(); err != nil {
		return err
	}
	s := g.Config.Server
	d.follow = NewFollower(g, nil)
	if s.Listen == "" {
		return nil
	}
	if d.server, err = g.newServer(d); err != nil {
		return err
	}
	d.follow.recheck = d.server.Recheck
	if d.listener, err = net.Listen("tcp", s.Listen); err != nil {
		return fmt.Errorf("server.listen: %w; where another program listens there, change server.listen", err)
	}
	return nil
}

// Addr is where the server listens; it is to be asked only where one does.
func (d *Daemon) Addr() *net.TCPAddr { return d.listener.Addr().(*net.TCPAddr) }

// Recheck ends the sessions that may no longer be, and tells how many.
func (d *Daemon) Recheck() int { return d.server.Recheck() }

func (d *Daemon) closeListener() error {
	var errs []error
	if d.listener != nil {
		errs = append(errs, d.listener.Close())
	}
	if d.api != nil {
		errs = append(errs, d.api.listener.Close())
	}
	if d.ask != nil {
		errs = append(errs, d.ask.close())
	}
	return errors.Join(errs...)
}

// newAgenda plans what the configuration asks for.
func (g *Gateway) newAgenda() (*schedule.Agenda, error) {
	counts := func(t time.Time) bool { return g.calendario().Habil(schema.DiaDe(t)) }
	if g.Config.Schedule.Days == config.DiasTodos {
		counts = func(time.Time) bool { return true }
	}
	pull, err := schedule.Cron(g.Config.Schedule.Pull, schema.Zona, counts)
	if err != nil {
		return nil, err
	}
	corte := g.Cycle.Plazos.Corte
	cadaDia := func(hora schema.Hora) func(after time.Time) time.Time {
		return func(after time.Time) time.Time {
			cal := g.calendario()
			dia := cal.HabilDesde(schema.DiaDe(after))
			if t := dia.At(hora); t.After(after) {
				return t
			}
			return cal.Siguiente(dia).At(hora)
		}
	}
	agenda := &schedule.Agenda{Store: g.Store, Zona: schema.Zona, Now: g.now, Log: g.log,
		Tareas: []schedule.Tarea{
			{Nombre: "corte", CadaUna: true,
				Siguiente: cadaDia(corte),
				Run: func(ctx context.Context, para time.Time, late time.Duration) error {
					return g.Corte(ctx, schema.DiaDe(para), late)
				}},
			{Nombre: "recoger", Siguiente: pull,
				Run: func(ctx context.Context, _ time.Time, late time.Duration) error {
					dia, err := g.Cycle.Jornada(ctx)
					if err != nil {
						return err
					}
					g.ran(ctx, "run", g.scheduled(ctx, dia, late))
					return nil // the next one is due as planned
				}},
		}}
	if by := g.Cycle.Plazos.Esperado; by != 0 { // after a run that looks for it
		agenda.Tareas = append(agenda.Tareas, schedule.Tarea{Nombre: "esperar", Siguiente: cadaDia(by),
			Run: func(ctx context.Context, para time.Time, _ time.Duration) error {
				return g.Cycle.Expect(ctx, schema.DiaDe(para))
			}})
	}
	return agenda, nil
}

// scheduled does a run that was planned.
func (g *Gateway) scheduled(ctx context.Context, dia schema.Dia, late time.Duration) error {
	causa := exchange.CausaAgenda
	if late > 0 {
		causa = exchange.CausaAtrasada
		g.log.Warn("a planned run begins late", zap.Stringer("day", dia), zap.Duration("late", late))
	}
	return g.Cycle.Run(ctx, dia, causa, nil)
}

// Corte does the run of a corte. It is done once the day was cut, also
// where a party failed: what is left over stays pending, and the day open.
func (g *Gateway) Corte(ctx context.Context, dia schema.Dia, late time.Duration) error {
	runErr := g.scheduled(ctx, dia, late)
	if err := g.Retire(ctx); err != nil && ctx.Err() == nil {
		g.log.Error("old uploads stay in sight until the next corte", zap.Error(err))
	}
	var j store.Jornada
	err := g.Store.View(ctx, func(v *store.View) (err error) {
		j, err = v.Jornada(dia)
		return err
	})
	if err == nil && j.Cortada(g.now()) {
		g.ran(ctx, "the corte is done, but not all of its run", runErr)
		return nil
	}
	return errors.Join(runErr, err)
}
