package medida_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"buzon/store"
)

const (
	stormUNEs   = 500
	stormBytes  = 100_000
	stormAtOnce = 100
)

// storm lets every UNE sign in, list, fetch its LOT and go. It gives what each
// visit took.
func storm(s *server) ([]time.Duration, error) {
	var mu sync.Mutex
	var took []time.Duration
	var errs []error
	_ = many(stormAtOnce, stormUNEs, func(n int) error {
		from := time.Now()
		err := s.fetch(n)
		mu.Lock()
		defer mu.Unlock()
		took = append(took, time.Since(from))
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", account(n), err))
		}
		return nil // the others go on
	})
	slices.Sort(took)
	return took, errors.Join(errs...)
}

func (s *server) fetch(n int) (err error) {
	v, err := s.visit(n)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.end()) }()
	list, err := v.ReadDir("reclamaciones")
	if err != nil {
		return err
	}
	for _, info := range list {
		f, err := v.Open("reclamaciones/" + info.Name())
		if err != nil {
			return err
		}
		got, err := f.WriteTo(io.Discard)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		if got != stormBytes {
			return fmt.Errorf("%d bytes of %s", got, info.Name())
		}
	}
	if len(list) != 1 {
		return fmt.Errorf("%d files", len(list))
	}
	return nil
}

// pickups counts the LOTs of which the server's store, once it has ended, holds
// evidence that they were read whole.
func pickups(tb testing.TB, s *server) (whole int) {
	tb.Helper()
	db, err := store.Open(tb.Context(), storePath(s.dir), store.Options{Now: time.Now()})
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	err = db.View(tb.Context(), func(v *store.View) error {
		for n := range stormUNEs {
			out, err := v.SalidaPorNombre(parte(account(n)), fmt.Sprintf(lot, account(n)))
			if err != nil {
				return err
			}
			all, err := v.Recogidas(out.ID)
			if err != nil {
				return err
			}
			if len(all) == 1 && all[0].Completa && all[0].Cubiertos == stormBytes &&
				all[0].Cuenta == account(n) {
				whole++
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return whole
}

// TestStorm looks at what the storm leaves, not at how long it takes.
func TestStorm(t *testing.T) {
	s := start(t, buzon, stormUNEs, stormBytes)
	if _, err := storm(s); err != nil {
		t.Errorf("%.2000v", err)
	}
	s.stop(t)
	if got := pickups(t, s); got != stormUNEs {
		t.Errorf("evidence of %d whole pickups, want %d", got, stormUNEs)
	}
}

// BenchmarkStorm tells how long it takes. The client's work is in it, on the
// same processors.
func BenchmarkStorm(b *testing.B) {
	for range b.N {
		s := start(b, buzon, stormUNEs, stormBytes)
		before, from := s.cpu(b), time.Now()
		took, err := storm(s)
		all := time.Since(from)
		if err != nil {
			b.Errorf("%.2000v", err)
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(all.Seconds(), "s")
		b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms")
		b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "p99-ms")
		b.ReportMetric((s.cpu(b) - before).Seconds(), "server-cpu-s")
		b.ReportMetric(s.memory(b, "VmHWM"), "server-peak-MiB")
		s.stop(b)
		b.ReportMetric(float64(stormUNEs-pickups(b, s)), "not-picked-up")
	}
}
