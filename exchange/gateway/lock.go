package gateway

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lock is held by the one process that may work on a data folder. The kernel
// gives it back when the process ends, however it ends.
type lock struct{ f *os.File }

// ErrInUse says that another process works on the data folder.
var ErrInUse = errors.New("is in use")

func takeLock(data, what string) (*lock, error) {
	name := filepath.Join(data, "buzon.lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := os.ReadFile(name)
		return nil, errors.Join(
			fmt.Errorf("%s %w by %s; one process at a time may work on a data folder: stop that "+
				"one, or wait until it has ended",
				data, ErrInUse, strings.TrimSpace(string(holder))), f.Close())
	}
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = fmt.Fprintf(f, "buzon %s (pid %d)\n", what, os.Getpid())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), f.Close())
	}
	return &lock{f}, nil
}

// release empties the file before the kernel lets others in, so that it never
// names a process that is gone. It unlocks by itself: a child that another part
// is just starting holds a copy of the file until it is another program.
func (l *lock) release() error {
	return errors.Join(l.f.Truncate(0), syscall.Flock(int(l.f.Fd()), syscall.LOCK_UN), l.f.Close())
}
