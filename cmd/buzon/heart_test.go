package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.uber.org/zap"

	"buzon/config"
	"buzon/exchange/exchangetest"
	"buzon/exchange/gateway"
	"buzon/store"
	"buzon/store/bitacora"
)

// TestHeart: the log tells of start, end, a power cut and a clock that was set,
// and the store in which intervals the server was up.
func TestHeart(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	cfg, err := config.Load(s.config())
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	clock := exchangetest.NewClock(begin)
	ctx := context.Background()
	g, err := openGateway(ctx, cfg, zap.NewNop(), clock.Now, "serve")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })

	h := startHeart(t, g, true)
	beats := func(at time.Time, passed time.Duration) {
		t.Helper()
		clock.Set(at)
		if err := h.BeatAt(ctx, at, passed); err != nil {
			t.Fatal(err)
		}
	}
	beats(begin.Add(time.Minute), time.Minute)
	beats(begin.Add(2*time.Minute+4*time.Second), time.Minute) // slow, not set
	clock.Set(begin.Add(10 * time.Minute))
	h = startHeart(t, g, true) // after a power cut
	beats(begin.Add(time.Hour+11*time.Minute), time.Minute)
	clock.Set(begin.Add(2 * time.Hour))
	if err := h.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	clock.Set(begin.Add(3 * time.Hour))
	h = startHeart(t, g, false) // no server: no time in which a party could come
	beats(begin.Add(4*time.Hour), time.Hour)
	if err := h.Stop(ctx); err != nil {
		t.Fatal(err)
	}

	var names []string
	var up []store.Intervalo
	err = g.Store.View(ctx, func(v *store.View) error {
		err := v.History(store.Consulta{}, func(e bitacora.Evento) error {
			switch e.Evento {
			case bitacora.ServicioIniciado, bitacora.ServicioTerminado, bitacora.ServicioInterrumpido:
				names = append(names, e.Evento)
			case bitacora.RelojAjustado:
				names = append(names, e.Evento)
				if e.Detalle["segundos"] != 3600.0 {
					t.Errorf("clock set by %v s", e.Detalle["segundos"])
				}
			}
			return nil
		})
		if err == nil {
			up, err = v.Arriba(begin.Add(-time.Hour), begin.Add(24*time.Hour))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{bitacora.ServicioIniciado, bitacora.ServicioInterrumpido, bitacora.ServicioIniciado,
		bitacora.RelojAjustado,
		bitacora.ServicioTerminado, bitacora.ServicioIniciado, bitacora.ServicioTerminado}
	if !slices.Equal(names, want) {
		t.Errorf("events %q, want %q", names, want)
	}
	if len(up) != 2 || up[0].Duracion() != 2*time.Minute+4*time.Second ||
		up[1].Duracion() != 110*time.Minute {
		t.Errorf("up in %v", up)
	}
}

func startHeart(t *testing.T, g *gateway.Gateway, listens bool) *gateway.Heart {
	t.Helper()
	h, err := gateway.NewHeart(context.Background(), g, listens)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
