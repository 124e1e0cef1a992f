package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

// arrive makes a staged file an arrival and shows it to its owner; the caller
// holds mu and has synced the bytes and the time of arrival. After the rename the
// upload cannot be lost any more; an error before it leaves the upload where it
// was. now is the moment at which the client closed or renamed it.
func (a *Account) arrive(staged string, k key, now time.Time) error {
	link := path.Join(deliveryDir, randomName(linkPrefix, ""))
	if err := a.root.Link(staged, link); err != nil {
		return err
	}
	a.tree.at("arrive: linked")
	a.lastSeq = max(now.UnixNano(), a.lastSeq+1)
	arrived := path.Join(arrivedDir, k.folder, arrivalFile(a.lastSeq, k.name))
	if err := a.root.Rename(staged, arrived); err != nil {
		return errors.Join(err, a.root.Remove(link))
	}
	a.tree.at("arrive: arrived")
	if err := a.root.Rename(link, k.path()); err != nil {
		return err
	}
	a.tree.at("arrive: shown")
	for _, dir := range []string{path.Dir(arrived), path.Dir(staged), k.folder} {
		if err := a.tree.sync.syncDir(a.root, dir); err != nil {
			return err
		}
	}
	a.tree.at("arrive: synced")
	return nil
}

// date gives a file the moment at which it arrives, durably.
func (a *Account) date(p string, now time.Time) error {
	if err := a.root.Chtimes(p, now, now); err != nil {
		return err
	}
	f, err := a.root.OpenFile(p, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return a.tree.sync.syncFile(f)
}

// readSequence finds where the numbers of the queue go on, so that they rise also
// where the clock was set back.
func (a *Account) readSequence() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.folders {
		if !f.Upload {
			continue
		}
		queue, err := a.pending(f.Name)
		if err != nil {
			return err
		}
		for _, x := range queue {
			a.lastSeq = max(a.lastSeq, x.seq)
		}
	}
	return nil
}

// repair mends what the death of a server left: bytes that were being written
// go, and every name whose latest arrival its owner does not see is shown.
func (a *Account) repair() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.removeLeft(deliveryDir, linkPrefix); err != nil {
		return fmt.Errorf("sweep links: %w", err)
	}
	for _, f := range a.folders {
		if !f.Upload {
			continue
		}
		if err := a.removeLeft(path.Join(stagedDir, f.Name), string(writing)); err != nil {
			return fmt.Errorf("sweep uploads of %s: %w", f.Name, err)
		}
		if err := a.showArrivals(f.Name); err != nil {
			return fmt.Errorf("show arrivals of %s: %w", f.Name, err)
		}
		if err := a.sweepTimes(f); err != nil {
			return fmt.Errorf("sweep times of %s: %w", f.Name, err)
		}
	}
	return nil
}

func (a *Account) removeLeft(dir, prefix string) error {
	infos, err := regularFiles(a.root, dir)
	if err != nil {
		return err
	}
	for _, info := range infos {
		if !strings.HasPrefix(info.Name(), prefix) {
			continue
		}
		if err := a.root.Remove(path.Join(dir, info.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (a *Account) showArrivals(folder string) error {
	queue, err := a.pending(folder)
	if err != nil {
		return err
	}
	latest := map[string]arrival{}
	for _, x := range queue {
		latest[x.name] = x
	}
	for name, x := range latest {
		seen, err := a.root.Lstat(path.Join(folder, name))
		if err == nil && os.SameFile(seen, x.info) {
			continue
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		link := path.Join(deliveryDir, randomName(linkPrefix, ""))
		if err := a.root.Link(x.path, link); err != nil {
			return err
		}
		if err := a.root.Rename(link, path.Join(folder, name)); err != nil {
			return err
		}
	}
	return a.tree.sync.syncDir(a.root, folder)
}
