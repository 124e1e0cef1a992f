package subidas

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// Intent says how a client opens a file for writing.
type Intent struct{ Create, Truncate, Exclusive bool }

// Begin opens an upload under a final or temporary name. A handle that still
// writes there loses it: its client has most likely lost its connection and is
// here again. An error may wrap ErrName, ErrCase, ErrFilesQuota, ErrBytesQuota or
// ErrDiskFull, and then nothing has changed. The caller ends what it gets with
// Close.
func (a *Account) Begin(folder, name string, b Intent) (*Upload, error) {
	if err := CheckUpload(name); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	seen, err := a.s.cfg.Spelled(a.name, folder, name)
	if err != nil {
		return nil, err
	}
	it, finished := a.find(folder, name), seen == name
	if it != nil && it.handle != nil {
		if b.Exclusive {
			return nil, fs.ErrExist
		}
		if _, err := a.settle(it.handle, true, a.s.cfg.Now()); err != nil {
			return nil, err
		}
	}
	switch {
	case b.Exclusive && (it != nil || finished):
		return nil, fs.ErrExist
	case !b.Create && it == nil && !finished:
		return nil, fs.ErrNotExist
	}
	// What an earlier handle could not settle is of unknown content.
	anew := it == nil || b.Truncate || it.State == writing
	if err := a.mayBegin(folder, name, seen, it, anew); err != nil {
		return nil, err
	}
	u := &Upload{a: a, over: finished && !b.Truncate, limit: a.use.fileBytes()}
	if anew {
		u.digest.begin()
		err = a.begin(u, it, record{Folder: folder, Name: name}, nil)
	} else {
		u.base = it.Size
		err = a.resume(u, it)
	}
	if err != nil {
		return nil, err
	}
	return u, nil
}

func (a *Account) mayBegin(folder, name, seen string, it *staged, anew bool) error {
	goes := ""
	if it != nil {
		goes = it.id
	} else if err := a.clash(folder, name, seen, nil); err != nil {
		return err
	}
	if err := a.use.begin(a.s.cfg.Now(), goes, anew); err != nil {
		return err
	}
	return a.room()
}

// clash refuses a new name that differs only by case from a file or folder that
// the owner sees: seen among what is finished, or an unfinished upload other than
// but, of which a rename takes the name away.
func (a *Account) clash(folder, name, seen string, but *staged) error {
	other := a.staged[keyOf(folder, name)]
	if other != nil && other.Name == name {
		return nil // it is there already
	}
	if other != nil && other != but {
		return fmt.Errorf("name %q: upload %q: %w", name, other.Name, ErrCase)
	}
	if seen != "" && seen != name {
		return fmt.Errorf("name %q: %q is there: %w", name, seen, ErrCase)
	}
	return nil
}

// resume goes on with an upload that was cut, or closed under a temporary name. A
// file that was once whole may be shared with what keeps arrivals: that is copied.
func (a *Account) resume(u *Upload, it *staged) error {
	r := it.record
	r.Shown, r.SHA256 = time.Time{}, ""
	if it.whole() {
		return a.begin(u, it, r, func(f *os.File) error { return copyTo(f, a.path(it.id), it.Size) })
	}
	f, err := os.OpenFile(a.path(it.id), os.O_RDWR, 0)
	if err != nil {
		return trouble(err)
	}
	r.State, r.Touched = writing, a.s.cfg.Now()
	// Durably, before its first byte changes: bytes that only might be there are no
	// upload to resume.
	if err = a.save(it, r, true); err != nil {
		return errors.Join(err, f.Close())
	}
	_ = a.reserve(it.id) // it goes on without; there is as much room as the old record took
	u.f, u.it, it.handle = f, it, u
	return nil
}

// begin makes a file with its record; fill, if it is not nil, gives it its first
// bytes. Only then does old go, nil for none, so that what fails before has changed
// nothing.
func (a *Account) begin(u *Upload, old *staged, r record, fill func(*os.File) error) error {
	r.State, r.Touched = writing, a.s.cfg.Now()
	it := &staged{id: rand.Text()}
	f, err := os.OpenFile(a.path(it.id), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return trouble(err)
	}
	a.s.at("begin: made")
	if fill != nil {
		err = fill(f)
	}
	if err == nil {
		err = a.save(it, r, false)
	}
	if err == nil {
		err = trouble(a.reserve(it.id))
	}
	a.s.at("begin: recorded")
	if err == nil && old != nil {
		if u.base > 0 {
			a.use.copied(old.id, it.id)
		}
		err = a.drop(old)
	}
	if err != nil {
		return errors.Join(err, f.Close(), a.erase(it.id))
	}
	a.staged[keyOf(r.Folder, r.Name)] = it
	u.f, u.it, it.handle = f, it, u
	return nil
}

// copyTo copies the first bytes of a file.
func copyTo(to *os.File, path string, bytes int64) error {
	from, err := os.Open(path)
	if err != nil {
		return trouble(err)
	}
	defer from.Close()
	_, err = io.CopyN(to, from, bytes)
	return trouble(err)
}
