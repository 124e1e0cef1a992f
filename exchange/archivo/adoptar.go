package archivo

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"buzon/schema"
)

// Adopt keeps a file that is whole, synced and will never be written again: by a hard
// link, which makes its mode 0400, or by a copy where a link cannot be made (another
// file system, a file outside the data folder). want is its SHA-256 where the caller
// knows it, and is then believed of a linked file; without it, "", the file is read.
// It gives the hash and the size in bytes. The file stays where it is: it is the
// caller's to remove. When Adopt returns without an error the content is durable.
func (a *Contenidos) Adopt(file string, want schema.Huella) (schema.Huella, int64, error) {
	if want != "" && !valid(want) {
		return "", 0, fmt.Errorf("adopt %s: %q is no SHA-256: %w", file, want, fs.ErrInvalid)
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return "", 0, fmt.Errorf("adopt: %w", err)
	}
	d, err := a.linked(file, want)
	if err != nil {
		d, err = a.copied(file, want)
	}
	if err != nil {
		return "", 0, fmt.Errorf("adopt %s: %w", file, err)
	}
	h, bytes, err := d.Keep()
	if err != nil {
		return "", 0, fmt.Errorf("adopt %s: %w", file, err)
	}
	// Where the content was this very file already, renaming left its second name.
	if err := a.root.Remove(d.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", 0, a.failed("adopt: remove", d.name, err)
	}
	return h, bytes, nil
}

// linked gives a draft that is a second name of the file.
func (a *Contenidos) linked(file string, want schema.Huella) (_ *Borrador, err error) {
	rel, err := filepath.Rel(a.data, file)
	if err != nil {
		return nil, err
	}
	d := &Borrador{a: a, name: path.Join(dirTmp, rand.Text()), known: want}
	if err := a.link(rel, d.name); err != nil { // also where it leads out
		return nil, a.failed("link", rel, err)
	}
	a.step("link " + d.name)
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Discard())
		}
	}()
	// From here on by the new name: whatever becomes of the old one, this is what is kept.
	f, size, err := openRegular(a.root, d.name)
	if err != nil {
		return nil, a.failed("open", d.name, err)
	}
	defer f.Close()
	if err := f.Chmod(0o400); err != nil {
		return nil, a.failed("make read-only", d.name, err)
	}
	if d.bytes = size; want == "" {
		d.sum = sha256.New()
		if d.bytes, err = io.Copy(d.sum, f); err != nil {
			return nil, a.failed("read", d.name, err)
		}
	}
	return d, nil
}

// copied gives a draft of the same bytes.
func (a *Contenidos) copied(file string, want schema.Huella) (*Borrador, error) {
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return nil, err // with the whole path already
	}
	defer root.Close()
	f, _, err := openRegular(root, filepath.Base(file))
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	d, err := a.Draft()
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(d, f)
	if h := d.Huella(); err == nil && want != "" && h != want {
		err = fmt.Errorf("its SHA-256 is %s, not %s: %w", h, want, ErrAlterado)
	}
	if err != nil {
		return nil, errors.Join(err, d.Discard())
	}
	return d, nil
}
