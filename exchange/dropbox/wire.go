package dropbox

import (
	"net"
	"sync"
	"time"
)

// parting is how long a connection that was closed may still take to send what
// was written before.
const parting = time.Second

// wire is a connection that moves more with each call of the system. The SSH
// library writes every packet in two or three pieces, most of them small; here
// they are joined: what is written while an earlier write is under way becomes
// the next one. So a write that nothing follows goes out at once, and two blocks
// are the most that a connection holds.
type wire struct {
	net.Conn
	in *blockReader

	mu      sync.Mutex
	room    *sync.Cond // there is room in block, or none will come
	block   *[blockSize]byte
	held    int // bytes of block that were written and not sent yet
	sending bool
	closed  bool
	err     error // of a write to the connection
	sent    sync.WaitGroup
}

func newWire(c net.Conn) *wire {
	w := &wire{Conn: c, in: &blockReader{src: c}}
	w.room = sync.NewCond(&w.mu)
	return w
}

func (w *wire) Read(p []byte) (int, error) { return w.in.Read(p) }

// Write takes p over; whether it could be sent is told by a later Write, and by
// the end of the connection.
func (w *wire) Write(p []byte) (n int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for n < len(p) {
		for w.held == blockSize && w.err == nil && !w.closed {
			w.room.Wait()
		}
		switch {
		case w.err != nil:
			return n, w.err
		case w.closed:
			return n, net.ErrClosed
		case w.block == nil:
			w.block = blocks.Get().(*[blockSize]byte)
		}
		m := copy(w.block[w.held:], p[n:])
		w.held += m
		n += m
		if !w.sending {
			w.sending = true
			w.sent.Go(w.send)
		}
	}
	return n, nil
}

// send sends until nothing is left, and then ends a connection that was closed.
func (w *wire) send() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.held > 0 && w.err == nil {
		block, held := w.block, w.held
		w.block, w.held = nil, 0
		w.room.Signal()
		w.mu.Unlock()
		_, err := w.Conn.Write(block[:held])
		blocks.Put(block)
		w.mu.Lock()
		w.err = err
	}
	w.sending = false
	if w.err != nil || w.closed {
		w.Conn.Close()
		w.room.Broadcast()
	}
}

// Close ends reading at once, and the connection as soon as all was sent that
// was written, or after a moment. It does not wait for that: wait does.
func (w *wire) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return net.ErrClosed
	}
	w.closed = true
	w.room.Broadcast()
	if !w.sending {
		return w.Conn.Close()
	}
	now := time.Now()
	w.Conn.SetReadDeadline(now)
	return w.Conn.SetWriteDeadline(now.Add(parting))
}

// wait returns when a connection that was closed has gone.
func (w *wire) wait() { w.sent.Wait() }

// SetDeadline leaves alone what Close has set.
func (w *wire) SetDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return net.ErrClosed
	}
	return w.Conn.SetDeadline(t)
}
