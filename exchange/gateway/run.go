package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"buzon/exchange"
	"buzon/schema"
)

// Run is what became of a run that somebody asked for, as run --json prints it.
type Run struct {
	Day       schema.Dia `json:"day"`
	Simulacro bool       `json:"simulacro,omitempty"`
	*exchange.Informe
	Error string `json:"error,omitempty"`
}

// ErrNotYet says that a run was asked for a day on which none can be yet.
var ErrNotYet = errors.New("that day is not here yet")

// Watcher is told of a run while it is under way, from several goroutines.
type Watcher struct {
	Step func(what string, done, total int) // how far a long work is; nil: nobody is told
	Said func(string)                       // why it waits
}

// RunNow does a run that somebody asks for; dia is 0 for the operation day of the moment.
// The run is nil where none began. Where files were too young to be read, as one that is
// just being copied into CONDUSEF's folder, another one follows once they are old enough.
func (g *Gateway) RunNow(ctx context.Context, dia schema.Dia, w Watcher) (*Run, error) {
	cal, err := g.Cycle.Calendario(ctx)
	if err != nil {
		return nil, err
	}
	last := cal.Siguiente(schema.DiaDe(g.now()))
	switch {
	case dia == 0:
		if dia, err = g.Cycle.Jornada(ctx); err != nil {
			return nil, err
		}
	case dia > last:
		return nil, fmt.Errorf("--date %s: %w; want %s at the latest", dia, ErrNotYet, last)
	}
	simulacro, err := g.Store.Simulacro(ctx)
	if err != nil {
		return nil, err
	}
	r := &Run{Day: dia, Simulacro: simulacro, Informe: &exchange.Informe{Step: w.Step}}
	if err = g.runSettled(ctx, r, w); err != nil {
		r.Error = err.Error()
	}
	if g.after != nil {
		g.after(err)
	}
	return r, err
}

func (g *Gateway) runSettled(ctx context.Context, r *Run, w Watcher) error {
	err := g.Cycle.Run(ctx, r.Day, exchange.CausaManual, r.Informe)
	again := r.OtraVez
	if err != nil || again.IsZero() {
		return err
	}
	wait := again.Sub(g.now())
	w.Said(fmt.Sprintf("%s; waiting %v (source.settle)", strings.Join(r.EnEspera, "; "),
		wait.Round(time.Second)))
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
	}
	r.EnEspera, r.Abiertas, r.OtraVez = nil, nil, time.Time{}
	return g.Cycle.Run(ctx, r.Day, exchange.CausaManual, r.Informe)
}

// signalled does a run for each signal that asks for one, until ctx ends. Several that
// come while one is under way are one more.
func (g *Gateway) signalled(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.opts.Ahora:
		}
		r, err := g.RunNow(ctx, 0, Watcher{Said: func(said string) { g.log.Info(said) }})
		switch {
		case err == nil:
			g.log.Info("the run that a signal asked for is done", zap.Stringer("day", r.Day),
				zap.Int("files", r.Recibidos), zap.Int("lots", r.Lotes), zap.Int("answers", r.Devueltas))
		case ctx.Err() == nil:
			g.log.Error("the run that a signal asked for", zap.Error(err))
		}
	}
}
