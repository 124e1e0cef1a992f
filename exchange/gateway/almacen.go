package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"buzon/config"
	"buzon/store"
)

// Update runs fn in one transaction of the store of a configuration, at a moment. The
// daemon may have it open too.
func Update(ctx context.Context, cfg *config.Config, at time.Time, fn func(*store.Tx) error) (err error) {
	path := StorePath(cfg.Data)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return NoStore(cfg.Data)
	}
	st, err := openMarked(ctx, cfg.Data, store.Options{Now: at, Junto: true, Salto: cfg.Schedule.MaxGap})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return st.Update(ctx, at, fn)
}

// InitStore makes the store of a configuration where it is not there, as a rehearsal's
// or not, with its folders, and tells whether it is a rehearsal's: a store never changes
// sides.
func InitStore(ctx context.Context, cfg *config.Config, simulacro bool, now time.Time) (is bool, err error) {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return false, fmt.Errorf("data folder: %w", err)
	}
	if err := notLost(cfg.Data); err != nil {
		return false, err
	}
	st, err := openMarked(ctx, cfg.Data, store.Options{Simulacro: simulacro, Now: now})
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if err := claimFolders(ctx, st, cfg.Data); err != nil {
		return false, err
	}
	return st.Simulacro(ctx)
}
