package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"go.uber.org/zap"

	"buzon/schema"
)

// A command asks the daemon over a socket in the data folder, which its owner and root
// alone can reach. It sends a question, and keeps the connection until it has the answer:
// one that goes ends the run that it asked for.

// askSocket is the socket's name in the data folder.
const askSocket = "buzon.sock"

// askPatience bounds how long either side waits for a message that is due at once.
const askPatience = 10 * time.Second

// question is what a command asks for: a run.
type question struct {
	Day   schema.Dia `json:"day,omitempty"` // 0: the operation day of the moment
	Steps bool       `json:"steps,omitempty"`
}

// message is a line of what it is told; the last one has Done.
type message struct {
	What  string `json:"what,omitempty"` // a step
	N     int    `json:"n,omitempty"`
	Total int    `json:"total,omitempty"`

	Said string `json:"said,omitempty"`

	Done   bool   `json:"done,omitempty"`
	Run    *Run   `json:"run,omitempty"`
	Error  string `json:"error,omitempty"`
	NotYet bool   `json:"not_yet,omitempty"`
}

// askServer answers commands that ask the daemon.
type askServer struct {
	g *Gateway
	l *net.UnixListener
}

// newAskServer listens. A socket that a kill left is replaced: whoever holds the data
// folder's lock is the only daemon.
func newAskServer(g *Gateway) (v *askServer, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", filepath.Join(g.Config.Data, askSocket), err)
		}
	}()
	// It gets its name with its mode: nobody else reaches it in between.
	fresh := filepath.Join(g.Config.Data, askSocket+".new")
	if err := os.RemoveAll(fresh); err != nil {
		return nil, err
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(fresh)) }()
	short, done, err := shortPath(fresh)
	if err != nil {
		return nil, err
	}
	defer done()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: filepath.Join(short, askSocket)})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	made := filepath.Join(fresh, askSocket)
	if err = os.Chmod(made, 0o600); err == nil {
		err = os.Rename(made, filepath.Join(g.Config.Data, askSocket))
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &askServer{g, l}, nil
}

// maxSocketPath is how long the path of a socket may be, everywhere.
const maxSocketPath = 100

// shortPath gives a folder by a path that a socket's may begin with, until done is called.
func shortPath(dir string) (short string, done func(), err error) {
	if len(filepath.Join(dir, askSocket)) <= maxSocketPath {
		return dir, func() {}, nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d", d.Fd()), func() { _ = d.Close() }, nil // it was only read
}

// close ends the listening; the socket's name goes with it.
func (v *askServer) close() error {
	err := os.Remove(filepath.Join(v.g.Config.Data, askSocket))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, v.l.Close())
}

// Serve answers until ctx ends and the runs under way have returned.
func (v *askServer) Serve(ctx context.Context) error {
	var asked sync.WaitGroup
	defer asked.Wait()
	closed := make(chan error, 1)
	context.AfterFunc(ctx, func() { closed <- v.close() })
	for {
		conn, err := v.l.AcceptUnix()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = conn.Close() // nobody is answered any more
			}
			// The name is gone before another daemon may have the folder, and the name.
			if err := <-closed; err != nil {
				v.g.log.Warn("the socket of 'buzon run' stays", zap.Error(err))
			}
			return nil
		case err != nil:
			v.g.log.Error("'buzon run' cannot ask the daemon for now", zap.Error(err))
			select {
			case <-ctx.Done():
			case <-time.After(askPatience):
			}
		default:
			asked.Go(func() {
				if err := v.answer(ctx, conn); err != nil && ctx.Err() == nil {
					v.g.log.Warn("answer to 'buzon run'", zap.Error(err))
				}
			})
		}
	}
}

// answer does what one connection asks for.
func (v *askServer) answer(ctx context.Context, conn *net.UnixConn) (err error) {
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := conn.SetReadDeadline(time.Now().Add(askPatience)); err != nil {
		return err
	}
	var q question
	if err := json.NewDecoder(conn).Decode(&q); err != nil {
		return fmt.Errorf("read what is asked: %w", err)
	}
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // who asked went, or the answer was given
		_, _ = conn.Read(make([]byte, 1))
		cancel()
	}()
	told := make(chan message, 64)
	written := make(chan error, 1)
	go func() { written <- writeMessages(conn, told) }()
	// Who asks and does not read what is told holds up nobody: it misses some of it.
	tell := func(a message) {
		select {
		case told <- a:
		default:
		}
	}
	w := Watcher{Said: func(said string) { tell(message{Said: said}) }}
	if q.Steps {
		w.Step = func(what string, n, total int) { tell(message{What: what, N: n, Total: total}) }
	}
	r, runErr := v.g.RunNow(ctx, q.Day, w)
	last := message{Done: true, Run: r, NotYet: errors.Is(runErr, ErrNotYet)}
	if runErr != nil {
		last.Error = runErr.Error()
	}
	if err := conn.SetWriteDeadline(time.Now().Add(askPatience)); err != nil {
		return err
	}
	told <- last // there is room, or the deadline makes some
	close(told)
	return <-written
}

// writeMessages writes what is told until told ends. After an error it goes on, for nobody
// may wait for it.
func writeMessages(conn *net.UnixConn, told <-chan message) (err error) {
	enc := json.NewEncoder(conn)
	for a := range told {
		if err == nil {
			err = enc.Encode(a)
		}
	}
	return err
}

// daemonError is an error of a run that the daemon did.
type daemonError struct{ last message }

func (e daemonError) Error() string { return e.last.Error }

// Is tells what a command branches on.
func (e daemonError) Is(target error) bool { return e.last.NotYet && target == ErrNotYet }

// AskRun has the daemon at work on a data folder do a run, and tells as RunNow does what
// became of it. An error wraps ErrNoDaemon where nobody answers there.
func AskRun(ctx context.Context, data string, dia schema.Dia, w Watcher) (*Run, error) {
	short, done, err := shortPath(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoDaemon, err)
	}
	defer done()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", filepath.Join(short, askSocket))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		err = fmt.Errorf("%w: %w", ErrNoDaemon, err)
	}
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := json.NewEncoder(conn).Encode(question{Day: dia, Steps: w.Step != nil}); err != nil {
		return nil, fmt.Errorf("ask the daemon: %w", err)
	}
	for in := json.NewDecoder(conn); ; {
		var a message
		if err := in.Decode(&a); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, fmt.Errorf("the daemon ended before its answer; 'buzon history' tells what the "+
				"run did: %w", err)
		}
		switch {
		case a.Done && a.Error != "":
			return a.Run, daemonError{a}
		case a.Done:
			return a.Run, nil
		case a.Said != "":
			w.Said(a.Said)
		case w.Step != nil:
			w.Step(a.What, a.N, a.Total)
		}
	}
}

// ErrNoDaemon says that no daemon answers in a data folder.
var ErrNoDaemon = errors.New("no daemon answers")
