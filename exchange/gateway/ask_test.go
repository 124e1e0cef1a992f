package gateway

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// askedOf has a daemon of g answer commands alone, until the test ends.
func askedOf(t *testing.T, g *Gateway) (stop func()) {
	t.Helper()
	v, err := newAskServer(g)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- v.Serve(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// runs counts the runs of the log.
func runs(t *testing.T, g *Gateway) (n int) {
	t.Helper()
	err := g.Store.View(t.Context(), func(v *store.View) error {
		return v.History(store.Consulta{Evento: bitacora.CorridaIniciada}, func(bitacora.Evento) error {
			n++
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAskRun: the daemon does the run that a command asks for, once for each, and its
// socket is its user's alone and goes with it.
func TestAskRun(t *testing.T) {
	t.Parallel()
	g := opened(t)
	silent := Watcher{Said: func(said string) { t.Errorf("said %q", said) }}
	ask := func(dia schema.Dia) (*Run, error) { return AskRun(t.Context(), g.Config.Data, dia, silent) }
	if _, err := ask(0); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("without a daemon: %v", err)
	}
	name := filepath.Join(g.Config.Data, askSocket)
	if err := os.WriteFile(name, nil, 0o600); err != nil { // what a kill left
		t.Fatal(err)
	}
	if _, err := ask(0); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("after a daemon: %v", err)
	}
	stop := askedOf(t, g)
	info, err := os.Lstat(name)
	if err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("the socket: %v, %v", info.Mode(), err)
	}
	r, err := ask(0)
	if err != nil || r.Day != schema.NewDia(2026, 3, 2) || r.Observado() {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := ask(schema.NewDia(2026, 3, 4)); !errors.Is(err, ErrNotYet) ||
		!strings.HasPrefix(err.Error(), "--date 2026-03-04: that day is not here yet; want 2026-03-03") {
		t.Errorf("a day that is not here: %v", err)
	}
	if err := os.Remove(filepath.Join(g.Config.Source.Folder, schema.CarpetaSalida)); err != nil {
		t.Fatal(err)
	}
	r, err = ask(0)
	if err == nil || errors.Is(err, ErrNotYet) || r == nil || r.Error != err.Error() ||
		!strings.Contains(r.Error, g.Config.Source.Folder) {
		t.Errorf("a run that fails: %+v, %v", r, err)
	}
	if n := runs(t, g); n != 2 {
		t.Errorf("%d runs", n)
	}
	stop()
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket stays: %v", err)
	}
}

// TestAskRunLongPath: the data folder may lie deeper than a socket's path may be long.
func TestAskRunLongPath(t *testing.T) {
	t.Parallel()
	g := opened(t)
	deep := filepath.Join(t.TempDir(), strings.Repeat("d", 200))
	if err := os.Mkdir(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	g.Config.Data = deep
	defer askedOf(t, g)()
	if _, err := AskRun(t.Context(), deep, 0, Watcher{}); err != nil {
		t.Error(err)
	}
}

// TestWhoAsksGoes: a run that waits ends with who asked for it. Its file would be waited
// for an hour.
func TestWhoAsksGoes(t *testing.T) {
	t.Parallel()
	g := opened(t)
	g.Config.Source.Settle = time.Hour
	late := filepath.Join(g.Config.Source.Folder, schema.CarpetaSalida, "GE_REC_20260302_001.txt")
	if err := os.WriteFile(late, []byte("01|"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := &askServer{g: g}
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ends [2]*net.UnixConn
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "socket")
		conn, err := net.FileConn(f)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		ends[i] = conn.(*net.UnixConn)
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		_ = v.answer(t.Context(), ends[0]) // nobody reads it
	}()
	if _, err := ends[1].Write([]byte("{}\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := ends[1].Read(make([]byte, 1)); err != nil { // it tells that it waits
		t.Fatal(err)
	}
	if err := ends[1].Close(); err != nil {
		t.Fatal(err)
	}
	<-answered
}

// TestSignalled: each signal brings a run.
func TestSignalled(t *testing.T) {
	t.Parallel()
	g := opened(t)
	now := make(chan os.Signal)
	g.opts.Ahora = now
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		g.signalled(ctx)
	}()
	now <- syscall.SIGUSR1
	now <- syscall.SIGUSR1 // taken once the first run is over
	cancel()
	<-ended
	if n := runs(t, g); n < 1 || n > 2 {
		t.Errorf("%d runs", n)
	}
}
