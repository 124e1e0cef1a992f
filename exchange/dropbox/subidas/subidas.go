package subidas

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// lockFile is what a Subidas at work holds a lock on.
const lockFile = ".servidor"

// Arrival is a finished upload whose arrival is to be recorded.
type Arrival struct {
	Account, Folder, Name string
	// ID is the staged file's random name, by which Options.Arrived knows it again.
	ID string
	// Path is the staged file, whole and synced. It is never written to again, so
	// that it may be hard-linked.
	Path   string
	SHA256 string // of the content, in hex
	Bytes  int64  // its size
	// Moment is when the close or rename was taken up, before anything was waited for.
	Moment time.Time
	Shown  time.Time // the time that the client set meanwhile; zero: none
}

// Options is what a Subidas needs of those who keep what arrived. Its functions are
// called with the account locked: they must not call back into it.
type Options struct {
	Now func() time.Time
	// Zone is where the day of the limits begins; nil is UTC.
	Zone *time.Location
	// Unsynced makes nothing wait for the disk. It is for rehearsals in a virtual
	// clock alone: a power cut may lose what was written.
	Unsynced bool
	// Arrive records a finished upload durably: when it gives nil that is an arrival
	// and visible, and the staged file goes. Otherwise the upload stays: cut, of its
	// full size, or where it was to be renamed, as it was. An error may wrap ErrCase.
	Arrive func(Arrival) error
	// Arrived tells at a start whether the arrival of a staged file was recorded.
	Arrived func(account, id string) (bool, error)
	// Today counts what arrived of an account in [from, to): files and bytes.
	Today func(account string, from, to time.Time) (files, bytes int64, err error)
	// Spelled gives the finished upload or folder that the account sees in folder
	// under name, or else under a name that differs from it only by case; "" is none.
	Spelled func(account, folder, name string) (string, error)
	// Date keeps the time that a client set on a finished upload. An error wraps
	// fs.ErrNotExist where there is none.
	Date func(account, folder, name string, t time.Time) error
}

// Subidas is the folder that holds the accounts' uploads. Its methods may be
// called from several goroutines.
type Subidas struct {
	dir  string
	cfg  Options
	step func(step string) // nil but in tests

	mu       sync.RWMutex
	accounts map[string]*Account
	named    bool // the names of the accounts' folders are on the disk
	lock     *os.File
}

// Open opens the uploads in dir and makes the folder where it is missing. The
// caller closes it when no server uses it any more.
func Open(dir string, c Options) (*Subidas, error) {
	if c.Now == nil || c.Arrive == nil || c.Arrived == nil ||
		c.Today == nil || c.Spelled == nil || c.Date == nil {
		return nil, errors.New("open uploads: every function of the configuration must be set")
	}
	c.Zone = cmp.Or(c.Zone, time.UTC)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open uploads: %w", trouble(err))
	}
	return &Subidas{dir: dir, cfg: c, accounts: map[string]*Account{}}, nil
}

// Close gives back what Subidas holds. It waits for nobody.
func (s *Subidas) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.accounts)
	if s.lock == nil {
		return nil
	}
	// Closing alone may give the lock back late: a child that is just being started
	// holds a copy of the file until it is another program.
	err := errors.Join(syscall.Flock(int(s.lock.Fd()), syscall.LOCK_UN), s.lock.Close())
	s.lock = nil
	return err
}

// Claim makes this process the one that works on the folder, until Close; it may be
// called again. It is an error where another one does.
func (s *Subidas) Claim() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.claim()
}

func (s *Subidas) claim() error {
	if s.lock != nil {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(s.dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("claim uploads: %w", trouble(err))
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return fmt.Errorf("claim uploads: another server has %s; stop it first", f.Name())
	}
	s.lock = f
	return nil
}

// Account gives an account, whose folder is made on its first use; that mends what
// a crash left. An error wraps fs.ErrInvalid where a name cannot be used.
func (s *Subidas) Account(name string) (*Account, error) {
	s.mu.RLock()
	a, ok := s.accounts[name]
	s.mu.RUnlock()
	if ok {
		return a, nil
	}
	if !accountRE.MatchString(name) {
		return nil, fmt.Errorf("account %q: name: %w", name, fs.ErrInvalid)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok = s.accounts[name]; ok {
		return a, nil
	}
	if err := s.claim(); err != nil {
		return nil, err
	}
	a = &Account{s: s, name: name, dir: filepath.Join(s.dir, name), staged: map[key]*staged{}}
	if err := a.open(); err != nil {
		return nil, fmt.Errorf("account %s: %w", name, err)
	}
	s.accounts[name] = a
	return a, nil
}

// SetLimits sets an account's limits; before it an account has none. What was
// uploaded today counts from the first call on, also what came before it.
func (s *Subidas) SetLimits(account string, l Quota) error {
	a, err := s.Account(account)
	if err == nil {
		err = a.setLimits(l)
	}
	if err != nil {
		return fmt.Errorf("set limits of %s: %w", account, err)
	}
	return nil
}

// Sweep throws away unfinished uploads that nobody touched since a moment, and
// tells how many went. It may be repeated.
func (s *Subidas) Sweep(account string, before time.Time) (n int, err error) {
	a, err := s.Account(account)
	if err == nil {
		n, err = a.sweep(before)
	}
	if err != nil {
		return n, fmt.Errorf("sweep uploads of %s: %w", account, err)
	}
	return n, nil
}

// OnStep has step called at each point at which a process may die between two
// changes on the disk: tests end it there. Set it before the first use.
func (s *Subidas) OnStep(step func(step string)) { s.step = step }

// at marks a point at which the process may die.
func (s *Subidas) at(step string) {
	if s.step != nil {
		s.step(step)
	}
}
