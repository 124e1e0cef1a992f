package clientes_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// wire carries bytes between clients and the server, counts them, and breaks
// where it is told to. A broken wire takes no connections until it is mended.
type wire struct {
	addr, server string

	mu       sync.Mutex
	conns    map[net.Conn]bool
	servers  map[*net.TCPConn]bool
	up, down int64 // bytes since the last mend
	cutUp    int64 // the wire breaks after so many bytes; 0 is never
	cutDown  int64
	broken   bool
	running  sync.WaitGroup
}

func newWire(t *testing.T, server string) *wire {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{addr: ln.Addr().String(), server: server, conns: map[net.Conn]bool{},
		servers: map[*net.TCPConn]bool{}}
	w.running.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			w.join(c)
		}
	})
	t.Cleanup(func() {
		ln.Close()
		w.mu.Lock()
		w.cut()
		w.mu.Unlock()
		w.running.Wait()
	})
	return w
}

// join leads one client to the server.
func (w *wire) join(c net.Conn) {
	s, err := net.Dial("tcp", w.server)
	if err != nil {
		c.Close()
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken {
		c.Close()
		s.Close()
		return
	}
	server := s.(*net.TCPConn)
	w.conns[c], w.servers[server] = true, true
	w.running.Go(func() {
		w.carry(s, c, &w.up, &w.cutUp)
		c.Close()
		_ = server.CloseWrite()
	})
	w.running.Go(func() {
		w.carry(c, s, &w.down, &w.cutDown)
		c.Close()
		// What the server still sends is taken from it, or the close would have
		// the kernel throw away what it has not read yet.
		_, _ = io.Copy(io.Discard, s)
		s.Close()
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.conns, c)
		delete(w.servers, server)
	})
}

func (w *wire) carry(to, from net.Conn, count, limit *int64) {
	b := make([]byte, 16<<10)
	for {
		n, err := from.Read(b)
		if n > 0 && !w.pass(to, b[:n], count, limit) || err != nil {
			return
		}
	}
}

// pass hands bytes on, up to the place where the wire breaks.
func (w *wire) pass(to io.Writer, b []byte, count, limit *int64) bool {
	w.mu.Lock()
	if w.broken {
		w.mu.Unlock()
		return false
	}
	over := false
	if *limit > 0 && *count+int64(len(b)) >= *limit {
		b, over = b[:*limit-*count], true
	}
	*count += int64(len(b))
	w.mu.Unlock()
	_, err := to.Write(b)
	if over {
		w.mu.Lock()
		w.cut()
		w.mu.Unlock()
	}
	return err == nil && !over
}

// cut ends everything; the caller holds mu. The server gets what was sent before
// the break, so that it is the same in each run.
func (w *wire) cut() {
	w.broken = true
	for c := range w.conns {
		c.Close()
	}
	for s := range w.servers {
		_ = s.CloseWrite()
	}
}

// mend makes the wire whole, to break again after so many bytes either way; 0 is
// never.
func (w *wire) mend(up, down int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.up, w.down, w.cutUp, w.cutDown, w.broken = 0, 0, up, down, false
}

// carried tells how many bytes went each way since the wire was mended.
func (w *wire) carried() (up, down int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.up, w.down
}

func (w *wire) isBroken() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.broken
}
