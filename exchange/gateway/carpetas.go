package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"buzon/config"
	"buzon/exchange/archivo"
	"buzon/exchange/marca"
	"buzon/store"
)

// A folder of the data folder may lie on a disk of its own. Each bears a mark with the
// store's identity, written once: a disk that is not mounted leaves an empty folder, or
// none, which is never taken for the one that was in use, nor made anew.
const archivoIdentidad = ".almacen"

// marcadas are the folders that bear it; apartado/ lies on the disk of the data folder,
// or nothing can be set apart.
var marcadas = []string{"archivo", "subidas"}

// NoStore says that there is no store where one is to be.
func NoStore(data string) error {
	return fmt.Errorf("%s: there is no store; where one was in use, mount its disk, or restore the database "+
		"from its backup; 'buzon init' makes a new one", StorePath(data))
}

// CheckFolders is an error where a folder of the data folder is not the one that the
// store has in use. A store that names no content yet has none.
func CheckFolders(v *store.View, data string) error {
	id, used, err := enUso(v)
	if err != nil || !used {
		return err
	}
	var errs []error
	for _, name := range marcadas {
		errs = append(errs, checkFolder(filepath.Join(data, name), id))
	}
	return errors.Join(errs...)
}

// enUso gives the mark of a store's folders, and whether they must bear it.
func enUso(v *store.View) (id string, used bool, err error) {
	if id, err = v.Identidad(); err == nil {
		used, err = v.NombraContenidos()
	}
	return id, used, err
}

func checkFolder(dir, id string) error {
	b, err := os.ReadFile(filepath.Join(dir, archivoIdentidad))
	switch got := strings.TrimSpace(string(b)); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is not the folder that was in use: it has no %s; hint: mount its disk; "+
			"where all of it was restored from a backup without its mark: echo %s > %s",
			dir, archivoIdentidad, id, filepath.Join(dir, archivoIdentidad))
	case err != nil:
		return fmt.Errorf("%s: is it the folder that was in use: %w", dir, err)
	case got != id:
		return fmt.Errorf("%s is another store's (%s), not this one's (%s); hint: mount the right disk, "+
			"or restore the database that belongs to it", dir, got, id)
	}
	return nil
}

// claimFolders makes the folders of a new store, with their marks; those of one in use
// must be there.
func claimFolders(ctx context.Context, st *store.Store, data string) error {
	return st.View(ctx, func(v *store.View) error {
		id, used, err := enUso(v)
		if err != nil {
			return err
		}
		if used {
			return CheckFolders(v, data)
		}
		return markAll(data, id)
	})
}

// markAll marks the folders of a data folder.
func markAll(data, id string) error {
	var errs []error
	for _, name := range marcadas {
		if err := mark(filepath.Join(data, name), id); err != nil {
			errs = append(errs, fmt.Errorf("mark the folders of a store: %w", err))
		}
	}
	return errors.Join(append(errs, marca.SyncDir(data))...)
}

// mark makes a folder with its mark, durable; one that bears it is left alone, and one
// in which something of another store lies is an error.
func mark(dir, id string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	name := filepath.Join(dir, archivoIdentidad)
	if _, err := os.Lstat(name); err == nil {
		bad := checkFolder(dir, id)
		if held, err := holds(dir); bad == nil || held || err != nil {
			return errors.Join(bad, err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return marca.WriteFile(name, []byte(id+"\n"))
}

// holds tells whether something lies in a folder, other than what its use leaves.
func holds(dir string) (yes bool, err error) {
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			yes, err = true, fs.SkipAll
		}
		return err
	})
	return yes, err
}

// Contents opens the contents of a configuration for a command that works beside the
// exchange; the caller closes them.
func Contents(ctx context.Context, cfg *config.Config, st *store.Store) (*archivo.Contenidos, error) {
	if err := claimFolders(ctx, st, cfg.Data); err != nil {
		return nil, err
	}
	return archivo.Open(cfg.Data)
}

// MarkRestored marks the folders of a data folder that was put back from a backup as its
// store's.
func MarkRestored(ctx context.Context, data string) (err error) {
	st, err := store.OpenReadOnly(StorePath(data))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return st.View(ctx, func(v *store.View) error {
		id, err := v.Identidad()
		if err != nil {
			return err
		}
		return markAll(data, id)
	})
}
