package schema

import (
	"crypto/sha256"
	"hash"
	"runtime"
)

// digest hashes what a scanner reads, block by block. From the second block on it
// does so beside the scanner where there is another core: hashing is most of what a
// first reading costs.
type digest struct {
	sum   hash.Hash
	block []byte // the one that is being scanned
	from  int    // what of it was given to be hashed

	work chan part   // nil: parts are hashed where they are given
	free chan []byte // blocks that were hashed
	done chan struct{}
}

// part is bytes to hash, what is due behind them, and the room that is free then.
type part struct {
	bytes []byte
	due   *dueHash
	room  []byte
}

// dueHash is a hash that is there once the digest ended or was stopped.
type dueHash struct{ of Huella }

func (h *dueHash) get() Huella {
	if h == nil {
		return ""
	}
	return h.of
}

// blocksInFlight is how far the scanner may be ahead of the hash.
const blocksInFlight = 4

func newDigest() *digest { return &digest{sum: sha256.New()} }

// swap takes the rest of a block that was scanned, and gives room for the next. What
// mark speaks of is then the next, in that room.
func (d *digest) swap(scanned []byte) []byte {
	if scanned == nil {
		d.block = make([]byte, readSize)
		return d.block
	}
	if d.work == nil && runtime.GOMAXPROCS(0) > 1 {
		d.start()
	}
	room := scanned[:readSize]
	d.give(part{bytes: scanned[d.from:], room: room})
	d.from = 0
	if d.work != nil {
		room = <-d.free
	}
	d.block = room
	return room
}

func (d *digest) start() {
	d.work, d.done = make(chan part, blocksInFlight), make(chan struct{})
	d.free = make(chan []byte, blocksInFlight)
	for range blocksInFlight - 1 {
		d.free <- make([]byte, readSize)
	}
	go func() {
		defer close(d.done)
		for p := range d.work {
			d.hash(p)
		}
	}()
}

func (d *digest) give(p part) {
	if d.work != nil {
		d.work <- p
		return
	}
	d.hash(p)
}

func (d *digest) hash(p part) {
	d.sum.Write(p.bytes)
	if p.due != nil {
		p.due.of = newHuella(d.sum)
	}
	if p.room != nil && d.free != nil {
		d.free <- p.room
	}
}

// mark gives the hash of everything before a place in the block.
func (d *digest) mark(at int) *dueHash {
	due := &dueHash{}
	d.give(part{bytes: d.block[d.from:at], due: due})
	d.from = at
	return due
}

// end hashes the rest of the last block and gives the hash of everything.
func (d *digest) end(block []byte) Huella {
	d.give(part{bytes: block[d.from:]})
	d.stop()
	return newHuella(d.sum)
}

// stop ends the goroutine. It may be called again.
func (d *digest) stop() {
	if d.work != nil {
		close(d.work)
		<-d.done
		d.work = nil
	}
}
