package tree

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// diskStep is how many bytes an upload writes before the free space is looked
// at again.
const diskStep = 8 << 20

// room tells whether the file system has the space that uploads may use.
func (a *Account) room() error {
	a.use.mu.Lock()
	var least int64
	if a.use.tally != nil {
		least = a.use.limits.MinFree
	}
	a.use.mu.Unlock()
	if least == 0 {
		return nil
	}
	free, err := freeBytes(a.root)
	if err == nil && free < least {
		err = ErrDiskFull
	}
	return err
}

func freeBytes(root *os.Root) (int64, error) {
	d, err := root.Open(".")
	if err != nil {
		return 0, err
	}
	defer d.Close()
	var st syscall.Statfs_t
	if err := syscall.Fstatfs(int(d.Fd()), &st); err != nil {
		return 0, fmt.Errorf("free space: %w", err)
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}

// full makes errors of a disk, or of a user's share of it, that has no room left
// ErrDiskFull.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}
