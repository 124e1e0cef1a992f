package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/exchange/ops"
	"buzon/store"
)

// clockFor is the machine's clock, or one that stands where --now put it. Only
// a rehearsal may have another clock than the machine's.
func clockFor(ctx context.Context, cfg *config.Config, now string) (func() time.Time, error) {
	if now == "" {
		return time.Now, nil
	}
	t, err := time.Parse(time.RFC3339, now)
	if err != nil {
		return nil, usageError{fmt.Errorf("--now %q: want RFC 3339, such as 2026-03-02T18:07:40-06:00", now)}
	}
	const remedy = "--now works only in a rehearsal's store; make one with 'buzon init DIR --simulacro'"
	st, err := store.OpenReadOnly(gateway.StorePath(cfg.Data))
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", remedy, err)}
	}
	is, err := st.Simulacro(ctx)
	if err := errors.Join(err, st.Close()); err != nil {
		return nil, err
	}
	if !is {
		return nil, usageError{errors.New(remedy)}
	}
	return func() time.Time { return t }, nil
}

// nowBesideUsage is what --now says where clockBeside reads it.
const nowBesideUsage = "set the clock, RFC 3339; only in a rehearsal's store, " +
	"whose clock else stands after its last event while a term runs"

// clockBeside is the clock of a command that works beside the exchange: the one of
// clockFor, else that of ops.Beside.
func clockBeside(ctx context.Context, cfg *config.Config, now string) (func() time.Time, error) {
	if now != "" {
		return clockFor(ctx, cfg, now)
	}
	st, err := store.OpenReadOnly(gateway.StorePath(cfg.Data))
	if errors.Is(err, fs.ErrNotExist) {
		return time.Now, nil // whoever needs the store says how to have one
	}
	if err != nil {
		return nil, err
	}
	clock := time.Now
	err = st.View(ctx, func(v *store.View) error {
		at, stands, err := ops.Beside(v, time.Now())
		if stands {
			clock = func() time.Time { return at }
		}
		return err
	})
	return clock, errors.Join(err, st.Close())
}
