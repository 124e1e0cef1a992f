package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
	"buzon/store/bitacora"
)

var now = time.Date(2026, time.March, 2, 18, 5, 0, 0, schema.Zona)

func open(t *testing.T) (*Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "una carpeta?#%.db") // a name that a DSN must escape
	return reopen(t, path, Options{Now: now}), path
}

func reopen(t *testing.T, path string, opts Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// update must succeed.
func update(t *testing.T, s *Store, fn func(tx *Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), now, fn); err != nil {
		t.Fatal(err)
	}
}

// anota adds an event that tells of no row.
func anota(tx *Tx) error {
	return tx.Log(Acto{Evento: bitacora.SubidasRetiradas, Parte: 900001,
		Carga: bitacora.CargaSubidas{Archivos: 1}})
}

// eventos gives the log.
func eventos(t *testing.T, s *Store) (all []bitacora.Evento) {
	t.Helper()
	err := s.View(t.Context(), func(v *View) error {
		return v.History(Consulta{}, func(e bitacora.Evento) error { all = append(all, e); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestLogIsNeverChanged(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	update(t, s, func(tx *Tx) error {
		for range 3 {
			if err := anota(tx); err != nil {
				return err
			}
		}
		return nil
	})
	before := eventos(t, s)
	const insert = `INTO bitacora (n, momento, evento, parte, archivo, sha256, folio, detalle, hoja) VALUES `
	for _, query := range []string{
		`UPDATE bitacora SET evento = 'otro' WHERE n = 2`,
		`UPDATE bitacora SET n = 9 WHERE n = 4`,
		`DELETE FROM bitacora WHERE n = 4`,
		`DELETE FROM bitacora`,
		`INSERT ` + insert + `(6, 1, 'salto', '', '', '', '', '{}', zeroblob(32))`,
		`INSERT ` + insert + `(2, 1, 'repetido', '', '', '', '', '{}', zeroblob(32))`,
		`INSERT ` + insert + `(0, 1, 'antes', '', '', '', '', '{}', zeroblob(32))`,
		`INSERT OR REPLACE ` + insert + `(2, 1, 'encima', '', '', '', '', '{}', zeroblob(32))`,
		`REPLACE ` + insert + `(4, 1, 'encima', '', '', '', '', '{}', zeroblob(32))`,
		`INSERT ` + insert + `(5, 1, '', '', '', '', '', '{}', zeroblob(32))`,
		`INSERT ` + insert + `(5, 1, 'x', '', '', '', '', 'no json', zeroblob(32))`,
		`INSERT ` + insert + `(5, 'ayer', 'x', '', '', '', '', '{}', zeroblob(32))`,
		`INSERT ` + insert +
			`(2, 1, 'x', '', '', '', '', '{}', zeroblob(32)) ON CONFLICT DO UPDATE SET evento = 'encima'`,
	} {
		if _, err := s.conn.ExecContext(t.Context(), query); err == nil {
			t.Errorf("allowed: %s", query)
		}
	}
	if diff := cmp.Diff(before, eventos(t, s)); diff != "" {
		t.Errorf("the log changed:\n%s", diff)
	}
	for i, e := range before {
		if e.N != int64(i+1) {
			t.Errorf("event %d has number %d", i+1, e.N)
		}
	}
}

func TestUpdateIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	s, path := open(t)
	change := func(tx *Tx) {
		if _, err := tx.Seed([]Institucion{{UNE: 900001, Denominacion: "Una", Sector: "Uno", Termino: 20,
			Prorroga: 10}}); err != nil {
			t.Error(err)
		}
		if err := tx.CutDay(schema.DiaDe(now)); err != nil {
			t.Error(err)
		}
	}
	wrong := errors.New("wrong")
	if err := s.Update(t.Context(), now, func(tx *Tx) error {
		change(tx)
		return wrong
	}); !errors.Is(err, wrong) {
		t.Errorf("%v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.Update(t.Context(), now, func(tx *Tx) error { change(tx); panic("in a transaction") })
	}()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Update(ended, now, func(tx *Tx) error {
		change(tx)
		return nil
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	unchanged := func(s *Store) {
		t.Helper()
		if n := len(eventos(t, s)); n != 1 {
			t.Errorf("%d events", n)
		}
		err := s.View(t.Context(), func(v *View) error {
			j, err := v.Jornada(schema.DiaDe(now))
			if err == nil && !j.Corte.IsZero() {
				err = errors.New("the corte stayed")
			}
			if _, e := v.Institucion(900001); !errors.Is(e, ErrNotFound) {
				err = errors.Join(err, fmt.Errorf("the institution stayed: %v", e))
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	unchanged(s)

	// A context that ends in the middle does not cut the write.
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.Update(ctx, now, func(tx *Tx) error { cancel(); change(tx); return nil }); err != nil {
		t.Errorf("ended in the middle: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(eventos(t, reopen(t, path, Options{}))); n != 3 {
		t.Errorf("%d events after a restart", n)
	}
}

func TestEightWriters(t *testing.T) {
	t.Parallel()
	s, path := open(t)
	const writers, each = 8, 25
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				// Read, then write: what a deferred transaction answers with SQLITE_BUSY.
				err := s.Update(t.Context(), now, func(tx *Tx) error {
					n, err := tx.NextNNN(900001, schema.LOT, schema.DiaDe(now), 1)
					if err != nil {
						return err
					}
					out := Salida{Parte: 900001, Carpeta: "x", Nombre: fmt.Sprint(n), Tipo: schema.LOT,
						NNN: n, Dia: schema.DiaDe(now), Jornada: schema.DiaDe(now)}
					return errors.Join(tx.AddSalida(&out),
						tx.Log(Acto{Evento: bitacora.LoteFormado, Archivo: fmt.Sprintf("%d-%d", w, i),
							Carga: bitacora.CargaFormado{}}))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	other := reopen(t, path, Options{}) // a second process
	for range each {
		update(t, other, func(tx *Tx) error { return anota(tx) })
	}
	wg.Wait()
	all := eventos(t, s)
	for i, e := range all {
		if e.N != int64(i+1) {
			t.Fatalf("event %d has number %d", i+1, e.N)
		}
	}
	if want := 1 + writers*each + each; len(all) != want {
		t.Errorf("%d events, want %d", len(all), want)
	}
}

func TestViewIsASnapshot(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	err := s.View(t.Context(), func(v *View) error {
		before, err := v.Eventos()
		if err != nil {
			return err
		}
		update(t, s, func(tx *Tx) error { return anota(tx) }) // not held up by the view
		after, err := v.Eventos()
		if err == nil && after != before {
			err = fmt.Errorf("the view saw %d events, then %d", before, after)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if n := len(eventos(t, s)); n != 2 {
		t.Errorf("%d events", n)
	}
}

// TestPragmas asks several connections of each pool at a time.
func TestPragmas(t *testing.T) {
	t.Parallel()
	s, path := open(t)
	ro, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ro.Close() })
	for pragma, want := range map[string]string{"synchronous": "2", "foreign_keys": "1",
		"journal_mode": "wal", "busy_timeout": "10000",
		"query_only": "0", "recursive_triggers": "1", "cache_size": fmt.Sprint(-cacheWriter),
		"application_id": fmt.Sprint(aplicacion)} {
		var got string
		if err := s.conn.QueryRowContext(t.Context(), `PRAGMA `+pragma).Scan(&got); err != nil ||
			got != want {
			t.Errorf("writer: %s is %s, want %s (%v)", pragma, got, want, err)
		}
	}
	for name, pool := range map[string]struct {
		db    *sql.DB
		conns int
		want  map[string]string
	}{
		"readers": {s.r, 4,
			map[string]string{"foreign_keys": "1", "journal_mode": "wal", "busy_timeout": "10000",
				"query_only": "1"}},
		"read only": {ro.r, 4, map[string]string{"journal_mode": "wal", "query_only": "1"}},
	} {
		for i := range pool.conns {
			c, err := pool.db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for pragma, want := range pool.want {
				var got string
				if err := c.QueryRowContext(t.Context(), `PRAGMA `+pragma).Scan(&got); err != nil ||
					got != want {
					t.Errorf("%s %d: %s is %s, want %s (%v)", name, i, pragma, got, want, err)
				}
			}
			if _, err := c.ExecContext(t.Context(), `CREATE TABLE otra (x)`); err == nil {
				t.Errorf("%s %d can write", name, i)
			}
		}
	}
	if s.w.Stats().MaxOpenConnections != 1 {
		t.Error("more than one writer")
	}
	if err := ro.Update(t.Context(), now, func(*Tx) error { return nil }); err == nil {
		t.Error("a store opened for reading alone was written to")
	}
}

func TestSimulacroForEver(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "buzon.db")
	for i, opts := range []Options{{Simulacro: true, Now: now}, {}, {Simulacro: false, Now: now}} {
		s := reopen(t, path, opts)
		if yes, err := s.Simulacro(t.Context()); err != nil || !yes {
			t.Errorf("opening %d: %v, %v", i, yes, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s, path := open(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if yes, err := reopen(t, path, Options{Simulacro: true}).Simulacro(t.Context()); err != nil || yes {
		t.Errorf("a real store became a rehearsal: %v, %v", yes, err)
	}
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	if _, err := OpenReadOnly(filepath.Join(t.TempDir(), "none.db")); err == nil {
		t.Error("a store that is not there was opened for reading")
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "none", "buzon.db"), Options{}); err == nil ||
		!strings.Contains(err.Error(), "none") {
		t.Errorf("%v", err)
	}
}

// TestMomentsInOrder: what was asked for before an event that it had to wait for
// comes with that event; a clock that was set back further is believed.
func TestMomentsInOrder(t *testing.T) {
	t.Parallel()
	st, _ := open(t)
	for _, step := range []struct{ asked, want time.Duration }{
		{time.Hour, time.Hour}, {time.Hour - 2*time.Second, time.Hour}, {time.Hour - time.Minute, time.Hour},
		{time.Hour - time.Minute - time.Millisecond, time.Hour - time.Minute - time.Millisecond},
		{2 * time.Hour, 2 * time.Hour},
	} {
		var got time.Time
		err := st.Update(t.Context(), now.Add(step.asked), func(tx *Tx) error {
			got = tx.Now()
			return anota(tx)
		})
		if want := now.Add(step.want); err != nil || !got.Equal(want) {
			t.Errorf("asked for at %v: %v, want %v (%v)", now.Add(step.asked), got, want, err)
		}
	}
}
