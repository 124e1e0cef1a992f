// Package carpeta is a plain local folder as a mailbox (exchange.Mailbox), for a party
// whose files lie on a disk that the gateway reaches: CONDUSEF's with source.folder.
//
// The folder is the party's. What is a regular file there and bears no temporary name
// is listed; whether it is whole, by its last line and its age, is for the exchange to
// say. Nothing of the party's is ever deleted or changed. A file that changed while it
// was read gives ErrCambio at its end, so that half a copy is not taken for the file.
//
// What is put appears whole or not at all: it is written under a name that begins with
// .buzon- and ends in .tmp, synced, and then gets its name. An error tells the whole
// path, and what to do where an operator can.
package carpeta

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"buzon/schema/nombres"
)

// Mailbox is a mailbox over a folder. The folder must exist, so that a disk that is
// not mounted is an error and not an empty day; it is opened anew by each call. Its
// methods may be called from several goroutines.
type Mailbox struct {
	// Make lets Put make the folder where it is not there, in one that is. Set it
	// before the first use.
	Make bool

	dir  string
	sync bool
	step func(string) // called after each step of a Put; for tests
}

// New gives the mailbox over dir, without looking at it.
func New(dir string) *Mailbox { return &Mailbox{dir: dir, sync: true, step: func(string) {}} }

// Unsynced makes Put not wait for the disk. It is for rehearsals in a virtual clock
// alone.
func (m *Mailbox) Unsynced() { m.sync = false }

// List gives the folder's regular files that bear no temporary name, oldest first by
// the time that the disk shows. One that vanishes meanwhile is left out.
func (m *Mailbox) List(ctx context.Context) ([]fs.FileInfo, error) {
	root, err := m.open(ctx, "list")
	if err != nil {
		return nil, err
	}
	defer root.Close()
	infos, err := regularFiles(root)
	if err != nil {
		return nil, m.failed("list", "", err)
	}
	infos = slices.DeleteFunc(infos, func(i fs.FileInfo) bool { return nombres.Temporary(i.Name()) })
	slices.SortFunc(infos, func(x, y fs.FileInfo) int {
		return cmp.Or(x.ModTime().Compare(y.ModTime()), cmp.Compare(x.Name(), y.Name()))
	})
	return infos, nil
}

// Take opens the file; what it gives is an *OpenFile, which the caller closes. A name
// that is temporary, or not a regular file's, wraps fs.ErrNotExist.
func (m *Mailbox) Take(ctx context.Context, name string) (io.ReadCloser, error) {
	root, err := m.open(ctx, "take")
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if name != filepath.Base(name) || nombres.Temporary(name) {
		return nil, m.failed("take", name, fs.ErrNotExist)
	}
	f, info, err := openRegular(root, name)
	if err != nil {
		return nil, m.failed("take", name, err)
	}
	return &OpenFile{m: m, f: f, info: info}, nil
}

// Done has no effect, since the folder is the party's.
func (m *Mailbox) Done(context.Context, string) error { return nil }

// open opens the folder for one call; the caller closes it.
func (m *Mailbox) open(ctx context.Context, op string) (*os.Root, error) {
	if err := ctx.Err(); err != nil {
		return nil, m.failed(op, "", err)
	}
	root, err := os.OpenRoot(m.dir)
	if err != nil {
		return nil, m.failed(op, "", err)
	}
	return root, nil
}

// regularFiles reads the folder's regular files. One that vanishes meanwhile is left
// out.
func regularFiles(root *os.Root) ([]fs.FileInfo, error) {
	d, err := root.Open(".")
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

// openRegular opens a regular file for reading, and tells what it is. Anything else
// under that name, a symlink or a pipe that would block, is as if it were not there.
func openRegular(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	absent := &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	before, err := root.Lstat(name)
	if err != nil {
		return nil, nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, nil, absent
	}
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	after, err := f.Stat()
	if err == nil && !after.Mode().IsRegular() {
		err = absent
	}
	if err != nil {
		_ = f.Close() // it was only opened
		return nil, nil, err
	}
	return f, after, nil
}
