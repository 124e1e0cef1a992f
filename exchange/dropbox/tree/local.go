package tree

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FolderMailbox is a plain local folder as a mailbox, for a party whose files
// lie on a disk that the gateway reaches. What is a file there and bears no
// temporary name counts as whole. Nothing is ever deleted: Done has no effect.
// The folder must exist, so that a disk that is not mounted is an error and not
// an empty day.
type FolderMailbox struct {
	dir  string
	sync durable
}

// NewFolder gives the mailbox over dir, which is opened anew by each call.
func NewFolder(dir string) *FolderMailbox { return &FolderMailbox{dir: dir, sync: true} }

// Unsynced makes Put not wait for the disk. It is for rehearsals in a virtual
// clock alone.
func (m *FolderMailbox) Unsynced() { m.sync = false }

// List gives the folder's files, oldest first by the time that the disk shows.
func (m *FolderMailbox) List(ctx context.Context) ([]fs.FileInfo, error) {
	root, err := m.open(ctx)
	if err != nil {
		return nil, m.wrap("list", "", err)
	}
	defer root.Close()
	infos, err := wholeFiles(root, ".")
	if err != nil {
		return nil, m.wrap("list", "", err)
	}
	return infos, nil
}

// Take opens the file. The caller closes it.
func (m *FolderMailbox) Take(ctx context.Context, name string) (io.ReadCloser, error) {
	root, err := m.open(ctx)
	if err != nil {
		return nil, m.wrap("take", name, err)
	}
	defer root.Close()
	if name != filepath.Base(name) || isTemporary(name) {
		return nil, m.wrap("take", name, fs.ErrNotExist)
	}
	f, err := openRegular(root, name)
	if err != nil {
		return nil, m.wrap("take", name, err)
	}
	return f, nil
}

// Done has no effect, since the folder is the party's.
func (m *FolderMailbox) Done(context.Context, string) error { return nil }

// Put writes the file under a temporary name in the folder and renames it.
func (m *FolderMailbox) Put(ctx context.Context, name string, open func() (io.ReadCloser, error)) error {
	root, err := m.open(ctx)
	if err != nil {
		return m.wrap("put", name, err)
	}
	defer root.Close()
	if err := m.place(root).put(ctx, name, open); err != nil {
		return m.wrap("put", name, err)
	}
	return nil
}

// Sweep removes what a Put left behind that a crash cut off.
func (m *FolderMailbox) Sweep() error {
	root, err := os.OpenRoot(m.dir)
	if err != nil {
		return m.wrap("sweep", "", err)
	}
	defer root.Close()
	if err := m.place(root).sweep(); err != nil {
		return m.wrap("sweep", "", err)
	}
	return nil
}

func (m *FolderMailbox) place(root *os.Root) place {
	return place{root: root, dir: ".", tmp: ".", mode: 0o666, at: func(string) {}, sync: m.sync}
}

func (m *FolderMailbox) open(ctx context.Context) (*os.Root, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return os.OpenRoot(m.dir)
}

func (m *FolderMailbox) wrap(op, name string, err error) error {
	return fmt.Errorf("%s %s: %w", op, filepath.Join(m.dir, name), err)
}
