package gateway

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"buzon/exchange"
	"buzon/schema"
)

// visits brings a visit to each party that finished an upload, at once. It is
// the visit of a run, not a second way: what one missed the next run does.
type visits struct {
	g *Gateway

	mu     sync.Mutex
	wanted []schema.Parte // in the order in which they were asked for
	wake   chan struct{}  // holds one signal while something is wanted
	later  map[schema.Parte]*time.Timer
	tries  map[schema.Parte]int
	untold map[schema.UNE]bool // visited, and not told how they stand
	tell   chan struct{}       // holds one signal while one is untold
}

// parallelVisits bounds how many parties are visited after uploads at one time.
const parallelVisits = 4

func newVisits(g *Gateway) *visits {
	return &visits{g: g, wake: make(chan struct{}, 1), later: map[schema.Parte]*time.Timer{},
		tries:  map[schema.Parte]int{},
		untold: map[schema.UNE]bool{}, tell: make(chan struct{}, 1)}
}

// ask wants a visit to a party; it returns at once. Several uploads before
// the visit begins are one visit.
func (v *visits) ask(parte schema.Parte) {
	v.mu.Lock()
	if !slices.Contains(v.wanted, parte) {
		v.wanted = append(v.wanted, parte)
	}
	v.mu.Unlock()
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// askAt wants a visit to a party at a moment, as where a file of it waits; of
// several moments the first one counts, and that visit asks for the next. What is
// forgotten when the process ends the run at the next start asks for again.
func (v *visits) askAt(parte schema.Parte, at time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, asked := v.later[parte]; asked {
		return
	}
	v.later[parte] = time.AfterFunc(at.Sub(v.g.now()), func() {
		v.mu.Lock()
		delete(v.later, parte)
		v.mu.Unlock()
		v.ask(parte)
	})
}

// tried gives the parties at which something failed lately.
func (v *visits) tried() map[schema.Parte]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.tries)
}

// again wants another visit soon to each party at which something failed that may pass;
// all of visited was tried just now. Each wait is longer than the one before, up to
// maxAgain, with chance in it, so that not all come at one moment. What still fails when
// the day ends waits for the next day's first run.
func (v *visits) again(err error, visited ...schema.Parte) {
	failed := map[schema.Parte]bool{}
	parties, _ := exchange.SplitErrors(err)
	for _, p := range parties {
		failed[p.Parte] = failed[p.Parte] || exchange.ClassOf(p) == exchange.Passing
	}
	v.mu.Lock()
	for _, parte := range visited {
		if !failed[parte] {
			delete(v.tries, parte)
		}
	}
	now, at := v.g.now(), map[schema.Parte]time.Time{}
	for parte, passing := range failed {
		if passing {
			at[parte] = now.Add(pause(v.tries[parte], rand.Float64()))
			v.tries[parte]++
		}
	}
	v.mu.Unlock()
	for parte, at := range at {
		if schema.DiaDe(at) == schema.DiaDe(now) {
			v.askAt(parte, at)
		}
	}
}

// maxAgain is the longest wait before a visit that failed is tried again, but for chance.
const maxAgain = 15 * time.Minute

// pause is the wait after some tries that failed; r, from [0, 1), is chance.
func pause(tries int, r float64) time.Duration {
	d := min(time.Minute<<min(tries, 10), maxAgain)
	return d/2 + time.Duration(r*float64(d))
}

// Serve visits until ctx ends and the visits under way have returned. How its UNEs
// stand is told beside the visits, of several together where many come at once: an
// acuse waits for none of it.
func (v *visits) Serve(ctx context.Context) error {
	var group errgroup.Group
	group.SetLimit(parallelVisits)
	var telling sync.WaitGroup
	telling.Go(func() { v.tellAll(ctx) })
	defer telling.Wait()
	for {
		select {
		case <-ctx.Done():
			v.forget()
			return group.Wait()
		case <-v.wake:
		}
		v.mu.Lock()
		wanted := v.wanted
		v.wanted = nil
		v.mu.Unlock()
		for _, parte := range wanted {
			group.Go(func() error {
				err := v.visit(ctx, parte)
				if ctx.Err() == nil {
					v.g.tell("visit", err, parte)
					v.again(err, parte)
				}
				return nil
			})
		}
	}
}

// tellAll tells UNEs that were visited how they stand, until ctx ends; the run at the
// next start tells the others.
func (v *visits) tellAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-v.tell:
		}
		v.mu.Lock()
		unes := slices.Collect(maps.Keys(v.untold))
		clear(v.untold)
		v.mu.Unlock()
		if err := v.g.Cycle.Tell(ctx, unes); err != nil && ctx.Err() == nil {
			v.g.log.Error("estado/ after a visit; the next run tries again", zap.Error(err))
		}
	}
}

// visited has a UNE told how it stands.
func (v *visits) visited(une schema.UNE) {
	v.mu.Lock()
	v.untold[une] = true
	v.mu.Unlock()
	select {
	case v.tell <- struct{}{}:
	default:
	}
}

// forget ends the timers.
func (v *visits) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, t := range v.later {
		t.Stop()
	}
}

func (v *visits) visit(ctx context.Context, parte schema.Parte) error {
	dia, err := v.g.Cycle.Jornada(ctx)
	if err != nil {
		return err
	}
	if parte == schema.ParteCONDUSEF {
		causa := exchange.CausaArribo
		if !v.g.route(parte).Propio {
			causa = exchange.CausaOtraVez
		}
		return v.g.Cycle.Run(ctx, dia, causa, nil)
	}
	une := parte.UNE()
	defer v.visited(une)
	return v.g.Cycle.Attend(ctx, une, dia, nil)
}
