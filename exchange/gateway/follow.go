package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"buzon/config"
	"buzon/schema"
	"buzon/store"
)

// The follower looks into the log this often, and asks again for every session
// this often, since keys also end by themselves.
const (
	followEvery  = time.Second
	RecheckEvery = time.Minute
)

// Follower brings into the running daemon what commands changed in the store
// beside it: institutions, keys, suspensions, passwords. It also keeps the last
// use of each key, so that a login waits for no write.
type Follower struct {
	g       *Gateway
	recheck func() int // ends the sessions that may no longer be, and tells how many

	seen    int64 // the last event that was looked at
	checked time.Time

	mu   sync.Mutex
	used map[use]time.Time
}

// use is a key with which a UNE signed in.
type use struct {
	une    schema.UNE
	huella string
}

// NewFollower makes the follower of a gateway whose parties are open. recheck is
// called from its goroutine alone, and may be nil.
func NewFollower(g *Gateway, recheck func() int) *Follower {
	return &Follower{g: g, recheck: recheck, used: map[use]time.Time{}}
}

// Serve looks until ctx ends. A mistake that lasts is logged once.
func (f *Follower) Serve(ctx context.Context) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	told := ""
	for {
		err := f.Look(ctx)
		switch {
		case ctx.Err() != nil:
		case err == nil:
			told = ""
		case err.Error() != told:
			told = err.Error()
			f.g.log.Error("follow the roll; it is tried again every second", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return f.NoteUses(context.WithoutCancel(ctx))
		case <-tick.C:
		}
	}
}

// Look does what the time since the last look asks for. What fails the next look
// does.
func (f *Follower) Look(ctx context.Context) error {
	changed, last := false, int64(0)
	err := f.g.Store.View(ctx, func(v *store.View) (err error) {
		changed, last, err = v.AccesoCambiado(f.seen)
		return err
	})
	if err != nil {
		return fmt.Errorf("follow: %w", err)
	}
	now := f.g.now()
	lapsed := now.Sub(f.checked)
	due := lapsed >= RecheckEvery || lapsed < 0
	if changed || due {
		if f.recheck != nil {
			if n := f.recheck(); n > 0 {
				f.g.log.Info("sessions ended whose credential no longer holds", zap.Int("sessions", n))
			}
		}
		f.checked = now
	}
	if due {
		err = f.warn(ctx)
	}
	if changed {
		opened := f.openNew(ctx)
		if opened != nil {
			last = f.seen // looked at again
		}
		err = errors.Join(err, opened)
	}
	f.seen = last
	return errors.Join(err, f.NoteUses(ctx))
}

// openNew shows the institutions that came into the roll what goes where.
func (f *Follower) openNew(ctx context.Context) error {
	roll, err := f.g.roll(ctx)
	if err != nil {
		return fmt.Errorf("follow: %w", err)
	}
	fresh := slices.DeleteFunc(roll, func(in store.Institucion) bool {
		_, told := f.g.opened.Load(in.UNE)
		return told
	})
	var errs []error
	for _, in := range fresh {
		err := f.g.Cycle.Estado(ctx, in.UNE)
		if err == nil {
			err = f.g.openUNEs(ctx, []store.Institucion{in})
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("follow: une %s: %w", in.UNE, err))
			continue
		}
		f.g.log.Info("a new institution is served", zap.Stringer("une", in.UNE))
	}
	return errors.Join(errs...)
}

// warn logs the keys that end soon, each once.
func (f *Follower) warn(ctx context.Context) error {
	now, within := f.g.now(), KeyWarning(f.g.Config)
	due := false
	err := f.g.Store.View(ctx, func(v *store.View) (err error) {
		due, err = v.PorVencer(now, within)
		return err
	})
	if err == nil && due {
		err = f.g.Store.Update(ctx, now, func(tx *store.Tx) error { return tx.WarnExpiries(within) })
	}
	if err != nil {
		return fmt.Errorf("warn of keys that end: %w", err)
	}
	return nil
}

// KeyWarning is how long before its end a key is warned of.
func KeyWarning(cfg *config.Config) time.Duration {
	return time.Duration(cfg.Server.KeyWarning) * 24 * time.Hour
}

// LoggedIn notes that an account signed in with a key; it returns at once.
func (f *Follower) LoggedIn(account, fingerprint string) {
	une, err := parseAccount(account)
	if err != nil {
		return // CONDUSEF's
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used[use{une, fingerprint}] = f.g.now()
}

// NoteUses keeps the logins since the last time; it forgets none that failed.
func (f *Follower) NoteUses(ctx context.Context) error {
	f.mu.Lock()
	used := f.used
	f.used = map[use]time.Time{}
	f.mu.Unlock()
	if len(used) == 0 {
		return nil
	}
	err := f.g.Store.Update(ctx, f.g.now(), func(tx *store.Tx) error {
		for k, at := range used {
			if err := tx.UseLlave(k.une, k.huella, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, at := range used {
		if _, newer := f.used[k]; !newer {
			f.used[k] = at
		}
	}
	return fmt.Errorf("note the last use of keys: %w", err)
}
