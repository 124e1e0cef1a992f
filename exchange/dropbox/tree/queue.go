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
)

// arrival is a finished upload that is not Done.
type arrival struct {
	path string
	seq  int64
	name string
	info fs.FileInfo
}

// Sequence numbers have one width, so that the folder sorts as the queue does.
const seqDigits = 20

func arrivalFile(seq int64, name string) string { return fmt.Sprintf("%0*d_%s", seqDigits, seq, name) }

// queued is an arrival as the queue in memory knows it.
type queued struct {
	seq   int64
	taken bool
}

// queue is what pending found last in a folder, by name and oldest first, so
// that Take and Done need not read the folder for each file. Another process may
// have changed the folder since: whoever finds it wrong, or finds nothing, reads
// the folder again.
type queue map[string][]queued

func (q queue) drop(name string, seq int64) {
	q[name] = slices.DeleteFunc(q[name], func(x queued) bool { return x.seq == seq })
	if len(q[name]) == 0 {
		delete(q, name)
	}
}

// pending reads the folder's queue, oldest first; the caller holds mu.
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
	list := make([]arrival, 0, len(bySeq))
	for _, x := range bySeq {
		list = append(list, x)
	}
	slices.SortFunc(list, func(x, y arrival) int { return cmp.Compare(x.seq, y.seq) })
	q := queue{}
	for _, x := range list {
		q[x.name] = append(q[x.name], queued{x.seq, strings.HasPrefix(x.path, takenDir)})
	}
	a.queues[folder] = q
	return list, nil
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

// take sets the oldest arrival under name apart and opens it.
func (a *Account) take(folder, name string) (*os.File, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for fresh := false; ; fresh = true {
		if fresh {
			if _, err := a.pending(folder); err != nil {
				return nil, err
			}
		}
		q := a.queues[folder][name]
		if len(q) == 0 {
			if fresh {
				return nil, fs.ErrNotExist
			}
			continue
		}
		file := arrivalFile(q[0].seq, name)
		taken := path.Join(takenDir, folder, file)
		var err error
		if !q[0].taken {
			err = a.root.Rename(path.Join(arrivedDir, folder, file), taken)
		}
		if err == nil {
			q[0].taken = true
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
	if !slices.ContainsFunc(a.queues[folder][name], taken) {
		if _, err := a.pending(folder); err != nil {
			return err
		}
	}
	dir := path.Join(takenDir, folder)
	for _, x := range slices.Clone(a.queues[folder][name]) {
		if !x.taken {
			continue
		}
		err := a.root.Remove(path.Join(dir, arrivalFile(x.seq, name)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		a.queues[folder].drop(name, x.seq)
	}
	return a.tree.sync.syncDir(a.root, dir)
}

func taken(x queued) bool { return x.taken }
