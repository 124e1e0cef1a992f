package exchangetest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"buzon/exchange/archivo"
	"buzon/exchange/vista"
	"buzon/schema"
	"buzon/store"
)

// Espejo lays out under dir, by party, folder and name, what the parties of a data
// folder see on its server now, so that a test looks at it as at files: by links to
// their contents, and by copies of what is kept in the store. Where there is no store
// nothing is seen. A gateway may be at work.
func Espejo(data, dir string) (err error) {
	st, err := store.OpenReadOnly(filepath.Join(data, "buzon.db"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	contents, err := archivo.Open(data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, contents.Close()) }()
	var padron []store.Institucion
	if err := st.View(context.Background(), func(v *store.View) (err error) {
		padron, err = v.Padron()
		return err
	}); err != nil {
		return err
	}
	all := &vista.Vista{Store: st, Archivo: contents}
	parties := []schema.Parte{schema.ParteCONDUSEF}
	for _, in := range padron {
		parties = append(parties, in.UNE.Parte())
	}
	for _, p := range parties {
		if err := reflejar(data, filepath.Join(dir, p.String()), all.De(p)); err != nil {
			return err
		}
	}
	return nil
}

func reflejar(data, dir string, seen vista.FS) error {
	return fs.WalkDir(seen, ".", func(name string, e fs.DirEntry, err error) error {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err != nil {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		h, _ := info.Sys().(schema.Huella)
		content := filepath.Join(data, "archivo", string(h[:2]), string(h))
		if _, err := os.Stat(content); err == nil {
			return os.Symlink(content, to)
		}
		b, err := fs.ReadFile(seen, name)
		if errors.Is(err, fs.ErrNotExist) { // it was replaced meanwhile
			return nil
		}
		if err != nil {
			return err
		}
		return os.WriteFile(to, b, 0o600)
	})
}
