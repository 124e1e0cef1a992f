package subidas

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"buzon/schema/nombres"
)

// key is a place in a folder, which names that differ only by case share.
type key struct{ folder, folded string }

func keyOf(folder, name string) key { return key{folder, nombres.Folded(name)} }

// Account is one party's uploads, as the party sees them through a server. Its
// methods may be called from several goroutines.
type Account struct {
	s    *Subidas
	name string
	dir  string

	mu     sync.Mutex // orders all that moves an upload from one state to another, not its bytes
	staged map[key]*staged

	use  usage
	ends ends
}

// open makes the account's folder and mends what is in it.
func (a *Account) open() error {
	err := os.Mkdir(a.dir, 0o700)
	if err == nil {
		a.s.named = false
	} else if !errors.Is(err, fs.ErrExist) {
		return trouble(err)
	}
	if !a.s.named { // also where it is there: one that made it may have failed before its sync
		if err := a.s.syncDir(filepath.Dir(a.dir)); err != nil {
			return trouble(err)
		}
		a.s.named = true
	}
	found, err := a.read()
	if err != nil {
		return err
	}
	var kept []*staged
	for id, left := range found {
		stays, err := a.stays(id, left)
		if err != nil {
			return err
		}
		if !stays {
			if err := a.erase(id); err != nil {
				return err
			}
			continue
		}
		if left.bytes < left.Size { // the disk lost some of them
			left.State, left.Size, left.SHA256 = cut, left.bytes, ""
		}
		kept = append(kept, &staged{id: id, record: left.record})
	}
	if err := a.index(kept); err != nil || len(found) == len(kept) {
		return err
	}
	return trouble(a.s.syncDir(a.dir))
}

// stays tells whether an upload that an earlier process left is still one.
func (a *Account) stays(id string, left left) (bool, error) {
	switch {
	case left.bytes < 0 || left.State == "" || left.State == writing:
		return false, nil
	case !left.whole():
		return true, nil
	}
	// Also of what was closed under a temporary name: a rename to a final one may
	// have been recorded when the process died.
	arrived, err := a.s.cfg.Arrived(a.name, id)
	if err != nil {
		return false, fmt.Errorf("has %s arrived: %w", a.path(id), err)
	}
	return !arrived, nil
}

// index takes over what a start found. Of two in one place, of which a power cut
// has brought the older one back, the newer stays.
func (a *Account) index(kept []*staged) error {
	slices.SortFunc(kept, func(x, y *staged) int { return x.Touched.Compare(y.Touched) })
	for _, it := range kept {
		if err := a.drop(a.staged[keyOf(it.Folder, it.Name)]); err != nil {
			return err
		}
		a.staged[keyOf(it.Folder, it.Name)] = it
	}
	return nil
}

// find gives the unfinished upload under a name, nil where there is none; mu is
// held by the caller, here and in all that is not exported.
func (a *Account) find(folder, name string) *staged {
	if it := a.staged[keyOf(folder, name)]; it != nil && it.Name == name {
		return it
	}
	return nil
}

// forget takes an upload out of the index and off the disk.
func (a *Account) forget(it *staged) error {
	if k := keyOf(it.Folder, it.Name); a.staged[k] == it {
		delete(a.staged, k)
	}
	a.use.settled(it.id, 0)
	return a.erase(it.id)
}

// drop forgets an upload, so that no power cut brings it back. nil is none.
func (a *Account) drop(it *staged) error {
	if it == nil {
		return nil
	}
	if err := a.forget(it); err != nil || it.State == writing {
		return err
	}
	return trouble(a.s.syncDir(a.dir))
}

func (a *Account) sweep(before time.Time) (n int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, it := range a.staged {
		if it.handle != nil || !it.Touched.Before(before) {
			continue
		}
		if err := a.forget(it); err != nil {
			return n, err
		}
		n++
	}
	if n == 0 {
		return 0, nil
	}
	return n, trouble(a.s.syncDir(a.dir))
}

// List gives the unfinished uploads of a folder, by name. Each is as its party sees
// it: with the size that is known, and the time that it set.
func (a *Account) List(folder string) []fs.FileInfo {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []fs.FileInfo
	for k, it := range a.staged {
		if k.folder == folder {
			list = append(list, it.info())
		}
	}
	slices.SortFunc(list, func(x, y fs.FileInfo) int { return cmp.Compare(x.Name(), y.Name()) })
	return list
}

// Stat gives one unfinished upload as List does. An error wraps fs.ErrNotExist.
func (a *Account) Stat(folder, name string) (fs.FileInfo, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if it := a.find(folder, name); it != nil {
		return it.info(), nil
	}
	return nil, &fs.PathError{Op: "stat upload", Path: name, Err: fs.ErrNotExist}
}

// Open opens an unfinished upload for reading. The caller closes it. An error wraps
// fs.ErrNotExist where there is none.
func (a *Account) Open(folder, name string) (*os.File, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	it := a.find(folder, name)
	if it == nil {
		return nil, &fs.PathError{Op: "open upload", Path: name, Err: fs.ErrNotExist}
	}
	f, err := os.Open(a.path(it.id))
	return f, trouble(err)
}

// ShowTime keeps the time that a client set on an upload, finished or not, to show
// it back; nothing else heeds it. An error wraps fs.ErrNotExist where the party
// sees no such upload.
func (a *Account) ShowTime(folder, name string, t time.Time) error {
	if err := CheckName(name); err != nil {
		return fs.ErrNotExist
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var err error
	switch it := a.find(folder, name); {
	case it == nil:
		err = a.s.cfg.Date(a.name, folder, name, t)
	case it.State == writing: // which a crash takes away with its time
		it.Shown = t
	default:
		r := it.record
		r.Shown = t
		err = a.save(it, r, true)
	}
	if err != nil {
		return fmt.Errorf("show time: %w", full(err))
	}
	return nil
}

// info is how the party sees an upload.
func (it *staged) info() entry {
	e := entry{name: it.Name, size: it.Size, time: it.Touched}
	if !it.Shown.IsZero() {
		e.time = it.Shown
	}
	if it.handle != nil {
		if info, err := it.handle.f.Stat(); err == nil {
			e.size = info.Size()
		}
	}
	return e
}

// entry is an upload as a client sees it.
type entry struct {
	name string
	size int64
	time time.Time
}

func (e entry) Name() string       { return e.name }
func (e entry) Size() int64        { return e.size }
func (e entry) ModTime() time.Time { return e.time }
func (e entry) Mode() fs.FileMode  { return 0o640 }
func (e entry) IsDir() bool        { return false }
func (e entry) Sys() any           { return nil }
