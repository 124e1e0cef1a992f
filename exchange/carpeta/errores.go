package carpeta

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// failed tells what failed, at which path, and what to do. What an os.Root says of
// paths below itself is left out: "openat 27: permission denied" helps nobody.
func (m *Mailbox) failed(op, name string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	} else if e, ok := errors.AsType[*os.LinkError](err); ok {
		err = e.Err
	}
	failure := &fs.PathError{Op: op, Path: filepath.Join(m.dir, name), Err: err}
	if hint := m.hint(name, err); hint != "" {
		return fmt.Errorf("%w; hint: %s", failure, hint)
	}
	return failure
}

// hint is what an operator can do about an error; "" where nothing is known.
func (m *Mailbox) hint(name string, err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "free space on the disk of " + m.dir
	case errors.Is(err, syscall.EROFS):
		return "the disk of " + m.dir + " is mounted for reading alone"
	case errors.Is(err, fs.ErrNotExist) && name == "":
		return "mount its disk, or make the folder"
	case errors.Is(err, fs.ErrPermission):
		return m.hintOwner(name)
	}
	return ""
}

// hintOwner says whose the thing is that we may not use.
func (m *Mailbox) hintOwner(name string) string {
	at := filepath.Join(m.dir, name)
	info, err := os.Lstat(at)
	if err != nil { // what was to be made is not there; its folder is
		at = m.dir
		info, err = os.Lstat(at)
	}
	of := ""
	if err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			of = fmt.Sprintf("%s is of %s, mode %04o; ", at, userName(int(st.Uid)), info.Mode().Perm())
		}
	}
	return of + "let " + userName(os.Geteuid()) +
		" read in it, and write where we put files (group, or setfacl)"
}

// userName is a user as a sentence has one.
func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return fmt.Sprintf("user %s (uid %d)", u.Username, uid)
	}
	return fmt.Sprintf("uid %d", uid)
}
