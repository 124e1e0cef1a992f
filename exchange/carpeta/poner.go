package carpeta

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// Put writes the file under a temporary name in the folder, makes its bytes durable,
// and gives it its name. The same content under a name that is there is no error and
// changes nothing; other content wraps fs.ErrExist. open may be called several times;
// what it gives is closed. A name that may not lie there wraps fs.ErrInvalid.
func (m *Mailbox) Put(ctx context.Context, name string, open func() (io.ReadCloser, error)) error {
	if m.Make {
		if err := m.make(); err != nil {
			return err
		}
	}
	root, err := m.open(ctx, "put")
	if err != nil {
		return err
	}
	defer root.Close()
	if err := checkName(name); err != nil {
		return fmt.Errorf("put into %s: %w", m.dir, err)
	}
	p := entrega{m, root, name, open}
	there, same, err := p.compare(ctx)
	switch {
	case err != nil:
		return err
	case same:
		// It may have been put just before a crash, its name not yet synced.
		return p.syncFolder()
	case there:
		return p.failed(fs.ErrExist)
	}
	return p.write(ctx)
}

// make makes the folder, and its name durable: also where it is there, for one that made
// it may have failed before that.
func (m *Mailbox) make() error {
	above := New(filepath.Dir(m.dir))
	root, err := above.open(context.Background(), "make folder in")
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Mkdir(filepath.Base(m.dir), 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return m.failed("make", "", err)
	}
	if !m.sync {
		return nil
	}
	if err := syncRoot(root); err != nil {
		return above.failed("sync", "", err)
	}
	m.step("folder made")
	return nil
}

// syncRoot makes the names in a folder durable.
func syncRoot(root *os.Root) error {
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// entrega is one Put.
type entrega struct {
	m    *Mailbox
	root *os.Root
	name string
	open func() (io.ReadCloser, error)
}

// failed is of the folder, content of what is put into it.
func (p *entrega) failed(err error) error { return p.m.failed("put", p.name, err) }

func (p *entrega) content(doing string, err error) error {
	return fmt.Errorf("put %s: %s: %w", filepath.Join(p.m.dir, p.name), doing, err)
}

// compare tells whether something lies under the name and whether it is the same
// content.
func (p *entrega) compare(ctx context.Context) (there, same bool, err error) {
	if _, err := p.root.Lstat(p.name); errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	have, _, err := openRegular(p.root, p.name)
	if errors.Is(err, fs.ErrNotExist) {
		return true, false, nil
	}
	if err != nil {
		return false, false, p.failed(err)
	}
	defer have.Close()
	want, err := p.open()
	if err != nil {
		return false, false, p.content("open content", err)
	}
	defer want.Close()
	same, err = equal(have, ctxReader{ctx, want})
	if err != nil {
		return false, false, p.content("compare content", err)
	}
	return true, same, nil
}

// write stores the content under a temporary name, durable and locked, and shows it.
func (p *entrega) write(ctx context.Context) error {
	src, err := p.open()
	if err != nil {
		return p.content("open content", err)
	}
	defer src.Close()
	tmp := newTmp()
	f, err := p.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return p.failed(err)
	}
	defer f.Close() // after the removal, for its lock keeps Sweep away
	defer p.root.Remove(tmp)
	if !tryLock(f) {
		return p.failed(errors.New("its temporary file is locked by another process"))
	}
	w := &apart{f: f}
	switch _, err := io.Copy(w, ctxReader{ctx, src}); {
	case w.err != nil:
		return p.failed(w.err)
	case err != nil:
		return p.content("read content", err)
	}
	p.m.step("written")
	if p.m.sync {
		if err := f.Sync(); err != nil {
			return p.failed(err)
		}
		p.m.step("synced")
	}
	return p.show(ctx, tmp)
}

// apart remembers an error of the folder's disk apart from one of the content.
type apart struct {
	f   *os.File
	err error
}

func (w *apart) Write(b []byte) (n int, err error) {
	n, w.err = w.f.Write(b)
	return n, w.err
}

// show gives the written file its name. A link never takes the place of another file,
// so that two who put at once cannot undo each other.
func (p *entrega) show(ctx context.Context, tmp string) error {
	err := p.root.Link(tmp, p.name)
	if errors.Is(err, fs.ErrExist) {
		if _, same, cerr := p.compare(ctx); cerr != nil || same {
			return errors.Join(cerr, p.syncFolder())
		}
	}
	if err != nil {
		return p.failed(err)
	}
	p.m.step("shown")
	return p.syncFolder()
}

// syncFolder makes the names in the folder durable.
func (p *entrega) syncFolder() error {
	if !p.m.sync {
		return nil
	}
	if err := syncRoot(p.root); err != nil {
		return p.failed(err)
	}
	p.m.step("folder synced")
	return nil
}

// Sweep removes what a Put left behind that a crash cut off. Files of one that is at
// work, also in another process, are locked and stay.
func (m *Mailbox) Sweep() error {
	root, err := m.open(context.Background(), "sweep")
	if err != nil {
		return err
	}
	defer root.Close()
	infos, err := regularFiles(root)
	if err != nil {
		return m.failed("sweep", "", err)
	}
	for _, info := range infos {
		if !isOurTmp(info.Name()) {
			continue
		}
		if err := sweepOne(root, info.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return m.failed("sweep", info.Name(), err)
		}
	}
	return nil
}

func sweepOne(root *os.Root, name string) error {
	f, err := root.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if !tryLock(f) {
		return nil
	}
	return root.Remove(name)
}

// tryLock takes the file's lock unless another handle holds it. The lock ends with the
// handle, or with the process.
func tryLock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// pages are what contents are compared through: a run compares several files.
var pages = sync.Pool{New: func() any { return new([2][64 << 10]byte) }}

// equal tells whether two readers give the same bytes.
func equal(a, b io.Reader) (bool, error) {
	page := pages.Get().(*[2][64 << 10]byte)
	defer pages.Put(page)
	pa, pb := page[0][:], page[1][:]
	for {
		na, erra := io.ReadFull(a, pa)
		nb, errb := io.ReadFull(b, pb)
		for _, err := range []error{erra, errb} {
			if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
				return false, err
			}
		}
		if !bytes.Equal(pa[:na], pb[:nb]) {
			return false, nil
		}
		if erra != nil || errb != nil {
			return erra != nil && errb != nil, nil
		}
	}
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
