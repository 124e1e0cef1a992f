package remote

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"buzon/schema/nombres"
)

// A Mailbox is one folder on the server. Mailboxes of one folder of one Client
// share what was seen of it.
type Mailbox struct {
	// Make lets Put make the folder where it is not there, in one that is. Set it
	// before the first call.
	Make bool

	client *Client
	dir    string
}

// Mailbox gives the folder dir, a path as the server understands it. It does
// not dial.
func (c *Client) Mailbox(dir string) *Mailbox {
	return &Mailbox{client: c, dir: dir}
}

// List gives the regular files that have settled, oldest first by the server's
// time. The first List of a folder waits for Settle if something lies there; a
// later one compares with the one before and gives what is new the next time.
func (m *Mailbox) List(ctx context.Context) ([]fs.FileInfo, error) {
	settled, again, err := m.look(ctx)
	if err == nil && again {
		if err = m.pause(ctx, "list", m.dir); err == nil {
			settled, _, err = m.look(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(settled, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), strings.Compare(a.Name(), b.Name()))
	})
	return settled, nil
}

func (m *Mailbox) look(ctx context.Context) (settled []fs.FileInfo, again bool, err error) {
	var listed []fs.FileInfo
	var at span
	err = m.client.do(ctx, "list", m.dir, func(l *link) error {
		at.began = m.client.cfg.Now()
		all, err := l.files.ReadDir(m.dir)
		at.ended = m.client.cfg.Now()
		listed = slices.DeleteFunc(all, func(fi fs.FileInfo) bool {
			return !fi.Mode().IsRegular() || nombres.Temporary(fi.Name())
		})
		return err
	})
	if err != nil {
		return nil, false, err
	}
	settled, again = m.client.compare(m.dir, listed, at)
	return settled, again, nil
}

// pause waits for as long as a file must lie unchanged.
func (m *Mailbox) pause(ctx context.Context, op, path string) error {
	ctx, cancel := m.client.bind(ctx)
	defer cancel()
	if err := m.client.cfg.Wait(ctx, m.client.cfg.Settle); err != nil {
		return m.client.wrap(op, path, fmt.Errorf("settle: %w", err))
	}
	return nil
}

// Done does nothing on the server: nothing is ever deleted at the source.
func (m *Mailbox) Done(_ context.Context, name string) error {
	_, err := m.path("done", name)
	return err
}

// path gives the path of a file of the folder, and refuses names that lead out
// of it.
func (m *Mailbox) path(op, name string) (string, error) {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		return "", m.client.wrap(op, fmt.Sprintf("%q", name), fs.ErrInvalid)
	}
	return path.Join(m.dir, name), nil
}
