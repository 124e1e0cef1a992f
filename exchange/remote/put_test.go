package remote_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/sftp"
)

// The connection is lost while the content is sent, checked and renamed. Each
// further try must open the content again: a reader that was read to its end
// sends an empty file.
func TestPutOpensAgain(t *testing.T) {
	t.Parallel()
	content := random(1 << 20)
	for name, cut := range map[string]func(method, path string, offset int64) bool{
		"Write":    func(m, _ string, off int64) bool { return m == "WriteAt" && off >= 512<<10 },
		"LastByte": func(m, _ string, off int64) bool { return m == "WriteAt" && off >= 1<<20-32<<10 },
		"ReadBack": func(m, _ string, off int64) bool { return m == "ReadAt" && off >= 512<<10 },
		"Rename":   func(m, _ string, _ int64) bool { return m == "Rename" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &server{}
			var cuts atomic.Int32
			s.fault = func(method, path string, offset int64) error {
				if cut(method, path, offset) && cuts.CompareAndSwap(0, 1) {
					s.hangUp()
				}
				return nil
			}
			s.start(t)
			c, _ := dial(t, s)
			opens := 0
			err := c.Mailbox("/").Put(t.Context(), recName, func() (io.ReadCloser, error) {
				opens++
				return io.NopCloser(bytes.NewReader(content)), nil
			})
			if err != nil {
				t.Fatalf("Put: %v", err)
			}
			if got := s.sees(t)[recName]; !bytes.Equal(got, content) {
				t.Errorf("the party sees %d bytes, want %d", len(got), len(content))
			}
			if cuts.Load() != 1 || opens < 2 {
				t.Errorf("%d cuts, content opened %d times, want 1 and at least 2", cuts.Load(), opens)
			}
			if left := len(s.sees(t)); left != 1 {
				t.Errorf("%d files lie there, want 1", left)
			}
		})
	}
}

func TestPutRefused(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"Put", "WriteAt", "Rename", "ReadAt", "Lstat"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			s := (&server{fault: func(method, _ string, _ int64) error {
				if method == step {
					return sftp.ErrSSHFxPermissionDenied
				}
				return nil
			}}).start(t)
			c, _ := dial(t, s)
			err := c.Mailbox("/").Put(t.Context(), recName, opener([]byte("a")))
			if !errors.Is(err, fs.ErrPermission) {
				t.Errorf("Put: %v, want fs.ErrPermission", err)
			}
			if seen := s.sees(t); len(seen) != 0 {
				t.Errorf("%d files lie there after a refusal", len(seen))
			}
		})
	}
}

// A server that stores something else and says yes.
func TestPutReadsBack(t *testing.T) {
	t.Parallel()
	s := &server{}
	s.fault = func(method, path string, _ int64) error {
		if method == "Get" {
			return os.WriteFile(filepath.Join(s.dir, path), []byte("z"), 0o600)
		}
		return nil
	}
	s.start(t)
	c, _ := dial(t, s)
	err := c.Mailbox("/").Put(t.Context(), recName, opener([]byte("a")))
	if err == nil || !strings.Contains(err.Error(), "read back") {
		t.Errorf("Put: %v, want what was read back to differ", err)
	}
	if seen := s.sees(t); len(seen) != 0 {
		t.Errorf("%d files lie there", len(seen))
	}
}

// Another writer takes the name while our content is under way; the server's
// rename would replace its file.
func TestPutLosesTheRace(t *testing.T) {
	t.Parallel()
	for theirs, want := range map[string]error{"ours": nil, "else": fs.ErrExist} {
		s := &server{}
		s.fault = func(method, _ string, _ int64) error {
			if method == "WriteAt" {
				return os.WriteFile(filepath.Join(s.dir, recName), []byte(theirs), 0o600)
			}
			return nil
		}
		s.start(t)
		c, _ := dial(t, s)
		if err := c.Mailbox("/").Put(t.Context(), recName, opener([]byte("ours"))); !errors.Is(err, want) {
			t.Errorf("Put beside %q: %v, want %v", theirs, err, want)
		}
		seen := s.sees(t)
		if string(seen[recName]) != theirs || len(seen) != 1 {
			t.Errorf("the party sees %q, want %q alone", seen, theirs)
		}
	}
}

func TestPutSweepsItsLeftovers(t *testing.T) {
	t.Parallel()
	s := (&server{}).start(t)
	stale := "." + recName + ".0123456789abcdef.tmp"
	others := []string{
		"." + recName + ".tmp", recName + ".tmp", "." + recName + ".0123.tmp",
		".GE_REC_20260302_002.txt.0123456789abcdef.tmp", "." + recName + ".0123456789abcdef.part",
	}
	for _, name := range append(others, stale) {
		s.leave(t, name, []byte("half"), start)
	}
	c, _ := dial(t, s)
	if err := c.Mailbox("/").Put(t.Context(), recName, opener([]byte("a"))); err != nil {
		t.Fatal(err)
	}
	seen := s.sees(t)
	if _, left := seen[stale]; left {
		t.Errorf("%s is left", stale)
	}
	for _, name := range append(others, recName) {
		if _, left := seen[name]; !left {
			t.Errorf("%s, which is not a leftover of this name, is gone", name)
		}
	}
}

// The folder may be one that can be written and not listed.
func TestPutWithoutListing(t *testing.T) {
	t.Parallel()
	s := (&server{fault: func(method, _ string, _ int64) error {
		if method == "List" {
			return sftp.ErrSSHFxPermissionDenied
		}
		return nil
	}}).start(t)
	c, _ := dial(t, s)
	if err := c.Mailbox("/").Put(t.Context(), recName, opener([]byte("a"))); err != nil {
		t.Errorf("Put: %v", err)
	}
}

// Two Puts of one name go one after the other: each sweeps what looks like the
// leftovers of the other.
func TestPutsOfOneNameWait(t *testing.T) {
	t.Parallel()
	s := (&server{}).start(t)
	c, _ := dial(t, s)
	opened, release := make(chan struct{}), make(chan struct{})
	first := make(chan error)
	go func() {
		first <- c.Mailbox("/").Put(t.Context(), recName, func() (io.ReadCloser, error) {
			close(opened)
			<-release
			return io.NopCloser(strings.NewReader("a")), nil
		})
	}()
	<-opened
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := c.Mailbox("/").Put(ctx, recName, opener([]byte("b"))); !errors.Is(err,
		context.DeadlineExceeded) {
		t.Errorf("second Put: %v, want it to wait until its context ends", err)
	}
	close(release)
	if err := <-first; err != nil {
		t.Errorf("first Put: %v", err)
	}
}

// Content that cannot be placed is not sent.
func TestPutOfOtherContentSendsNothing(t *testing.T) {
	t.Parallel()
	var writes atomic.Int32
	s := (&server{fault: func(method, _ string, _ int64) error {
		if method == "Put" {
			writes.Add(1)
		}
		return nil
	}}).start(t)
	s.leave(t, recName, []byte("theirs"), start)
	c, _ := dial(t, s)
	err := c.Mailbox("/").Put(t.Context(), recName, opener([]byte("ours!!")))
	if !errors.Is(err, fs.ErrExist) || writes.Load() != 0 {
		t.Errorf("Put: %v after %d uploads, want fs.ErrExist before any", err, writes.Load())
	}
}

func TestPutOfTemporaryName(t *testing.T) {
	t.Parallel()
	s := (&server{}).start(t)
	c, _ := dial(t, s)
	for _, name := range []string{recName + ".tmp", "." + recName} {
		if err := c.Mailbox("/").Put(t.Context(), name, opener([]byte("a"))); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Put %s, which nobody would list: %v", name, err)
		}
	}
}

// An error of the content may look like one of the network; it is not the
// server's and is not tried again.
func TestContentErrorIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	s := (&server{}).start(t)
	c, _ := dial(t, s)
	opens := 0
	err := c.Mailbox("/").Put(t.Context(), recName, func() (io.ReadCloser, error) {
		opens++
		return nil, io.ErrUnexpectedEOF
	})
	if !errors.Is(err, io.ErrUnexpectedEOF) || opens != 1 {
		t.Errorf("Put: %v, opened %d times, want the content's error at once", err, opens)
	}
}
