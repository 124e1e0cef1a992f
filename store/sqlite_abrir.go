package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"time"

	"github.com/mattn/go-sqlite3" // with the driver "sqlite3"
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
	if s.r, err = openReader(path, s.reposa); err != nil {
		return err
	}
	s.r.SetMaxOpenConns(readers)
	// a new connection reads the tables' definitions and prepares everything anew
	s.r.SetMaxIdleConns(readers)
	return nil
}

// openReader opens connections that read; rests says that nobody writes meanwhile.
func openReader(path string, rests bool) (*sql.DB, error) {
	q := url.Values{"mode": {"ro"}, "_query_only": {"1"}, "_cache_size": {fmt.Sprint(-cacheReader)}}
	if rests {
		q.Set("immutable", "1")
	}
	r, err := sql.Open("sqlite3", dsn(path, q))
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return r, nil
}

// unwritable tells whether a question failed for want of a file that SQLite would make.
func unwritable(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && (e.Code == sqlite3.ErrCantOpen || e.Code == sqlite3.ErrReadonly)
}

// Busy tells whether an error says that another process held the store for long.
func Busy(err error) bool {
	e, ok := err.(sqlite3.Error)
	return ok && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}

// atRest is nil where all of a database is in its one file and nobody has it open to
// write, so that it can be read without the files that SQLite keeps beside it. Else it
// tells what is missing to read it, for failed.
func atRest(path string, failed error) error {
	if err := may(path, "read", accessRead); err != nil {
		return err
	}
	wal, err := os.Stat(path + "-wal")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	written := err == nil && wal.Size() > 0
	switch _, err := os.Stat(path + "-shm"); {
	case err == nil:
		return fmt.Errorf("%[2]w; let this user read and write %[1]s-shm and %[1]s-wal, or ask as the user "+
			"whose they are", path, failed)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case written:
		return fmt.Errorf("%[2]w; %[1]s-wal has what was written last, and %[1]s-shm, without which it is "+
			"not read, cannot be made there: copy %[1]s and %[1]s-wal to a folder that can be written, "+
			"or let this user write in theirs", path, failed)
	}
	return nil
}

// errEscrita ends questions to a store that was at rest and is not.
var errEscrita = errors.New("it was written to meanwhile: ask again")

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
