package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"go.uber.org/zap"

	"buzon/config"
	"buzon/exchange/exchangetest"
)

// TestRetire: an upload stays in sight for five días hábiles after the day on
// which it arrived, its archive for ever.
func TestRetire(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	keys := enrol(t, s)
	l := serve(t, s, moment(t, "2026-03-18T09:15:00-06:00")) // a Wednesday
	c := newClient(t, l, keys)
	write(t, c.path("a.txt"), "no es un RES\n")
	c.do(t, une1, "put a.txt respuestas/"+res1)
	eventually(t, "the answer", func() bool {
		return strings.Contains(l.history(t, "--event", "rechazo_emitido"), une1)
	})
	l.stop()

	cfg, err := config.Load(s.config())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	clock := exchangetest.NewClock(moment(t, "2026-03-25T20:00:00-06:00")) // the fifth día hábil after it
	g, err := openGateway(ctx, cfg, zap.NewNop(), clock.Now, "serve")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	for _, c := range []struct {
		at    string
		there bool
	}{{"2026-03-25T20:00:00-06:00", true}, {"2026-03-26T20:00:00-06:00", false},
		{"2026-03-27T20:00:00-06:00", false}} {
		clock.Set(moment(t, c.at))
		if err := g.Retire(ctx); err != nil {
			t.Fatal(err)
		}
		if there := seen(s.box(une1, "respuestas", res1)); there != c.there {
			t.Errorf("at %s it is in sight: %v, want %v", c.at, there, c.there)
		}
	}
	if out := s.history(t, "--event", "subidas_retiradas"); strings.Count(out, "subidas_retiradas") != 1 ||
		!strings.Contains(out, une1) {
		t.Errorf("events:\n%s", out)
	}
}

func seen(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
