package montaje

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"buzon/exchange"
	"buzon/exchange/ops"
	"buzon/exchange/simulacro"
	"buzon/store"
)

// Run is one cycle of the gateway.
func (d *Demo) Run(ctx context.Context) error {
	return d.Gateway.Cycle.Run(ctx, d.Dia, exchange.CausaManual, nil)
}

// AnswerAll lets every UNE work at the same time, as they do in the morning.
func (d *Demo) AnswerAll(ctx context.Context) error {
	var group errgroup.Group
	for _, u := range d.UNEs {
		group.Go(func() error { return u.work(ctx) })
	}
	return group.Wait()
}

// work is a UNE's day.
func (u *Participante) work(ctx context.Context) error {
	lotes, err := u.PickUp(ctx)
	if err != nil {
		return err
	}
	waiting := 0
	for _, l := range lotes {
		u.received += len(l.Registros)
		name, err := u.Answer(ctx, l, simulacro.Usual())
		if err != nil {
			return err
		}
		if name != "" {
			waiting++
		}
	}
	return u.await(ctx, waiting)
}

// await fetches acuses until there is one for each file that was sent: the
// gateway answers within moments of an upload.
func (u *Participante) await(ctx context.Context, waiting int) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("no acuse came within a minute"))
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for len(u.acuses) < waiting {
		got, err := u.Acuses(ctx)
		if err != nil {
			return err
		}
		u.acuses = append(u.acuses, got.Acuses...)
		u.rechazos = append(u.rechazos, got.Rechazos...)
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
	return nil
}

// Avances is what the store says of the day, by institution.
func (d *Demo) Avances(ctx context.Context) (rows []ops.EstadoUNE, err error) {
	err = d.Gateway.Store.View(ctx, func(v *store.View) error {
		all, err := v.Avances(d.Dia)
		for _, a := range all {
			rows = append(rows, ops.NewEstadoUNE(a))
		}
		return err
	})
	return rows, err
}
