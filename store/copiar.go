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
	db, err := sql.Open("sqlite3", dsn(path, url.Values{"mode": {"ro"}}))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, to)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	return errors.Join(f.Sync(), syncDir(filepath.Dir(to)))
}
