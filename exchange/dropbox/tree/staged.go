package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

// state is what became of an upload that is not finished; it stands before the
// name in the staging folder.
type state string

const (
	writing state = "escribiendo_" // a handle is open on it
	cut     state = "cortada_"     // whole up to its size, and not at its end
	closed  state = "cerrada_"     // whole, under a temporary name
)

func (k key) staged(s state) string { return path.Join(stagedDir, k.folder, string(s)+k.name) }

func stagedName(file string) (string, state, bool) {
	for _, s := range []state{writing, cut, closed} {
		if n, ok := strings.CutPrefix(file, string(s)); ok {
			return n, s, true
		}
	}
	return "", "", false
}

// staged finds the unfinished upload under a name. There is at most one; mu is
// held by the caller, here and in every function below.
func (a *Account) staged(k key) (string, state, fs.FileInfo, error) {
	for _, s := range []state{writing, cut, closed} {
		info, err := a.root.Lstat(k.staged(s))
		if err == nil && info.Mode().IsRegular() {
			return k.staged(s), s, info, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", "", nil, err
		}
	}
	return "", "", nil, &fs.PathError{Op: "find upload", Path: k.path(), Err: fs.ErrNotExist}
}

// Opening says how a client opens a file for writing.
type Opening struct{ Create, Truncate, Exclusive bool }

// Begin opens an upload under a final or temporary name. A handle that still
// writes there loses it: its client has most likely lost its connection and is
// here again. An error may wrap ErrName, ErrCase, ErrFilesQuota, ErrBytesQuota or
// ErrDiskFull, and then nothing has changed. The caller ends what it gets with
// Close.
func (a *Account) Begin(f Folder, name string, b Opening) (*Upload, error) {
	if !f.Upload {
		return nil, fs.ErrPermission
	}
	if err := checkUpload(name); err != nil {
		return nil, err
	}
	k := key{f.Name, name}
	a.mu.Lock()
	defer a.mu.Unlock()
	_, seenErr := a.root.Lstat(k.path())
	if old := a.writing[k]; old != nil {
		if b.Exclusive {
			return nil, fs.ErrExist
		}
		if _, err := a.settle(old, true, a.tree.now()); err != nil {
			return nil, full(err)
		}
	}
	p, s, info, err := a.staged(k)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	there := err == nil
	switch {
	case b.Exclusive && (there || seenErr == nil):
		return nil, fs.ErrExist
	case !b.Create && !there && seenErr != nil:
		return nil, fs.ErrNotExist
	}
	// What an earlier handle could not settle is of unknown content.
	anew := !there || b.Truncate || s == writing
	if err := a.mayBegin(f, k, anew); err != nil {
		return nil, err
	}
	u := &Upload{a: a, k: k, over: seenErr == nil && !b.Truncate, limit: a.use.fileBytes()}
	if !anew {
		u.base = info.Size()
	}
	if err := a.open(u, p, anew && there); err != nil {
		return nil, full(err)
	}
	return u, nil
}

func (a *Account) mayBegin(f Folder, k key, anew bool) error {
	if err := a.clash(f, k.name, ""); err != nil {
		return err
	}
	if err := a.use.begin(a.tree.now(), k, anew); err != nil {
		return err
	}
	return a.room()
}

// open makes the file that an upload writes; staged is what lies unfinished
// under its name, if anything does, and drop says that it goes.
func (a *Account) open(u *Upload, staged string, drop bool) error {
	to := u.k.staged(writing)
	var err error
	switch {
	case drop:
		if err = a.root.Remove(staged); err == nil {
			a.use.settled(a.tree.now(), u.k, 0)
		}
	case staged != "":
		err = a.root.Rename(staged, to)
	}
	if err != nil {
		return err
	}
	if u.f, err = a.root.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	if u.over {
		u.shown = a.timeOf(u.k)
	}
	if err := a.dropTime(u.k); err != nil {
		return errors.Join(err, u.f.Close())
	}
	if names, ok := a.names[u.k.folder]; ok {
		names.add(u.k.name)
	}
	a.writing[u.k] = u
	return nil
}

// settle ends an upload's handle and gives the upload its state: arrived, closed
// under a temporary name, or cut. It tells whether the upload arrived.
func (a *Account) settle(u *Upload, broken bool, now time.Time) (arrived bool, err error) {
	size, whole := u.stop(broken)
	delete(a.writing, u.k)
	defer u.f.Close()
	from := u.k.staged(writing)
	if whole && u.untouched() {
		return false, a.leave(u, from)
	}
	if err := u.f.Truncate(size); err != nil {
		return false, err
	}
	if err := a.root.Chtimes(from, now, now); err != nil {
		return false, err
	}
	if err := a.tree.sync.syncFile(u.f); err != nil {
		return false, err
	}
	a.tree.at("upload: synced")
	if whole && !isTemporary(u.k.name) {
		err := a.use.arrival(now)
		if err == nil {
			err = a.finish(from, u.k, u.k, now)
		}
		if err == nil {
			return true, nil
		}
		// Unless it arrived all the same it is kept, to be resumed at its end.
		if kerr := a.keep(u.k, cut, now, size); !errors.Is(kerr, fs.ErrNotExist) {
			err = errors.Join(err, kerr)
		}
		return false, err
	}
	s := cut
	if whole {
		s = closed
	}
	if err := a.keep(u.k, s, now, size); err != nil {
		return false, err
	}
	if !whole && !broken {
		return false, u.gaps()
	}
	return false, nil
}

// leave takes back an upload that its client opened only to see whether it may.
func (a *Account) leave(u *Upload, from string) error {
	if err := a.root.Remove(from); err != nil {
		return err
	}
	if u.shown.IsZero() || !a.timeOf(u.k).IsZero() {
		return nil
	}
	return a.keepTime(u.k, u.shown)
}

// keep gives an upload that ended without arriving its state.
func (a *Account) keep(k key, s state, now time.Time, size int64) error {
	from := k.staged(writing)
	if err := a.root.Rename(from, k.staged(s)); err != nil {
		return err
	}
	a.use.settled(now, k, size)
	return a.tree.sync.syncDir(a.root, path.Dir(from))
}

// finish makes the unfinished upload under from, which lies at p, an arrival
// under to, and counts it.
func (a *Account) finish(p string, from, to key, now time.Time) error {
	info, err := a.root.Lstat(p)
	if err != nil {
		return err
	}
	if from != to {
		if err := a.dropTime(to); err != nil {
			return err
		}
	}
	if err := a.arrive(p, to, now); err != nil {
		return err
	}
	a.use.arrived(now, from, info.Size())
	return a.moveTime(from, to)
}

// Rename moves an unfinished upload in its folder. Under a final name it is the
// finish of one that was closed whole, and the only way for a finished file to
// get its name; arrived tells of that. An error may wrap what Begin's may.
func (a *Account) Rename(f Folder, name, target string) (arrived bool, err error) {
	if !f.Upload {
		return false, fs.ErrPermission
	}
	if err := checkUpload(target); err != nil {
		return false, err
	}
	if err := checkName(name); err != nil {
		return false, fs.ErrNotExist
	}
	from, to := key{f.Name, name}, key{f.Name, target}
	now := a.tree.now() // before the lock, which others may hold for a while
	a.mu.Lock()
	defer a.mu.Unlock()
	p, s, _, err := a.staged(from)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := a.root.Lstat(from.path()); err == nil {
			return false, fmt.Errorf("rename a finished upload: %w", fs.ErrPermission)
		}
	}
	switch {
	case err != nil:
		return false, err
	case s == writing:
		return false, errors.New("rename: still being written")
	case s == cut && !isTemporary(to.name):
		return false, errors.New("rename: the upload was cut")
	case a.writing[to] != nil:
		return false, errors.New("rename: the new name is being written")
	}
	if err := a.clash(f, target, name); err != nil {
		return false, err
	}
	if isTemporary(to.name) {
		err = a.renameStaged(p, s, from, to, now)
	} else {
		err = a.finishRenamed(p, from, to, now)
	}
	if err != nil {
		return false, full(err)
	}
	if names, ok := a.names[f.Name]; ok {
		names.add(target)
	}
	return !isTemporary(to.name), nil
}

func (a *Account) renameStaged(p string, s state, from, to key, now time.Time) error {
	if from == to {
		return nil
	}
	if err := a.dropStaged(to, from, now); err != nil {
		return err
	}
	if err := a.dropTime(to); err != nil {
		return err
	}
	if err := a.root.Rename(p, to.staged(s)); err != nil {
		return err
	}
	a.use.moved(now, from, to)
	if err := a.moveTime(from, to); err != nil {
		return err
	}
	return a.tree.sync.syncDir(a.root, path.Dir(p))
}

// finishRenamed is finish for an upload that was closed under another name.
func (a *Account) finishRenamed(p string, from, to key, now time.Time) error {
	if err := a.use.arrival(now); err != nil {
		return err
	}
	if err := a.dropStaged(to, from, now); err != nil {
		return err
	}
	if err := a.date(p, now); err != nil {
		return err
	}
	return a.finish(p, from, to, now)
}

// dropStaged removes what lies unfinished under a name that a rename takes.
func (a *Account) dropStaged(to, from key, now time.Time) error {
	if to == from {
		return nil
	}
	p, _, _, err := a.staged(to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := a.root.Remove(p); err != nil {
		return err
	}
	a.use.settled(now, to, 0)
	return nil
}

// Remove takes away the party's own unfinished upload, and nothing else.
func (a *Account) Remove(f Folder, name string) error {
	if !f.Upload {
		return fs.ErrPermission
	}
	if err := checkName(name); err != nil {
		return fs.ErrNotExist
	}
	k := key{f.Name, name}
	a.mu.Lock()
	defer a.mu.Unlock()
	if u := a.writing[k]; u != nil {
		if _, err := a.settle(u, true, a.tree.now()); err != nil {
			return err
		}
	}
	p, _, _, err := a.staged(k)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := a.root.Lstat(k.path()); err == nil {
			return fmt.Errorf("remove a finished upload: %w", fs.ErrPermission)
		}
	}
	if err != nil {
		return err
	}
	if err := a.root.Remove(p); err != nil {
		return err
	}
	a.use.settled(a.tree.now(), k, 0)
	return a.dropTime(k)
}
