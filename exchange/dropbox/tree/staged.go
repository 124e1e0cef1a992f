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

func stagedName(file string) (string, bool) {
	for _, s := range []state{writing, cut, closed} {
		if n, ok := strings.CutPrefix(file, string(s)); ok {
			return n, true
		}
	}
	return "", false
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
// here again. The caller ends what it gets with Close.
func (a *Account) Begin(f Folder, name string, b Opening) (*Upload, error) {
	if !f.Upload {
		return nil, fs.ErrPermission
	}
	if err := checkName(name); err != nil {
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
			return nil, err
		}
	}
	p, _, info, err := a.staged(k)
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
	u := &Upload{a: a, k: k, over: seenErr == nil && !b.Truncate}
	if there && !b.Truncate {
		u.base = info.Size()
		err = a.root.Rename(p, k.staged(writing))
	} else if there {
		err = a.root.Remove(p)
	} else {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	u.f, err = a.root.OpenFile(k.staged(writing), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	delete(a.shown, k)
	a.writing[k] = u
	return u, nil
}

// settle ends an upload's handle and gives the upload its state: arrived, closed
// under a temporary name, or cut. It tells whether the upload arrived.
func (a *Account) settle(u *Upload, broken bool, now time.Time) (arrived bool, err error) {
	size, whole := u.stop(broken)
	delete(a.writing, u.k)
	defer u.f.Close()
	from := u.k.staged(writing)
	if whole && u.untouched() {
		return false, a.root.Remove(from)
	}
	if err := u.f.Truncate(size); err != nil {
		return false, err
	}
	if err := u.f.Sync(); err != nil {
		return false, err
	}
	a.tree.at("upload: synced")
	if whole && !isTemporary(u.k.name) {
		return true, a.arrive(from, u.k, now)
	}
	s := cut
	if whole {
		s = closed
	}
	if err := a.root.Rename(from, u.k.staged(s)); err != nil {
		return false, err
	}
	if err := syncDir(a.root, path.Dir(from)); err != nil {
		return false, err
	}
	if !whole && !broken {
		return false, errors.New("upload has gaps or failed writes")
	}
	return false, nil
}

// Rename moves an unfinished upload in its folder. Under a final name it is the
// finish of one that was closed whole, and the only way for a finished file to
// get its name; arrived tells of that.
func (a *Account) Rename(f Folder, name, target string) (arrived bool, err error) {
	if !f.Upload {
		return false, fs.ErrPermission
	}
	if err := checkName(target); err != nil {
		return false, err
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
	if err := a.dropStaged(to, from); err != nil {
		return false, err
	}
	if isTemporary(to.name) {
		if err := a.root.Rename(p, to.staged(s)); err != nil {
			return false, err
		}
		a.moveTime(from, to)
		return false, syncDir(a.root, path.Dir(p))
	}
	if err := a.arrive(p, to, now); err != nil {
		return false, err
	}
	a.moveTime(from, to)
	return true, nil
}

// dropStaged removes what lies unfinished under a name that a rename takes.
func (a *Account) dropStaged(to, from key) error {
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
	return a.root.Remove(p)
}

func (a *Account) moveTime(from, to key) {
	t, ok := a.shown[from]
	delete(a.shown, from)
	delete(a.shown, to)
	if ok {
		a.shown[to] = t
	}
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
	delete(a.shown, k)
	return a.root.Remove(p)
}
