package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"buzon/schema"
)

// Blobs keeps contents under their SHA-256: each file that arrived and each that
// we made, byte by byte, for as long as an auditor may ask. A content is there
// whole or not at all, and before the store says that it is.
type Blobs struct {
	root *os.Root
	sync bool
}

const blobTmp = "tmp"

// OpenBlobs opens the folder dir, making it where it is not there.
func OpenBlobs(dir string) (*Blobs, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	if err := root.MkdirAll(blobTmp, 0o700); err != nil {
		return nil, errors.Join(fmt.Errorf("open blobs: %w", err), root.Close())
	}
	return &Blobs{root: root, sync: true}, nil
}

// Unsynced makes writes not wait for the disk. It is for rehearsals in a
// virtual clock alone: a power cut may lose what was written.
func (b *Blobs) Unsynced() { b.sync = false }

// Close ends the use of the folder.
func (b *Blobs) Close() error { return b.root.Close() }

func blobPath(h schema.Huella) string { return path.Join(string(h[:2]), string(h)) }

// Open opens a content; the caller closes it.
func (b *Blobs) Open(h schema.Huella) (io.ReadCloser, error) {
	if len(h) != sha256.Size*2 {
		return nil, fmt.Errorf("open blob %q: %w", h, fs.ErrNotExist)
	}
	f, err := b.root.Open(blobPath(h))
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	return f, nil
}

// Opener gives what Mailbox.Put and schema.Examine open a content with.
func (b *Blobs) Opener(h schema.Huella) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return b.Open(h) }
}

// Add keeps what r gives, to its end.
func (b *Blobs) Add(r io.Reader) (schema.Huella, int64, error) {
	d, err := b.Draft()
	if err != nil {
		return "", 0, err
	}
	if _, err := io.Copy(d, r); err != nil {
		return "", 0, errors.Join(fmt.Errorf("keep blob: %w", err), d.Discard())
	}
	return d.Keep()
}

// A Draft is a content that is being written. It ends by Keep or Discard.
type Draft struct {
	blobs *Blobs
	f     *os.File
	name  string
	hash  hash.Hash // nil: who writes hashes
	bytes int64
}

// Draft begins a content.
func (b *Blobs) Draft() (*Draft, error) {
	d, err := b.draft()
	if err == nil {
		d.hash = sha256.New()
	}
	return d, err
}

// draft begins a content whose hash the caller knows when it ends.
func (b *Blobs) draft() (*Draft, error) {
	f, name, err := b.temp(os.O_WRONLY)
	if err != nil {
		return nil, fmt.Errorf("begin blob: %w", err)
	}
	return &Draft{blobs: b, f: f, name: name}, nil
}

// temp makes a file that is no content yet.
func (b *Blobs) temp(flag int) (f *os.File, name string, err error) {
	for i := 0; ; i++ {
		name = path.Join(blobTmp, fmt.Sprintf("%d-%d", os.Getpid(), i))
		if f, err = b.root.OpenFile(name, flag|os.O_CREATE|os.O_EXCL, 0o600); !errors.Is(err, fs.ErrExist) {
			return f, name, err
		}
	}
}

// aparte gives a scratch file. Nobody else sees it, and a kill leaves nothing.
func (b *Blobs) aparte() (*os.File, error) {
	f, name, err := b.temp(os.O_RDWR)
	if err != nil {
		return nil, fmt.Errorf("scratch file: %w", err)
	}
	if err := b.root.Remove(name); err != nil {
		return nil, errors.Join(fmt.Errorf("scratch file: %w", err), f.Close())
	}
	return f, nil
}

// Write appends to the content.
func (d *Draft) Write(p []byte) (int, error) {
	n, err := d.f.Write(p)
	if d.hash != nil {
		d.hash.Write(p[:n])
	}
	d.bytes += int64(n)
	return n, err
}

// Discard gives the draft up; nothing of it stays.
func (d *Draft) Discard() error {
	return errors.Join(d.f.Close(), d.blobs.root.Remove(d.name))
}

// Keep puts the content on disk and under its hash, which it gives with the size
// in bytes. Keeping what is there already is no error.
func (d *Draft) Keep() (h schema.Huella, bytes int64, err error) {
	h = schema.Huella(hex.EncodeToString(d.hash.Sum(nil)))
	return h, d.bytes, d.keep(h)
}

// keep is Keep under a hash, that of all that was written.
func (d *Draft) keep(h schema.Huella) (err error) {
	if d.blobs.sync {
		err = d.f.Sync()
	}
	if err := errors.Join(err, d.f.Close()); err != nil {
		return errors.Join(fmt.Errorf("keep blob: %w", err), d.blobs.root.Remove(d.name))
	}
	if err := d.blobs.keep(d.name, h); err != nil {
		return fmt.Errorf("keep blob: %w", err)
	}
	return nil
}

func (b *Blobs) keep(name string, h schema.Huella) error {
	dir := string(h[:2])
	if err := b.root.Mkdir(dir, 0o700); err == nil {
		if err := b.syncDir("."); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := b.root.Rename(name, blobPath(h)); err != nil {
		return err
	}
	return b.syncDir(dir)
}

func (b *Blobs) syncDir(dir string) error {
	if !b.sync {
		return nil
	}
	d, err := b.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Sweep removes what a kill left over: drafts, and contents that kept says
// nothing refers to. Nothing else may write while it runs.
func (b *Blobs) Sweep(kept func(schema.Huella) (bool, error)) error {
	return fs.WalkDir(b.root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if !strings.HasPrefix(p, blobTmp+"/") {
			ok, err := kept(schema.Huella(e.Name()))
			if err != nil || ok {
				return err
			}
		}
		if err := b.root.Remove(p); err != nil {
			return fmt.Errorf("sweep blobs: %w", err)
		}
		return nil
	})
}
