package remote

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"

	"github.com/pkg/sftp"

	"buzon/schema/nombres"
)

// readAhead bounds the memory of one open file: so many bytes are asked for at
// once, in parallel.
const readAhead = 1 << 20

// Take opens a settled file. What it gives ends in io.EOF only if as many bytes
// were read as had been listed and a last look shows the file unchanged;
// otherwise the last Read gives an error, ErrChanged among them. ctx also bounds
// the reading. A connection that is lost while it is read ends in an error: the
// file must be taken again.
//
// A file that was listed and changed since is ErrChanged. One that was not
// listed is waited for as the first List does.
func (m *Mailbox) Take(ctx context.Context, name string) (io.ReadCloser, error) {
	file, err := m.path("take", name)
	if err != nil {
		return nil, err
	}
	if nombres.Temporary(name) {
		return nil, m.client.wrap("take", file, fs.ErrNotExist)
	}
	want, err := m.settle(ctx, name, file)
	if err != nil {
		return nil, err
	}
	t := &taken{ctx: ctx, client: m.client, path: file, want: want}
	err = m.client.do(ctx, "take", file, func(l *link) error {
		t.link = l
		t.file, err = l.files.Open(file)
		return err
	})
	if err != nil {
		return nil, err
	}
	t.ahead = bufio.NewReaderSize(readerFunc(t.fetch), int(min(want.size+1, readAhead)))
	return t, nil
}

// settle gives the stamp that the file must keep while it is read.
func (m *Mailbox) settle(ctx context.Context, name, file string) (stamp, error) {
	before, listed := m.client.known(m.dir, name)
	for waited := false; ; waited = true {
		var at span
		var now stamp
		err := m.client.do(ctx, "take", file, func(l *link) (err error) {
			at.began = m.client.cfg.Now()
			now, err = l.stamp(file)
			at.ended = m.client.cfg.Now()
			return err
		})
		if err != nil {
			return stamp{}, err
		}
		seen := m.client.note(m.dir, name, now, at)
		switch {
		case listed && before.settled && before.stamp != now:
			return stamp{}, m.client.wrap("take", file, fmt.Errorf("%w since it was listed", ErrChanged))
		case seen.settled:
			return now, nil
		case waited:
			return stamp{}, m.client.wrap("take", file, fmt.Errorf("%w: still arriving", ErrChanged))
		}
		if err := m.pause(ctx, "take", file); err != nil {
			return stamp{}, err
		}
	}
}

// taken is a file that is being read.
type taken struct {
	ctx    context.Context // bounds every Read, since the file outlives the call that opened it
	client *Client
	link   *link
	file   *sftp.File
	path   string
	want   stamp
	ahead  *bufio.Reader // over fetch
	got    int64
	end    error // what fetch gives from now on
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Read gives the content, and at its end an error if that was not all of it.
func (t *taken) Read(p []byte) (int, error) { return t.ahead.Read(p) }

func (t *taken) fetch(p []byte) (n int, _ error) {
	if t.end != nil {
		return 0, t.end
	}
	whole := false
	err := t.link.during(t.ctx, func() error {
		var err error
		n, err = t.file.Read(p)
		t.got += int64(n)
		switch {
		case t.got > t.want.size:
			return fmt.Errorf("%w: longer than the %d bytes listed", ErrChanged, t.want.size)
		case err != io.EOF:
			return err
		}
		err = t.verify()
		whole = err == nil
		return err
	})
	if err != nil {
		t.end = t.client.wrap("take", t.path, err)
	} else if whole {
		t.end = io.EOF
	}
	return n, t.end
}

// verify looks at the path once more, not at the open file: a file that was put
// in its place has the same name and another handle.
func (t *taken) verify() error {
	now, err := t.link.stamp(t.path)
	switch {
	case err != nil:
		return err
	case now != t.want:
		return fmt.Errorf("%w while it was read", ErrChanged)
	case t.got != t.want.size:
		return fmt.Errorf("%w: %d of %d bytes", ErrChanged, t.got, t.want.size)
	}
	return nil
}

// Close gives the file back to the server. Its errors say nothing about what
// was read, which verify has judged.
func (t *taken) Close() error {
	if t.link.alive() {
		_ = t.link.during(t.ctx, t.file.Close)
	}
	return nil
}

// stamp looks at a regular file; a link to one is none.
func (l *link) stamp(file string) (stamp, error) {
	fi, err := l.files.Lstat(file)
	if err != nil {
		return stamp{}, err
	}
	if !fi.Mode().IsRegular() {
		return stamp{}, fmt.Errorf("%w: not a regular file", fs.ErrInvalid)
	}
	return stampOf(fi), nil
}
