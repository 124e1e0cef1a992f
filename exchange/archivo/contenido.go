package archivo

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"

	"buzon/schema"
)

// Contenido is an open content. Read goes through it once; ReadAt may be called from
// several goroutines. It stays readable until it is closed, whatever becomes of its
// name. Size is in bytes. (An encrypted or remote content will stand behind it.)
type Contenido interface {
	io.Reader
	io.ReaderAt
	io.Closer
	Size() int64
}

// ErrAlterado says that a content is not the one that was kept.
var ErrAlterado = errors.New("not what was kept")

// enDisco is a content that is a file of its own.
type enDisco struct {
	f    *os.File
	size int64
}

func (c *enDisco) Read(p []byte) (int, error)              { return c.f.Read(p) }
func (c *enDisco) ReadAt(p []byte, off int64) (int, error) { return c.f.ReadAt(p, off) }
func (c *enDisco) Close() error                            { return c.f.Close() }
func (c *enDisco) Size() int64                             { return c.size }

// Open opens a content; the caller closes it. One that is not there wraps
// fs.ErrNotExist. Its bytes are not held against its hash: Verified does that.
func (a *Contenidos) Open(h schema.Huella) (Contenido, error) {
	if !valid(h) {
		return nil, fmt.Errorf("open content %q: no SHA-256: %w", h, fs.ErrNotExist)
	}
	f, size, err := openRegular(a.root, pathOf(h))
	if err != nil {
		return nil, a.failed("open content", pathOf(h), err)
	}
	return &enDisco{f, size}, nil
}

// Opener gives what opens a content, as often as it is asked; see Open.
func (a *Contenidos) Opener(h schema.Huella) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return a.Reader(h) }
}

// Source is Opener for who copies a content to where a party sees it: a reader gives an
// error that wraps ErrAlterado in place of its end, where what it gave was not what was
// kept. Who copies shows nothing before the end.
func (a *Contenidos) Source(h schema.Huella) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		c, err := a.Open(h)
		if err != nil {
			return nil, err
		}
		return &cotejado{a: a, c: c, h: h, sum: sha256.New()}, nil
	}
}

// cotejado holds a content against its hash while it is read.
type cotejado struct {
	a   *Contenidos
	c   Contenido
	h   schema.Huella
	sum hash.Hash
}

func (r *cotejado) Read(p []byte) (int, error) {
	n, err := r.c.Read(p)
	r.sum.Write(p[:n]) // never fails
	switch {
	case err == io.EOF && sumOf(r.sum) != r.h:
		err = r.a.altered(r.h)
	case err != nil && err != io.EOF:
		err = r.a.failed("read content", pathOf(r.h), err)
	}
	return n, err
}

func (r *cotejado) Close() error { return r.c.Close() }

// altered says which content is not what was kept, and what to do.
func (a *Contenidos) altered(h schema.Huella) error {
	return fmt.Errorf("content %s: %w; hint: put it back from the backup, under this name; "+
		"the disk may be failing: 'buzon verify' reads all of it", a.whole(pathOf(h)), ErrAlterado)
}

// Reader is Open for who reads through it once.
func (a *Contenidos) Reader(h schema.Huella) (io.ReadCloser, error) {
	c, err := a.Open(h)
	if err != nil {
		return nil, err // not a nil Contenido in an interface
	}
	return c, nil
}

// Verified opens a content after reading it through once; one whose bytes do not give
// its hash wraps ErrAlterado. Read begins at its start.
func (a *Contenidos) Verified(h schema.Huella) (Contenido, error) { return a.VerifiedTo(h, io.Discard) }

// VerifiedTo is Verified that gives also what it reads, before it is known to be right.
func (a *Contenidos) VerifiedTo(h schema.Huella, also io.Writer) (Contenido, error) {
	c, err := a.Open(h)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(sum, also), io.NewSectionReader(c, 0, c.Size()))
	switch {
	case err != nil:
		err = a.failed("read content", pathOf(h), err)
	case n != c.Size() || sumOf(sum) != h:
		err = a.altered(h)
	default:
		return c, nil
	}
	return nil, errors.Join(err, c.Close())
}

// same is ErrAlterado where what r gives has another hash.
func same(r io.Reader, h schema.Huella) error {
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return err
	}
	if sumOf(sum) != h {
		return ErrAlterado
	}
	return nil
}
