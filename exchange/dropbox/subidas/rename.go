package subidas

import (
	"errors"
	"fmt"
	"io/fs"

	"buzon/schema/nombres"
)

// Rename moves an unfinished upload in its folder. Under a final name it is the
// finish of one that was closed whole, and the only way for a finished file to
// get its name; arrived tells of that, as Upload.Close does. An error may wrap what
// Begin's may.
func (a *Account) Rename(folder, name, target string) (arrived bool, err error) {
	if err := CheckUpload(target); err != nil {
		return false, err
	}
	if err := CheckName(name); err != nil {
		return false, fs.ErrNotExist
	}
	defer a.ends.begin()()
	now := a.s.cfg.Now() // before the lock, which others may hold for a while
	a.mu.Lock()
	defer a.mu.Unlock()
	it, to := a.find(folder, name), a.find(folder, target)
	switch {
	case it == nil:
		return false, a.missing(folder, name)
	case it.State == writing:
		return false, errors.New("rename: still being written")
	case it.State != closed && !nombres.Temporary(target):
		return false, errors.New("rename: the upload was cut")
	case to != nil && to.handle != nil:
		return false, errors.New("rename: the new name is being written")
	}
	seen, err := a.s.cfg.Spelled(a.name, folder, target)
	if err == nil {
		err = a.clash(folder, target, seen, it)
	}
	switch {
	case err != nil || name == target:
		return false, err
	case nombres.Temporary(target):
		return false, a.renamed(it, to, target)
	}
	if err := a.use.arrival(now); err != nil {
		return false, err
	}
	if err := a.drop(to); err != nil { // before, lest a crash leave it over what arrived
		return false, err
	}
	if err := a.arrive(it, target, now); err != nil {
		if errors.Is(err, ErrCase) {
			return false, err
		}
		it.Stuck = target // also where that cannot be kept
		return false, errors.Join(err, a.save(it, it.record, true))
	}
	return true, a.gone(it)
}

// renamed gives an upload another temporary name, in place of what lies unfinished
// there.
func (a *Account) renamed(it, to *staged, target string) error {
	if err := a.drop(to); err != nil {
		return err
	}
	old, r := keyOf(it.Folder, it.Name), it.record
	r.Name, r.Stuck = target, ""
	if err := a.save(it, r, true); err != nil {
		return err
	}
	delete(a.staged, old)
	a.staged[keyOf(r.Folder, r.Name)] = it
	return nil
}

// missing says why there is nothing unfinished to rename or to remove.
func (a *Account) missing(folder, name string) error {
	seen, err := a.s.cfg.Spelled(a.name, folder, name)
	switch {
	case err != nil:
		return err
	case seen == name:
		return fmt.Errorf("a finished upload: %w", fs.ErrPermission)
	}
	return fs.ErrNotExist
}

// Remove takes away the party's own unfinished upload, and nothing else.
func (a *Account) Remove(folder, name string) error {
	if err := CheckName(name); err != nil {
		return fs.ErrNotExist
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	it := a.find(folder, name)
	if it == nil {
		return a.missing(folder, name)
	}
	if it.handle != nil {
		if _, err := a.settle(it.handle, true, a.s.cfg.Now()); err != nil {
			return err
		}
	}
	return a.drop(it)
}
