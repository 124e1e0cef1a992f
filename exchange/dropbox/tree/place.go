package tree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"
)

// Names of files on their way to a visible name begin with a dot and end in
// .tmp, so that whoever lists the folder takes them for what they are.
const (
	deliveryPrefix = ".buzon-"
	linkPrefix     = ".enlace-"
	deliverySuffix = ".tmp"
)

// place is a folder into which whole files are put.
type place struct {
	root *os.Root
	dir  string // where files appear
	tmp  string // where they are written first, in the same file system
	mode fs.FileMode
	live bool
	now  func() time.Time // nil: the file system's clock
	at   func(step string)
	sync durable
}

type opener = func() (io.ReadCloser, error)

// put is Mailbox.Put.
func (p place) put(ctx context.Context, name string, open opener) error {
	if err := checkName(name); err != nil {
		return err
	}
	if isTemporary(name) {
		return fmt.Errorf("name %q: temporary: %w", name, fs.ErrInvalid)
	}
	there, same, err := p.compare(ctx, name, open)
	switch {
	case err != nil:
		return err
	case same:
		// It may have been put just before a crash, its name not yet synced.
		return p.sync.syncDir(p.root, p.dir)
	case there && !p.live:
		return fs.ErrExist
	}
	tmp, f, err := p.write(ctx, open)
	if err != nil {
		return err
	}
	defer f.Close() // after the removal, for its lock keeps sweep away
	if there {
		return p.replace(tmp, name)
	}
	defer p.root.Remove(tmp)
	return p.show(ctx, tmp, name, open)
}

// replace gives the written file the name of another one of a live folder, at once.
func (p place) replace(tmp, name string) error {
	p.at("put: written")
	if err := p.root.Rename(tmp, path.Join(p.dir, name)); err != nil {
		return errors.Join(err, p.root.Remove(tmp))
	}
	p.at("put: shown")
	return p.sync.syncDir(p.root, p.dir)
}

// show gives the written file its name. A link never takes the place of
// another file, so that two who put at once cannot undo each other.
func (p place) show(ctx context.Context, tmp, name string, open opener) error {
	dst := path.Join(p.dir, name)
	p.at("put: written")
	err := p.root.Link(tmp, dst)
	if errors.Is(err, fs.ErrExist) && p.live {
		err = p.root.Rename(tmp, dst)
	} else if errors.Is(err, fs.ErrExist) {
		if _, same, cerr := p.compare(ctx, name, open); cerr != nil {
			return cerr
		} else if !same {
			return fs.ErrExist
		}
		err = nil
	}
	if err != nil {
		return err
	}
	p.at("put: shown")
	return p.sync.syncDir(p.root, p.dir)
}

// write stores the content under a temporary name, durable and locked.
func (p place) write(ctx context.Context, open opener) (tmp string, f *os.File, err error) {
	src, err := open()
	if err != nil {
		return "", nil, fmt.Errorf("open content: %w", err)
	}
	defer src.Close()
	tmp = path.Join(p.tmp, randomName(deliveryPrefix, deliverySuffix))
	f, err = p.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, p.mode)
	if err != nil {
		return "", nil, err
	}
	defer func() {
		if err != nil {
			p.root.Remove(tmp)
			f.Close()
		}
	}()
	if !tryLock(f) {
		return "", nil, fmt.Errorf("lock %s: held by another process", tmp)
	}
	if _, err = io.Copy(f, ctxReader{ctx, src}); err != nil {
		return "", nil, fmt.Errorf("write content: %w", err)
	}
	if p.now != nil {
		now := p.now()
		if err = p.root.Chtimes(tmp, now, now); err != nil {
			return "", nil, err
		}
	}
	return tmp, f, p.sync.syncFile(f)
}

// compare tells whether something lies under name and whether it is the same
// content.
func (p place) compare(ctx context.Context, name string, open opener) (there, same bool, err error) {
	dst := path.Join(p.dir, name)
	if _, err := p.root.Lstat(dst); errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	have, err := openRegular(p.root, dst)
	if errors.Is(err, fs.ErrNotExist) {
		return true, false, nil
	}
	if err != nil {
		return false, false, err
	}
	defer have.Close()
	want, err := open()
	if err != nil {
		return false, false, fmt.Errorf("open content: %w", err)
	}
	defer want.Close()
	same, err = equal(have, ctxReader{ctx, want})
	return true, same, err
}

// pages are what contents are compared through: a visit compares several files.
var pages = sync.Pool{New: func() any { return new([2][64 << 10]byte) }}

func equal(a, b io.Reader) (bool, error) {
	page := pages.Get().(*[2][64 << 10]byte)
	defer pages.Put(page)
	pa, pb := page[0][:], page[1][:]
	for {
		na, erra := io.ReadFull(a, pa)
		nb, errb := io.ReadFull(b, pb)
		ended := func(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }
		if erra != nil && !ended(erra) {
			return false, erra
		}
		if errb != nil && !ended(errb) {
			return false, errb
		}
		if !bytes.Equal(pa[:na], pb[:nb]) {
			return false, nil
		}
		if erra != nil || errb != nil {
			return erra != nil && errb != nil, nil
		}
	}
}

// sweep removes what a put of a process that died left behind. Files of a put
// at work are locked and stay.
func (p place) sweep() error {
	infos, err := regularFiles(p.root, p.tmp)
	if err != nil {
		return err
	}
	for _, info := range infos {
		if !strings.HasPrefix(info.Name(), deliveryPrefix) || !strings.HasSuffix(info.Name(), deliverySuffix) {
			continue
		}
		left := path.Join(p.tmp, info.Name())
		f, err := p.root.OpenFile(left, os.O_WRONLY, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if tryLock(f) {
			err = p.root.Remove(left)
		}
		f.Close()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// ctxReader ends a copy between two reads when its context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
