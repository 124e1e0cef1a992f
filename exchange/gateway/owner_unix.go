//go:build unix

package gateway

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ownerOf gives the user and the group of a folder; a link is followed.
func ownerOf(dir string) (uid, gid int, err error) {
	info, err := os.Stat(dir)
	if err != nil {
		return 0, 0, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, fmt.Errorf("%s: %w", dir, errors.ErrUnsupported)
	}
	return int(st.Uid), int(st.Gid), nil
}

// become makes the process another user's, each of its threads, and for good: also
// what it was before is given up. Its groups are that one alone.
func become(uid, gid int) error {
	if err := syscall.Setgroups([]int{gid}); err != nil {
		return fmt.Errorf("setgroups %d: %w", gid, err)
	}
	if err := syscall.Setgid(gid); err != nil {
		return fmt.Errorf("setgid %d: %w", gid, err)
	}
	if err := syscall.Setuid(uid); err != nil {
		return fmt.Errorf("setuid %d: %w", uid, err)
	}
	if syscall.Setuid(0) == nil || os.Geteuid() != uid || os.Getegid() != gid {
		return fmt.Errorf("setuid %d: not for good", uid)
	}
	return nil
}
