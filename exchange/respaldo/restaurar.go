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
	"syscall"

	"buzon/exchange/archivo"
	"buzon/exchange/auditoria"
	"buzon/exchange/marca"
	"buzon/schema"
	"buzon/store"
)

// Restore puts the backup in dir into a data folder that is empty or not there. It is
// made beside it, and gets its name when all of it is on the disk. Whatever is started
// there first must resume: what came after the backup is not in it. finish, which may be
// nil, is called with the folder before it gets its name. lost is of contents that are
// not what was kept, or not there: they are left out, and the folder is there all the same.
func Restore(ctx context.Context, dir, data string,
	finish func(ctx context.Context, dir string) error) (x Indice, lost, err error) {
	b, err := os.ReadFile(filepath.Join(dir, indice))
	if err == nil {
		err = json.Unmarshal(b, &x)
	}
	if err != nil {
		return x, nil, fmt.Errorf("%s is no whole backup: %w", dir, err)
	}
	if got, err := digest(x.base(dir)); err != nil {
		return x, nil, err
	} else if got != x.Base {
		return x, nil, fmt.Errorf("%s is not the database that %s tells of (SHA-256 %s, not %s)",
			x.base(dir), indice, got, x.Base)
	}
	if data, err = filepath.Abs(data); err != nil {
		return x, nil, err
	}
	parent := filepath.Dir(data)
	if err := free(data); err != nil {
		return x, nil, fmt.Errorf("--into wants a folder that is empty or not there: %w", err)
	}
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return x, nil, err
	}
	aside, err := os.MkdirTemp(parent, filepath.Base(data)+enCurso+"-*") // never what is somebody's
	if err != nil {
		return x, nil, fmt.Errorf("make the folder beside %s: %w; hint: whoever restores must be able to "+
			"write to %s", data, err, parent)
	}
	if lost, err = fill(ctx, &x, dir, aside); err == nil && finish != nil {
		err = finish(ctx, aside)
	}
	if err == nil {
		err = vacate(data)
	}
	if err == nil {
		err = os.Rename(aside, data)
	}
	if err != nil {
		return x, nil, errors.Join(err, os.RemoveAll(aside))
	}
	return x, lost, marca.SyncDir(parent)
}

// sueltos is what a fresh disk has, and is nobody's.
const sueltos = "lost+found"

// free is an error where something lies in the place of a data folder, or it cannot take
// another folder's name.
func free(data string) error {
	info, err := os.Lstat(data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is no folder (mode %v): choose another name", data, info.Mode())
	}
	above, err := os.Stat(filepath.Dir(data))
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(data)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != sueltos || !e.IsDir() {
			return fmt.Errorf("%s is not empty: it has %s", data, e.Name())
		}
	}
	if mounted(info, above) {
		return fmt.Errorf("%s is where a disk is mounted, and no folder can take its name: name a folder "+
			"in it, and that one in 'data' of the configuration", data)
	}
	if len(entries) == 0 {
		return nil
	}
	found, err := os.ReadDir(filepath.Join(data, sueltos))
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("%s is not empty", filepath.Join(data, sueltos))
	}
	return err
}

// mounted tells whether a folder lies on another disk than the one above it.
func mounted(dir, above fs.FileInfo) bool {
	d, ok := dir.Sys().(*syscall.Stat_t)
	a, also := above.Sys().(*syscall.Stat_t)
	return ok && also && (d.Dev != a.Dev || d.Ino == a.Ino) // of / the one above is itself
}

// vacate removes the empty folder; what came into it meanwhile stays, and is an error.
func vacate(data string) error {
	for _, name := range []string{filepath.Join(data, sueltos), data} {
		if err := free(data); err != nil {
			return err
		}
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// fill makes the data folder.
func fill(ctx context.Context, x *Indice, dir, data string) (lost, err error) {
	if err := copyFile(x.base(dir), filepath.Join(data, BaseDatos)); err != nil {
		return nil, err
	}
	e, err := marca.Read(dir)
	if err != nil {
		return nil, err
	}
	dados := map[int]int64{}
	for year, n := range e.Acuses {
		dados[year] = max(n.Dado, n.Reservado)
	}
	e.Restaurada = true
	if err := marca.Make(data, e, dados); err != nil {
		return nil, err
	}
	to, err := archivo.Open(data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	from, gone := filepath.Join(dir, dirArchivo), perdidos{}
	if _, err := os.Stat(from); err != nil {
		return nil, err
	}
	for i := range 256 { // not tmp/, of a backup that was killed, nor what others left there
		if err := gone.adopt(ctx, to, filepath.Join(from, fmt.Sprintf("%02x", i))); err != nil {
			return nil, err
		}
	}
	err = named(ctx, filepath.Join(data, BaseDatos), func(h schema.Huella) error {
		have, err := to.Has(h)
		if err == nil && !have && gone[h] == nil {
			gone[h] = fmt.Errorf("content %s: the database names it, and the backup lacks it", h)
		}
		return err
	})
	return gone.join(), err
}

// adopt keeps the contents of one folder of the backup; a name that is no content's is
// nothing of ours.
func (p perdidos) adopt(ctx context.Context, to *archivo.Contenidos, from string) error {
	entries, err := os.ReadDir(from)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		h := schema.Huella(e.Name())
		if err := ctx.Err(); err != nil {
			return err
		}
		if !e.Type().IsRegular() || !archivo.IsName(h) || string(h[:2]) != filepath.Base(from) {
			continue
		}
		_, _, err := to.Adopt(filepath.Join(from, e.Name()), h)
		if errors.Is(err, archivo.ErrAlterado) {
			p[h], err = err, nil
		}
		if err != nil {
			return err
		}
	}
	return nil
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
