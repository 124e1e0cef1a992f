package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// readers is how many snapshots are read at the same time.
const readers = 8

// busy is how long a connection waits for another process that writes.
const busy = 10 * time.Second

// The page caches, in KiB: of the writer, for the ends of the indexes that a large file
// grows, and of each reader, which forgets it whenever something was written.
const (
	cacheWriter = 8 << 10
	cacheReader = 1 << 10
)

// checkpointPages is how many pages of 4 KiB the WAL grows before it is written
// back, and walLimit to how many bytes it is cut then.
const (
	checkpointPages = 4000
	walLimit        = 32 << 20
)

// aplicacion marks a database as one of this log (PRAGMA application_id).
const aplicacion = 1112889906

// ErrAntiguo says that a store was made by a program whose log told rows, not acts.
var ErrAntiguo = errors.New(
	"the store was made by an older program and cannot be read by this one: begin a new one with 'buzon " +
		"init'")

// openWriter opens the one connection that writes.
func openWriter(path string) (*sql.DB, error) {
	w, err := sql.Open("sqlite3", dsn(path, url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_txlock": {"immediate"},
		"_recursive_triggers": {"on"},
		"_cache_size":         {fmt.Sprint(-cacheWriter)},
	}))
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(1)
	return w, nil
}

func (s *Store) openReaders(path string) (err error) {
	if s.r, err = openReader(path); err != nil {
		return err
	}
	s.r.SetMaxOpenConns(readers)
	// a new connection reads the tables' definitions and prepares everything anew
	s.r.SetMaxIdleConns(readers)
	return nil
}

// openReader opens connections that read.
func openReader(path string) (*sql.DB, error) {
	r, err := sql.Open("sqlite3",
		dsn(path, url.Values{"mode": {"ro"}, "_query_only": {"1"},
			"_cache_size": {fmt.Sprint(-cacheReader)}}))
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return r, nil
}

// dsn puts every pragma in the name, so that each pooled connection has it.
func dsn(path string, q url.Values) string {
	q.Set("_busy_timeout", fmt.Sprint(busy.Milliseconds()))
	q.Set("_foreign_keys", "on")
	q.Set("_stmt_cache_size", "128") // what a transaction asks was mostly asked before
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}
	return u.String()
}

// known refuses a database of another kind.
func known(ctx context.Context, db *sql.DB) error {
	var id, tables int64
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx,
		`SELECT count(*) FROM sqlite_master WHERE name = 'bitacora'`).Scan(&tables); err != nil {
		return err
	}
	if tables > 0 && id != aplicacion {
		return ErrAntiguo
	}
	return nil
}

// migrate brings the tables of a database to this program's version.
func migrate(ctx context.Context, db *sql.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithGoMigrations(triggersMigration()))
	if err != nil {
		return err
	}
	if _, err = p.Up(ctx); err != nil {
		return err
	}
	for _, q := range []string{fmt.Sprintf(`PRAGMA wal_autocheckpoint = %d`, checkpointPages),
		fmt.Sprintf(`PRAGMA journal_size_limit = %d`, walLimit)} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// SQLiteVersion is the version of the SQLite that is built in.
func SQLiteVersion() (string, error) {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return "", err
	}
	var v string
	err = db.QueryRow(`SELECT sqlite_version()`).Scan(&v)
	return v, errors.Join(err, db.Close())
}
