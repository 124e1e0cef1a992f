package dropbox

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

func bytesOf(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(b)
	return b
}

// TestWireSendsAll writes pieces of all sizes, closes, and wants the other end to
// have all of it in order, and then the end.
func TestWireSendsAll(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	got := make(chan []byte)
	go func() {
		b, _ := io.ReadAll(far)
		got <- b
	}()
	w, want := newWire(c), bytesOf(3<<20)
	src := rand.New(rand.NewPCG(1, 2))
	for left := want; len(left) > 0; {
		n := min(len(left), 1+src.IntN(3*blockSize/2))
		if m, err := w.Write(left[:n]); m != n || err != nil {
			t.Fatalf("wrote %d of %d: %v", m, n, err)
		}
		left = left[n:]
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	w.wait()
	if !bytes.Equal(<-got, want) {
		t.Error("the other end has something else")
	}
	if _, err := w.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("written after the end: %v", err)
	}
}

// TestWireJoins wants what is written during a write to be the next one, and
// neither to touch the other's bytes.
func TestWireJoins(t *testing.T) {
	t.Parallel()
	c, far := net.Pipe() // a read sees the bytes of one write alone
	w := newWire(c)
	defer w.Close()
	send := func(text string) {
		p := []byte(text)
		if _, err := w.Write(p); err != nil {
			t.Fatal(err)
		}
		clear(p) // it was taken over
	}
	read := func(most int, want string) {
		t.Helper()
		buf := make([]byte, most)
		if n, err := far.Read(buf); string(buf[:n]) != want || err != nil {
			t.Fatalf("read %q, want %q: %v", buf[:n], want, err)
		}
	}
	send("ab")
	read(1, "a") // now that write is under way
	for _, text := range []string{"cd", "e", "fgh"} {
		send(text)
	}
	read(100, "b")
	read(100, "cdefgh")
}

// TestWireHoldsLittle wants a writer to wait while the other end reads nothing,
// and Close to end that.
func TestWireHoldsLittle(t *testing.T) {
	t.Parallel()
	c, far := net.Pipe()
	defer far.Close()
	w := newWire(c)
	type result struct {
		n   int
		err error
	}
	wrote, read := make(chan result), make(chan error)
	go func() {
		n, err := w.Write(make([]byte, 3*blockSize))
		wrote <- result{n, err}
	}()
	go func() {
		_, err := w.Read(make([]byte, 1))
		read <- err
	}()
	// The far end takes one byte, so that the write is known to be under way.
	if _, err := far.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if r := <-wrote; r.n > 2*blockSize || !errors.Is(r.err, net.ErrClosed) {
		t.Errorf("took over %d bytes: %v", r.n, r.err)
	}
	if err := <-read; err == nil {
		t.Error("read on a closed connection")
	}
	if err := w.SetDeadline(time.Time{}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed connection takes a deadline: %v", err)
	}
	w.wait() // for ever, if the far end could hold it up
}

// TestWireTellsOfErrors wants a write that failed to end the connection.
func TestWireTellsOfErrors(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	c := &closing{Conn: near}
	w := newWire(c)
	far.Close()
	for err := error(nil); err == nil; {
		_, err = w.Write(make([]byte, 1000))
	}
	w.wait()
	if !c.closed.Load() {
		t.Error("still open")
	}
}

// closing tells that it was closed.
type closing struct {
	net.Conn
	closed atomic.Bool
}

func (c *closing) Close() error {
	c.closed.Store(true)
	return c.Conn.Close()
}

// counted counts the reads of a source, which tells of its end with its last
// bytes.
type counted struct {
	left  []byte
	reads int
}

func (c *counted) Read(p []byte) (int, error) {
	c.reads++
	n := copy(p, c.left)
	if c.left = c.left[n:]; len(c.left) == 0 {
		return n, io.EOF
	}
	return n, nil
}

func TestBlockReader(t *testing.T) {
	t.Parallel()
	want := bytesOf(2 << 20)
	src := &counted{left: want}
	r := &blockReader{src: src}
	var got []byte
	sizes := rand.New(rand.NewPCG(3, 4))
	for {
		p := make([]byte, []int{4, 33_000, 1 + sizes.IntN(2*blockSize)}[sizes.IntN(3)])
		n, err := r.Read(p)
		got = append(got, p[:n]...)
		if err == io.EOF {
			break
		}
		if n == 0 || err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
	if !bytes.Equal(got, want) {
		t.Error("read something else")
	}
	if most := 2 * len(want) / blockSize; src.reads > most {
		t.Errorf("%d reads of the source, want at most %d", src.reads, most)
	}
	if r.block != nil {
		t.Error("a block is kept after the end")
	}
}

// waiting tells, in place of a read that would wait, whether a block is held.
type waiting struct {
	parts [][]byte
	r     *blockReader
	held  []bool
}

func (w *waiting) Read(p []byte) (int, error) {
	w.held = append(w.held, w.r.block != nil)
	if len(w.parts) == 0 {
		return 0, io.EOF
	}
	n := copy(p, w.parts[0])
	if w.parts[0] = w.parts[0][n:]; len(w.parts[0]) == 0 {
		w.parts = w.parts[1:]
	}
	return n, nil
}

// TestBlockReaderIsQuiet wants a request that comes alone to leave no block
// behind, since most sessions wait most of the time.
func TestBlockReaderIsQuiet(t *testing.T) {
	t.Parallel()
	w := &waiting{parts: [][]byte{make([]byte, 29), make([]byte, 29)}}
	w.r = &blockReader{src: w}
	for range 2 { // a request is read in two parts: its length, and the rest
		for _, n := range []int{4, 25} {
			if _, err := io.ReadFull(w.r, make([]byte, n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := w.r.Read(make([]byte, 4)); err != io.EOF {
		t.Fatal(err)
	}
	if w.held[2] || w.held[len(w.held)-1] {
		t.Errorf("a block is held by who waits: %v", w.held)
	}
}
