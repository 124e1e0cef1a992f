package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// walMost is how large the WAL may be before Tidy waits for readers to cut it: what a
// commit writes back by itself waits for none, and cannot begin the WAL anew while there
// is always one.
const walMost = 2 * walLimit

// walPatience is how long Tidy waits for readers; whoever writes waits meanwhile.
const walPatience = 500 * time.Millisecond

// Tidy writes a large WAL back into the database and cuts it. It gives the WAL's size in
// bytes then; held tells that somebody reads an old snapshot, so that it stays: it is to
// be called again.
func (s *Store) Tidy(ctx context.Context) (bytes int64, held bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return 0, false, errClosed
	}
	bytes, err = s.walSize()
	if err != nil || bytes <= s.walMost {
		return bytes, false, err
	}
	busyFor := func(d time.Duration) error {
		_, err := s.conn.ExecContext(ctx, fmt.Sprintf(`PRAGMA busy_timeout = %d`, d.Milliseconds()))
		return err
	}
	if err := busyFor(walPatience); err != nil {
		return bytes, false, fmt.Errorf("store: %w", err)
	}
	var blocked, log, done int
	err = s.conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&blocked, &log, &done)
	if err = errors.Join(err, busyFor(busy)); err != nil {
		return bytes, false, fmt.Errorf("store: write the WAL back: %w", err)
	}
	bytes, err = s.walSize()
	return bytes, blocked != 0, err
}

func (s *Store) walSize() (int64, error) {
	info, err := os.Stat(s.path + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return info.Size(), nil
}
