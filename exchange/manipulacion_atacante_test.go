package exchange_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"buzon/exchange/auditoria"
	"buzon/store"
)

// attacker has the file of a database and no key: it may do what SQLite can.
type attacker struct {
	t    testing.TB
	path string
	db   *sql.DB
}

// attack lets fn change a copy of a database, all guards aside, and puts the
// guards back. It gives the path of the copy.
func attack(t testing.TB, db []byte, fn func(a *attacker)) string {
	t.Helper()
	a := &attacker{t: t, path: filepath.Join(t.TempDir(), "buzon.db")}
	if err := os.WriteFile(a.path, db, 0o600); err != nil {
		t.Fatal(err)
	}
	a.db = rawDB(t, a.path)
	defer a.db.Close()
	a.do(`PRAGMA ignore_check_constraints = ON`)
	names := a.column(`SELECT name FROM sqlite_master WHERE type = 'trigger'`)
	guards := a.column(`SELECT sql FROM sqlite_master WHERE type = 'trigger'`)
	a.do(`BEGIN; DROP TRIGGER ` + strings.Join(names, `; DROP TRIGGER `))
	fn(a)
	a.do(strings.Join(guards, `; `) + `; COMMIT`)
	return a.path
}

// rawDB opens a database as anybody can who has its file.
func rawDB(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", path+"?_journal_mode=MEMORY&_synchronous=OFF&_foreign_keys=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	return db
}

func (a *attacker) do(query string, args ...any) {
	a.t.Helper()
	if _, err := a.db.Exec(query, args...); err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
}

// column gives the texts of a query's one column.
func (a *attacker) column(query string, args ...any) (all []string) {
	a.t.Helper()
	rows, err := a.db.Query(query, args...)
	if err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			a.t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// verify asks the gateway's own verify.
func (r *registro) verify(t testing.TB, path string, viejos map[string]string) (store.Verificado, error) {
	t.Helper()
	st, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	return auditoria.Verify(context.Background(), st, r.open, viejos, nil)
}
