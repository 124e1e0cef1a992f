package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// Copy writes the store at path as it is at one moment into a new file, which is on the
// disk when Copy returns; a gateway may be at work meanwhile.
func Copy(ctx context.Context, path, to string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("copy store: %w", err)
	}
	// VACUUM INTO takes an empty file: so the copy is its owner's alone from the start.
	f, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("copy store: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = fmt.Errorf("copy store %s: %w", path, errors.Join(err, os.Remove(to)))
		}
	}()
	err = vacuum(ctx, path, to, false)
	if err != nil && unwritable(err) { // as on a disk that is mounted for reading alone
		if err = atRest(path, err); err == nil {
			err = vacuum(ctx, path, to, true)
		}
		if err == nil {
			err = atRest(path, errors.New("it was written to meanwhile"))
		}
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), syncDir(filepath.Dir(to)))
}

// vacuum copies a store; rests says that nobody writes to it.
func vacuum(ctx context.Context, path, to string, rests bool) error {
	q := url.Values{"mode": {"ro"}}
	if rests {
		q.Set("immutable", "1")
	}
	db, err := sql.Open("sqlite3", dsn(path, q))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, to)
	return errors.Join(err, db.Close())
}
