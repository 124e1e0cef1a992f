package archivo

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"buzon/schema"
)

// CopyTo keeps a content in another folder of contents too: by a hard link on the same
// disk, else by a copy. open opens it, as Each tells. What does not give its hash wraps
// ErrAlterado and is not kept there.
func (a *Contenidos) CopyTo(b *Contenidos, h schema.Huella, open func() (io.ReadCloser, error)) (err error) {
	d, err := a.linkTo(b, h)
	if err == nil && d == nil {
		d, err = b.copyOf(h, open)
	}
	if err != nil {
		return fmt.Errorf("copy content %s: %w", h, err)
	}
	_, _, err = d.Keep()
	return err
}

// linkTo gives a draft of b that is a second name of a content of a, read through; nil
// where no link can be made.
func (a *Contenidos) linkTo(b *Contenidos, h schema.Huella) (*Borrador, error) {
	d := &Borrador{a: b, name: path.Join(dirTmp, rand.Text()), known: h}
	if os.Link(a.whole(pathOf(h)), b.whole(d.name)) != nil {
		return nil, nil
	}
	b.step("link " + d.name)
	f, size, err := openRegular(b.root, d.name)
	if err == nil {
		d.bytes = size
		err = errors.Join(same(f, h), f.Close())
	}
	if err != nil {
		return nil, errors.Join(err, d.Discard())
	}
	return d, nil
}

// copyOf gives a draft of the same bytes.
func (b *Contenidos) copyOf(h schema.Huella, open func() (io.ReadCloser, error)) (*Borrador, error) {
	r, err := open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	d, err := b.Draft()
	if err != nil {
		return nil, err
	}
	if _, err = io.Copy(d, r); err == nil && d.Huella() != h {
		err = ErrAlterado
	}
	if err != nil {
		return nil, errors.Join(err, d.Discard())
	}
	return d, nil
}
