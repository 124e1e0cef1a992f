package subidas

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"math"
	"os"
	"sync"

	"buzon/exchange/spans"
)

// MaxWrittenSpans bounds the memory of one handle. Clients keep some dozens of
// packets under way; only one that writes holes on purpose gets here.
const MaxWrittenSpans = 4096

// What else a write or the end of an upload may be refused for.
var (
	errEnded     = errors.New("upload taken over by a later handle")
	errScattered = errors.New("upload with too many gaps")
	errGaps      = errors.New("upload with gaps")
)

// Upload is a client's handle on a file that it writes.
type Upload struct {
	Max int64 // highest size in bytes beside Quota.FileBytes; 0 is none; set before the first write

	a    *Account
	it   *staged
	f    *os.File
	base int64 // size of the cut upload that this one resumes
	over bool  // opened without truncation where a finished file is seen

	limit int64 // the account's FileBytes as it began

	bytes sync.RWMutex // held shared while bytes are written, alone to end that

	mu      sync.Mutex
	written spans.Set
	digest  ordered
	unseen  int64 // bytes since the free space was looked at
	failure error // of the first write that failed
	lost    bool  // the connection broke
	ended   bool
}

// WriteAt is called from several goroutines, in no order. Where it is refused for
// TooLarge, ErrBytesQuota or ErrDiskFull, every later write and Close of this
// upload give the same error.
func (u *Upload) WriteAt(p []byte, off int64) (int, error) {
	u.bytes.RLock()
	defer u.bytes.RUnlock()
	if err := u.writable(); err != nil {
		return 0, u.fail(err)
	}
	if err := u.admit(int64(len(p)), off); err != nil {
		return 0, u.fail(err)
	}
	n, err := u.f.WriteAt(p, off)
	if err != nil {
		return n, u.fail(trouble(err))
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.written = u.written.Add(spans.Span{From: off, To: off + int64(n)})
	u.digest.add(p, off)
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
	case u.failure != nil:
		return u.failure
	case len(u.written) > MaxWrittenSpans:
		return errScattered
	}
	return nil
}

// admit holds bytes that are to be written against the account's limits.
func (u *Upload) admit(n, off int64) error {
	limit := int64(math.MaxInt64)
	for _, l := range []int64{u.Max, u.limit} {
		if l > 0 {
			limit = min(limit, l)
		}
	}
	if off < 0 || off > limit-n {
		return TooLarge{limit}
	}
	if err := u.a.use.write(u.a.s.cfg.Now(), u.it.id, n); err != nil {
		return err
	}
	u.mu.Lock()
	u.unseen += n
	look := u.unseen >= diskStep
	if look {
		u.unseen = 0
	}
	u.mu.Unlock()
	if !look {
		return nil
	}
	return u.a.room()
}

// fail keeps the upload from ever counting as whole.
func (u *Upload) fail(err error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.failure == nil {
		u.failure = err
	}
	return err
}

// gaps says why an upload that its client took for whole is cut.
func (u *Upload) gaps() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.failure != nil {
		return u.failure
	}
	return errGaps
}

// Lost says, before Close, that the connection broke: the upload is cut.
func (u *Upload) Lost() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.lost = true
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
		known = append(spans.Set{}, known...).Add(spans.Span{To: u.base})
	}
	return known.Prefix(), !broken && u.failure == nil && known.Covers(end(known))
}

func end(s spans.Set) int64 {
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

// ordered hashes what is written as long as its bytes come in order.
type ordered struct {
	hash  hash.Hash // nil: they did not
	bytes int64
}

func (d *ordered) begin() { d.hash = sha256.New() }

func (d *ordered) add(p []byte, off int64) {
	switch {
	case d.hash == nil || len(p) == 0:
	case off != d.bytes:
		d.hash = nil
	default:
		d.hash.Write(p)
		d.bytes += int64(len(p))
	}
}

// sum gives the hash of a file of that size in hex, "" where it is not known.
func (d *ordered) sum(size int64) string {
	if d.hash == nil || d.bytes != size {
		return ""
	}
	return hex.EncodeToString(d.hash.Sum(nil))
}

// sumFile reads a file for its hash.
func sumFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", trouble(err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", trouble(err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
