package remote

import (
	"context"
	"errors"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
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
		if err := wait(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Minute {
			t.Errorf("wait: %v after %s, want the context's end", err, time.Since(began))
		}
	})
}
