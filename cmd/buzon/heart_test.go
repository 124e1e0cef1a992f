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
	h = startHeart(t, g, true)                                 // after a power cut
	beats(begin.Add(time.Hour+11*time.Minute), time.Minute)    // set ahead
	beats(begin.Add(time.Hour+15*time.Minute), 4*time.Minute)  // stopped for a while
	beats(begin.Add(time.Hour+30*time.Minute), 20*time.Second) // slept
	beats(begin.Add(time.Hour+10*time.Minute), time.Minute)    // set back
	beats(begin.Add(time.Hour+11*time.Minute), time.Minute)
	free := g.Config.Server.MinFree
	g.Config.Server.MinFree = 1 << 62
	for m := 12; m < 20; m++ {
		beats(begin.Add(time.Hour+time.Duration(m)*time.Minute), time.Minute) // our disk is full
	}
	g.Config.Server.MinFree = free
	beats(begin.Add(time.Hour+20*time.Minute), time.Minute)
	clock.Set(begin.Add(2 * time.Hour)) // asked to end as soon as it woke up
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
	var seconds, why []any
	var up []store.Intervalo
	err = g.Store.View(ctx, func(v *store.View) error {
		err := v.History(store.Consulta{}, func(e bitacora.Evento) error {
			switch e.Evento {
			case bitacora.ServicioIniciado, bitacora.ServicioTerminado:
				names = append(names, e.Evento)
			case bitacora.ServicioInterrumpido:
				names = append(names, e.Evento)
				why = append(why, e.Detalle["motivo"])
			case bitacora.RelojAjustado:
				names = append(names, e.Evento)
				seconds = append(seconds, e.Detalle["segundos"])
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
		bitacora.ServicioInterrumpido, bitacora.ServicioIniciado, bitacora.RelojAjustado,
		bitacora.ServicioInterrumpido, bitacora.ServicioIniciado,
		bitacora.ServicioInterrumpido, bitacora.ServicioIniciado, bitacora.RelojAjustado,
		bitacora.RelojAjustado,
		bitacora.ServicioInterrumpido, bitacora.ServicioIniciado, // the disk
		bitacora.ServicioInterrumpido, bitacora.ServicioIniciado, bitacora.ServicioTerminado,
		bitacora.ServicioIniciado, bitacora.ServicioTerminado}
	if !slices.Equal(names, want) {
		t.Errorf("events %q, want %q", names, want)
	}
	if !slices.Equal(seconds, []any{3600.0, 880.0, -1260.0}) {
		t.Errorf("the clock was set by %v s", seconds)
	}
	if !slices.Equal(why, []any{nil, "sin_latidos", "sin_latidos", "sin_latidos", "disco_lleno",
		"sin_latidos"}) {
		t.Errorf("why it was not up: %v", why)
	}
	at := func(d time.Duration) time.Time { return begin.Add(d) }
	hour := time.Hour
	wantUp := []store.Intervalo{{Desde: at(0), Hasta: at(2*time.Minute + 4*time.Second)},
		{Desde: at(hour + 10*time.Minute), Hasta: at(hour + 11*time.Minute)}}
	up = slices.DeleteFunc(up, func(i store.Intervalo) bool { return i.Duracion() == 0 })
	if !slices.EqualFunc(up, wantUp, func(x, y store.Intervalo) bool {
		return x.Desde.Equal(y.Desde) && x.Hasta.Equal(y.Hasta)
	}) {
		t.Errorf("up in %v, want %v", up, wantUp)
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
