package tree

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// arrival is a finished upload that is not Done.
type arrival struct {
	path string
	seq  int64
	name string
	info fs.FileInfo
}

// sequence numbers have one width, so that the folder sorts as the queue does.
const seqDigits = 20

func arrivalFile(seq int64, name string) string { return fmt.Sprintf("%0*d_%s", seqDigits, seq, name) }

// pending gives the folder's queue, oldest first.
func (a *Account) pending(folder string) ([]arrival, error) {
	bySeq := map[int64]arrival{}
	// The taken ones last: a file that another process takes meanwhile is then
	// seen at least once.
	for _, dir := range []string{arrivedDir, takenDir} {
		list, err := a.arrivalsIn(path.Join(dir, folder))
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			bySeq[x.seq] = x
		}
	}
	queue := make([]arrival, 0, len(bySeq))
	for _, x := range bySeq {
		queue = append(queue, x)
	}
	slices.SortFunc(queue, func(x, y arrival) int { return cmp.Compare(x.seq, y.seq) })
	return queue, nil
}

func (a *Account) arrivalsIn(dir string) ([]arrival, error) {
	infos, err := regularFiles(a.root, dir)
	if err != nil {
		return nil, err
	}
	var list []arrival
	for _, info := range infos {
		digits, name, ok := strings.Cut(info.Name(), "_")
		seq, err := strconv.ParseInt(digits, 10, 64)
		if !ok || err != nil || len(digits) != seqDigits {
			continue
		}
		list = append(list, arrival{path.Join(dir, info.Name()), seq, name, info})
	}
	return list, nil
}

// arrive makes a staged file an arrival and shows it to its owner; the caller
// holds mu and has synced the bytes. After the rename the upload cannot be lost
// any more; an error before it leaves the upload where it was. now is the moment
// at which the client closed or renamed it.
func (a *Account) arrive(staged string, k key, now time.Time) error {
	if err := a.root.Chtimes(staged, now, now); err != nil {
		return err
	}
	if err := a.syncFile(staged); err != nil {
		return err
	}
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
		if err := syncDir(a.root, dir); err != nil {
			return err
		}
	}
	a.tree.at("arrive: synced")
	return nil
}

func (a *Account) syncFile(p string) error {
	f, err := a.root.OpenFile(p, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
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

// take sets the oldest arrival under name apart and opens it.
func (a *Account) take(folder, name string) (*os.File, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for {
		queue, err := a.pending(folder)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(queue, func(x arrival) bool { return x.name == name })
		if i < 0 {
			return nil, fs.ErrNotExist
		}
		x := queue[i]
		taken := path.Join(takenDir, folder, path.Base(x.path))
		if x.path != taken {
			err = a.root.Rename(x.path, taken)
		}
		if err == nil {
			var f *os.File
			if f, err = openRegular(a.root, taken); err == nil {
				return f, nil
			}
		}
		// Another process on the same tree was here first.
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
}

// done ends the arrival that take set apart. One that was not taken stays, so
// that Done twice never passes over a content that nobody has read.
func (a *Account) done(folder, name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	dir := path.Join(takenDir, folder)
	list, err := a.arrivalsIn(dir)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.name != name {
			continue
		}
		if err := a.root.Remove(x.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return syncDir(a.root, dir)
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
	return syncDir(a.root, folder)
}
