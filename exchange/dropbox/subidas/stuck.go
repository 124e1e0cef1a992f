package subidas

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"buzon/schema/nombres"
)

// Retry has uploads arrive that a fault of ours kept from it, where their final names
// are wanted: those that were closed whole, with the moment of that. It gives the names
// of those that still did not arrive, also of what could not be written to its end: that
// only its party can send again.
func (s *Subidas) Retry(account string, wanted func(name string) bool) (stuck []string, err error) {
	// An account of which nothing lies here has no folder yet, and needs none for this.
	if _, err := os.Lstat(filepath.Join(s.dir, account)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	a, err := s.Account(account)
	if err != nil {
		return nil, err
	}
	return a.retry(wanted)
}

func (a *Account) retry(wanted func(name string) bool) (stuck []string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	for _, it := range a.staged {
		if it.Stuck == "" || it.handle != nil || !wanted(it.Stuck) {
			continue
		}
		arrived, err := a.again(it)
		if errs = append(errs, err); !arrived {
			stuck = append(stuck, it.Stuck)
		}
	}
	slices.Sort(stuck)
	return stuck, errors.Join(errs...)
}

// again is one more try; arrived tells also that its party has sent it again meanwhile.
func (a *Account) again(it *staged) (arrived bool, err error) {
	seen, err := a.s.cfg.Spelled(a.name, it.Folder, it.Stuck)
	if err != nil {
		return false, err
	}
	if seen != "" {
		r := it.record
		r.Stuck = ""
		return true, a.save(it, r, true)
	}
	if !it.whole() {
		return false, nil
	}
	if err := a.arrive(it, it.Stuck, it.Touched); err != nil {
		return false, err
	}
	return true, a.gone(it)
}

// final is a name, "" where it is a temporary one.
func final(name string) string {
	if nombres.Temporary(name) {
		return ""
	}
	return name
}

// failed tells whether a write failed, and not for what its party sent.
func (u *Upload) failed() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	var large TooLarge
	return u.failure != nil && !errors.Is(u.failure, errEnded) && !errors.Is(u.failure, errScattered) &&
		!errors.Is(u.failure, ErrBytesQuota) && !errors.As(u.failure, &large)
}
