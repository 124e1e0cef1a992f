package store

import (
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
)

// vacio makes a database with some statements.
func vacio(t *testing.T, queries ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "buzon.db")
	db, err := sql.Open("sqlite3", dsn(path, url.Values{"_journal_mode": {"WAL"}}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range queries {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	return path
}

// TestOlderStore: one whose log told rows is refused with one clear line, whoever
// opens it, and is not touched.
func TestOlderStore(t *testing.T) {
	t.Parallel()
	path := vacio(t, `CREATE TABLE meta (clave TEXT PRIMARY KEY, valor TEXT NOT NULL) STRICT`,
		`CREATE TABLE bitacora (n INTEGER PRIMARY KEY, momento INTEGER NOT NULL,
			evento TEXT NOT NULL CHECK (evento <> ''),
			parte TEXT NOT NULL, archivo TEXT NOT NULL, sha256 TEXT NOT NULL, folio TEXT NOT NULL,
			detalle TEXT NOT NULL CHECK (json_valid(detalle))) STRICT`,
		`INSERT INTO bitacora VALUES (1, 1, 'almacen_creado', '', '', '', '', '{}')`)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (*Store, error){
		"to write": func() (*Store, error) { return Open(t.Context(), path, Options{Now: now}) },
		"to read":  func() (*Store, error) { return OpenReadOnly(path) },
	} {
		s, err := open()
		if !errors.Is(err, ErrAntiguo) || s != nil || strings.Contains(err.Error(), "\n") ||
			!strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("it was changed (%v)", err)
	}
}

// TestNotMigrated: a store that this program has not brought up to date yet is not
// said to differ, and is brought up to date when it is opened.
func TestNotMigrated(t *testing.T) {
	t.Parallel()
	path := vacio(t)
	db, err := sql.Open("sqlite3", dsn(path, url.Values{"_journal_mode": {"WAL"}}))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Verify(t.Context(), nil, nil)
	var d *Diferencia
	if err == nil || errors.As(err, &d) {
		t.Errorf("%v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := reopen(t, path, Options{Now: now}).Verify(t.Context(), nil, nil); err != nil {
		t.Errorf("brought up to date: %v", err)
	}
}
