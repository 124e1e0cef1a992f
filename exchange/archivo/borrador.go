package archivo

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"

	"buzon/schema"
)

// Borrador is a content that is being written. It ends by Keep, KeepAll or Discard;
// until then it holds an open file. It is of one goroutine at a time.
type Borrador struct {
	a     *Contenidos
	name  string        // below the data folder
	f     *os.File      // nil once it is closed, or never needed a sync
	sum   hash.Hash     // nil where huella was known before
	known schema.Huella // without sum
	bytes int64
	err   error // the first that writing met: half a content is none
	ended bool
}

// Draft begins a content.
func (a *Contenidos) Draft() (*Borrador, error) {
	name := path.Join(dirTmp, rand.Text())
	// 0400 from the start: the handle writes all the same, nobody else ever does.
	f, err := a.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
	if err != nil {
		return nil, a.failed("begin content", name, err)
	}
	a.step("draft " + name)
	return &Borrador{a: a, name: name, f: f, sum: sha256.New()}, nil
}

// Hashed begins a content whose writer hashes what it writes, and says so by Name
// before it is kept.
func (a *Contenidos) Hashed() (*Borrador, error) {
	d, err := a.Draft()
	if err == nil {
		d.sum = nil
	}
	return d, err
}

// Name says the SHA-256 of all that was written into a draft of Hashed.
func (d *Borrador) Name(h schema.Huella) { d.known = h }

// Scratch gives a file without a name, to be read and written. A kill leaves nothing
// of it; the caller closes it.
func (a *Contenidos) Scratch() (*os.File, error) {
	name := path.Join(dirTmp, rand.Text())
	f, err := a.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, a.failed("begin scratch file", name, err)
	}
	if err := a.root.Remove(name); err != nil {
		return nil, errors.Join(a.failed("begin scratch file", name, err), f.Close())
	}
	return f, nil
}

// Add keeps what r gives, to its end; the hash and the size in bytes are of what was
// kept. An error of r is given as it is, wrapped, and nothing stays.
func (a *Contenidos) Add(r io.Reader) (schema.Huella, int64, error) {
	d, err := a.Draft()
	if err != nil {
		return "", 0, err
	}
	if _, err := io.Copy(d, r); err != nil {
		return "", 0, errors.Join(fmt.Errorf("keep content: %w", err), d.Discard())
	}
	return d.Keep()
}

// Write appends to the content. Once it failed the draft can only be discarded.
func (d *Borrador) Write(p []byte) (int, error) {
	if d.err == nil && d.f == nil {
		d.err = errEnded
	}
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.f.Write(p)
	if d.sum != nil {
		d.sum.Write(p[:n])
	}
	d.bytes += int64(n)
	if err != nil {
		d.err = d.a.failed("write content", d.name, err)
	}
	return n, d.err
}

var errUnnamed = errors.New("nothing said its hash")

var errEnded = errors.New("the draft was kept or discarded before")

// Huella gives the hash of what has been written so far: after Keep or KeepAll that
// of the content.
func (d *Borrador) Huella() schema.Huella {
	if d.sum == nil {
		return d.known
	}
	return sumOf(d.sum)
}

// Bytes gives the size of what has been written so far.
func (d *Borrador) Bytes() int64 { return d.bytes }

// Discard gives the draft up; nothing of it stays, but for what cannot be removed now:
// the next keep tries that again, and the next start. After Keep, KeepAll or Discard
// it does nothing, so that it may be deferred.
func (d *Borrador) Discard() error {
	if d.ended {
		return nil
	}
	d.ended = true
	var err error
	if d.f != nil {
		err = d.f.Close()
		d.f = nil
	}
	gone := d.a.remove(d.name)
	if gone != nil {
		d.a.mu.Lock()
		d.a.stray = append(d.a.stray, d.name)
		d.a.mu.Unlock()
	}
	return errors.Join(err, gone)
}

// dropStray removes drafts that were given up and could not be removed then.
func (a *Contenidos) dropStray() {
	a.mu.Lock()
	stray := a.stray
	a.stray = nil
	a.mu.Unlock()
	for _, name := range stray {
		if err := a.remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			a.mu.Lock()
			a.stray = append(a.stray, name)
			a.mu.Unlock()
		}
	}
}

// Keep makes the content durable under its hash, which it gives with the size in
// bytes. Keeping what is there already is no error. After an error nothing of the
// draft stays, but where its folder alone could not be synced: keeping the same bytes
// again mends that.
func (d *Borrador) Keep() (schema.Huella, int64, error) {
	if err := d.a.KeepAll([]*Borrador{d})[0]; err != nil {
		return "", 0, err
	}
	return d.Huella(), d.bytes, nil
}
