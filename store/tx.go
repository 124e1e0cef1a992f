package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"buzon/schema"
)

// View is a snapshot of the store: its methods all see the same moment. It
// counts only inside the function that it was handed to.
type View struct {
	ctx         context.Context // ends its questions
	rapida      *escritor       // its connection
	calendarios *calendarios
	own         calendarios // what this View made of them itself
	writes      bool        // it is the View of a Tx
}

// Tx is a View that also writes. What is written through it and the events that
// tell of it are kept together or not at all.
type Tx struct {
	View
	tx      driver.Tx
	s       *Store
	now     time.Time
	waited  time.Duration
	begun   time.Time // when it began to hold the writer, by the machine's clock
	n       int64     // number of the last event; -1 not read yet
	ids     map[*tabla]int64
	sumas   map[*tabla]*suma // of the rows that no event told of yet
	ingreso *Ingreso         // of which parts are on disk
	abierto *Ingreso         // that is not judged yet
	escribe bool             // it wrote something else than a file's records
	luego   []func()         // what After was given
	fila    []any
	buf     []byte
}

// Now is the moment of the transaction: one for all that it writes.
func (tx *Tx) Now() time.Time { return tx.now }

// Waited is how long the transaction had to wait for others after its moment.
func (tx *Tx) Waited() time.Duration { return tx.waited }

// View runs fn on a snapshot that later writes do not change, and that does not
// hold them up.
func (s *Store) View(ctx context.Context, fn func(*View) error) (err error) {
	conn, err := s.r.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	bad := false
	defer func() { // it goes back to the pool, but not where a snapshot may still be open
		if bad {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
			return
		}
		err = errors.Join(err, conn.Close())
	}()
	rapida, err := newEscritor(conn.Raw)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	tx, err := rapida.begin()
	if err != nil {
		return errors.Join(fmt.Errorf("store: %w", err), rapida.close())
	}
	defer func() { // its statements end first
		err = errors.Join(err, rapida.close())
		if end := tx.Rollback(); end != nil {
			err, bad = errors.Join(err, fmt.Errorf("store: %w", end)), true
		}
	}()
	return fn(&View{ctx: ctx, rapida: rapida, calendarios: &s.calendarios})
}

// Update runs fn in the one write transaction at a time. Where fn gives an
// error nothing of it is kept; where Update gives nil all of it is on disk.
// ctx counts until the transaction begins: a write is not cut in the middle.
func (s *Store) Update(ctx context.Context, now time.Time, fn func(*Tx) error) error {
	asked := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.update(ctx, asked, now, fn)
}

// UpdateFirst is Update for an answer that a party waits for: it goes before the other
// transactions that wait. There is one to be given for each file that was recorded by an
// Update, so that none of those waits for ever.
func (s *Store) UpdateFirst(ctx context.Context, now time.Time, fn func(*Tx) error) error {
	asked := time.Now()
	s.mu.LockFirst()
	defer s.mu.Unlock()
	return s.update(ctx, asked, now, fn)
}

// update runs a transaction, for who holds the writer.
func (s *Store) update(ctx context.Context, asked, now time.Time, fn func(*Tx) error) (err error) {
	if s.conn == nil {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	t := &Tx{s: s, now: now, waited: time.Since(asked),
		View: View{ctx: context.Background(), rapida: s.escritor, calendarios: &s.calendarios, writes: true}}
	if err := t.begin(); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // an error or a panic in fn, or no commit
			if t.abierto != nil { // nobody writes on what is rolled back
				err = errors.Join(err, t.abierto.Close())
			}
			err = errors.Join(err, t.rollback(), t.undo())
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	if t.abierto != nil {
		return fmt.Errorf("store: nothing was said of %s, which was being taken in", t.abierto.a.Mostrable())
	}
	if err := t.commit(); err != nil {
		return err
	}
	done = true
	if s.alEscribir != nil && t.n > 0 {
		s.alEscribir(t.n)
	}
	for _, do := range t.luego {
		do()
	}
	return nil
}

// After has do called once the transaction counts, and never where it does not: to
// tell people what was done.
func (tx *Tx) After(do func()) { tx.luego = append(tx.luego, do) }

// begin opens the transaction, or the next part of a long work.
func (tx *Tx) begin() error {
	if tx.s.conn == nil { // closed between two parts
		return errClosed
	}
	t, err := tx.rapida.begin()
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	tx.tx, tx.begun, tx.escribe = t, time.Now(), false
	tx.n, tx.ids, tx.sumas = -1, map[*tabla]int64{}, map[*tabla]*suma{}
	if err := tx.follow(); err != nil {
		return errors.Join(err, tx.rollback())
	}
	return nil
}

func (tx *Tx) commit() error {
	for t := range tx.sumas {
		return errors.Join(fmt.Errorf("store: no event tells of a row of %s", t.nombre), tx.rollback())
	}
	err := tx.tx.Commit()
	tx.tx = nil // where it fails the driver rolls back
	if err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// rollback drops what was written since begin, where it is not over.
func (tx *Tx) rollback() error {
	if tx.tx == nil {
		return nil
	}
	err := tx.tx.Rollback()
	tx.tx = nil
	return err
}

// undo drops the parts of a file that did not come to count. Where it fails, the
// next start does it.
func (tx *Tx) undo() error {
	if tx.ingreso == nil {
		return nil
	}
	for more := true; more; {
		if err := tx.begin(); err != nil {
			return err
		}
		var err error
		if more, err = tx.drop(tx.ingreso.a.ID); err != nil {
			return errors.Join(err, tx.rollback())
		}
		if err := tx.commit(); err != nil {
			return err
		}
		tx.s.mu.Unlock() // others write meanwhile
		tx.s.mu.Lock()
	}
	return nil
}

var errClosed = errors.New("store: closed, or opened for reading alone")

// demora is how long a transaction may have waited for another one's end.
const demora = time.Minute

// follow keeps the moments of the log in order: what was asked for before an event
// that it had to wait for comes with that event, and not before it. A clock that was
// set back further is believed, up to Options.Salto.
func (tx *Tx) follow() error {
	at, err := tx.ultimoMomento()
	if err != nil {
		return err
	}
	if at.After(tx.now) && at.Sub(tx.now) <= demora {
		tx.now = at
	}
	return tx.creible(tx.now, at, tx.s.salto)
}

// get scans the first row of a query; ErrNotFound where there is none.
func (v *View) get(query string, args []any, dest ...any) error {
	found := false
	err := v.each(query, args, func(row valores) error {
		if err := row.Scan(dest...); err != nil {
			return err
		}
		found = true
		return errEnough
	})
	switch {
	case found:
		return nil
	case err == nil:
		return ErrNotFound
	}
	return err
}

// each calls scan for every row of a query.
func (v *View) each(query string, args []any, scan func(valores) error) error {
	if err := v.rapida.each(v.ctx, query, args, scan); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// next gives the key of the next row of a table of facts.
func (tx *Tx) next(t *tabla) (id int64, err error) {
	id, ok := tx.ids[t]
	if !ok {
		if err := tx.get(`SELECT coalesce(max(`+t.id+`), 0) FROM `+t.nombre, nil, &id); err != nil {
			return 0, err
		}
		tx.ids[t] = id
	}
	return id + 1, nil
}

// add adds a fact: its values are those of the table's columnas. The next event of
// the transaction tells of it.
func (tx *Tx) add(t *tabla, values ...any) (id int64, err error) {
	if id, err = tx.next(t); err != nil {
		return 0, err
	}
	return id, tx.addAt(t, id, values...)
}

// addAt is add where the key is not a number of ours.
func (tx *Tx) addAt(t *tabla, id int64, values ...any) error {
	s := tx.sumas[t]
	if s == nil {
		s = &suma{}
	}
	if err := tx.put(t, s, id, values...); err != nil {
		return fmt.Errorf("store: %s: %w", t.nombre, err)
	}
	tx.sumas[t], tx.ids[t], tx.escribe = s, max(tx.ids[t], id), true
	return nil
}

// put writes a row, and adds its hash, which is made from what is written.
func (tx *Tx) put(t *tabla, s *suma, id int64, values ...any) error {
	if s.n > 0 && id <= s.a { // the log says them in their order
		return fmt.Errorf("row %d comes after row %d", id, s.a)
	}
	if len(values) != len(t.columnas) {
		return fmt.Errorf("%d values for %d columns", len(values), len(t.columnas))
	}
	t.prepare()
	row := append(tx.fila[:0], id)
	for _, v := range values {
		row = append(row, valor(v))
	}
	if t.por == "" {
		n, err := tx.ultimo()
		if err != nil {
			return err
		}
		row = append(row, n+1)
	}
	tx.fila = row
	h, buf, err := t.huella(tx.buf, row)
	if err != nil {
		return err
	}
	tx.buf = buf
	if err := tx.s.escritor.insert(t.sql, row); err != nil {
		return err
	}
	s.add(id, h)
	return nil
}

// work does a write to a work table or an observation, of which no event tells.
func (tx *Tx) work(query string, args ...any) (rows int64, err error) {
	tx.escribe = true
	res, err := tx.rapida.exec(query, args)
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return res.RowsAffected()
}

// must is work that has to meet exactly one row.
func (tx *Tx) must(query string, args ...any) error {
	n, err := tx.work(query, args...)
	if err == nil && n != 1 {
		err = fmt.Errorf("store: an update met %d rows: %w", n, ErrNotFound)
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

func moment(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(at).In(schema.Zona)
}
