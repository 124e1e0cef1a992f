package exchangetest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// NeedRoot leaves a test out where it cannot be run, but never in CI.
func NeedRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() == 0 {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("CI must run this as root")
	}
	t.Skip("NOT TESTED: whose files are is tested by root alone")
}

// OpenToAll gives a folder that every user can reach.
func OpenToAll(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "buzon")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Own gives a folder and all in it to a user.
func Own(t testing.TB, dir string, uid, gid int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(name, uid, gid))
	})
	if err != nil {
		t.Fatal(err)
	}
}
