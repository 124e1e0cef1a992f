package subidas

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// What an upload may be refused for. A write that is refused leaves it cut, to
// be resumed when there is room again.
var (
	ErrFilesQuota = errors.New("files quota used up")
	ErrBytesQuota = errors.New("bytes quota used up")
	ErrDiskFull   = errors.New("disk full")
)

// Quota bound what an account may upload; 0 is no bound.
type Quota struct {
	FileBytes int64 // size of a file
	FilesDay  int64 // uploads that arrive in a day
	BytesDay  int64 // bytes in a day: of what arrived, and written into what has not
	MinFree   int64 // bytes of the file system that uploads leave free
	MinInodes int64 // files that can still be made there, likewise
}

func (a *Account) setLimits(l Quota) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.use.keep(l) {
		return nil
	}
	n, err := a.tally(l, a.s.cfg.Now())
	if err != nil {
		return err
	}
	for _, it := range a.staged {
		if n.today(it.Touched) {
			n.set(it.id, it.Size)
		}
	}
	a.use.replace(n, a.tally)
	return nil
}

// tally begins the count of the day of a moment with what arrived in it so far.
func (a *Account) tally(l Quota, now time.Time) (*tally, error) {
	zone := a.s.cfg.Zone
	y, m, d := now.In(zone).Date()
	n := &tally{limits: l, staged: map[string]int64{},
		from: time.Date(y, m, d, 0, 0, 0, 0, zone), to: time.Date(y, m, d+1, 0, 0, 0, 0, zone)}
	var err error
	if n.files, n.sum, err = a.s.cfg.Today(a.name, n.from, n.to); err != nil {
		return nil, fmt.Errorf("count today's uploads: %w", err)
	}
	return n, nil
}

// usage is what an account uploaded in a day. Its methods may be called from
// several goroutines; nothing is counted before there are limits.
type usage struct {
	mu sync.Mutex
	*tally
	begun func(l Quota, now time.Time) (*tally, error) // counts another day
}

type tally struct {
	limits   Quota
	from, to time.Time        // the day
	files    int64            // uploads that arrived
	sum      int64            // bytes of them, and of staged
	staged   map[string]int64 // bytes that were written today into what has not arrived, by ID
}

func (n *tally) today(t time.Time) bool { return !t.Before(n.from) && t.Before(n.to) }

func (n *tally) set(id string, bytes int64) {
	n.sum += bytes - n.staged[id]
	n.staged[id] = bytes
	if bytes == 0 {
		delete(n.staged, id)
	}
}

// keep takes new limits over where the count goes on.
func (u *usage) keep(l Quota) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.tally == nil {
		return false
	}
	u.limits = l
	return true
}

func (u *usage) replace(n *tally, begun func(Quota, time.Time) (*tally, error)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.tally, u.begun = n, begun
}

// on begins a new day where one has begun, and calls count with the lock held.
// A moment shortly before the day is looked at in it: who asks late for the lock
// comes with an older one.
func (u *usage) on(now time.Time, count func(n *tally) error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.tally == nil {
		return nil
	}
	if !now.Before(u.to) || now.Before(u.from.Add(-time.Hour)) {
		n, err := u.begun(u.limits, now)
		if err != nil {
			return err
		}
		u.tally = n
	}
	return count(u.tally)
}

// begin tells whether an upload may begin that goes on with what is staged under
// goes, or takes its place where anew says so; "" is nothing.
func (u *usage) begin(now time.Time, goes string, anew bool) error {
	return u.on(now, func(n *tally) error {
		used := n.sum
		if anew {
			used -= n.staged[goes]
		}
		if n.limits.BytesDay > 0 && used >= n.limits.BytesDay {
			return ErrBytesQuota
		}
		return n.arrival()
	})
}

// arrival tells whether one more upload may arrive.
func (u *usage) arrival(now time.Time) error { return u.on(now, (*tally).arrival) }

func (n *tally) arrival() error {
	if n.limits.FilesDay > 0 && n.files >= n.limits.FilesDay {
		return ErrFilesQuota
	}
	return nil
}

// write counts bytes that are about to be written.
func (u *usage) write(now time.Time, id string, bytes int64) error {
	return u.on(now, func(n *tally) error {
		if n.limits.BytesDay > 0 && bytes > n.limits.BytesDay-n.sum {
			return ErrBytesQuota
		}
		n.set(id, n.staged[id]+bytes)
		return nil
	})
}

// now counts in the day that has begun last.
func (u *usage) now(count func(n *tally)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.tally != nil {
		count(u.tally)
	}
}

// settled counts no more than what is there of an unfinished upload; size 0 says
// that it is gone.
func (u *usage) settled(id string, size int64) {
	u.now(func(n *tally) { n.set(id, min(n.staged[id], size)) })
}

// copied counts what was staged under one ID under another.
func (u *usage) copied(from, to string) {
	u.now(func(n *tally) {
		bytes := n.staged[from]
		n.set(from, 0)
		n.set(to, bytes)
	})
}

// arrived counts an upload of which what was written is no longer staged. What
// came to the lock after midnight with a moment before it belongs to the day that
// is over, as it does for Options.Today.
func (u *usage) arrived(moment time.Time, id string, size int64) {
	u.now(func(n *tally) {
		n.set(id, 0)
		if n.today(moment) {
			n.files, n.sum = n.files+1, n.sum+size
		}
	})
}

// fileBytes is the highest size of an upload, 0 none.
func (u *usage) fileBytes() (most int64) {
	u.now(func(n *tally) { most = n.limits.FileBytes })
	return most
}

// reserve is the limits, of which what uploads leave free is asked for.
func (u *usage) reserve() (l Quota) {
	u.now(func(n *tally) { l = n.limits })
	return l
}

// TooLarge is the error of an upload beyond its Max, in bytes.
type TooLarge struct{ Max int64 }

func (e TooLarge) Error() string { return fmt.Sprintf("upload over its limit of %d bytes", e.Max) }
