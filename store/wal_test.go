package store

import (
	"errors"
	"testing"
)

// TestTidy: a WAL that a reader held is cut once the reader has gone, and what was
// written meanwhile is in the store.
func TestTidy(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir()+"/buzon.db", Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tidy := func(held, empty bool) {
		t.Helper()
		bytes, is, err := s.Tidy(t.Context())
		if err != nil || is != held || (bytes == 0) != empty {
			t.Errorf("%d bytes, held %v, %v; want held %v, empty %v", bytes, is, err, held, empty)
		}
	}
	tidy(false, false) // it is small
	s.walMost = 0
	err = s.View(t.Context(), func(v *View) error {
		before, err := v.Eventos()
		if err != nil {
			return err
		}
		for i := range 3 {
			err = errors.Join(err, s.Update(t.Context(), now, func(tx *Tx) error { return siembra(tx, i+1) }))
		}
		tidy(true, false)
		after, same := v.Eventos()
		if after != before {
			t.Errorf("the reader sees %d events, and then %d", before, after)
		}
		return errors.Join(err, same)
	})
	if err != nil {
		t.Fatal(err)
	}
	tidy(false, true)
	if err := s.Update(t.Context(), now, func(tx *Tx) error { return siembra(tx, 9) }); err != nil {
		t.Error(err)
	}
}
