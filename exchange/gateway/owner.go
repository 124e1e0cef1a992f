package gateway

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
)

// TakeOwner sees to it that what is made under the data folder is of the folder's
// owner. It is to be called before anything is made there: one command of root's once
// left a folder of root's, and the daemon did not start again.
//
// Where the folder is of another user than ours, root becomes that user, with the
// folder's group, for the rest of the process, and say is told so; anybody else gets
// an error that says whose it is and how to run it. Where it is not there yet nothing
// is to be done: it will be ours.
//
// Root gives up with this what is root's: a port below 1024 then needs
// CAP_NET_BIND_SERVICE, as deploy/buzon.service shows.
func TakeOwner(data string, say func(string)) error {
	uid, gid, err := ownerOf(data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("data folder: whose is it: %w", err)
	}
	me := os.Geteuid()
	switch {
	case me == uid:
		return nil
	case me != 0:
		return fmt.Errorf(
			"%s is of %s, and this process runs as %s; run it as that user: sudo -u %s buzon …; "+
				"or give the folder to this one: chown -R %d %s",
			data, userName(uid), userName(me), sudoName(uid), me, data)
	}
	if err := become(uid, gid); err != nil {
		return fmt.Errorf("%s is of %s, which root here cannot become; run it as that user: "+
			"sudo -u %s buzon …: %w",
			data, userName(uid), sudoName(uid), err)
	}
	say(fmt.Sprintf("%s is of %s: this process is that user's from here on (a port below 1024 then needs "+
		"CAP_NET_BIND_SERVICE, see deploy/buzon.service)", data, userName(uid)))
	return nil
}

// TakeOwnerToMake is TakeOwner for a command that makes the data folder: where it is not
// there, root becomes the owner of the folder in which it is made. Anybody else needs only
// to be able to write there.
func TakeOwnerToMake(data string, say func(string)) error {
	data, err := filepath.Abs(data)
	if err != nil {
		return err
	}
	_, err = os.Stat(data)
	for at := data; errors.Is(err, fs.ErrNotExist) && os.Geteuid() == 0 && at != filepath.Dir(at); {
		at = filepath.Dir(at)
		_, err = os.Stat(at)
		data = at
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return TakeOwner(data, say)
}

// userName is a user as a sentence has one.
func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return fmt.Sprintf("user %s (uid %d)", u.Username, uid)
	}
	return fmt.Sprintf("uid %d", uid)
}

// sudoName is a user as sudo takes one, in a shell.
func sudoName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return fmt.Sprintf("'#%d'", uid)
}
