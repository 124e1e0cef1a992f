package archivo

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"buzon/schema"
)

// Reconciliacion is what a start found, by hash.
type Reconciliacion struct {
	Apartados []schema.Huella // whole and known to nobody: they lie in apartado/ now
	Devueltos []schema.Huella // known, and back from apartado/
	Faltan    []schema.Huella // known, and nowhere
}

// Reconcile holds what is there against what is known, at a start: nothing else may
// write meanwhile. Drafts go. A whole content that nobody knows is set apart under
// dia, never deleted; one that lies apart and is known comes back. known is asked once
// for each of the 256 prefixes of two digits, in order, and gives the hashes of that
// prefix that the store refers to. What is held at once is one prefix, and what was
// found.
//
// After an error of known it stops. An error of a move is told at the end and stops
// the moves alone: what is missing is told all the same. What is told as moved was.
func (a *Contenidos) Reconcile(
	dia schema.Dia, known func(prefix string) ([]schema.Huella, error),
) (Reconciliacion, error) {
	if dia <= 0 {
		return Reconciliacion{}, fmt.Errorf("reconcile archivo: no day: %w", fs.ErrInvalid)
	}
	c := cotejo{a: a, dia: dia, to: map[string]bool{}, from: map[string]bool{}}
	err := a.dropDrafts()
	for i := 0; err == nil && i < 256; i++ {
		prefix := fmt.Sprintf("%02x", i)
		var hs []schema.Huella
		if hs, err = known(prefix); err == nil {
			err = c.prefix(prefix, hs)
		}
	}
	if err := errors.Join(err, c.move, c.settle()); err != nil {
		return c.r, fmt.Errorf("reconcile archivo: %w", err)
	}
	return c.r, nil
}

// dropDrafts removes what was being written when a process died.
func (a *Contenidos) dropDrafts() error {
	entries, err := a.readDir(dirTmp)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		if err := a.remove(path.Join(dirTmp, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// cotejo is a reconciliation at work.
type cotejo struct {
	a    *Contenidos
	dia  schema.Dia
	r    Reconciliacion
	move error           // the first of a move
	to   map[string]bool // folders in which names appeared
	from map[string]bool // and from which they went
}

// prefix holds one folder against what is known of it.
func (c *cotejo) prefix(prefix string, known []schema.Huella) error {
	dir := path.Join(dirArchivo, prefix)
	entries, err := c.a.readDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	unknown := make(map[schema.Huella]bool, len(entries))
	for _, e := range entries {
		if h := schema.Huella(e.Name()); valid(h) && strings.HasPrefix(e.Name(), prefix) &&
			e.Type().IsRegular() {
			unknown[h] = true
		}
	}
	for _, h := range slices.Compact(slices.Sorted(slices.Values(known))) {
		if !strings.HasPrefix(string(h), prefix) {
			return fmt.Errorf("asked for prefix %s, was told of %q", prefix, h)
		}
		there := unknown[h]
		delete(unknown, h)
		if err := c.known(h, there); err != nil {
			return err
		}
	}
	for _, h := range slices.Sorted(maps.Keys(unknown)) {
		c.setApart(h)
	}
	return nil
}

// known sees to a content that is known, and is there or not.
func (c *cotejo) known(h schema.Huella, there bool) error {
	days := c.a.apart[h]
	switch {
	case len(days) == 0 && there:
		return nil
	case len(days) == 0:
		c.r.Faltan = append(c.r.Faltan, h)
		return nil
	}
	if there { // in two places: only a hand or a power cut does that
		f, err := c.a.Verified(h)
		if err == nil {
			c.a.takeAway(h)
			return f.Close()
		}
		if !errors.Is(err, ErrAlterado) {
			return err
		}
	}
	if c.giveBack(apartada{h, days[0]}) {
		c.r.Devueltos = append(c.r.Devueltos, h)
	} else if !there {
		c.r.Faltan = append(c.r.Faltan, h)
	}
	return nil
}

// giveBack moves a content back to its place.
func (c *cotejo) giveBack(x apartada) bool {
	if c.move != nil {
		return false
	}
	dir := folderOf(x.huella)
	_, err := c.a.mkdir(dir)
	if err == nil {
		err = c.a.rename(x.path(), pathOf(x.huella))
	}
	if c.move = err; err != nil {
		return false
	}
	// Also where the folder is there: one that made it may have failed before its sync.
	c.to[dirArchivo] = true
	c.to[dir], c.from[folderOfDia(x.dia)] = true, true
	c.a.apart[x.huella] = c.a.apart[x.huella][1:]
	c.a.takeAway(x.huella) // further ones
	return true
}

// setApart moves a content that nobody knows to the day's folder.
func (c *cotejo) setApart(h schema.Huella) {
	if c.move != nil {
		return
	}
	x := apartada{h, c.dia}
	_, err := c.a.mkdir(folderOfDia(c.dia))
	if err == nil {
		err = c.a.rename(pathOf(h), x.path())
	}
	if c.move = err; err != nil {
		return
	}
	c.to[dirApartado] = true // as in giveBack
	c.to[folderOfDia(c.dia)], c.from[folderOf(h)] = true, true
	if !slices.Contains(c.a.apart[h], c.dia) {
		c.a.apart[h] = append(c.a.apart[h], c.dia)
	}
	c.r.Apartados = append(c.r.Apartados, h)
}

// settle makes the moves durable: the names that appeared before those that went, so
// that a power cut may leave a content in both places and never in none.
func (c *cotejo) settle() error {
	var errs []error
	for _, dirs := range []map[string]bool{c.to, c.from} {
		all := slices.Sorted(maps.Keys(dirs))
		failed := make([]error, len(all))
		inParallel(len(all), func(i int) { failed[i] = c.a.syncDir(all[i]) })
		errs = append(errs, failed...)
	}
	for dir := range c.from {
		if path.Dir(dir) == dirApartado {
			_ = c.a.root.Remove(dir) // where it is empty now
		}
	}
	return errors.Join(errs...)
}
