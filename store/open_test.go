package store

import (
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
