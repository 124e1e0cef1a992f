package carpeta

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestHints(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o710); err != nil {
		t.Fatal(err)
	}
	m := New(dir)
	whole := filepath.Join(dir, "a.txt")
	for _, c := range []struct {
		err  error
		want []string
	}{
		{syscall.ENOSPC, []string{whole, "no space left", "free space on the disk of " + dir}},
		{syscall.EROFS, []string{whole, "mounted for reading alone"}},
		{syscall.EACCES,
			[]string{whole, dir + " is of " + userName(os.Geteuid()) + ", mode 0710",
				"let " + userName(os.Geteuid()) + " read in it"}},
	} {
		for _, err := range []error{
			&fs.PathError{Op: "openat", Path: "a.txt", Err: c.err},
			&os.LinkError{Op: "linkat", Old: "x", New: "a.txt", Err: c.err},
		} {
			got := m.failed("put", "a.txt", err)
			if !errors.Is(got, c.err) || strings.Contains(got.Error(), "openat") {
				t.Errorf("%v", got)
			}
			for _, want := range c.want {
				if !strings.Contains(got.Error(), want) {
					t.Errorf("%q does not say %q", got, want)
				}
			}
		}
	}
}

// TestMake: the folder is made in one that is there, and its name is durable, whoever made it.
func TestMake(t *testing.T) {
	t.Parallel()
	above := filepath.Join(t.TempDir(), "entrada")
	m := New(filepath.Join(above, "anexos"))
	m.Make = true
	made := 0
	m.step = func(step string) {
		if step == "folder made" {
			made++
		}
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil }
	if err := m.Put(t.Context(), "a.pdf", open); !errors.Is(err, fs.ErrNotExist) ||
		!strings.Contains(err.Error(), "mount its disk") {
		t.Errorf("the folder above is not there: %v", err)
	}
	if err := os.Mkdir(above, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.pdf", "b.pdf"} {
		if err := m.Put(t.Context(), name, open); err != nil {
			t.Error(err)
		}
	}
	if made != 2 {
		t.Errorf("its name was synced %d times, want each time", made)
	}
}

// TestOrder: bytes are synced before the name shows, and the name when Put returns,
// also that of one that was put before.
func TestOrder(t *testing.T) {
	t.Parallel()
	m := New(t.TempDir())
	var steps []string
	m.step = func(step string) { steps = append(steps, step) }
	put := func(want ...string) {
		t.Helper()
		steps = nil
		open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil }
		if err := m.Put(t.Context(), "a.txt", open); err != nil || !slices.Equal(steps, want) {
			t.Errorf("%q, %v, want %q", steps, err, want)
		}
	}
	put("written", "synced", "shown", "folder synced")
	put("folder synced")
	m.Unsynced()
	put()
}
