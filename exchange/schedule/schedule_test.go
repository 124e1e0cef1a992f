package schedule_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/zap"

	"buzon/exchange/exchangetest"
	"buzon/exchange/schedule"
	"buzon/schema"
	"buzon/store"
)

var errTask = errors.New("the task failed")

// bench is an agenda with one task at 09:00 and 15:00 of each day.
type bench struct {
	t      *testing.T
	clock  *exchangetest.Clock
	store  *store.Store
	agenda *schedule.Agenda
	ran    []string                        // for when, and how late
	run    func(ctx context.Context) error // nil: it succeeds
}

// at is an hour of a day of March 2026.
func at(day int, hour string) time.Time {
	h, err := schema.ParseHora(hour)
	if err != nil {
		panic(err)
	}
	return schema.NewDia(2026, time.March, day).At(h)
}

func always(time.Time) bool { return true }

func newBench(t *testing.T, cadaUna bool) *bench {
	b := &bench{t: t, clock: exchangetest.NewClock(at(2, "08:00"))}
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "buzon.db"),
		store.Options{Now: b.clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b.store = s
	next, err := schedule.Cron("0 9,15 * * *", schema.Zona, always)
	if err != nil {
		t.Fatal(err)
	}
	b.start(schedule.Tarea{Nombre: "tarea", Siguiente: next, CadaUna: cadaUna, Run: b.task})
	b.due(t.Context(), "")
	return b
}

// start makes an agenda as a new process does.
func (b *bench) start(tareas ...schedule.Tarea) {
	b.agenda = &schedule.Agenda{Store: b.store, Zona: schema.Zona, Now: b.clock.Now, Log: zap.NewNop(),
		Tareas: tareas}
}

func (b *bench) task(ctx context.Context, para time.Time, tarde time.Duration) error {
	b.ran = append(b.ran, para.Format("2 15:04")+" "+tarde.String())
	if b.run != nil {
		return b.run(ctx)
	}
	return nil
}

// due asks what is due; its runs must be want since the last call.
func (b *bench) due(ctx context.Context, want ...string) {
	b.t.Helper()
	want = slices.DeleteFunc(want, func(s string) bool { return s == "" })
	b.ran = nil
	if err := b.agenda.Due(ctx); err != nil && b.run == nil {
		b.t.Fatal(err)
	}
	if !slices.Equal(b.ran, want) {
		b.t.Fatalf("at %v ran %q, want %q", b.clock.Now(), b.ran, want)
	}
}

func TestOnTime(t *testing.T) {
	t.Parallel()
	b := newBench(t, false)
	b.due(t.Context())
	b.clock.Set(at(2, "08:59:59"))
	b.due(t.Context())
	b.clock.Set(at(2, "09:00"))
	b.due(t.Context(), "2 09:00 0s")
	b.due(t.Context())
	b.clock.Set(at(2, "15:04:59"))
	b.due(t.Context(), "2 15:00 0s") // on time still
}

// TestMissedPulls: one run makes up for all of them.
func TestMissedPulls(t *testing.T) {
	t.Parallel()
	b := newBench(t, false)
	b.clock.Set(at(4, "12:00"))
	b.start(b.agenda.Tareas...)
	b.due(t.Context(), "2 09:00 51h0m0s")
	b.due(t.Context())
	b.clock.Set(at(4, "15:00"))
	b.due(t.Context(), "4 15:00 0s")
}

// TestMissedCortes: each of them is done, in order.
func TestMissedCortes(t *testing.T) {
	t.Parallel()
	b := newBench(t, true)
	b.clock.Set(at(3, "12:00"))
	b.start(b.agenda.Tareas...)
	b.due(t.Context(), "2 09:00 27h0m0s", "2 15:00 21h0m0s", "3 09:00 3h0m0s")
	b.due(t.Context())
	b.clock.Set(at(3, "15:00"))
	b.due(t.Context(), "3 15:00 0s")
}

// TestFailedCorte is tried again, less and less often, and never given up.
func TestFailedCorte(t *testing.T) {
	t.Parallel()
	b := newBench(t, true)
	b.run = func(context.Context) error { return errTask }
	b.clock.Set(at(2, "09:00"))
	if err := b.agenda.Due(t.Context()); !errors.Is(err, errTask) {
		t.Errorf("%v", err)
	}
	for _, wait := range []time.Duration{1, 2, 4, 8, 15, 15, 15} {
		b.clock.Advance(wait*time.Minute - time.Second)
		b.due(t.Context())
		b.clock.Advance(time.Second)
		if b.ran = nil; b.agenda.Due(t.Context()) == nil || len(b.ran) != 1 || b.ran[0][:7] != "2 09:00" {
			t.Fatalf("after %v: %q", wait*time.Minute, b.ran)
		}
	}
	b.start(b.agenda.Tareas...) // a restart tries at once
	b.run = nil
	b.due(t.Context(), "2 09:00 1h0m0s")
	b.clock.Set(at(2, "15:00"))
	b.due(t.Context(), "2 15:00 0s")
}

func TestFailedPull(t *testing.T) {
	t.Parallel()
	b := newBench(t, false)
	b.run = func(context.Context) error { return errTask }
	b.clock.Set(at(2, "09:00"))
	b.due(t.Context(), "2 09:00 0s")
	b.clock.Set(at(2, "14:59"))
	b.due(t.Context())
	b.run = nil
	b.clock.Set(at(2, "15:00"))
	b.due(t.Context(), "2 15:00 0s")
}

// TestEndLeavesItDue: a run that the end of the process cut off is due at the
// next start.
func TestEndLeavesItDue(t *testing.T) {
	t.Parallel()
	for _, cadaUna := range []bool{false, true} {
		b := newBench(t, cadaUna)
		b.clock.Set(at(2, "09:00"))
		ctx, cancel := context.WithCancel(t.Context())
		b.run = func(ctx context.Context) error { cancel(); return ctx.Err() }
		b.due(ctx, "2 09:00 0s")
		b.due(ctx) // nothing begins after the end
		b.run = nil
		b.start(b.agenda.Tareas...)
		b.due(t.Context(), "2 09:00 0s")
		b.due(t.Context())
	}
}

// TestOneTaskFails: it does not hold up the others, be it by an error or a
// panic, and a panic is tried again like an error.
func TestOneTaskFails(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"error": func() error { return errTask },
		"panic": func() error { panic("in a task") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, true)
			bad := b.agenda.Tareas[0]
			bad.Nombre, bad.Run = "mala", func(context.Context, time.Time, time.Duration) error {
				return fail()
			}
			b.start(bad, b.agenda.Tareas[0])
			b.due(t.Context())
			for _, hour := range []string{"09:00", "15:00"} {
				b.clock.Set(at(2, hour))
				b.ran = nil
				if err := b.agenda.Due(t.Context()); err == nil || len(b.ran) != 1 {
					t.Errorf("at %s: %v, ran %q", hour, err, b.ran)
				}
			}
			p, ok, err := b.store.Due(t.Context(), "mala")
			if err != nil || !ok || !p.Para.Equal(at(2, "09:00")) || p.Intentos != 2 {
				t.Errorf("%+v, %v, %v", p, ok, err)
			}
		})
	}
}

// TestNever: a task without a next moment is left alone.
func TestNever(t *testing.T) {
	t.Parallel()
	b := newBench(t, false)
	tarea := b.agenda.Tareas[0]
	tarea.Nombre, tarea.Siguiente = "nunca", func(time.Time) time.Time { return time.Time{} }
	b.start(tarea)
	b.due(t.Context())
	b.clock.Set(at(31, "09:00"))
	b.due(t.Context())
}

func TestCron(t *testing.T) {
	t.Parallel()
	for _, spec := range []string{"", "0 9 * *", "99 9 * * *", "0 9 * * LUNES", "@cada hora",
		"TZ=Mexico/Ciudad 0 9 * * *"} {
		if _, err := schedule.Cron(spec, schema.Zona, always); err == nil {
			t.Errorf("%q was accepted", spec)
		}
	}
	cal := schema.NewCalendario(nil)
	habil := func(t time.Time) bool { return cal.Habil(schema.DiaDe(t)) }
	next, err := schedule.Cron("*/15 9-10 * * *", schema.Zona, habil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ after, want time.Time }{
		{at(2, "08:00"), at(2, "09:00")},
		{at(2, "09:00"), at(2, "09:15")},
		{at(2, "09:00").UTC(), at(2, "09:15")},
		{at(2, "10:45"), at(3, "09:00")},
		{at(6, "10:50"), at(9, "09:00")},   // a weekend
		{at(13, "23:00"), at(17, "09:00")}, // and a moved Monday
	} {
		if got := next(test.after); !got.Equal(test.want) {
			t.Errorf("after %v: %v, want %v", test.after, got, test.want)
		}
	}
	never, err := schedule.Cron("0 9 * * *", schema.Zona, func(time.Time) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	if got := never(at(2, "08:00")); !got.IsZero() {
		t.Errorf("no day counts, yet %v", got)
	}
}

// TestMendedPlan: a moment that an earlier configuration planned does not outlast
// it, be it never or far away.
func TestMendedPlan(t *testing.T) {
	t.Parallel()
	for name, para := range map[string]time.Time{"never": {}, "in a year": at(2, "09:00").AddDate(1, 0, 0)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, false)
			if err := b.store.Plan(t.Context(), b.clock.Now(),
				store.Pendiente{Tarea: "tarea", Para: para}); err != nil {
				t.Fatal(err)
			}
			for _, hour := range []string{"08:30", "09:00", "15:00"} {
				b.clock.Set(at(2, hour))
				if err := b.agenda.Due(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if len(b.ran) != 2 {
				t.Errorf("ran %q, want at 9 and at 15", b.ran)
			}
		})
	}
}
