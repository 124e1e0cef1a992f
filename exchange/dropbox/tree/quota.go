package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sync"
	"time"
)

// What an upload may be refused for. A write that is refused leaves it cut, to
// be resumed when there is room again.
var (
	ErrTooLarge   = errors.New("upload over the limit")
	ErrFilesQuota = errors.New("files quota used up")
	ErrBytesQuota = errors.New("bytes quota used up")
	ErrDiskFull   = errors.New("disk full")
)

// Limits bound what an account may upload; 0 is no bound.
type Limits struct {
	FileBytes int64 // size of a file
	FilesDay  int64 // uploads that arrive in a day
	BytesDay  int64 // bytes in a day: of what arrived, and written into what has not
	MinFree   int64 // bytes of the file system that uploads leave free
	// Zone is where the day begins; nil is UTC.
	Zone *time.Location
}

// SetLimits sets an account's limits; before it an account has none. What was
// uploaded today counts from the first call on, also what a process before this
// one took in, as far as it lies on the disk.
func (t *Tree) SetLimits(account string, l Limits) error {
	a, err := t.Account(account)
	if err == nil {
		err = a.setLimits(l)
	}
	if err != nil {
		return fmt.Errorf("set limits of %s: %w", account, err)
	}
	return nil
}

func (a *Account) setLimits(l Limits) error {
	if l.Zone == nil {
		l.Zone = time.UTC
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.use.keep(l) {
		return nil
	}
	now := a.tree.now()
	n := newTally(l, now)
	for _, f := range a.folders {
		if !f.Upload {
			continue
		}
		if err := a.recount(f, n); err != nil {
			return fmt.Errorf("count %s: %w", f.Name, err)
		}
	}
	a.use.replace(n)
	return nil
}

// recount adds what lies on the disk of today's uploads to a folder.
func (a *Account) recount(f Folder, n *tally) error {
	shown, err := regularFiles(a.root, f.Name)
	if err != nil {
		return err
	}
	visible := make(map[string]fs.FileInfo, len(shown))
	for _, info := range shown {
		visible[info.Name()] = info
		if n.today(info.ModTime()) {
			n.files, n.sum = n.files+1, n.sum+info.Size()
		}
	}
	waiting, err := a.pending(f.Name)
	if err != nil {
		return err
	}
	for _, x := range waiting {
		v := visible[x.name]
		if n.today(x.info.ModTime()) && (v == nil || !os.SameFile(v, x.info)) {
			n.files, n.sum = n.files+1, n.sum+x.info.Size()
		}
	}
	staged, err := regularFiles(a.root, path.Join(stagedDir, f.Name))
	if err != nil {
		return err
	}
	for _, info := range staged {
		if name, _, ok := stagedName(info.Name()); ok && n.today(info.ModTime()) {
			n.staged[key{f.Name, name}] = info.Size()
			n.sum += info.Size()
		}
	}
	return nil
}

// usage is what an account uploaded in a day. Its methods may be called from
// several goroutines; nothing is counted before there are limits.
type usage struct {
	mu sync.Mutex
	*tally
}

type tally struct {
	limits   Limits
	from, to time.Time     // the day
	files    int64         // uploads that arrived
	sum      int64         // bytes of them, and of staged
	staged   map[key]int64 // bytes that were written into what has not arrived
}

func newTally(l Limits, now time.Time) *tally {
	y, m, d := now.In(l.Zone).Date()
	return &tally{
		limits: l, staged: map[key]int64{},
		from: time.Date(y, m, d, 0, 0, 0, 0, l.Zone), to: time.Date(y, m, d+1, 0, 0, 0, 0, l.Zone),
	}
}

func (n *tally) today(t time.Time) bool { return !t.Before(n.from) && t.Before(n.to) }

// keep takes new limits over where the count goes on.
func (u *usage) keep(l Limits) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.tally == nil || u.limits.Zone.String() != l.Zone.String() {
		return false
	}
	u.limits = l
	return true
}

func (u *usage) replace(n *tally) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.tally = n
}

// on begins a new day where one has begun, and calls count with the lock held.
// A moment shortly before the day counts in it: who asks late for the lock comes
// with an older one.
func (u *usage) on(now time.Time, count func(n *tally) error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.tally == nil {
		return nil
	}
	if !now.Before(u.to) || now.Before(u.from.Add(-time.Hour)) {
		u.tally = newTally(u.limits, now)
	}
	return count(u.tally)
}

// begin tells whether an upload may begin; anew says that what lies unfinished
// under its name goes.
func (u *usage) begin(now time.Time, k key, anew bool) error {
	return u.on(now, func(n *tally) error {
		used := n.sum
		if anew {
			used -= n.staged[k]
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
func (u *usage) write(now time.Time, k key, bytes int64) error {
	return u.on(now, func(n *tally) error {
		if n.limits.BytesDay > 0 && bytes > n.limits.BytesDay-n.sum {
			return ErrBytesQuota
		}
		n.set(k, n.staged[k]+bytes)
		return nil
	})
}

// settled counts no more than what is there of an unfinished upload; size 0 says
// that it is gone.
func (u *usage) settled(now time.Time, k key, size int64) {
	_ = u.on(now, func(n *tally) error {
		n.set(k, min(n.staged[k], size))
		return nil
	})
}

func (u *usage) moved(now time.Time, from, to key) {
	_ = u.on(now, func(n *tally) error {
		bytes := n.staged[from]
		n.set(from, 0)
		n.set(to, bytes)
		return nil
	})
}

// arrived counts an upload of which what was written is no longer staged.
func (u *usage) arrived(now time.Time, k key, size int64) {
	_ = u.on(now, func(n *tally) error {
		n.set(k, 0)
		n.files, n.sum = n.files+1, n.sum+size
		return nil
	})
}

func (n *tally) set(k key, bytes int64) {
	n.sum += bytes - n.staged[k]
	n.staged[k] = bytes
	if bytes == 0 {
		delete(n.staged, k)
	}
}

// fileBytes is the highest size of an upload, 0 none.
func (u *usage) fileBytes() int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.tally == nil {
		return 0
	}
	return u.limits.FileBytes
}
