package tree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Folder is a folder of an account.
type Folder struct {
	// Name is its path in the account: respuestas, or entrada/anexos, whose
	// parent must be a folder of the account too.
	Name string
	// Upload says that the party writes it and the gateway reads it; without it
	// the gateway writes and the party reads.
	Upload bool
	// Live lets the gateway replace the content of a name at once.
	Live bool
}

// Lock files in the root of a Tree. Whoever sweeps holds the first; the server
// holds the second as long as the Tree is open.
const (
	sweepLock  = ".barrido"
	serverLock = ".servidor"
)

// Tree is the folder that holds the accounts. Its methods may be called from
// several goroutines.
type Tree struct {
	root *os.Root
	now  func() time.Time
	step func(step string) // nil but in tests
	sync durable

	mu       sync.RWMutex
	accounts map[string]*Account
	server   *os.File
}

// Open opens the tree in dir and makes the folder where it is missing. now gives
// the moments at which files arrive. The caller closes the Tree when neither
// server nor mailboxes use it any more.
func Open(dir string, now func() time.Time) (*Tree, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open tree: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open tree: %w", err)
	}
	return &Tree{root: root, now: now, accounts: map[string]*Account{}, sync: true}, nil
}

// Unsynced makes writes not wait for the disk. It is for rehearsals in a virtual
// clock alone: a power cut may lose what was written. Call it before the first
// use.
func (t *Tree) Unsynced() { t.sync = false }

// Close gives back what the Tree holds. It waits for nobody.
func (t *Tree) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var errs []error
	for name, a := range t.accounts {
		errs = append(errs, a.root.Close())
		delete(t.accounts, name)
	}
	if t.server != nil {
		errs = append(errs, unlock(t.server))
		t.server = nil
	}
	return errors.Join(append(errs, t.root.Close())...)
}

// AddAccount makes the account's folders and mends what a crash left half done.
// For an account that is there it changes the folders; none is removed from the
// disk. An error wraps fs.ErrInvalid where a name cannot be used.
func (t *Tree) AddAccount(name string, folders []Folder) error {
	if !accountRE.MatchString(name) {
		return fmt.Errorf("add account %q: name: %w", name, fs.ErrInvalid)
	}
	if err := checkFolders(folders); err != nil {
		return fmt.Errorf("add account %s: %w", name, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	a, known := t.accounts[name]
	if !known {
		if err := t.root.MkdirAll(name, 0o700); err != nil {
			return fmt.Errorf("add account %s: %w", name, err)
		}
		root, err := t.root.OpenRoot(name)
		if err != nil {
			return fmt.Errorf("add account %s: %w", name, err)
		}
		a = newAccount(t, name, root)
	}
	err := a.setFolders(folders)
	if err == nil {
		err = a.readSequence()
	}
	if err == nil && !known {
		err = t.mend(a)
	}
	if err != nil {
		if !known {
			a.root.Close()
		}
		return fmt.Errorf("add account %s: %w", name, err)
	}
	t.accounts[name] = a
	return t.sync.syncDir(t.root, ".")
}

func checkFolders(folders []Folder) error {
	var seen []string
	for _, f := range folders {
		dir, base := path.Split(f.Name)
		if path.Clean(f.Name) != f.Name {
			return fmt.Errorf("folder %q: %w", f.Name, fs.ErrInvalid)
		}
		if err := checkName(base); err != nil {
			return err
		}
		if isTemporary(base) || slices.Contains(seen, f.Name) || f.Upload && f.Live {
			return fmt.Errorf("folder %q: %w", f.Name, fs.ErrInvalid)
		}
		if dir != "" && !slices.Contains(seen, path.Clean(dir)) {
			return fmt.Errorf("folder %q: no parent before it: %w", f.Name, fs.ErrInvalid)
		}
		seen = append(seen, f.Name)
	}
	return nil
}

// PutRoot writes a file beside the account's folders, such as LEEME.txt, and
// replaces what it held before.
func (t *Tree) PutRoot(account, name string, content []byte) error {
	a, err := t.Account(account)
	if err != nil {
		return fmt.Errorf("put %s/%s: %w", account, name, err)
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	p := a.place(Folder{Name: ".", Live: true})
	if err := p.put(context.Background(), name, open); err != nil {
		return fmt.Errorf("put %s/%s: %w", account, name, err)
	}
	return nil
}

// Account gives an account; an error wraps fs.ErrNotExist.
func (t *Tree) Account(name string) (*Account, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if a, ok := t.accounts[name]; ok {
		return a, nil
	}
	return nil, fmt.Errorf("account %q: %w", name, fs.ErrNotExist)
}

// OnStep has step called at each point at which a process may die between two
// changes on the disk: tests end it there. Set it before the first use.
func (t *Tree) OnStep(step func(step string)) { t.step = step }

// at marks a point at which the process may die.
func (t *Tree) at(step string) {
	if t.step != nil {
		t.step(step)
	}
}

// lock opens and locks a lock file; without wait it gives nil where another
// holds it.
func (t *Tree) lock(name string, wait bool) (*os.File, error) {
	f, err := t.root.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if !wait {
		if !tryLock(f) {
			f.Close()
			return nil, nil
		}
		return f, nil
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return f, nil
}

// mend sweeps an account. Uploads are left alone while a server is there.
func (t *Tree) mend(a *Account) error {
	sweeping, err := t.lock(sweepLock, true)
	if err != nil {
		return err
	}
	defer unlock(sweeping)
	if err := a.place(Folder{Name: "."}).sweep(); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	free, err := t.lock(serverLock, false)
	if err != nil || free == nil {
		return err
	}
	defer unlock(free)
	return a.repair()
}

// Now is the tree's clock.
func (t *Tree) Now() time.Time { return t.now() }

// Claim makes this Tree the one with the server, until Close. It is an error
// where another one has it.
func (t *Tree) Claim() error {
	sweeping, err := t.lock(sweepLock, true)
	if err != nil {
		return err
	}
	defer unlock(sweeping)
	f, err := t.lock(serverLock, false)
	if err != nil {
		return err
	}
	if f == nil {
		return errors.New("another server serves this tree")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.server = f
	return nil
}
