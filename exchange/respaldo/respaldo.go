// Package respaldo keeps a gateway's data a second time, and puts it back: the database
// as of one moment, every content under its hash, the mark, the configuration. It also
// finds, beside a database that is older than what parties were shown, what sealed acuses
// say of the time since.
//
// A backup is one folder, which each further one brings up to date:
//
//	respaldo.json   what it is of; written last
//	buzon-….db      the database, by its hash
//	buzon.marca     the mark
//	archivo/        contents, also those that lay apart
//	config/         the configuration and what it names; llaves/ where asked for
//
// The database is taken first, since contents are kept before it tells of them. Each file
// is whole or not there, and until the new respaldo.json is there the folder is the backup
// of before, with some contents more and a mark that knows of more.
package respaldo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"buzon/exchange/archivo"
	"buzon/exchange/marca"
	"buzon/schema"
	"buzon/store"
)

// The names in a backup; those of the data folder are the same.
const (
	indice     = "respaldo.json"
	BaseDatos  = "buzon.db"
	dirConfig  = "config"
	dirArchivo = "archivo"
	enCurso    = ".nuevo" // ends the name of a file that is being written
)

// Indice says what a backup is of.
type Indice struct {
	Momento    time.Time     `json:"momento"`
	Epoca      int64         `json:"epoca"`
	Eventos    int64         `json:"eventos"` // of the log in it
	Base       schema.Huella `json:"base"`    // SHA-256 of the database
	Contenidos int           `json:"contenidos"`
	Nuevos     int           `json:"nuevos"` // of them that this run brought
}

// Backup brings the backup in dir up to date with a data folder; a gateway may be at work
// there. config are the files that go with it, by their names in config/. A content that
// is not what was kept is left out, and told by an error when all else is there; so is one
// that the database names and that is nowhere, and a file of config that cannot be read.
func Backup(ctx context.Context, data, dir string, config map[string]string, now time.Time) (x Indice,
	err error) {
	if err := ours(dir); err != nil {
		return x, err
	}
	unlock, err := lock(dir)
	if err != nil {
		return x, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	x.Momento = now
	base := filepath.Join(dir, BaseDatos+enCurso)
	if err := os.Remove(base); err != nil && !errors.Is(err, fs.ErrNotExist) { // of one that was killed
		return x, err
	}
	if err := store.Copy(ctx, filepath.Join(data, BaseDatos), base); err != nil {
		return x, err
	}
	if x.Epoca, x.Eventos, err = size(ctx, base); err != nil {
		return x, err
	}
	if x.Base, err = digest(base); err != nil {
		return x, err
	}
	lost, err := x.contents(ctx, data, dir, base)
	if err != nil {
		return x, err
	}
	for _, name := range slices.Sorted(maps.Keys(config)) {
		unread, err := put(config[name], filepath.Join(dir, dirConfig, name))
		if err != nil {
			return x, err
		}
		lost = errors.Join(lost, unread)
	}
	if err := prune(filepath.Join(dir, dirConfig), config); err != nil {
		return x, err
	}
	unread, err := put(filepath.Join(data, marca.Archivo), filepath.Join(dir, marca.Archivo))
	if err := errors.Join(unread, err); err != nil {
		return x, err
	}
	if err := os.Rename(base, x.base(dir)); err != nil {
		return x, err
	}
	return x, errors.Join(x.conclude(dir), lost)
}

// base is where its database lies.
func (x *Indice) base(dir string) string {
	return filepath.Join(dir, "buzon-"+string(x.Base[:min(16, len(x.Base))])+".db")
}

// conclude makes it the backup that counts, and drops the database of the one before.
func (x *Indice) conclude(dir string) error {
	b, err := json.MarshalIndent(x, "", "  ")
	if err == nil {
		err = marca.SyncDir(dir)
	}
	if err == nil {
		err = marca.WriteFile(filepath.Join(dir, indice), append(b, '\n'))
	}
	if err != nil {
		return err
	}
	all, err := filepath.Glob(filepath.Join(dir, "buzon-*.db"))
	for _, old := range all {
		if old != x.base(dir) {
			err = errors.Join(err, os.Remove(old))
		}
	}
	return err
}

// ours makes the folder of a backup, or refuses one that holds something else.
func ours(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if base, _ := filepath.Match("buzon-*.db", e.Name()); base {
			continue
		}
		switch e.Name() {
		case indice, BaseDatos + enCurso, marca.Archivo, dirConfig, dirArchivo, "apartado", bloqueo, sueltos:
		case indice + ".tmp", marca.Archivo + ".tmp": // of one that was killed
		default:
			return fmt.Errorf("%s holds %s, which is of no backup: choose a folder of its own", dir, e.Name())
		}
	}
	if info, err := os.Stat(dir); err != nil {
		return err
	} else if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s can be read by others (mode %v): 'chmod 700 %s' first", dir,
			info.Mode().Perm(), dir)
	}
	return nil
}

const bloqueo = "respaldo.lock"

// lock keeps two runs from one backup.
func lock(dir string) (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, bloqueo), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%s is being written by another 'buzon backup': %w", dir, err),
			f.Close())
	}
	return f.Close, nil
}

// contents brings the contents that the backup does not have; lost is of those that are
// not what was kept, and of those that the database in base names and the backup lacks.
func (x *Indice) contents(ctx context.Context, data, dir, base string) (lost, err error) {
	from, err := archivo.Open(data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := archivo.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	gone := perdidos{}
	err = from.Each(func(h schema.Huella, open func() (io.ReadCloser, error)) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		have, err := entero(to, h)
		if err == nil && !have {
			if err = from.CopyTo(to, h, open); err == nil {
				x.Nuevos++
			}
		}
		if errors.Is(err, archivo.ErrAlterado) {
			gone[h] = err
			return nil
		}
		x.Contenidos++
		return err
	})
	if err != nil {
		return nil, err
	}
	err = named(ctx, base, func(h schema.Huella) error {
		read, err := from.Has(h) // then that of the backup was read above
		have := false
		switch {
		case err != nil:
		case read:
			have, err = to.Has(h)
		default:
			have, err = entero(to, h)
		}
		if err == nil && !have && gone[h] == nil {
			gone[h] = fmt.Errorf("content %s: the database names it, and neither %s nor the backup has it; "+
				"hint: mount its disk, or put it back from another backup", h, data)
		}
		return err
	})
	return gone.join(), err
}

// perdidos are contents that are not there as they were kept, with what is to be told.
type perdidos map[schema.Huella]error

func (p perdidos) join() (err error) {
	for _, h := range slices.Sorted(maps.Keys(p)) {
		err = errors.Join(err, p[h])
	}
	return err
}

// entero tells whether a backup has a content, by reading it.
func entero(a *archivo.Contenidos, h schema.Huella) (bool, error) {
	c, err := a.Verified(h)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, archivo.ErrAlterado) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, c.Close()
}

// named calls do for each content that a database names.
func named(ctx context.Context, base string, do func(schema.Huella) error) error {
	st, err := store.OpenReadOnly(base)
	if err != nil {
		return err
	}
	for i := 0; err == nil && i < 256; i++ {
		var all []schema.Huella
		err = st.View(ctx, func(v *store.View) (err error) {
			all, err = v.Guardados(fmt.Sprintf("%02x", i))
			return err
		})
		for _, h := range all {
			err = errors.Join(err, do(h))
		}
	}
	return errors.Join(err, st.Close())
}

// size reads how far the log of a database has come.
func size(ctx context.Context, path string) (epoca, eventos int64, err error) {
	st, err := store.OpenReadOnly(path)
	if err != nil {
		return 0, 0, err
	}
	err = st.View(ctx, func(v *store.View) error {
		if epoca, err = v.Epoca(); err == nil {
			eventos, err = v.Eventos()
		}
		return err
	})
	return epoca, eventos, errors.Join(err, st.Close())
}

func digest(path string) (schema.Huella, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return schema.Huella(hex.EncodeToString(sum.Sum(nil))), errors.Join(err, f.Close())
}

// put copies a small file, its owner's alone, in place of what was there; unread is of one
// that cannot be read.
func put(from, to string) (unread, err error) {
	b, unread := os.ReadFile(from)
	if unread != nil {
		return unread, nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return nil, err
	}
	return nil, marca.WriteFile(to, b)
}

// prune removes from config/ what is not of this run: keys stay in no backup that was not
// asked for them. One of this run that could not be read stays as it was.
func prune(dir string, config map[string]string) error {
	var dirs []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == dir { // nothing of it could be read
			return nil
		}
		if err != nil {
			return err
		}
		if d.IsDir() {
			dirs = append(dirs, path)
			return nil
		}
		name, err := filepath.Rel(dir, path)
		if _, ours := config[name]; err != nil || ours {
			return err
		}
		return os.Remove(path)
	})
	for _, d := range slices.Backward(dirs) { // the deepest first
		err = errors.Join(err, marca.SyncDir(d))
		if rest, e := os.ReadDir(d); e == nil && len(rest) == 0 && d != dir {
			err = errors.Join(err, os.Remove(d))
		}
	}
	return err
}
