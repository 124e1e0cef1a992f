package tree

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// Mailbox is one folder of one account, from the gateway's side. It needs no
// server at work.
//
// A folder of uploads is a queue of what arrived: Done takes an arrival out of
// it, while the party goes on seeing its file. Done ends only what Take gave, so
// that calling it twice is harmless also where a second content waits under the
// name. A folder that the gateway writes lists what the party sees, always.
type Mailbox struct {
	tree            *Tree
	account, folder string
}

// Mailbox gives the mailbox over a folder of an account. Where there is no such
// folder, its methods give an error that wraps fs.ErrNotExist.
func (t *Tree) Mailbox(account, folder string) *Mailbox {
	return &Mailbox{tree: t, account: account, folder: folder}
}

// List gives the files that the folder holds, oldest first. ModTime is the
// moment at which the file arrived, or was put.
func (m *Mailbox) List(ctx context.Context) ([]fs.FileInfo, error) {
	list, err := m.list(ctx)
	if err != nil {
		return nil, m.wrap("list", "", err)
	}
	return list, nil
}

func (m *Mailbox) list(ctx context.Context) ([]fs.FileInfo, error) {
	a, f, err := m.find(ctx)
	if err != nil {
		return nil, err
	}
	if !f.Upload {
		return wholeFiles(a.root, f.Name)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	queue, err := a.pending(f.Name)
	if err != nil {
		return nil, err
	}
	list := make([]fs.FileInfo, len(queue))
	for i, x := range queue {
		list[i] = entry{x.name, x.info.Size(), x.info.ModTime(), 0o440}
	}
	return list, nil
}

// Take opens the oldest arrival under name that is not Done and sets it apart:
// also after a crash it is this one that the next Take gives and Done ends. The
// caller closes what it gets.
func (m *Mailbox) Take(ctx context.Context, name string) (io.ReadCloser, error) {
	a, f, err := m.find(ctx)
	if err == nil {
		err = checkName(name)
	}
	if err != nil {
		return nil, m.wrap("take", name, err)
	}
	if !f.Upload {
		r, err := openRegular(a.root, path.Join(f.Name, name))
		if err != nil {
			return nil, m.wrap("take", name, err)
		}
		return r, nil
	}
	r, err := a.take(f.Name, name)
	if err != nil {
		return nil, m.wrap("take", name, err)
	}
	return r, nil
}

// Done ends the arrival that the last Take of name gave.
func (m *Mailbox) Done(ctx context.Context, name string) error {
	a, f, err := m.find(ctx)
	if err == nil && f.Upload {
		err = a.done(f.Name, name)
	}
	if err != nil {
		return m.wrap("done", name, err)
	}
	return nil
}

// Put makes a file appear in a folder that the party reads; in a folder of
// uploads it is fs.ErrPermission.
func (m *Mailbox) Put(ctx context.Context, name string, open func() (io.ReadCloser, error)) error {
	a, f, err := m.find(ctx)
	if err == nil && f.Upload {
		err = fmt.Errorf("the party writes here: %w", fs.ErrPermission)
	}
	if err == nil {
		err = a.place(f).put(ctx, name, open)
	}
	if err != nil {
		return m.wrap("put", name, err)
	}
	return nil
}

func (m *Mailbox) find(ctx context.Context) (*Account, Folder, error) {
	if err := ctx.Err(); err != nil {
		return nil, Folder{}, err
	}
	return m.tree.find(m.account, m.folder)
}

func (t *Tree) find(account, folder string) (*Account, Folder, error) {
	a, err := t.Account(account)
	if err != nil {
		return nil, Folder{}, err
	}
	f, ok := a.Folder(folder)
	if !ok {
		return nil, Folder{}, fmt.Errorf("folder: %w", fs.ErrNotExist)
	}
	return a, f, nil
}

func (m *Mailbox) wrap(op, name string, err error) error {
	return fmt.Errorf("%s %s: %w", op, path.Join(m.account, m.folder, name), err)
}
