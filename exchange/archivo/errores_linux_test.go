package archivo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestHints: an error tells the whole path, what the system said, and what to do.
func TestHints(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	whole := filepath.Join(data, "archivo", "27")
	for _, c := range []struct {
		err  error
		want []string
	}{
		{&fs.PathError{Op: "openat", Path: "27", Err: syscall.ENOSPC},
			[]string{whole, "no space left", "free space on the disk of " + data}},
		{&os.LinkError{Op: "renameat", Old: "x", New: "27", Err: syscall.EXDEV},
			[]string{whole, "one file system"}},
		{&fs.PathError{Op: "openat", Path: "27", Err: syscall.EROFS},
			[]string{whole, "mounted for reading alone"}},
		{&fs.PathError{Op: "openat", Path: "27", Err: syscall.ENOENT}, []string{whole, "no such file"}},
	} {
		got := a.failed("sync folder", "archivo/27", c.err)
		if !errors.Is(got, cause(c.err)) || strings.Contains(got.Error(), "openat") {
			t.Errorf("%v", got)
		}
		for _, want := range c.want {
			if !strings.Contains(got.Error(), want) {
				t.Errorf("%q does not say %q", got, want)
			}
		}
	}
}

// TestPermission takes a folder's rights away from its owner.
func TestPermission(t *testing.T) {
	t.Parallel()
	data := shared(t)
	a := open(t, data)
	h := add(t, a, "uno")
	dir := filepath.Join(data, folderOf(h))
	check(t, os.Chmod(dir, 0o500))
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	uid := os.Geteuid()
	if uid == 0 {
		uid = 12345
		giveTo(t, data, uid)
	}
	asUser(t, uid, func() {
		_, _, err := a.Add(strings.NewReader("uno"))
		wantDenied(t, err, filepath.Join(data, pathOf(h)), "chmod -R u+rwX "+data)
	})
}

// TestOwners has folders of several users, as a command of root's leaves them.
func TestOwners(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("ONLY ROOT CAN GIVE FOLDERS TO OTHERS: this was not tested")
	}
	data := shared(t)
	a := open(t, data)
	h := add(t, a, "uno")
	giveTo(t, data, 12345)
	path, dir := filepath.Join(data, pathOf(h)), filepath.Join(data, folderOf(h))
	check(t, os.Chown(dir, 0, 0))
	asUser(t, 12345, func() {
		_, _, err := a.Add(strings.NewReader("uno"))
		wantDenied(t, err, path, dir+" is of user root (uid 0)", data+" of uid 12345", "chown -R 12345 "+data)
		_, err = a.Open(h)
		wantDenied(t, err, path, "chown -R 12345 "+data)
	})
	asUser(t, 23456, func() {
		_, err := a.Draft()
		wantDenied(t, err, filepath.Join(data, dirTmp),
			"is of uid 12345 and this process runs as uid 23456", "sudo -u '#12345' buzon")
		_, err = Open(data)
		wantDenied(t, err, data, "sudo -u '#12345' buzon")
	})
}

func wantDenied(t *testing.T, err error, want ...string) {
	t.Helper()
	if !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v, want fs.ErrPermission", err)
		return
	}
	for _, text := range want {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q does not say %q", err, text)
		}
	}
}

// shared gives a data folder that other users can reach.
func shared(t *testing.T) string {
	t.Helper()
	base, err := os.MkdirTemp("", "archivo")
	check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	check(t, os.Chmod(base, 0o755))
	return filepath.Join(base, "datos")
}

// giveTo gives all that lies below a folder, and it, to a user.
func giveTo(t *testing.T, dir string, uid int) {
	t.Helper()
	check(t, filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(name, uid, uid))
	}))
}

// asUser calls f as another user: one thread alone becomes that user, and ends.
func asUser(t *testing.T, uid int, f func()) {
	t.Helper()
	if uid == os.Geteuid() {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with this
		if _, _, e := syscall.RawSyscall(syscall.SYS_SETRESUID, uintptr(uid), uintptr(uid),
			uintptr(uid)); e != 0 {
			t.Errorf("setresuid %d: %v", uid, e)
			return
		}
		f()
	}()
	<-done
}
