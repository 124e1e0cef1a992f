package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/pkg/sftp"
)

// link is one live connection with SFTP on it.
type link struct {
	conn  *watchedConn
	files *sftp.Client
	dead  chan struct{} // closed once the connection is over
	once  sync.Once
}

func newLink(conn *watchedConn, files *sftp.Client) *link {
	l := &link{conn: conn, files: files, dead: make(chan struct{})}
	go func() {
		_ = files.Wait() // ends with the connection; why it ended, each call under way is told
		l.close()
	}()
	return l
}

// close cuts the connection and with it every call that waits for an answer.
// Nothing polite is sent first: the other side may be silent.
func (l *link) close() {
	l.once.Do(func() {
		close(l.dead)
		l.conn.Close()
	})
}

func (l *link) alive() bool {
	select {
	case <-l.dead:
		return false
	default:
		return true
	}
}

// during runs fn as a call under way: the end of ctx and a connection that
// falls silent both cut it.
func (l *link) during(ctx context.Context, fn func() error) error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	stop := context.AfterFunc(ctx, l.close)
	l.conn.begin()
	err := fn()
	l.conn.end()
	stop()
	switch {
	case err == nil:
		return nil
	case errors.As(err, new(*contentError)):
		return err
	case !lost(err):
		return standard(err)
	case ctx.Err() != nil:
		return ended(ctx)
	}
	l.close()
	if _, silent := l.conn.ended(); silent {
		err = fmt.Errorf("no byte moved for %s: %w", l.conn.idle, err)
	}
	return &passingError{fmt.Errorf("connection lost: %w", err)}
}

// watchedConn ends a connection on which no byte moves while a call is under
// way. Between calls it may be silent as long as it likes.
type watchedConn struct {
	net.Conn
	idle time.Duration

	mu     sync.Mutex
	calls  int
	silent bool // a deadline ended it
	broken bool // it ended, and not by our own close
}

func (w *watchedConn) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.moved(n, err)
	return n, err
}

func (w *watchedConn) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	w.moved(n, err)
	return n, err
}

func (w *watchedConn) moved(n int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		w.broken = true
		w.silent = w.silent || errors.Is(err, os.ErrDeadlineExceeded)
	} else if n > 0 && w.calls > 0 {
		w.limit(time.Now().Add(w.idle))
	}
}

func (w *watchedConn) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	w.limit(time.Now().Add(w.idle))
}

func (w *watchedConn) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calls--; w.calls == 0 {
		w.limit(time.Time{})
	}
}

// limit sets the deadline. It fails only on a connection that is closed, which
// the next read or write tells anyway.
func (w *watchedConn) limit(t time.Time) { _ = w.SetDeadline(t) }

// ended tells how the connection ended, if it did so by itself.
func (w *watchedConn) ended() (broken, silent bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.broken, w.silent
}
