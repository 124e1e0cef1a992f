package respaldo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"buzon/exchange/archivo"
	"buzon/exchange/auditoria"
	"buzon/exchange/marca"
	"buzon/schema"
	"buzon/store"
)

// Restore puts the backup in dir into a data folder that is empty or not there. It is
// made beside it, and gets its name when all of it is on the disk. Whatever is started
// there first must resume: what came after the backup is not in it.
func Restore(ctx context.Context, dir, data string) (x Indice, err error) {
	b, err := os.ReadFile(filepath.Join(dir, indice))
	if err == nil {
		err = json.Unmarshal(b, &x)
	}
	if err != nil {
		return x, fmt.Errorf("%s is no whole backup: %w", dir, err)
	}
	if got, err := digest(x.base(dir)); err != nil {
		return x, err
	} else if got != x.Base {
		return x, fmt.Errorf("%s is not the database that %s tells of (SHA-256 %s, not %s)",
			x.base(dir), indice, got, x.Base)
	}
	if data, err = filepath.Abs(data); err != nil {
		return x, err
	}
	if err := os.Remove(data); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty folder goes
		return x, fmt.Errorf("--into wants a folder that is empty or not there: %w", err)
	}
	aside := data + enCurso
	if err := os.RemoveAll(aside); err != nil { // of one that was killed
		return x, err
	}
	if err := fill(ctx, &x, dir, aside); err != nil {
		return x, err
	}
	if err := os.Rename(aside, data); err != nil {
		return x, err
	}
	return x, marca.SyncDir(filepath.Dir(data))
}

// fill makes the data folder.
func fill(ctx context.Context, x *Indice, dir, data string) (err error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	if err := copyFile(x.base(dir), filepath.Join(data, BaseDatos)); err != nil {
		return err
	}
	e, err := marca.Read(dir)
	if err != nil {
		return err
	}
	dados := map[int]int64{}
	for year, n := range e.Acuses {
		dados[year] = max(n.Dado, n.Reservado)
	}
	e.Restaurada = true
	if err := marca.Make(data, e, dados); err != nil {
		return err
	}
	to, err := archivo.Open(data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	from := filepath.Join(dir, dirArchivo)
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil || !d.Type().IsRegular() {
			return err
		}
		if filepath.Base(filepath.Dir(path)) == "tmp" { // of a backup that was killed
			return nil
		}
		_, _, err = to.Adopt(path, schema.Huella(d.Name()))
		return err
	})
}

func copyFile(from, to string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Sync(), w.Close())
}

// Check holds a data folder that was restored against itself, as 'buzon verify' does.
func Check(ctx context.Context, data string) (r store.Verificado, err error) {
	st, err := store.OpenReadOnly(filepath.Join(data, BaseDatos))
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	contents, err := archivo.Open(data)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, contents.Close()) }()
	return auditoria.Verify(ctx, st, contents.Reader, nil, nil)
}
