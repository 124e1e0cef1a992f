package archivo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"buzon/schema"
)

// Each calls do for every content that is there, also for those that lie apart, each
// once, in no order; open opens it. It may be asked while others keep contents: of these
// some may be told and some not.
func (a *Contenidos) Each(do func(h schema.Huella, open func() (io.ReadCloser, error)) error) error {
	for i := range 256 {
		dir := path.Join(dirArchivo, fmt.Sprintf("%02x", i))
		entries, err := a.readDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, e := range entries {
			h := schema.Huella(e.Name())
			if !valid(h) || !e.Type().IsRegular() || folderOf(h) != dir {
				continue
			}
			if err := do(h, a.Opener(h)); err != nil {
				return err
			}
		}
	}
	apart, err := a.readApartado()
	if err != nil {
		return err
	}
	told := map[schema.Huella]bool{} // one may lie apart since several days
	for _, x := range apart {
		there, err := a.Has(x.huella)
		if err != nil {
			return err
		}
		if there || told[x.huella] {
			continue
		}
		told[x.huella] = true
		if err := do(x.huella, func() (io.ReadCloser, error) {
			f, _, err := openRegular(a.root, x.path())
			if err != nil {
				return nil, a.failed("open content", x.path(), err)
			}
			return f, nil
		}); err != nil {
			return err
		}
	}
	return nil
}
