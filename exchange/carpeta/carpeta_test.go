package carpeta_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/exchange/carpeta"
	"buzon/exchange/exchangetest"
)

var _ exchange.Mailbox = (*carpeta.Mailbox)(nil)

var monday = time.Date(2026, time.March, 2, 16, 0, 0, 0, time.UTC)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func leave(t *testing.T, dir, name, text string, at time.Time) {
	t.Helper()
	p := filepath.Join(dir, name)
	check(t, errors.Join(os.WriteFile(p, []byte(text), 0o600), os.Chtimes(p, at, at)))
}

// sees gives what lies in the folder.
func sees(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	seen := map[string][]byte{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		check(t, err)
		seen[e.Name()] = b
	}
	return seen
}

func opener(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	exchangetest.TestMailbox(t, func(t *testing.T) exchangetest.Fixture {
		dir := t.TempDir()
		return exchangetest.Fixture{
			Mailbox: carpeta.New(dir),
			Leave: func(t *testing.T, name string, b []byte, at time.Time) {
				t.Helper()
				leave(t, dir, name, string(b), at)
			},
			LeaveHalf: func(t *testing.T, name string, b []byte) {
				leave(t, dir, name, string(b), monday)
			},
			Sees:           func(t *testing.T) map[string][]byte { t.Helper(); return sees(t, dir) },
			KeepsAfterDone: true,
		}
	})
}

// TestChanged writes to a file while it is read, in each way that the disk shows.
func TestChanged(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 100_000)
	for name, c := range map[string]struct {
		change  func(path string) error
		changed bool
	}{
		"not":    {func(string) error { return nil }, false},
		"longer": {func(p string) error { return appendTo(p, monday) }, true},
		"shorter": {func(p string) error {
			return errors.Join(os.Truncate(p, 60_000), setTime(p, 0))
		}, true},
		"written over":      {func(p string) error { return setTime(p, time.Nanosecond) }, true},
		"its time set back": {func(p string) error { return setTime(p, -time.Hour) }, true},
		// these bytes lie still
		"another in its place": {func(p string) error { return os.Remove(p) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			leave(t, dir, "a.txt", text, monday)
			path := filepath.Join(dir, "a.txt")
			r, err := carpeta.New(dir).Take(t.Context(), "a.txt")
			check(t, err)
			defer r.Close()
			info, err := r.(fs.File).Stat()
			if err != nil || info.Size() != int64(len(text)) || !info.ModTime().Equal(monday) {
				t.Errorf("Stat: %v, %v", info, err)
			}
			_, err = io.ReadFull(r, make([]byte, 50_000))
			check(t, err)
			check(t, c.change(path))
			for range 2 { // it stays so
				_, err = io.Copy(io.Discard, r)
				if errors.Is(err, carpeta.ErrCambio) != c.changed || (err != nil) != c.changed {
					t.Errorf("%v, want that it changed %v", err, c.changed)
				}
				if c.changed && !strings.Contains(err.Error(), path) {
					t.Errorf("%q does not say which file", err)
				}
			}
		})
	}
}

// setTime gives a file a time that lies so far after the one that it was left with.
func setTime(path string, after time.Duration) error {
	return os.Chtimes(path, monday, monday.Add(after))
}

func appendTo(path string, at time.Time) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("more")
	return errors.Join(err, f.Close(), os.Chtimes(path, at, at))
}

func TestNotTrusted(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret.txt")
	leave(t, outside, "secret.txt", "x", monday)
	check(t, errors.Join(os.Symlink(secret, filepath.Join(dir, "a.txt")),
		os.Mkdir(filepath.Join(dir, "b.txt"), 0o700),
		syscall.Mkfifo(filepath.Join(dir, "c.txt"), 0o600)))
	m := carpeta.New(dir)
	if list, err := m.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("listed %v, %v", list, err)
	}
	out := "../" + filepath.Base(outside) + "/secret.txt"
	for _, name := range []string{"a.txt", "b.txt", "c.txt", out, "x.tmp", "X.TMP"} {
		if _, err := m.Take(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Take %s: %v, want fs.ErrNotExist", name, err)
		}
	}
	for _, name := range []string{"a.txt", "b.txt", "c.txt"} {
		if err := m.Put(t.Context(), name, opener("y")); !errors.Is(err, fs.ErrExist) {
			t.Errorf("Put %s: %v, want fs.ErrExist", name, err)
		}
	}
	if got := sees(t, outside)["secret.txt"]; string(got) != "x" {
		t.Errorf("the file outside holds %q", got)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := carpeta.New(dir)
	good := []string{"GE_LOT_00900001_20260302_001.txt", "Peñón (1) é.pdf", "CONDUSEF.txt",
		strings.Repeat("a", 127)}
	for _, name := range good {
		if err := m.Put(t.Context(), name, opener("x")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", ".", "..", "../a", "a/b", "a\\b", "a\nb", "a\x00",
		"a:b", "a*", " a", "a ", "a.", "CON", "nul.txt",
		"com1 .txt",
		".a", "a.tmp", "a.PART", "a.filepart", "a.partial", strings.Repeat("a", 128), "e\u0301.txt", "a×b",
		"漢.txt"} {
		if err := m.Put(t.Context(), name, opener("x")); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: %v, want fs.ErrInvalid", name, err)
		}
	}
	if n := len(sees(t, dir)); n != len(good) {
		t.Errorf("%d files, want %d", n, len(good))
	}
}

// TestSweep leaves files as dead Puts do, beside one that is still being written: the
// dead ones go, the party's files stay.
func TestSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{".buzon-DEAD.tmp", "GE_REP_20260302_001.txt", "suyo.tmp", ".oculto"} {
		leave(t, dir, name, "x", monday)
	}
	looked := false
	check(t, carpeta.New(dir).Put(t.Context(), "slow.txt", func() (io.ReadCloser, error) {
		sweep := func() error {
			looked = true
			return carpeta.New(dir).Sweep()
		}
		return io.NopCloser(io.MultiReader(strings.NewReader("slow"), after(sweep))), nil
	}))
	want := []string{"GE_REP_20260302_001.txt", "suyo.tmp", ".oculto", "slow.txt"}
	got := sees(t, dir)
	for _, name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is gone", name)
		}
	}
	if len(got) != len(want) || !looked || !bytes.Equal(got["slow.txt"], []byte("slow")) {
		t.Errorf("the folder holds %q", got)
	}
}

// after is a reader of nothing that calls itself at its end.
type after func() error

func (f after) Read([]byte) (int, error) {
	if err := f(); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

// TestErrors: each tells the whole path and what to do.
func TestErrors(t *testing.T) {
	t.Parallel()
	gone := filepath.Join(t.TempDir(), "not mounted")
	m := carpeta.New(gone)
	said := gone + ": no such file or directory; hint: mount its disk"
	_, list := m.List(t.Context())
	_, take := m.Take(t.Context(), "a.txt")
	for _, err := range []error{list, take, m.Put(t.Context(), "a.txt", opener("y")), m.Sweep()} {
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), said) {
			t.Errorf("no folder: %v", err)
		}
	}
	dir := t.TempDir()
	_, err := carpeta.New(dir).Take(context.Background(), "a.txt")
	want := "take " + filepath.Join(dir, "a.txt") + ": no such file or directory"
	if err == nil || err.Error() != want {
		t.Errorf("no file: %v, want %q", err, want)
	}
}
