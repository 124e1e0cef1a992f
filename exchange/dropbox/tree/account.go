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
	shownDir    = ".horas"
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
	names   map[string]spellings // by folder of uploads
	queues  map[string]queue     // by folder of uploads
	lastSeq int64

	use usage
}

func newAccount(t *Tree, name string, root *os.Root) *Account {
	return &Account{
		tree: t, name: name, root: root,
		writing: map[key]*Upload{}, names: map[string]spellings{}, queues: map[string]queue{},
	}
}

// setFolders makes the folders on the disk and declares them.
func (a *Account) setFolders(folders []Folder) error {
	dirs := []string{deliveryDir}
	for _, f := range folders {
		dirs = append(dirs, f.Name)
		if f.Upload {
			for _, d := range []string{stagedDir, arrivedDir, takenDir, shownDir} {
				dirs = append(dirs, path.Join(d, f.Name))
			}
		}
	}
	for _, d := range dirs {
		if err := a.root.MkdirAll(d, 0o700); err != nil {
			return err
		}
		if err := a.tree.sync.syncDir(a.root, path.Dir(d)); err != nil {
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
		live: f.Live, now: a.tree.now, at: a.tree.at, sync: a.tree.sync,
	}
}

// Files is what the party sees in a folder, by name: finished files, and over
// them its own uploads that are not finished.
func (a *Account) Files(f Folder) ([]fs.FileInfo, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	files, err := a.seen(f)
	if err != nil {
		return nil, err
	}
	var set map[string]time.Time
	if f.Upload {
		if set, err = a.times(f); err != nil {
			return nil, err
		}
	}
	list := make([]fs.FileInfo, 0, len(files))
	for name, info := range files {
		list = append(list, newEntry(f, name, info, set[name]))
	}
	slices.SortFunc(list, func(x, y fs.FileInfo) int { return cmp.Compare(x.Name(), y.Name()) })
	return list, nil
}

// seen gives what lies behind each name that the party sees; the caller holds mu.
func (a *Account) seen(f Folder) (map[string]fs.FileInfo, error) {
	infos, err := regularFiles(a.root, f.Name)
	if err != nil {
		return nil, err
	}
	files := make(map[string]fs.FileInfo, len(infos))
	for _, info := range infos {
		if n := info.Name(); !strings.HasPrefix(n, ".") {
			files[n] = info
		}
	}
	if !f.Upload {
		return files, nil
	}
	if infos, err = regularFiles(a.root, path.Join(stagedDir, f.Name)); err != nil {
		return nil, err
	}
	for _, info := range infos {
		if n, _, ok := stagedName(info.Name()); ok {
			files[n] = info
		}
	}
	return files, nil
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

// newEntry is how the party sees a file; set is the time that it gave it.
func newEntry(f Folder, name string, info fs.FileInfo, set time.Time) entry {
	e := entry{name: name, size: info.Size(), time: info.ModTime(), mode: 0o440}
	if f.Upload {
		e.mode = 0o640
	}
	if !set.IsZero() {
		e.time = set
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
	var set time.Time
	if f.Upload {
		set = a.timeOf(key{f.Name, name})
	}
	return newEntry(f, name, info, set), nil
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

// sees tells whether the party sees a file under name; the caller holds mu.
func (a *Account) sees(f Folder, name string) (bool, error) {
	_, _, err := a.find(f, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
