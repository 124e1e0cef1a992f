package archivo

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"

	"buzon/schema"
)

// Apartado is a content that lies apart: on Dia nobody knew it.
type Apartado struct {
	Huella schema.Huella
	Dia    schema.Dia
	Bytes  int64
}

// Apartados gives what lies apart now, by day and hash. Files there that are not
// ours, by their names, are left out.
func (a *Contenidos) Apartados() ([]Apartado, error) {
	found, err := a.readApartado()
	if err != nil {
		return nil, err
	}
	var all []Apartado
	for _, x := range found {
		info, err := a.root.Lstat(x.path())
		if errors.Is(err, fs.ErrNotExist) {
			continue // kept again meanwhile
		}
		if err != nil {
			return nil, a.failed("look at", x.path(), err)
		}
		all = append(all, Apartado{x.huella, x.dia, info.Size()})
	}
	slices.SortFunc(all, func(x, y Apartado) int {
		return cmp.Or(cmp.Compare(x.Dia, y.Dia), cmp.Compare(x.Huella, y.Huella))
	})
	return all, nil
}

// apartada is where a content lies apart.
type apartada struct {
	huella schema.Huella
	dia    schema.Dia
}

func folderOfDia(d schema.Dia) string { return path.Join(dirApartado, d.String()) }

func (x apartada) path() string { return path.Join(folderOfDia(x.dia), string(x.huella)) }

// readApartado reads the folder of what lies apart.
func (a *Contenidos) readApartado() (found []apartada, err error) {
	days, err := a.readDir(dirApartado)
	if err != nil {
		return nil, err
	}
	for _, d := range days {
		dia, err := schema.ParseDia(d.Name())
		if err != nil || !d.IsDir() {
			continue // not ours
		}
		entries, err := a.readDir(folderOfDia(dia))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if h := schema.Huella(e.Name()); valid(h) && e.Type().IsRegular() {
				found = append(found, apartada{h, dia})
			}
		}
	}
	return found, nil
}

// takeAway drops from apartado/ what has just been kept. That it cannot be dropped is
// nobody's error: the content is kept and durable. It is tried again at each keep and
// each start.
func (a *Contenidos) takeAway(h schema.Huella) {
	a.mu.Lock()
	days := a.apart[h]
	delete(a.apart, h)
	a.mu.Unlock()
	for _, dia := range days {
		if err := a.remove(apartada{h, dia}.path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			a.mu.Lock()
			a.apart[h] = append(a.apart[h], dia)
			a.mu.Unlock()
		}
		a.dropEmpty(dia)
	}
}

// dropEmpty removes the folder of a day in which nothing lies any more. One in which
// something lies cannot be removed, and stays.
func (a *Contenidos) dropEmpty(dia schema.Dia) { _ = a.root.Remove(folderOfDia(dia)) }
