package schedule_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"buzon/exchange/schedule"
	"buzon/schema"
	"buzon/store"
)

// TestServe lets an hour pass: a task that panics each time does not end the
// waking, another runs each minute, and the end waits for the run under way.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	core, logs := observer.New(zap.ErrorLevel)
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), filepath.Join(dir, "buzon.db"), store.Options{Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		minute, err := schedule.Cron("* * * * *", schema.Zona, always)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		runs, panics, finished := 0, 0, false
		a := &schedule.Agenda{Store: s, Zona: schema.Zona, Now: time.Now, Log: zap.New(core),
			Tareas: []schedule.Tarea{
				{Nombre: "mala", Siguiente: minute,
					Run: func(context.Context, time.Time, time.Duration) error {
						panics++
						panic("in a task")
					}},
				{Nombre: "buena", Siguiente: minute,
					Run: func(context.Context, time.Time, time.Duration) error {
						if runs++; runs == 60 {
							cancel()
							<-time.After(10 * time.Second) // of the bubble's clock
							finished = true
						}
						return nil
					}},
			}}
		if err := a.Serve(ctx); err != nil {
			t.Error(err)
		}
		if runs != 60 || panics != 60 || !finished {
			t.Errorf("%d runs, %d panics, the last one finished: %v", runs, panics, finished)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
	if logs.Len() != 59 { // after the end nobody is told
		t.Errorf("%d errors were told", logs.Len())
	}
}
