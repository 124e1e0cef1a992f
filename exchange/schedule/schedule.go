package schedule

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/robfig/cron/v3"
	"go.uber.org/zap"

	"buzon/store"
)

// Tarea is something that is done again and again.
type Tarea struct {
	Nombre string
	// Siguiente gives the first moment after another at which the task is due;
	// the zero time says never again.
	Siguiente func(after time.Time) time.Time
	// Run does it. para is the moment for which it was planned, and tarde how
	// long ago that was, 0 within the first minutes.
	Run func(ctx context.Context, para time.Time, tarde time.Duration) error
	// CadaUna runs each moment that was missed, in order, and tries one that
	// failed again until it succeeds. Else missed moments become one run, and
	// one that failed waits for the next.
	CadaUna bool
}

const (
	// puntual is how late a run may begin and still be on time: the alarm goes
	// off once a minute, and a run before it may take a while.
	puntual = 5 * time.Minute
	// maxBackoff is the longest wait before a run that failed is tried again.
	maxBackoff = 15 * time.Minute
)

// Agenda runs tasks when they are due.
type Agenda struct {
	Store  *store.Store
	Tareas []Tarea
	Zona   *time.Location
	Now    func() time.Time
	Log    *zap.Logger

	retry map[string]time.Time // task → not before; a restart tries at once
}

// Serve runs what is due, now and once a minute, until ctx ends and the run that
// is under way has returned.
func (a *Agenda) Serve(ctx context.Context) error {
	log := cronLog{a.Log}
	// SkipIfStillRunning outermost: the other way round a panic would leave it
	// locked, and the job would never run again.
	c := cron.New(cron.WithLocation(a.Zona), cron.WithLogger(log),
		cron.WithChain(cron.SkipIfStillRunning(log), cron.Recover(log)))
	wake := func() {
		if err := a.Due(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("schedule", zap.Error(err))
		}
	}
	if _, err := c.AddFunc("* * * * *", wake); err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	if err := a.Due(ctx); err != nil && ctx.Err() == nil {
		a.Log.Error("schedule", zap.Error(err))
	}
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}

// Due runs each task that is due now. The tasks are run one after the other, in
// their order; one that fails does not hold up the others.
func (a *Agenda) Due(ctx context.Context) error {
	var errs []error
	for _, t := range a.Tareas {
		if err := a.due(ctx, t); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.Nombre, err))
		}
	}
	return errors.Join(errs...)
}

func (a *Agenda) due(ctx context.Context, t Tarea) error {
	for ctx.Err() == nil {
		p, ok, err := a.Store.Due(ctx, t.Nombre)
		if err != nil {
			return err
		}
		now := a.Now()
		// A row that says never, or later than the task itself does now, is of a
		// configuration that was mended since.
		if next := t.Siguiente(now); !ok || p.Para.IsZero() && !next.IsZero() ||
			next.Before(p.Para) && !next.IsZero() {
			return a.plan(ctx, t, now)
		}
		// A wait that is longer than any is of a clock that was ahead.
		if wait := a.retry[t.Nombre].Sub(now); p.Para.IsZero() || p.Para.After(now) ||
			wait > 0 && wait <= maxBackoff {
			return nil
		}
		tarde := now.Sub(p.Para)
		if tarde < puntual {
			tarde = 0
		}
		if err := run(ctx, t, p.Para, tarde); err != nil {
			return errors.Join(err, a.failed(ctx, t, p))
		}
		delete(a.retry, t.Nombre)
		from := p.Para
		if !t.CadaUna {
			from = now
		}
		if err := a.plan(ctx, t, from); err != nil {
			return err
		}
	}
	return nil
}

// run turns a panic of the task into an error like any other: it is told, it is
// tried again no sooner than one, and it does not keep the other tasks waiting.
func run(ctx context.Context, t Tarea, para time.Time, tarde time.Duration) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return t.Run(ctx, para, tarde)
}

// plan sets the next run to the first moment after another.
func (a *Agenda) plan(ctx context.Context, t Tarea, after time.Time) error {
	return a.Store.Plan(context.WithoutCancel(ctx), a.Now(),
		store.Pendiente{Tarea: t.Nombre, Para: t.Siguiente(after)})
}

// failed plans what comes after a run that failed. One that was only interrupted
// by the end of the process stays due.
func (a *Agenda) failed(ctx context.Context, t Tarea, p store.Pendiente) error {
	if ctx.Err() != nil {
		return nil
	}
	if !t.CadaUna {
		return a.plan(ctx, t, a.Now())
	}
	p.Intentos++
	if a.retry == nil {
		a.retry = map[string]time.Time{}
	}
	a.retry[t.Nombre] = a.Now().Add(min(time.Minute<<min(p.Intentos-1, 10), maxBackoff))
	return a.Store.Plan(ctx, a.Now(), p)
}

// Cron gives the moments of a cron expression of five fields that fall on a day
// that counts; counts is asked with a moment in the zone.
func Cron(spec string, zone *time.Location, counts func(time.Time) bool) (func(time.Time) time.Time, error) {
	s, err := cron.ParseStandard(spec)
	if err != nil {
		return nil, fmt.Errorf("schedule: cron expression %q: %w", spec, err)
	}
	return func(after time.Time) time.Time {
		for t := s.Next(after.In(zone)); !t.IsZero(); t = s.Next(t) {
			if counts(t) {
				return t
			}
			// The rest of a day that does not count is passed over at once.
			y, m, d := t.Date()
			t = time.Date(y, m, d+1, 0, 0, 0, 0, zone).Add(-time.Second)
			if t.Sub(after) > horizon {
				break
			}
		}
		return time.Time{}
	}, nil
}

// horizon is how far ahead a moment on a day that counts is looked for.
const horizon = 5 * 366 * 24 * time.Hour

// cronLog hands cron's own messages to the process log.
type cronLog struct{ log *zap.Logger }

func (l cronLog) Info(string, ...any) {} // every waking, once a minute

func (l cronLog) Error(err error, msg string, kv ...any) {
	l.log.Error("schedule: "+msg, zap.Error(err), zap.Any("detail", kv))
}
