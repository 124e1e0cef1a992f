package archivo

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"sync"
)

// together is how many syncs wait at once: a disk joins such syncs into few.
const together = 8

// KeepAll keeps drafts together, as Keep does each: all files are synced, then they
// get their names, then each folder is synced once. It gives one error a draft, nil
// for one that is kept and durable; one that fails holds up no other. Every draft has
// ended when it returns.
func (a *Contenidos) KeepAll(ds []*Borrador) []error {
	errs := make([]error, len(ds))
	inParallel(len(ds), func(i int) { errs[i] = ds[i].settle() })
	a.show(ds, errs)
	for i, d := range ds {
		if errs[i] == nil {
			continue
		}
		errs[i] = fmt.Errorf("keep content: %w", errs[i])
		if err := d.Discard(); err != nil {
			errs[i] = errors.Join(errs[i], err)
		}
	}
	return errs
}

// settle makes the bytes of a draft durable and closes it.
func (d *Borrador) settle() error {
	if d.ended {
		return errEnded
	}
	if d.err == nil && !valid(d.Huella()) {
		d.err = errUnnamed
	}
	if d.err != nil || d.f == nil {
		return d.err
	}
	f := d.f
	d.f = nil
	return errors.Join(d.a.syncFile(f, d.name), f.Close())
}

// show gives each draft its name and makes the names durable, but for those that have
// an error.
func (a *Contenidos) show(ds []*Borrador, errs []error) {
	if err := a.present(); err != nil {
		for i := range errs {
			errs[i] = cmp.Or(errs[i], err)
		}
		return
	}
	a.dropStray()
	a.makeFolders(ds, errs)
	var dirs []string
	of := map[string][]int{} // the drafts that got their names in a folder
	for i, d := range ds {
		if errs[i] != nil {
			continue
		}
		h := d.Huella()
		// In place of what may lie there: it is the same, or it is broken.
		if errs[i] = a.rename(d.name, pathOf(h)); errs[i] != nil {
			continue
		}
		d.ended = true
		dir := folderOf(h)
		if of[dir] == nil {
			dirs = append(dirs, dir)
		}
		of[dir] = append(of[dir], i)
	}
	inParallel(len(dirs), func(n int) {
		err := a.syncDir(dirs[n])
		for _, i := range of[dirs[n]] {
			errs[i] = err
		}
	})
	for i, d := range ds {
		if errs[i] == nil {
			a.takeAway(d.Huella())
		}
	}
}

// errOtra says that archivo/ is not the folder that was opened: its disk went away, or
// another one was mounted over it. What is kept there would be seen by nobody later.
var errOtra = errors.New("another folder than was opened; hint: mount its disk, then start anew")

// present tells whether archivo/ is what was opened. It is asked before names appear.
func (a *Contenidos) present() error {
	now, err := a.root.Lstat(dirArchivo)
	if err == nil && !os.SameFile(now, a.here) {
		err = errOtra
	}
	if err != nil {
		return a.failed("look at", dirArchivo, err)
	}
	return nil
}

// makeFolders makes the folders that the drafts need, durable with one sync.
func (a *Contenidos) makeFolders(ds []*Borrador, errs []error) {
	fresh := map[string]bool{}
	var of []int
	for i, d := range ds {
		if errs[i] != nil {
			continue
		}
		dir := folderOf(d.Huella())
		made, err := a.mkdir(dir)
		errs[i] = err
		a.mu.Lock()
		if made {
			delete(a.durable, dir)
		}
		lies := a.durable[dir]
		a.mu.Unlock()
		if err == nil && !lies {
			fresh[dir] = true
			of = append(of, i)
		}
	}
	if len(of) == 0 {
		return
	}
	if err := a.syncDir(dirArchivo); err != nil {
		for _, i := range of {
			errs[i] = err
		}
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for dir := range fresh {
		a.durable[dir] = true
	}
}

// inParallel calls f for 0 to n-1, a few at a time.
func inParallel(n int, f func(i int)) {
	if n == 1 {
		f(0)
		return
	}
	var wg sync.WaitGroup
	places := make(chan struct{}, together)
	for i := range n {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			f(i)
		})
	}
	wg.Wait()
}
