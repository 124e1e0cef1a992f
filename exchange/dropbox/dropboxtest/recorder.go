package dropboxtest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"buzon/exchange/dropbox/subidas"
	"buzon/schema/nombres"
)

// Uploads is what a subidas.Subidas needs to leave its arrivals here.
func (a *Archive) Uploads() subidas.Options {
	return subidas.Options{
		Now: a.now, Arrive: a.arrive, Arrived: a.arrived, Today: a.today, Spelled: a.spell, Date: a.date,
	}
}

// arrive links the staged file into the contents and records it.
func (a *Archive) arrive(x subidas.Arrival) error {
	err := os.Link(x.Path, a.content(x.SHA256))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if a.Synced {
		if err := syncDir(filepath.Join(a.dir, "contenidos")); err != nil {
			return err
		}
	}
	if a.Broken != nil {
		if err := a.Broken(x); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ids[x.ID] {
		return fmt.Errorf("%s arrives twice", x.Path)
	}
	if seen := a.seen(x.Account, x.Folder, x.Name); seen != "" && seen != x.Name {
		return fmt.Errorf("%s and %s: %w", x.Name, seen, subidas.ErrCase)
	}
	return a.add(line{Recorded: Recorded{Account: x.Account, Folder: x.Folder, Name: x.Name, ID: x.ID,
		SHA256: x.SHA256, Bytes: x.Bytes, Moment: x.Moment, Shown: x.Shown}})
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (a *Archive) arrived(_, id string) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ids[id], nil
}

func (a *Archive) today(account string, from, to time.Time) (files, bytes int64, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, x := range a.arrivals {
		if x.Account == account && !x.Moment.Before(from) && x.Moment.Before(to) {
			files, bytes = files+1, bytes+x.Bytes
		}
	}
	return files, bytes, nil
}

func (a *Archive) spell(account, folder, name string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.seen(account, folder, name), nil
}

// seen gives what lies in a folder under a name, or else under one that differs
// from it only by case; "" is nothing.
func (a *Archive) seen(account, folder, name string) string {
	p := place{account, folder}
	if a.files[p][name] != nil {
		return name
	}
	for _, f := range a.folders[account] {
		if path.Dir(f.Name) == folder && nombres.Folded(path.Base(f.Name)) == nombres.Folded(name) {
			return path.Base(f.Name)
		}
	}
	return a.spelled[p][nombres.Folded(name)]
}

func (a *Archive) date(account, folder, name string, t time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.files[place{account, folder}][name] == nil {
		return fs.ErrNotExist
	}
	return a.add(line{Recorded: Recorded{Account: account, Folder: folder, Name: name, Shown: t}})
}
