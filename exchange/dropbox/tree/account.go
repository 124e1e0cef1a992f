package tree

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// The folders of an account that no party sees.
const (
	stagedDir   = ".subidas"
	arrivedDir  = ".llegadas"
	takenDir    = ".tomadas"
	deliveryDir = ".entrega"
)

// key is a file of an account: folder and name.
type key struct{ folder, name string }

func (k key) path() string { return path.Join(k.folder, k.name) }

// Account is one party's tree, as the party sees it through a server. Its
// methods may be called from several goroutines.
type Account struct {
	tree *Tree
	name string
	root *os.Root

	mu      sync.Mutex // orders all that moves a file from one state to another, not its bytes
	folders []Folder
	writing map[key]*Upload
	shown   map[key]time.Time // times that clients set, shown back to them
	lastSeq int64
}

func newAccount(t *Tree, name string, root *os.Root) *Account {
	return &Account{
		tree: t, name: name, root: root,
		writing: map[key]*Upload{}, shown: map[key]time.Time{},
	}
}

// setFolders makes the folders on the disk and declares them.
func (a *Account) setFolders(folders []Folder) error {
	dirs := []string{deliveryDir}
	for _, f := range folders {
		dirs = append(dirs, f.Name)
		if f.Upload {
			dirs = append(dirs, path.Join(stagedDir, f.Name), path.Join(arrivedDir, f.Name), path.Join(takenDir, f.Name))
		}
	}
	for _, d := range dirs {
		if err := a.root.MkdirAll(d, 0o700); err != nil {
			return err
		}
		if err := syncDir(a.root, path.Dir(d)); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.folders = slices.Clone(folders)
	return nil
}

// Name is the account's name.
func (a *Account) Name() string { return a.name }

// Folder gives a folder by its path in the account.
func (a *Account) Folder(name string) (Folder, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.folders, func(f Folder) bool { return f.Name == name })
	if i < 0 {
		return Folder{}, false
	}
	return a.folders[i], true
}

// Subfolders are the names of the folders that lie directly in dir.
func (a *Account) Subfolders(dir string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var names []string
	for _, f := range a.folders {
		if path.Dir(f.Name) == dir {
			names = append(names, path.Base(f.Name))
		}
	}
	return names
}

// place is where the gateway puts files for the party.
func (a *Account) place(f Folder) place {
	return place{
		root: a.root, dir: f.Name, tmp: deliveryDir, mode: 0o600,
		live: f.Live, now: a.tree.now, at: a.tree.at,
	}
}

// Files is what the party sees in a folder, by name: finished files, and over
// them its own uploads that are not finished.
func (a *Account) Files(f Folder) ([]fs.FileInfo, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	infos, err := regularFiles(a.root, f.Name)
	if err != nil {
		return nil, err
	}
	seen := map[string]entry{}
	for _, info := range infos {
		if n := info.Name(); !strings.HasPrefix(n, ".") {
			seen[n] = a.entry(f, n, info)
		}
	}
	if f.Upload {
		staged, err := regularFiles(a.root, path.Join(stagedDir, f.Name))
		if err != nil {
			return nil, err
		}
		for _, info := range staged {
			if n, ok := stagedName(info.Name()); ok {
				seen[n] = a.entry(f, n, info)
			}
		}
	}
	list := make([]fs.FileInfo, 0, len(seen))
	for _, e := range seen {
		list = append(list, e)
	}
	slices.SortFunc(list, func(x, y fs.FileInfo) int { return cmp.Compare(x.Name(), y.Name()) })
	return list, nil
}

// Dir is how the party sees a folder under name. Its time is that of the disk,
// which changes with what is in it.
func (a *Account) Dir(name string, f Folder) fs.FileInfo {
	e := entry{name: name, mode: fs.ModeDir | 0o550, time: time.Unix(0, 0)}
	if f.Upload {
		e.mode = fs.ModeDir | 0o750
	}
	if info, err := a.root.Stat(f.Name); err == nil {
		e.time = info.ModTime()
	}
	return e
}

// entry is how the party sees a file; the caller holds mu.
func (a *Account) entry(f Folder, name string, info fs.FileInfo) entry {
	e := entry{name: name, size: info.Size(), time: info.ModTime(), mode: 0o440}
	if f.Upload {
		e.mode = 0o640
		if t, ok := a.shown[key{f.Name, name}]; ok {
			e.time = t
		}
	}
	return e
}

// Stat is what the party sees of one file.
func (a *Account) Stat(f Folder, name string) (fs.FileInfo, error) {
	if err := checkName(name); err != nil {
		return nil, fs.ErrNotExist
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	_, info, err := a.find(f, name)
	if err != nil {
		return nil, err
	}
	return a.entry(f, name, info), nil
}

// Open opens what the party sees of one file, for reading. The caller closes it.
func (a *Account) Open(f Folder, name string) (*os.File, error) {
	if err := checkName(name); err != nil {
		return nil, fs.ErrNotExist
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	p, _, err := a.find(f, name)
	if err != nil {
		return nil, err
	}
	return openRegular(a.root, p)
}

// find gives the path of what the party sees under name; the caller holds mu.
func (a *Account) find(f Folder, name string) (string, fs.FileInfo, error) {
	k := key{f.Name, name}
	if f.Upload {
		if p, _, info, err := a.staged(k); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return p, info, err
		}
	} else if strings.HasPrefix(name, ".") {
		return "", nil, fmt.Errorf("hidden: %w", fs.ErrNotExist)
	}
	info, err := a.root.Lstat(k.path())
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	return k.path(), info, err
}

// ShowTime keeps the time that a client set on an upload, to show it back.
func (a *Account) ShowTime(f Folder, name string, t time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, _, err := a.find(f, name); err == nil && f.Upload {
		a.shown[key{f.Name, name}] = t
	}
}
