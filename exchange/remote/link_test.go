package remote

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pkg/sftp"
)

// after writes one byte each time d has passed.
func after(d time.Duration, times int, to net.Conn) {
	for range times {
		<-time.After(d)
		_, _ = to.Write([]byte("x"))
	}
}

func TestSilenceIsLimitedInACallAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer near.Close()
		w := &watchedConn{Conn: near, idle: time.Minute}
		b := make([]byte, 1)

		w.begin()
		w.end()
		go after(time.Hour, 1, far)
		if _, err := w.Read(b); err != nil {
			t.Fatalf("an hour of silence between calls: %v", err)
		}

		w.begin()
		w.begin()
		w.end() // of two calls one is still under way
		began := time.Now()
		go after(50*time.Second, 3, far)
		for range 3 {
			if _, err := w.Read(b); err != nil {
				t.Fatalf("a byte every 50 s: %v", err)
			}
		}
		_, err := w.Read(b)
		if took := time.Since(began); !errors.Is(err, os.ErrDeadlineExceeded) || took != 210*time.Second {
			t.Errorf("silence ended with %v after %s, want a minute after the last byte", err, took)
		}

		if err := w.SetDeadline(time.Time{}); err != nil {
			t.Fatal(err)
		}
		began = time.Now()
		w.begin()
		if _, err := w.Read(b); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != time.Minute {
			t.Errorf("a call without any byte ended with %v after %s", err, time.Since(began))
		}
		if broken, silent := w.ended(); !broken || !silent {
			t.Errorf("ended: broken %v, silent %v, want both", broken, silent)
		}
	})
}

func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if err := wait(t.Context(), time.Hour); err != nil || time.Since(began) != time.Hour {
			t.Errorf("wait: %v after %s", err, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began = time.Now()
		if err := wait(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) ||
			time.Since(began) != time.Minute {
			t.Errorf("wait: %v after %s, want the context's end", err, time.Since(began))
		}
	})
}

// deafAt answers io.EOF, as a closed SSH channel does, from the first packet of
// one kind on.
type deafAt struct {
	io.WriteCloser
	kind byte
	deaf bool
}

func (d *deafAt) Write(p []byte) (int, error) {
	if d.deaf = d.deaf || len(p) > 4 && p[4] == d.kind; d.deaf {
		return 0, io.EOF
	}
	return d.WriteCloser.Write(p)
}

// A listing of the library ends with io.EOF, and so does a write to a closed
// channel: List relies on the library to tell the two apart, whose own error
// has to count as a lost connection.
func TestListingOfAClosedChannel(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	server := sftp.NewRequestServer(far, sftp.InMemHandler())
	go func() { _ = server.Serve() }()
	const readdir = 12
	files, err := sftp.NewClientPipe(near, &deafAt{WriteCloser: near, kind: readdir})
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	if all, err := files.ReadDir("/"); err == nil || !lost(err) {
		t.Errorf("a cut listing gives %d files and %v, want a lost connection", len(all), err)
	}
}
