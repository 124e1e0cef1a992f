package remote_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"buzon/exchange"
	"buzon/exchange/exchangetest"
	"buzon/exchange/remote"
)

var _ exchange.Mailbox = (*remote.Mailbox)(nil)

var start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

const recName = "GE_REC_20260302_001.txt"

// dial gives a client of s whose pauses pass at once.
func dial(t *testing.T, s *server, set ...func(*remote.Options)) (*remote.Client, *exchangetest.Clock) {
	t.Helper()
	clock := exchangetest.NewClock(start)
	cfg := remote.Options{
		Address: s.addr, User: "00900001",
		Signers:  []ssh.Signer{signer(t, "user")},
		HostKeys: []ssh.PublicKey{signer(t, "host").PublicKey()},
		Now:      clock.Now, Wait: clock.Wait,
		DialTimeout: 15 * time.Second, HandshakeTimeout: 20 * time.Second, IdleTimeout: time.Minute,
		Settle: 10 * time.Second, Retries: 3,
	}
	for _, f := range set {
		f(&cfg)
	}
	c, err := remote.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, clock
}

func (s *server) leave(t *testing.T, name string, content []byte, modtime time.Time) {
	t.Helper()
	temp := filepath.Join(s.dir, "upload.tmp")
	if err := os.WriteFile(temp, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(temp, modtime, modtime); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temp, filepath.Join(s.dir, name)); err != nil {
		t.Fatal(err)
	}
}

func (s *server) sees(t *testing.T) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string][]byte{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(s.dir, e.Name()))
		if err == nil {
			seen[e.Name()] = content
		} else if !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return seen
}

func opener(content []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

func names(listed []fs.FileInfo) string {
	all := []string{}
	for _, fi := range listed {
		all = append(all, fi.Name())
	}
	return strings.Join(all, " ")
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	exchangetest.TestMailbox(t, func(t *testing.T) exchangetest.Fixture {
		s := (&server{}).start(t)
		c, clock := dial(t, s)
		return exchangetest.Fixture{
			Mailbox:        c.Mailbox("/"),
			Leave:          s.leave,
			LeaveHalf:      func(t *testing.T, n string, b []byte) { s.leave(t, n, b, start) },
			Settle:         func(*testing.T) { clock.Advance(10 * time.Second) },
			Sees:           s.sees,
			KeepsAfterDone: true,
		}
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	good := func() remote.Options {
		return remote.Options{
			Address: "127.0.0.1:1", User: "u", Signers: []ssh.Signer{signer(t, "user")},
			HostKeys: []ssh.PublicKey{signer(t, "host").PublicKey()},
		}
	}
	for want, spoil := range map[string]func(*remote.Options){
		"no host key is pinned": func(c *remote.Options) { c.HostKeys = nil },
		"is nil":                func(c *remote.Options) { c.HostKeys = []ssh.PublicKey{nil} },
		"neither key":           func(c *remote.Options) { c.Signers = nil },
		"no user":               func(c *remote.Options) { c.User = "" },
		"missing port":          func(c *remote.Options) { c.Address = "127.0.0.1" },
		"negative duration":     func(c *remote.Options) { c.Settle = -1 },
	} {
		cfg := good()
		spoil(&cfg)
		if _, err := remote.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New: %v, want %q", err, want)
		}
	}
	c, err := remote.New(good())
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	c.Close()
}

func TestConnectionIsReused(t *testing.T) {
	t.Parallel()
	s := (&server{}).start(t)
	c, _ := dial(t, s)
	for _, dir := range []string{"/", "/", "."} {
		if _, err := c.Mailbox(dir).List(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.dials(); n != 1 {
		t.Errorf("%d connections for three calls, want 1", n)
	}
	s.hangUp()
	if _, err := c.Mailbox("/").List(t.Context()); err != nil {
		t.Errorf("List after the server hung up: %v", err)
	}
	if n := s.dials(); n != 2 {
		t.Errorf("%d connections after a lost one, want 2", n)
	}
}

func TestErrorsReadAsAPath(t *testing.T) {
	t.Parallel()
	s := (&server{fault: func(method, path string, _ int64) error {
		if method == "List" && path == "/salida" {
			return sftp.ErrSSHFxPermissionDenied
		}
		return nil
	}}).start(t)
	c, _ := dial(t, s)
	_, err := c.Mailbox("salida").List(t.Context())
	if want := "remote " + s.addr + ": list salida: permission denied"; err == nil || err.Error() != want {
		t.Errorf("List: %v, want %s", err, want)
	}
	if !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v does not wrap fs.ErrPermission", err)
	}
	if _, err := c.Mailbox("nowhere").List(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("List of no folder: %v, want fs.ErrNotExist", err)
	}
}

func TestLinksAndFoldersAreNotListed(t *testing.T) {
	t.Parallel()
	s := (&server{}).start(t)
	s.leave(t, recName, []byte("a"), start)
	if err := os.Symlink(recName, filepath.Join(s.dir, "link.txt")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(s.dir, "folder.txt"), 0o700); err != nil {
		t.Fatal(err)
	}
	c, _ := dial(t, s)
	m := c.Mailbox("/")
	listed, err := m.List(t.Context())
	if err != nil || names(listed) != recName {
		t.Errorf("listed %q, %v, want %s alone", names(listed), err, recName)
	}
	for _, name := range []string{"link.txt", "folder.txt"} {
		if _, err := m.Take(t.Context(), name); err == nil {
			t.Errorf("Take %s is taken for a file", name)
		}
	}
}

func TestCancelEndsACall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var s *server
	var stuck atomic.Bool
	hold := make(chan struct{})
	t.Cleanup(func() { close(hold) })
	s = &server{fault: func(method, _ string, _ int64) error {
		if method == "List" && stuck.CompareAndSwap(false, true) {
			cancel()
			<-hold
		}
		return nil
	}}
	s.start(t)
	c, _ := dial(t, s)
	if _, err := c.Mailbox("/").List(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("List: %v, want context.Canceled", err)
	}
	if _, err := c.Mailbox("/").List(t.Context()); err != nil {
		t.Errorf("List after another was cancelled: %v", err)
	}
}

func TestCloseEndsCalls(t *testing.T) {
	t.Parallel()
	s := (&server{}).start(t)
	s.leave(t, recName, random(3<<20), start)
	c, _ := dial(t, s)
	r, err := c.Mailbox("/").Take(t.Context(), recName)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	c.Close()
	if _, err := io.ReadAll(r); err == nil {
		t.Error("a closed client reads on to the end")
	}
	r.Close()
	if _, err := c.Mailbox("/").List(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "client closed") {
		t.Errorf("List on a closed client: %v", err)
	}
}
