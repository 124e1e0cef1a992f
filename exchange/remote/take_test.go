package remote_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"buzon/exchange/remote"
)

func (s *server) append(t *testing.T, name, more string, modtime time.Time) {
	t.Helper()
	file := filepath.Join(s.dir, name)
	old, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, append(old, more...), 0o600)
	}
	if err == nil {
		err = os.Chtimes(file, modtime, modtime)
	}
	if err != nil {
		t.Error(err)
	}
}

// A file is listed once it lay unchanged for ten seconds, not earlier.
func TestGrowingFileIsNotListed(t *testing.T) {
	t.Parallel()
	s := (&server{}).start(t)
	c, clock := dial(t, s)
	m := c.Mailbox("/")
	list := func(want string) {
		t.Helper()
		if listed, err := m.List(t.Context()); err != nil || names(listed) != want {
			t.Errorf("at %s listed %q, %v, want %q", clock.Now().Format(time.TimeOnly), names(listed), err,
				want)
		}
	}
	list("")
	s.leave(t, recName, []byte("a"), start)
	list("")
	for i := range 3 {
		clock.Advance(10 * time.Second)
		s.append(t, recName, "b", start) // the time stays: a size is enough
		list("")
		clock.Advance(10 * time.Second)
		s.append(t, recName, "", start.Add(time.Duration(i+1)*time.Second)) // the size stays
		list("")
	}
	clock.Advance(9 * time.Second)
	list("")
	clock.Advance(time.Second)
	list(recName)
	list(recName)
	s.append(t, recName, "c", start.Add(time.Hour))
	list("")
}

// The first call waits, so that a run by hand sees what lies there.
func TestFirstListWaits(t *testing.T) {
	t.Parallel()
	s := (&server{}).start(t)
	s.leave(t, "grows.txt", []byte("a"), start)
	s.leave(t, recName, []byte("a"), start)
	var waits atomic.Int32
	c, _ := dial(t, s, func(cfg *remote.Options) {
		wait := cfg.Wait
		cfg.Wait = func(ctx context.Context, d time.Duration) error {
			waits.Add(1)
			s.append(t, "grows.txt", "b", start)
			return wait(ctx, d)
		}
	})
	for range 2 {
		if listed, err := c.Mailbox("/").List(t.Context()); err != nil || names(listed) != recName {
			t.Errorf("listed %q, %v, want %s alone", names(listed), err, recName)
		}
	}
	if waits.Load() != 1 {
		t.Errorf("%d waits, want one by the first List alone", waits.Load())
	}
}

func TestTakeOfChangedFile(t *testing.T) {
	t.Parallel()
	content := random(3 << 20)
	for name, change := range map[string]func(*testing.T, *server){
		"Grows":    func(t *testing.T, s *server) { s.append(t, recName, "more", start) },
		"Touched":  func(t *testing.T, s *server) { s.append(t, recName, "", start.Add(time.Minute)) },
		"Replaced": func(t *testing.T, s *server) { s.leave(t, recName, random(3<<20-1), start) },
		"Removed": func(t *testing.T, s *server) {
			if err := os.Remove(filepath.Join(s.dir, recName)); err != nil {
				t.Error(err)
			}
		},
		"Cut": func(t *testing.T, s *server) {
			if err := os.Truncate(filepath.Join(s.dir, recName), 1<<20); err != nil {
				t.Error(err)
			}
			s.append(t, recName, "", start)
		},
	} {
		t.Run("Listed"+name, func(t *testing.T) {
			t.Parallel()
			s := (&server{}).start(t)
			s.leave(t, recName, content, start)
			c, _ := dial(t, s)
			if _, err := c.Mailbox("/").List(t.Context()); err != nil {
				t.Fatal(err)
			}
			change(t, s)
			r, err := c.Mailbox("/").Take(t.Context(), recName)
			if err == nil {
				r.Close()
			}
			if !errors.Is(err, remote.ErrChanged) && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Take of a file that changed since it was listed: %v", err)
			}
		})
		t.Run("Open"+name, func(t *testing.T) {
			t.Parallel()
			s := (&server{}).start(t)
			s.leave(t, recName, content, start)
			c, _ := dial(t, s)
			r, err := c.Mailbox("/").Take(t.Context(), recName)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if _, err := io.ReadFull(r, make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
			change(t, s)
			_, err = io.Copy(io.Discard, r)
			if !errors.Is(err, remote.ErrChanged) && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("read of a file that changed on the way: %v", err)
			}
		})
	}
}

// A Take that no List came before waits as well: what is arriving is not whole.
func TestTakeWithoutListWaits(t *testing.T) {
	t.Parallel()
	for _, grows := range []bool{false, true} {
		s := (&server{}).start(t)
		s.leave(t, recName, []byte("a"), start)
		waits := 0
		c, _ := dial(t, s, func(cfg *remote.Options) {
			wait := cfg.Wait
			cfg.Wait = func(ctx context.Context, d time.Duration) error {
				waits++
				if grows {
					s.append(t, recName, "b", start)
				}
				return wait(ctx, d)
			}
		})
		r, err := c.Mailbox("/").Take(t.Context(), recName)
		if err == nil {
			r.Close()
		}
		if grows != errors.Is(err, remote.ErrChanged) || waits != 1 {
			t.Errorf("Take of a file that grows (%v): %v after %d waits", grows, err, waits)
		}
	}
}

// A connection that is lost while a file is read must not look like its end.
func TestLostConnectionIsNoEnd(t *testing.T) {
	t.Parallel()
	for _, at := range []int64{0, 1 << 20, 2 << 20} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			s := &server{}
			s.fault = func(method, _ string, offset int64) error {
				if method == "ReadAt" && offset >= at {
					s.hangUp()
				}
				return nil
			}
			s.start(t)
			s.leave(t, recName, random(3<<20), start)
			c, _ := dial(t, s)
			r, err := c.Mailbox("/").Take(t.Context(), recName)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if n, err := io.Copy(io.Discard, r); err == nil {
				t.Errorf("%d bytes of a cut connection read as a whole file", n)
			}
		})
	}
}

// A server that ends a file early and shows it unchanged.
func TestShortFile(t *testing.T) {
	t.Parallel()
	s := (&server{fault: func(method, _ string, offset int64) error {
		if method == "ReadAt" && offset >= 1<<20 {
			return io.EOF
		}
		return nil
	}}).start(t)
	s.leave(t, recName, random(3<<20), start)
	c, _ := dial(t, s)
	r, err := c.Mailbox("/").Take(t.Context(), recName)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if n, err := io.Copy(io.Discard, r); !errors.Is(err, remote.ErrChanged) {
		t.Errorf("%d bytes of %d read with %v, want ErrChanged", n, 3<<20, err)
	}
}

func TestTakeIsAReader(t *testing.T) {
	t.Parallel()
	s := (&server{}).start(t)
	content := random(100_000)
	s.leave(t, recName, content, start)
	c, _ := dial(t, s)
	r, err := c.Mailbox("/").Take(t.Context(), recName)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := iotest.TestReader(r, content); err != nil {
		t.Error(err)
	}
}
