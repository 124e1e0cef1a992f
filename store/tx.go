package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// View is a snapshot of the store: its methods all see the same moment. It
// counts only inside the function that it was handed to.
type View struct {
	tx          *sql.Tx
	calendarios *calendarios
	own         calendarios // what this View made of them itself
	writes      bool        // it is the View of a Tx
}

// Tx is a View that also writes. What is written through it and the events that
// tell of it are kept together or not at all.
type Tx struct {
	View
	now   time.Time
	n     int64             // number of the last event; 0 not read yet
	filas map[string]string // rows that were written since, with their hashes
}

// Now is the moment of the transaction: one for all that it writes.
func (tx *Tx) Now() time.Time { return tx.now }

// View runs fn on a snapshot that later writes do not change, and that does not
// hold them up.
func (s *Store) View(ctx context.Context, fn func(*View) error) error {
	db := s.r
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	v := &View{tx: tx, calendarios: &s.calendarios}
	err = fn(v)
	// The end of ctx ends the snapshot by itself; what was read before it counts.
	if end := tx.Rollback(); !errors.Is(end, sql.ErrTxDone) {
		err = errors.Join(err, end)
	}
	return err
}

// Update runs fn in the one write transaction at a time. Where fn gives an
// error nothing of it is kept; where Update gives nil all of it is on disk.
// ctx counts until the transaction begins: a write is not cut in the middle.
func (s *Store) Update(ctx context.Context, now time.Time, fn func(*Tx) error) (err error) {
	if s.w == nil {
		return errors.New("store: opened for reading alone")
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	tx, err := s.w.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	done := false
	defer func() {
		if !done { // an error or a panic in fn
			err = errors.Join(err, tx.Rollback())
		}
	}()
	t := newTx(tx, now)
	t.calendarios = &s.calendarios
	if err := t.follow(); err != nil {
		return err
	}
	if err := fn(t); err != nil {
		return err
	}
	if err := t.told(); err != nil {
		return err
	}
	done = true
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

func newTx(tx *sql.Tx, now time.Time) *Tx {
	return &Tx{View: View{tx: tx, calendarios: &calendarios{}, writes: true}, now: now, filas: map[string]string{}}
}

// demora is how long a transaction may have waited for another one's end.
const demora = time.Minute

// follow keeps the moments of the log in order: what was asked for before an event
// that it had to wait for comes with that event, and not before it. A clock that was
// set back further is believed.
func (tx *Tx) follow() error {
	var last int64
	if err := tx.get(`SELECT coalesce(max(momento), 0) FROM (SELECT momento FROM bitacora ORDER BY n DESC LIMIT 1)`, nil, &last); err != nil {
		return err
	}
	if at := moment(last); at.After(tx.now) && at.Sub(tx.now) <= demora {
		tx.now = at
	}
	return nil
}

// told refuses a transaction that wrote rows which no event tells of.
func (tx *Tx) told() error {
	for clave := range tx.filas {
		return fmt.Errorf("store: no event tells of %s", clave)
	}
	return nil
}

// get scans the one row of a query; ErrNotFound where there is none.
func (v *View) get(query string, args []any, dest ...any) error {
	err := v.tx.QueryRow(query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// each calls scan for every row of a query.
func (v *View) each(query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := v.tx.Query(query, args...)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

func (tx *Tx) exec(query string, args ...any) error {
	_, err := tx.write(query, args...)
	return err
}

// insert gives the id of the new row.
func (tx *Tx) insert(query string, args ...any) (int64, error) {
	w, err := tx.write(query, args...)
	return w.id, err
}

// change is for an UPDATE that must meet exactly one row.
func (tx *Tx) change(query string, args ...any) error {
	w, err := tx.write(query, args...)
	if err == nil && w.rows != 1 {
		err = fmt.Errorf("store: an update met %d rows: %w", w.rows, ErrNotFound)
	}
	return err
}

// ms and moment are how moments are kept: Unix milliseconds, 0 or NULL for none.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
