package tree

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"time"
)

// entry is a file as a mailbox lists it or a client sees it.
type entry struct {
	name string
	size int64
	time time.Time
	mode fs.FileMode
}

func (e entry) Name() string       { return e.name }
func (e entry) Size() int64        { return e.size }
func (e entry) ModTime() time.Time { return e.time }
func (e entry) Mode() fs.FileMode  { return e.mode }
func (e entry) IsDir() bool        { return e.mode.IsDir() }
func (e entry) Sys() any           { return nil }

// openRegular opens a regular file for reading. Anything else under that name,
// a symlink or a pipe that would block, is as if it were not there.
func openRegular(root *os.Root, path string) (*os.File, error) {
	before, err := root.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	f, err := root.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	after, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	if !after.Mode().IsRegular() {
		f.Close()
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return f, nil
}

// regularFiles reads a folder's regular files. One that vanishes meanwhile is
// left out.
func regularFiles(root *os.Root, dir string) ([]fs.FileInfo, error) {
	d, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	entries, err := d.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	var infos []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			infos = append(infos, info)
		}
	}
	return infos, nil
}

// wholeFiles reads a folder's files that bear no temporary name, oldest first.
func wholeFiles(root *os.Root, dir string) ([]fs.FileInfo, error) {
	infos, err := regularFiles(root, dir)
	if err != nil {
		return nil, err
	}
	infos = slices.DeleteFunc(infos, func(i fs.FileInfo) bool { return isTemporary(i.Name()) })
	slices.SortFunc(infos, func(x, y fs.FileInfo) int {
		return cmp.Or(x.ModTime().Compare(y.ModTime()), cmp.Compare(x.Name(), y.Name()))
	})
	return infos, nil
}

// durable makes writes wait for the disk; false is for rehearsals.
type durable bool

// syncFile makes the bytes of a file durable.
func (y durable) syncFile(f *os.File) error {
	if !y {
		return nil
	}
	return f.Sync()
}

// syncDir makes the names in a folder durable.
func (y durable) syncDir(root *os.Root, dir string) error {
	if !y {
		return nil
	}
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder %s: %w", dir, err)
	}
	return nil
}

func randomName(prefix, suffix string) string { return prefix + rand.Text() + suffix }

// tryLock takes the file's lock unless another process, or another handle in
// this one, holds it. The lock ends with unlock, or with the process.
func tryLock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// unlock gives the file's lock back and closes it. Closing alone may be late: a
// child that is just being started holds a copy of the file until it is another
// program.
func unlock(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}
