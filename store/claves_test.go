package store

import (
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"buzon/schema"
)

func TestClaves(t *testing.T) {
	t.Parallel()
	s, _ := roll(t)
	check := func(want error) {
		t.Helper()
		err := s.View(t.Context(), func(v *View) error { return v.AccesoConClave(norte) })
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	check(ErrSinClave)
	update(t, s, func(tx *Tx) error { return tx.SetClave(norte, "$2a$12$uno", orden) })
	check(nil)
	update(t, s, func(tx *Tx) error { return tx.Suspend(norte, orden) })
	check(ErrSuspendida)
	update(t, s, func(tx *Tx) error { return errors.Join(tx.Resume(norte, orden), tx.RevokeClave(norte, orden)) })
	check(ErrSinClave)
	update(t, s, func(tx *Tx) error { return tx.SetClave(norte, "$2a$12$dos", orden) })
	check(nil)
	view(t, s, func(v *View) error {
		c, err := v.Clave(norte)
		if d := cmp.Diff(Clave{Hash: "$2a$12$dos", Alta: now}, c); d != "" {
			t.Errorf("the password (-want +got):\n%s", d)
		}
		if _, err := v.Clave(sur); !errors.Is(err, ErrNotFound) {
			t.Errorf("a password that was never set: %v", err)
		}
		return err
	})
	for _, e := range eventos(t, s) {
		for _, x := range e.Detalle {
			if text, ok := x.(string); ok && strings.Contains(text, "$2a$") {
				t.Errorf("event %s tells the hash", e.Evento)
			}
		}
	}
}

// A store of the first version keeps its keys, which date from their events.
func TestCredentialsOfAnOlderStore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "buzon.db")
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
	for _, query := range []string{
		`INSERT INTO instituciones VALUES (900001, 'Norte', 'Uno', 20, 10), (900002, 'Sur', 'Uno', 20, 10)`,
		`INSERT INTO llaves VALUES (900001, 'SHA256:ana', 'ssh-ed25519 ana', 'ana'), (900002, 'SHA256:ana', 'ssh-ed25519 ana', 'ana')`,
		`INSERT INTO bitacora VALUES (1, 1, 'almacen_creado', '', '', '', '', '{}'),
			(2, 1772496300000, 'llave_alta', '00900001', '', '', '', '{"huella":"SHA256:ana"}')`,
	} {
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := reopen(t, path, Options{Now: now})
	if err := acceso(t, s, norte, "SHA256:ana", now); err != nil {
		t.Errorf("the key of before: %v", err)
	}
	// A key that two institutions shared before stays theirs.
	if err := acceso(t, s, sur, "SHA256:ana", now); err != nil {
		t.Errorf("the shared key of before: %v", err)
	}
	for _, u := range []schema.UNE{norte, sur} {
		fails(t, s, "is there already", func(tx *Tx) error { return tx.AddLlave(u, llave("ana"), orden) })
	}
	view(t, s, func(v *View) error {
		all, err := v.Llaves(norte)
		if d := cmp.Diff([]Llave{{Huella: "SHA256:ana", Publica: "ssh-ed25519 ana", Nombre: "ana", Alta: now}}, all); d != "" {
			t.Errorf("the key (-want +got):\n%s", d)
		}
		return err
	})
}
