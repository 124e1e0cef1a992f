package gateway

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"buzon/config"
)

// opened is a gateway of a new working set, without its daemon, at one moment.
func opened(t *testing.T) *Gateway {
	t.Helper()
	dir, at := t.TempDir(), time.Date(2026, time.March, 2, 18, 0, 0, 0, time.UTC)
	if _, _, err := config.Init(dir, false, at); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(filepath.Join(dir, "buzon.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Server.Passwords = true
	if _, err := InitStore(t.Context(), cfg, false, at); err != nil {
		t.Fatal(err)
	}
	g, err := Open(t.Context(), Options{Config: cfg, Log: zap.NewNop(), Now: func() time.Time {
		return at
	}, Command: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// However many guess at once, two hashes are made at a time, those for accounts
// that are not there among them.
func TestPasswordsAtOnce(t *testing.T) {
	t.Parallel()
	g := opened(t)
	synctest.Test(t, func(t *testing.T) {
		p, err := NewPasswords(g)
		if err != nil {
			t.Fatal(err)
		}
		for range parallelPasswords {
			p.slots <- struct{}{}
		}
		var done atomic.Int32
		for _, account := range []string{"00900001", "root", "CONDUSEF"} {
			go func() {
				if p.Check(account, "x") == nil {
					t.Errorf("%s is let in", account)
				}
				done.Add(1)
			}()
		}
		synctest.Wait()
		if n := done.Load(); n != 0 {
			t.Errorf("%d did not wait for their turn", n)
		}
		for range parallelPasswords {
			<-p.slots
		}
		synctest.Wait()
		if n := done.Load(); n != 3 || len(p.slots) != 0 {
			t.Errorf("%d of 3 were answered, %d turns are not given back", n, len(p.slots))
		}
	})
}
