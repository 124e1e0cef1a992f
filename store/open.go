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
	"path/filepath"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store holds the facts of the exchange and their log. Its methods may be
// called from several goroutines; writes happen one after the other.
type Store struct {
	w *sql.DB // one connection: the writer
	r *sql.DB // read only

	calendarios calendarios
}

// Options say how a store that is not there yet is made.
type Options struct {
	Simulacro bool // a rehearsal: marked so from its first event, for ever
	Now       time.Time
	// Unsynced makes writes not wait for the disk, so that a power cut may lose
	// the last ones. It is for rehearsals in a virtual clock, and refused for a
	// store that is not a rehearsal.
	Unsynced bool
}

// readers is how many snapshots are read at the same time.
const readers = 8

// busy is how long a connection waits for another process that writes.
const busy = 10 * time.Second

// ErrNotFound says that what was asked for is not in the store.
var ErrNotFound = errors.New("not found")

// Open opens the store at path, making it where it is not there. Simulacro in
// opts counts for a new store alone: a real store never becomes a rehearsal.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	if err := private(path); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	w, err := sql.Open("sqlite3", dsn(path, url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_txlock": {"immediate"},
	}))
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	w.SetMaxOpenConns(1)
	s := &Store{w: w}
	if err := s.prepare(ctx, path, opts); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), s.Close())
	}
	return s, nil
}

// private makes an empty file that its owner alone can read, where there is none:
// SQLite gives its own files the same mode. Its name is on disk before anything
// is told of.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), syncDir(filepath.Dir(path)))
}

// OpenReadOnly opens a store that is there, for questions alone; it may be in
// use by a gateway at the same time. Updates fail.
func OpenReadOnly(path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{}
	if err := s.openReaders(path); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Store) openReaders(path string) (err error) {
	if s.r, err = sql.Open("sqlite3", dsn(path, url.Values{"mode": {"ro"}, "_query_only": {"1"}})); err != nil {
		return fmt.Errorf("open store %s: %w", path, err)
	}
	s.r.SetMaxOpenConns(readers)
	s.r.SetMaxIdleConns(readers) // a new connection reads the tables' definitions and prepares everything anew
	return nil
}

// dsn puts every pragma in the name, so that each pooled connection has it.
func dsn(path string, q url.Values) string {
	q.Set("_busy_timeout", fmt.Sprint(busy.Milliseconds()))
	q.Set("_foreign_keys", "on")
	q.Set("_stmt_cache_size", "128") // what a transaction asks was mostly asked before
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}
	return u.String()
}

// prepare brings the tables to this program's version and writes the first
// event of a new store.
func (s *Store) prepare(ctx context.Context, path string, opts Options) error {
	now := opts.Now
	if now.IsZero() {
		now = time.Now()
	}
	if err := migrate(ctx, s.w, now); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := s.openReaders(path); err != nil {
		return err
	}
	err := s.Update(ctx, now, func(tx *Tx) error {
		n, err := tx.Eventos()
		if err != nil || n > 0 {
			return err
		}
		if opts.Simulacro {
			if err := tx.exec(`INSERT INTO meta (clave, valor) VALUES ('simulacro', '1')`); err != nil {
				return err
			}
		}
		return tx.Log(Evento{Evento: AlmacenCreado, Detalle: Detalle{"simulacro": opts.Simulacro}})
	})
	if err == nil && opts.Unsynced {
		err = s.unsync(ctx)
	}
	return err
}

// unsync makes the writer not wait for the disk. The pragma holds for its one
// connection; should that be made anew, writes wait again, which harms nobody.
func (s *Store) unsync(ctx context.Context) error {
	simulacro, err := s.Simulacro(ctx)
	if err != nil {
		return err
	}
	if !simulacro {
		return errors.New("writes wait for the disk: the store is not a rehearsal's")
	}
	_, err = s.w.ExecContext(ctx, `PRAGMA synchronous = OFF`)
	return err
}

// Close ends the use of the store.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.r, s.w} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Simulacro tells whether the store is a rehearsal's.
func (s *Store) Simulacro(ctx context.Context) (yes bool, err error) {
	err = s.View(ctx, func(v *View) error {
		yes, err = v.Simulacro()
		return err
	})
	return yes, err
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

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
