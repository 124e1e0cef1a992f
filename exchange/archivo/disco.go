package archivo

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// What changes the disk stands here, each with its step. Paths are below the data
// folder; errors tell them whole.

// mkdir makes a folder, and tells whether it was not there.
func (a *Contenidos) mkdir(dir string) (made bool, err error) {
	err = a.root.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, a.failed("make folder", dir, err)
	}
	a.step("mkdir " + dir)
	return true, nil
}

// rename moves a file, in place of what may lie there.
func (a *Contenidos) rename(from, to string) error {
	if err := a.root.Rename(from, to); err != nil {
		if errors.Is(err, fs.ErrPermission) { // where the name was to appear, mostly
			return a.failed("rename to", to, err)
		}
		return a.failed("rename "+a.whole(from)+" to", to, err)
	}
	a.step("rename " + to)
	return nil
}

// remove removes a file.
func (a *Contenidos) remove(name string) error {
	if err := a.root.Remove(name); err != nil {
		return a.failed("remove", name, err)
	}
	a.step("remove " + name)
	return nil
}

// syncFile makes the bytes of a file durable.
func (a *Contenidos) syncFile(f *os.File, name string) error {
	if !a.sync {
		return nil
	}
	if err := f.Sync(); err != nil {
		return a.failed("sync", name, err)
	}
	a.step("sync " + name)
	return nil
}

// syncDir makes the names in a folder durable.
func (a *Contenidos) syncDir(dir string) error {
	if !a.sync {
		return nil
	}
	d, err := a.root.Open(dir)
	if err != nil {
		return a.failed("sync folder", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return a.failed("sync folder", dir, err)
	}
	a.step("sync " + dir)
	return nil
}

// readDir reads the names of a folder, in no order. It does not ask for the files.
func (a *Contenidos) readDir(dir string) ([]fs.DirEntry, error) {
	d, err := a.root.Open(dir)
	if err != nil {
		return nil, a.failed("read folder", dir, err)
	}
	defer d.Close()
	entries, err := d.ReadDir(-1)
	if err != nil {
		return nil, a.failed("read folder", dir, err)
	}
	return entries, nil
}

// openRegular opens a regular file for reading and gives its size in bytes. Anything
// else under that name, a symlink or a pipe that would block, is as if it were not
// there.
func openRegular(root *os.Root, name string) (*os.File, int64, error) {
	for {
		before, err := root.Lstat(name)
		if err != nil {
			return nil, 0, err
		}
		if !before.Mode().IsRegular() {
			return nil, 0, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil, 0, err
		}
		after, err := f.Stat()
		if err == nil && os.SameFile(before, after) {
			return f, after.Size(), nil
		}
		// It was only read. Another file took the name meanwhile: look again.
		if _ = f.Close(); err != nil {
			return nil, 0, err
		}
	}
}
