package store

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClaves(t *testing.T) {
	t.Parallel()
	s, _ := roll(t)
	check := func(want error) {
		t.Helper()
		err := s.View(t.Context(), func(v *View) error { return v.AccesoConContrasena(norte) })
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	check(ErrSinContrasena)
	update(t, s, func(tx *Tx) error { return tx.SetContrasena(norte, "$2a$12$uno", orden) })
	check(nil)
	update(t, s, func(tx *Tx) error { return tx.Suspend(norte, orden) })
	check(ErrSuspendida)
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.Resume(norte, orden), tx.RevokeContrasena(norte, orden))
	})
	check(ErrSinContrasena)
	update(t, s, func(tx *Tx) error { return tx.SetContrasena(norte, "$2a$12$dos", orden) })
	check(nil)
	view(t, s, func(v *View) error {
		c, err := v.Contrasena(norte)
		if d := cmp.Diff(Contrasena{Hash: "$2a$12$dos", Alta: now}, c); d != "" {
			t.Errorf("the password (-want +got):\n%s", d)
		}
		if _, err := v.Contrasena(sur); !errors.Is(err, ErrNotFound) {
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
