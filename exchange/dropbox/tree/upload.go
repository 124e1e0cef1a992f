package tree

import (
	"errors"
	"math"
	"os"
	"sync"
)

// MaxWrittenSpans bounds the memory of one handle. Clients keep some dozens of
// packets under way; only one that writes holes on purpose gets here.
const MaxWrittenSpans = 4096

// What a write or the end of an upload may be refused for.
var (
	ErrTooLarge  = errors.New("upload over the limit")
	errEnded     = errors.New("upload taken over by a later handle")
	errFailed    = errors.New("an earlier write failed")
	errScattered = errors.New("upload with too many gaps")
)

// Upload is a client's handle on a file that it writes.
type Upload struct {
	Max int64 // highest size in bytes; 0 is none; set before the first write

	a    *Account
	k    key
	f    *os.File
	base int64 // size of the cut upload that this one resumes
	over bool  // opened without truncation where a finished file is seen

	bytes sync.RWMutex // held shared while bytes are written, alone to end that

	mu      sync.Mutex
	written Spans
	failed  bool // a write failed
	lost    bool // the connection broke
	ended   bool
}

// WriteAt is called from several goroutines, in no order.
func (u *Upload) WriteAt(p []byte, off int64) (int, error) {
	u.bytes.RLock()
	defer u.bytes.RUnlock()
	if err := u.writable(); err != nil {
		return 0, u.fail(err)
	}
	limit := int64(math.MaxInt64)
	if u.Max > 0 {
		limit = u.Max
	}
	if off < 0 || off > limit-int64(len(p)) {
		return 0, u.fail(ErrTooLarge)
	}
	n, err := u.f.WriteAt(p, off)
	if err != nil {
		return n, u.fail(err)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.written = u.written.Add(Span{off, off + int64(n)})
	return n, nil
}

// writable refuses bytes that could not count any more, and those that would
// reach a file that settle is making an arrival.
func (u *Upload) writable() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.ended:
		return errEnded
	case u.failed:
		return errFailed
	case len(u.written) > MaxWrittenSpans:
		return errScattered
	}
	return nil
}

// fail keeps the upload from ever counting as whole.
func (u *Upload) fail(err error) error {
	u.mu.Lock()
	u.failed = true
	u.mu.Unlock()
	return err
}

// Lost says, before Close, that the connection broke: the upload is cut.
func (u *Upload) Lost() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.lost = true
}

// Close finishes the upload, or keeps it as cut. Only nil means that the
// gateway has it; arrived tells that it did so under a final name, and durably.
func (u *Upload) Close() (arrived bool, err error) {
	now := u.a.tree.now() // before the lock, which others may hold for a while
	u.a.mu.Lock()
	defer u.a.mu.Unlock()
	if u.a.writing[u.k] != u {
		return false, errEnded
	}
	u.mu.Lock()
	lost := u.lost
	u.mu.Unlock()
	return u.a.settle(u, lost, now)
}

// stop ends writing. It gives the size up to which the bytes are known, and
// whether they are the whole upload.
//
// A client that opens without truncation resumes if it starts at the old end;
// one that starts before it sends the file anew, and what lies beyond its last
// byte is not part of it.
func (u *Upload) stop(broken bool) (size int64, whole bool) {
	u.bytes.Lock()
	defer u.bytes.Unlock()
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ended = true
	known := u.written
	if anew := len(known) > 0 && known[0].From < u.base; !anew {
		known = append(Spans{}, known...).Add(Span{0, u.base})
	}
	return known.Prefix(), !broken && !u.failed && known.Covers(end(known))
}

func end(s Spans) int64 {
	if len(s) == 0 {
		return 0
	}
	return s[len(s)-1].To
}

// untouched tells whether a client only looked whether it may write: it opened
// a finished name without truncation and wrote nothing.
func (u *Upload) untouched() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.over && u.base == 0 && len(u.written) == 0
}
