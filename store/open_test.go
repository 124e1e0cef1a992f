package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestStoreIsPrivate looks at every file of a store: it holds personal data.
func TestStoreIsPrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), filepath.Join(dir, "buzon.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s has mode %04o, want 0600", f.Name(), got)
		}
	}
	if len(files) < 2 {
		t.Errorf("want the database and its WAL, got %v", files)
	}
}

// TestUnsyncedIsForRehearsals holds what a power cut may lose against the mark of
// the store: a real one never runs that risk, whatever is asked of it.
func TestUnsyncedIsForRehearsals(t *testing.T) {
	t.Parallel()
	for _, simulacro := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "buzon.db")
		s, err := Open(t.Context(), path, Options{Simulacro: simulacro})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		// a real store does not change sides
		s, err = Open(t.Context(), path, Options{Simulacro: true, Unsynced: true})
		if (err == nil) != simulacro {
			t.Fatalf("simulacro %v: %v", simulacro, err)
		}
		if err != nil {
			continue
		}
		var level int
		if err := s.conn.QueryRowContext(t.Context(), `PRAGMA synchronous`).Scan(&level); err != nil ||
			level != 0 {
			t.Errorf("synchronous is %d, %v; want 0, off", level, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if s, err = Open(t.Context(), path, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := s.conn.QueryRowContext(t.Context(), `PRAGMA synchronous`).Scan(&level); err != nil ||
			level != 2 {
			t.Errorf("unasked, synchronous is %d, %v; want 2, full", level, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReadAtRest: a store that is read as it lies says so where it was written to
// meanwhile.
func TestReadAtRest(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/buzon.db"
	w, err := Open(t.Context(), path, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rests := func(fn func()) error {
		s, err := openReadOnly(path, true)
		if err != nil {
			t.Fatal(err)
		}
		if is, err := s.Simulacro(t.Context()); is || err != nil {
			t.Errorf("%v, %v", is, err)
		}
		fn()
		return s.Close()
	}
	if err := rests(func() {}); err != nil {
		t.Error(err)
	}
	err = rests(func() {
		if w, err = Open(t.Context(), path, Options{Now: now}); err != nil {
			t.Fatal(err)
		}
	})
	if !errors.Is(err, errEscrita) {
		t.Errorf("it was written to: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}
