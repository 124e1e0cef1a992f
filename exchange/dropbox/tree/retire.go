package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"time"
)

// old is a file that Retire takes away.
type old struct {
	path string
	key  key
	info fs.FileInfo
}

// Retire takes the party's uploads to a folder out of its sight that arrived
// before a moment and are Done, and throws away unfinished ones that nobody
// touched since then; n says how many files went. What still waits in the queue
// stays visible. Until Retire is called sizes and names stay, since clients look
// at them after they wrote. It may run beside a server, and be repeated.
func (t *Tree) Retire(account, folder string, before time.Time) (n int, err error) {
	a, f, err := t.find(account, folder)
	if err == nil && !f.Upload {
		err = fs.ErrPermission
	}
	if err == nil {
		n, err = a.retire(f, before)
	}
	if err != nil {
		return n, fmt.Errorf("retire %s: %w", path.Join(account, folder), err)
	}
	return n, nil
}

func (a *Account) retire(f Folder, before time.Time) (n int, err error) {
	olds, err := a.olds(f, before)
	if err != nil {
		return 0, err
	}
	for _, o := range olds {
		gone, err := a.takeAway(f, o)
		if err != nil {
			return n, err
		}
		if gone {
			n++
		}
	}
	return n, errors.Join(a.tree.sync.syncDir(a.root, f.Name), a.tree.sync.syncDir(a.root, path.Join(stagedDir, f.Name)))
}

// olds lists what may go. What is visible is read before the queue: a file that
// is not in the queue then, will never be again.
func (a *Account) olds(f Folder, before time.Time) ([]old, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	visible, err := regularFiles(a.root, f.Name)
	if err != nil {
		return nil, err
	}
	queue, err := a.pending(f.Name)
	if err != nil {
		return nil, err
	}
	waits := map[string][]fs.FileInfo{}
	for _, x := range queue {
		waits[x.name] = append(waits[x.name], x.info)
	}
	var list []old
	for _, info := range visible {
		k := key{f.Name, info.Name()}
		if info.ModTime().Before(before) && len(waits[k.name]) == 0 {
			list = append(list, old{k.path(), k, info})
		}
	}
	staged, err := regularFiles(a.root, path.Join(stagedDir, f.Name))
	if err != nil {
		return nil, err
	}
	for _, info := range staged {
		name, s, ok := stagedName(info.Name())
		if ok && s != writing && info.ModTime().Before(before) {
			k := key{f.Name, name}
			list = append(list, old{k.staged(s), k, info})
		}
	}
	return list, nil
}

// takeAway removes a file unless another process has put something else in its
// place meanwhile, which it gives back. It holds mu for this one file alone, so
// that no upload waits long.
func (a *Account) takeAway(f Folder, o old) (gone bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	aside := path.Join(deliveryDir, randomName(linkPrefix, ""))
	err = a.root.Rename(o.path, aside)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	a.tree.at("retire: aside")
	info, err := a.root.Lstat(aside)
	if err != nil {
		return false, err
	}
	if !os.SameFile(info, o.info) || !info.ModTime().Equal(o.info.ModTime()) {
		if err := a.root.Link(aside, o.path); err != nil && !errors.Is(err, fs.ErrExist) {
			return false, err
		}
		return false, a.root.Remove(aside)
	}
	if err := a.root.Remove(aside); err != nil {
		return false, err
	}
	a.tree.at("retire: gone")
	return true, a.forget(f, o)
}

// forget drops what was kept beside a file that went, unless its owner still
// sees another one under the name.
func (a *Account) forget(f Folder, o old) error {
	if path.Dir(o.path) != f.Name {
		a.use.settled(a.tree.now(), o.key, 0)
	}
	there, err := a.sees(f, o.key.name)
	if err != nil || there {
		return err
	}
	if names, ok := a.names[f.Name]; ok {
		names.remove(o.key.name)
	}
	return a.dropTime(o.key)
}
