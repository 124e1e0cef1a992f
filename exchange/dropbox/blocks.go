package dropbox

import (
	"io"
	"sync"
)

// blockSize is what moves at once where a client keeps the server busy: some
// packets of SSH, whose data are 32 KiB.
const blockSize = 128 << 10

// blocks are shared by all connections, so that memory follows the transfers
// that are under way and not the connections that are open.
var blocks = sync.Pool{New: func() any { return new([blockSize]byte) }}

// blockReader reads ahead in blocks while its source has more than it is asked
// for, and not at all while the source is quiet: who waits holds no block.
type blockReader struct {
	src   io.Reader
	block *[blockSize]byte
	left  []byte // of block, not handed out yet
	err   error  // came with what is left
	busy  bool   // the source had as much as it was asked for
}

func (r *blockReader) Read(p []byte) (int, error) {
	if len(r.left) > 0 {
		return r.take(p)
	}
	if !r.busy || len(p) >= blockSize {
		n, err := r.src.Read(p)
		r.busy = n > 0 && n == len(p)
		return n, err
	}
	r.block = blocks.Get().(*[blockSize]byte)
	var n int
	n, r.err = r.src.Read(r.block[:])
	r.left, r.busy = r.block[:n], n >= blockSize/4
	return r.take(p)
}

// take hands out what is left, and gives the block back at its end.
func (r *blockReader) take(p []byte) (int, error) {
	n := copy(p, r.left)
	if r.left = r.left[n:]; len(r.left) > 0 {
		return n, nil
	}
	err := r.err
	blocks.Put(r.block)
	r.block, r.left, r.err = nil, nil, nil
	return n, err
}
