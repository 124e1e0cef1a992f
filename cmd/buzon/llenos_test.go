package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"buzon/config"
	"buzon/exchange/dropbox"
	"buzon/exchange/exchangetest"
	"buzon/exchange/gateway"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
	"buzon/store/bitacora/bitacoratest"
)

// TestLlenos: every field of the events that this package writes itself says
// something at least once, and of a pickup, which the server tells of.
func TestLlenos(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	keys := enrol(t, s)
	l := serve(t, s, moment(t, "2026-03-18T09:15:00-06:00"))
	c := newClient(t, l, keys)
	write(t, c.path("a.txt"), "no es un RES\n")
	c.do(t, une1, "put a.txt respuestas/"+res1)
	acu := strings.Replace(res1, "RES", "ACU", 1)
	eventually(t, "the acuse", func() bool { return seen(s.box(une1, "acuses", acu)) })
	c.do(t, une1, "get acuses/"+acu)
	l.stop()

	cfg, err := config.Load(s.config())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	clock := exchangetest.NewClock(moment(t, "2026-03-26T20:00:00-06:00"))
	g, err := openGateway(ctx, cfg, zap.NewNop(), clock.Now, "serve")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	startHeart(t, g, true)
	h := startHeart(t, g, true) // after a power cut
	clock.Advance(time.Hour)
	g.Cycle.TodoONada = map[schema.Tipo]bool{schema.RES: true}
	for _, fn := range []func() error{
		func() error { return h.BeatAt(ctx, clock.Now(), time.Minute) },
		func() error { return h.Stop(ctx) },
		func() error { return g.UseTerms(ctx) },
		func() error { return g.Retire(ctx) },
	} {
		if err := fn(); err != nil {
			t.Fatal(err)
		}
	}
	g.Refused(dropbox.Refusal{Reason: dropbox.BadCredential, Account: une1, Address: "192.0.2.1", Count: 2,
		Since: clock.Now()})
	all := bitacoratest.Llenados{}
	logs := func(st *store.Store) {
		if err := st.View(ctx, func(v *store.View) error {
			all.Add(t, v.Actos(time.Time{}, nil))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	logs(g.Store)
	back, old := answeredSet(t)
	back.useDB(t, old)
	back.resume(t, "2026-03-18T17:00:00-06:00", "--reason", "se perdió el disco")
	st, err := store.OpenReadOnly(gateway.StorePath(back.path("datos")))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	logs(st)
	path := filepath.Join(t.TempDir(), "buzon.db") // a real one, whose clock is confirmed
	for _, o := range []store.Options{{Now: clock.Now()},
		{Now: clock.Now().AddDate(0, 1, 0), Salto: time.Hour, Confirma: true}} {
		st, err := store.Open(ctx, path, o)
		if err != nil {
			t.Fatal(err)
		}
		logs(st)
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	all.Check(t, append([]string{bitacora.ArchivoRecogido}, bitacoratest.DelServicio...), nil)
}
