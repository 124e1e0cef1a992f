package remote_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"buzon/exchange/remote"
)

// pauses counts the waits before further tries.
func pauses(n *atomic.Int32, pause *time.Duration) func(*remote.Options) {
	return func(cfg *remote.Options) {
		wait := cfg.Wait
		cfg.Wait = func(ctx context.Context, d time.Duration) error {
			n.Add(1)
			if pause != nil {
				*pause += d
			}
			return wait(ctx, d)
		}
	}
}

func TestRefusedDialIsTriedAgain(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	var n atomic.Int32
	var pause time.Duration
	c, _ := dial(t, &server{addr: ln.Addr().String()}, pauses(&n, &pause))
	if _, err := c.Mailbox("/").List(t.Context()); err == nil ||
		!strings.Contains(err.Error(), ": list /: connect: dial tcp") {
		t.Errorf("List: %v", err)
	}
	if n.Load() != 3 || pause < (2+4+8)*time.Second || pause >= (3+6+12)*time.Second {
		t.Errorf("%d pauses of %s in all, want 3 of 14s and up to half as long again", n.Load(), pause)
	}
}

// A server that takes the TCP connection and says nothing more.
func TestSilentServer(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, _ := dial(t, &server{addr: ln.Addr().String()}, func(cfg *remote.Options) {
		cfg.HandshakeTimeout = 50 * time.Millisecond
		cfg.Retries = 0
	})
	_, err = c.Mailbox("/").List(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no handshake within 50ms") {
		t.Errorf("List: %v, want the end of the handshake's time", err)
	}
}

// A server that takes the SSH connection and never opens SFTP on it.
func TestSilentAfterAuthentication(t *testing.T) {
	t.Parallel()
	s := (&server{mute: true}).start(t)
	c, _ := dial(t, s, func(cfg *remote.Options) {
		cfg.HandshakeTimeout = time.Second
		cfg.Retries = 0
	})
	_, err := c.Mailbox("/").List(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no handshake within 1s") {
		t.Errorf("List: %v, want the end of the handshake's time", err)
	}
	if err := <-s.done; err != nil {
		t.Errorf("the server did not get past authentication: %v", err)
	}
}

// A server that falls silent in the middle of a file.
func TestSilentDuringTake(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	s := (&server{fault: func(method, _ string, offset int64) error {
		if method == "ReadAt" && offset >= 2<<20 {
			<-hold
		}
		return nil
	}}).start(t)
	t.Cleanup(func() { close(hold) })
	s.leave(t, recName, random(4<<20), start)
	c, _ := dial(t, s, func(cfg *remote.Options) { cfg.IdleTimeout = 300 * time.Millisecond })
	r, err := c.Mailbox("/").Take(t.Context(), recName)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err == nil || !strings.Contains(err.Error(), "no byte moved for 300ms") {
		t.Errorf("read %d bytes, %v, want an end to the silence", len(got), err)
	}
	if _, again := r.Read(make([]byte, 10)); again == nil || errors.Is(again, io.EOF) {
		t.Errorf("the next Read gives %v: a cut file looks whole", again)
	}
}

func TestRefusedAuthenticationIsNotRepeated(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]int{"Answered": 0, "HungUp": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := (&server{authLimit: limit}).start(t)
			c, _ := dial(t, s, func(cfg *remote.Options) {
				cfg.Signers = []ssh.Signer{signer(t, "stranger"), signer(t, "another")}
			})
			if _, err := c.Mailbox("/").List(t.Context()); !errors.Is(err, remote.ErrAuth) {
				t.Errorf("List: %v, want ErrAuth", err)
			}
			if n := s.dials(); n != 1 {
				t.Errorf("%d dials, want 1: each more could lock the account", n)
			}
		})
	}
}

func TestPassword(t *testing.T) {
	t.Parallel()
	s := (&server{password: "secreto"}).start(t)
	for password, want := range map[string]error{"secreto": nil, "otra": remote.ErrAuth} {
		c, _ := dial(t, s, func(cfg *remote.Options) {
			cfg.Signers = nil
			cfg.Password = func() (string, error) { return password, nil }
		})
		if _, err := c.Mailbox("/").List(t.Context()); !errors.Is(err, want) {
			t.Errorf("List with password %q: %v, want %v", password, err, want)
		} else if want != nil && strings.Contains(err.Error(), password) {
			t.Errorf("error %q tells the password", err)
		}
	}
}

func TestRefusalsAreNotRepeated(t *testing.T) {
	t.Parallel()
	for _, refusal := range []error{sftp.ErrSSHFxPermissionDenied, sftp.ErrSSHFxNoSuchFile,
		sftp.ErrSSHFxFailure} {
		var lists, n atomic.Int32
		s := (&server{fault: func(method, _ string, _ int64) error {
			if method == "List" {
				lists.Add(1)
				return refusal
			}
			return nil
		}}).start(t)
		c, _ := dial(t, s, pauses(&n, nil))
		if _, err := c.Mailbox("/").List(t.Context()); err == nil {
			t.Errorf("List: no error where the server says %v", refusal)
		}
		if lists.Load() != 1 || n.Load() != 0 {
			t.Errorf("%v: %d tries, %d pauses, want one try", refusal, lists.Load(), n.Load())
		}
	}
}

// A connection that is lost while a folder is listed gives no shorter listing.
func TestCutListingIsNoListing(t *testing.T) {
	t.Parallel()
	s := &server{}
	var cuts atomic.Int32
	s.fault = func(method, _ string, _ int64) error {
		if method == "List" && cuts.Add(1) <= 2 {
			s.hangUp()
		}
		return nil
	}
	s.start(t)
	s.leave(t, recName, []byte("a"), start)
	c, _ := dial(t, s)
	listed, err := c.Mailbox("/").List(t.Context())
	if err != nil || names(listed) != recName {
		t.Errorf("listed %q, %v after two lost connections", names(listed), err)
	}
}

// The pause before a second look ends with the context, and with the client.
func TestPauseEnds(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"Cancel", "Close"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := (&server{}).start(t)
			s.leave(t, recName, []byte("a"), start)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			waiting := make(chan struct{})
			c, _ := dial(t, s, func(cfg *remote.Options) {
				cfg.Wait = func(ctx context.Context, _ time.Duration) error {
					close(waiting)
					<-ctx.Done()
					return ctx.Err()
				}
			})
			ended := make(chan error)
			go func() {
				_, err := c.Mailbox("/").List(ctx)
				ended <- err
			}()
			<-waiting
			if how == "Close" {
				c.Close()
			} else {
				cancel()
			}
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("List: %v, want context.Canceled", err)
			}
		})
	}
}
