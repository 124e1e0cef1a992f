package store

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
)

// older makes a store of version 5, from before the log was a tree, with events
// and rows.
func older(t *testing.T, events, files int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "buzon.db")
	db, err := sql.Open("sqlite3", dsn(path, url.Values{"_journal_mode": {"WAL"}}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	do := func(query string, args ...any) {
		t.Helper()
		if _, err := tx.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n <= events; n++ {
		do(`INSERT INTO bitacora VALUES (?, ?, 'corrida_iniciada', '', '', '', '', ?)`, n, ms(now)+int64(n), fmt.Sprintf(`{"corrida":%d}`, n))
	}
	do(`INSERT INTO instituciones VALUES (900001, 'Norte', 'Uno', 20, 10, NULL)`)
	do(`INSERT INTO sellos VALUES ('una', 'QQ==', 1, NULL)`)
	for i := range files {
		do(`INSERT INTO archivos (parte, nombre, sha256, bytes, tipo, jornada, recibido, k) VALUES ('00900001', ?, 'h', 1, 'RES', '2026-03-02', 1, 1)`, fmt.Sprint(i))
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOlderStore: a store from before the log was a tree gets its leaves and its
// nodes, tells once of the rows that it brought, and then verifies.
func TestOlderStore(t *testing.T) {
	t.Parallel()
	for _, events := range []int{0, 1, 255, 256, 700} {
		path := older(t, events, 2500)
		s := reopen(t, path, Options{Now: now})
		r, err := s.Verify(t.Context(), nil, nil)
		if err != nil || r.Filas != 2502 {
			t.Fatalf("%d events: %+v, %v", events, r, err)
		}
		told := map[string]int{}
		view(t, s, func(v *View) error {
			return v.Crudos(1, r.Eventos, func(c Crudo) error {
				if c.N <= int64(events) && c.Detalle != fmt.Sprintf(`{"corrida":%d}`, c.N) {
					t.Errorf("event %d became %s", c.N, c.Detalle)
				}
				var d struct {
					Tabla string
					Filas map[string]string
				}
				if err := json.Unmarshal([]byte(c.Detalle), &d); err != nil {
					return err
				}
				if len(d.Filas) > adopta {
					t.Errorf("event %d tells of %d rows", c.N, len(d.Filas))
				}
				if c.Evento == FilasAdoptadas {
					told[d.Tabla] += len(d.Filas)
				}
				return nil
			})
		})
		if told["archivos"] != 2500 || told["instituciones"] != 1 || told["sellos"] != 1 || len(told) != 3 {
			t.Errorf("%d events: told of %v", events, told)
		}
		if _, err := s.w.Exec(`UPDATE bitacora SET folio = 'x'`); err == nil && r.Eventos > 0 {
			t.Error("the log of an older store can be changed")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		again := reopen(t, path, Options{Now: now})
		if q, err := again.Verify(t.Context(), nil, nil); err != nil || q.Eventos != r.Eventos || !bytes.Equal(q.Raiz[:], r.Raiz[:]) {
			t.Errorf("%d events: opened again: %+v, %v, want %+v", events, q, err, r)
		}
	}
}

// TestNotMigrated: a store that this program has not brought up to date yet is not
// said to differ.
func TestNotMigrated(t *testing.T) {
	t.Parallel()
	s, err := OpenReadOnly(older(t, 3, 3))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.Verify(t.Context(), nil, nil)
	var d *Diferencia
	if err == nil || errors.As(err, &d) {
		t.Errorf("%v", err)
	}
}
