package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"buzon/store/bitacora"
)

// Store holds the facts of the exchange and their log. Its methods may be
// called from several goroutines; writes happen one after the other.
type Store struct {
	path     string
	mu       turno     // held by who writes
	w        *sql.DB   // one connection: the writer
	conn     *sql.Conn // that one; nil where the store is opened for reading alone
	escritor *escritor
	r        *sql.DB // read only
	aparte   *sql.DB // likewise, for who writes: it never waits until others have read
	reposa   bool    // it is read as it lies there: nobody may write to it meanwhile

	calendarios calendarios
	alEscribir  func(events int64)
	retiene     time.Duration // how long a file that is taken in may hold the writer
	juntas      int           // how many rows of a REC are written together
	walMost     int64         // bytes
	salto       time.Duration // Options.Salto; 0 in a rehearsal
}

// Options say how a store that is not there yet is made.
type Options struct {
	Simulacro bool // a rehearsal: marked so from its first event, for ever
	Now       time.Time
	// Unsynced makes writes not wait for the disk, so that a power cut may lose
	// the last ones. It is for rehearsals in a virtual clock, and refused for a
	// store that is not a rehearsal.
	Unsynced bool
	// Junto says that a gateway may be at work on the store: what it is taking in
	// is left to it. Without it, what a kill left of such files is dropped.
	Junto bool
	// Salto is how far the clock may be from the last moment that a store knows, ahead or
	// back; a write beyond that is refused with an *ErrReloj, since nothing of the days
	// between could be taken back. 0 believes every clock, and so does a rehearsal.
	Salto time.Duration
	// Confirma says that the clock is right, however far that is.
	Confirma bool
}

// ErrNotFound says that what was asked for is not in the store.
var ErrNotFound = errors.New("not found")

// Open opens the store at path, making it where it is not there. Simulacro in
// opts counts for a new store alone: a real store never becomes a rehearsal.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	if err := private(path); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	w, err := openWriter(path)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	s := &Store{path: path, w: w, retiene: retiene, juntas: juntas, walMost: walMost}
	if err := s.prepare(ctx, path, opts); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), s.Close())
	}
	return s, nil
}

// private makes an empty file that its owner alone can read, where there is none:
// SQLite gives its own files the same mode. Its name is on disk before anything
// is told of. One that is there must be for us to write: SQLite would open it all the same.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return may(path, "write", accessRead|accessWrite)
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), syncDir(filepath.Dir(path)))
}

// What may is asked for, as access(2) has it.
const (
	accessRead  = 4
	accessWrite = 2
)

// may is an error where this process may not use a file so. It does not open the file:
// closing it would give back the locks that SQLite holds on it in this process.
func may(path, op string, mode uint32) error {
	if err := syscall.Access(path, mode); err != nil {
		return &fs.PathError{Op: op, Path: path, Err: err}
	}
	return nil
}

// OpenReadOnly opens a store that is there, for questions alone; it may be in
// use by a gateway at the same time. Updates fail. Where nothing can be written beside it,
// as on a disk that is mounted for reading alone, it is read as it lies there.
func OpenReadOnly(path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s, err := openReadOnly(path, false)
	if err != nil && unwritable(err) {
		if err = atRest(path, err); err == nil {
			s, err = openReadOnly(path, true)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return s, nil
}

// openReadOnly opens a store; rests says that nobody writes to it.
func openReadOnly(path string, rests bool) (*Store, error) {
	s := &Store{path: path, reposa: rests}
	if err := s.openReaders(path); err != nil {
		return nil, err
	}
	if err := known(context.Background(), s.r); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// prepare brings the tables to this program's version and writes the first
// event of a new store.
func (s *Store) prepare(ctx context.Context, path string, opts Options) (err error) {
	now := opts.Now
	if now.IsZero() {
		now = time.Now()
	}
	if err := known(ctx, s.w); err != nil {
		return err
	}
	if err := migrate(ctx, s.w); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := s.write(ctx); err != nil {
		return err
	}
	if err := s.openReaders(path); err != nil {
		return err
	}
	if s.aparte, err = openReader(path, false); err != nil {
		return err
	}
	simulacro, err := s.Simulacro(ctx)
	if err != nil {
		return err
	}
	if simulacro {
		opts.Salto = 0
	}
	if !opts.Confirma {
		s.salto = opts.Salto
	}
	err = s.Update(ctx, now, func(tx *Tx) error {
		n, err := tx.Eventos()
		if err == nil && opts.Confirma {
			err = tx.confirma(opts.Salto)
		}
		if err != nil {
			return err
		}
		if n > 0 && opts.Junto {
			return nil
		}
		if n > 0 {
			return tx.sweep()
		}
		if opts.Simulacro {
			if _, err := tx.add(tMeta, "simulacro", "1"); err != nil {
				return err
			}
		}
		return tx.Log(Acto{Evento: bitacora.AlmacenCreado,
			Carga: bitacora.CargaCreado{Simulacro: opts.Simulacro}})
	})
	if s.salto = opts.Salto; opts.Simulacro {
		s.salto = 0
	}
	if err == nil && opts.Unsynced {
		err = s.unsync(ctx)
	}
	return err
}

// OnCommit has f told how many events the log has, after each transaction that is on
// disk; nobody else writes meanwhile.
func (s *Store) OnCommit(f func(events int64)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alEscribir = f
}

// Close ends the use of the store.
func (s *Store) Close() error {
	s.mu.Lock() // what is being written ends first
	defer s.mu.Unlock()
	var errs []error
	if s.escritor != nil {
		errs = append(errs, s.escritor.close())
	}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
		s.conn = nil
	}
	for _, db := range []*sql.DB{s.r, s.aparte, s.w} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.reposa {
		errs = append(errs, atRest(s.path, errEscrita))
	}
	return errors.Join(errs...)
}

// write takes the writer's one connection.
func (s *Store) write(ctx context.Context) (err error) {
	if s.conn, err = s.w.Conn(ctx); err != nil {
		return err
	}
	s.escritor, err = newEscritor(s.conn.Raw)
	return err
}

// Simulacro tells whether the store is a rehearsal's.
func (s *Store) Simulacro(ctx context.Context) (yes bool, err error) {
	err = s.View(ctx, func(v *View) error {
		yes, err = v.Simulacro()
		return err
	})
	return yes, err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
