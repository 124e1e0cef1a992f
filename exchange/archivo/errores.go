package archivo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// whole gives a path below the data folder as an operator can use it.
func (a *Contenidos) whole(name string) string {
	return filepath.Join(a.data, filepath.FromSlash(name))
}

// cause is what the system said. An os.Root tells of paths below itself alone, and
// "openat 27: permission denied" helps nobody.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}

// failed tells what failed, at which path, and what to do.
func (a *Contenidos) failed(op, name string, err error) error {
	err = &fs.PathError{Op: op, Path: a.whole(name), Err: cause(err)}
	if hint := a.hint(name, err); hint != "" {
		return fmt.Errorf("%w; hint: %s", err, hint)
	}
	return err
}

// hint is what an operator can do about an error; "" where nothing is known.
func (a *Contenidos) hint(name string, err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "free space on the disk of " + a.data
	case errors.Is(err, syscall.EROFS):
		return "the file system is mounted for reading alone; look at why (dmesg), then mount it anew"
	case errors.Is(err, syscall.EXDEV):
		return "archivo/ and apartado/ must lie on one file system"
	case errors.Is(err, fs.ErrPermission):
		return a.hintOwner(name)
	}
	return ""
}

// hintOwner says whose the folders are. Mostly a command that was run as another user,
// root above all, left a folder that the daemon may not write to.
func (a *Contenidos) hintOwner(name string) string {
	data, ok := ownerOf(a.data)
	if !ok {
		return "run buzon as the user whose " + a.data + " is"
	}
	if me := os.Geteuid(); me != data {
		return fmt.Sprintf("%s is of %s and this process runs as %s: run it as that user: sudo -u %s buzon …",
			a.data, userName(data), userName(me), sudoUser(data))
	}
	at := ""
	for part := range strings.SplitSeq(filepath.ToSlash(filepath.Clean(name)), "/") {
		at = filepath.Join(at, part)
		if uid, ok := ownerOf(a.whole(at)); ok && uid != data {
			return fmt.Sprintf("%s is of %s and %s of %s: chown -R %d %s",
				a.whole(at), userName(uid), a.data, userName(data), data, a.data)
		}
	}
	return "give its owner the right to it: chmod -R u+rwX " + a.data
}

// ownerOf gives the uid of whoever owns what lies there.
func ownerOf(path string) (uid int, ok bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(st.Uid), true
}

// sudoUser is a user as sudo takes one.
func sudoUser(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return "'#" + strconv.Itoa(uid) + "'"
}

// userName is a user as a sentence has one.
func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return fmt.Sprintf("user %s (uid %d)", u.Username, uid)
	}
	return fmt.Sprintf("uid %d", uid)
}
