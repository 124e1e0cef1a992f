package gateway

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"buzon/exchange/exchangetest"
)

// Users that no system has.
const (
	ownerUID, ownerGID = 23456, 34567
	otherUID           = 45678
)

func TestTakeOwner(t *testing.T) {
	t.Parallel()
	never := func(said string) { t.Errorf("said %q", said) }
	dir := t.TempDir()
	for _, data := range []string{dir, filepath.Join(dir, "not there")} {
		if err := TakeOwner(data, never); err != nil {
			t.Errorf("%s: %v", data, err)
		}
	}
	if err := TakeOwner(filepath.Join(dir, "\x00"), never); err == nil {
		t.Error("an owner that cannot be told is taken for ours")
	}
	exchangetest.NeedRoot(t)
	open := exchangetest.OpenToAll(t)
	check := func(uid int, want ...string) {
		asUser(t, uid, func() {
			err := TakeOwner(open, never)
			if (err == nil) != (len(want) == 0) {
				t.Errorf("uid %d: %v", uid, err)
			}
			for _, text := range want {
				if err != nil && !strings.Contains(err.Error(), text) {
					t.Errorf("uid %d: %q does not say %q", uid, err, text)
				}
			}
		})
	}
	check(otherUID, open+" is of user root (uid 0)", "runs as uid 45678",
		"sudo -u root buzon", "chown -R 45678 "+open)
	exchangetest.Own(t, open, ownerUID, ownerGID)
	check(ownerUID)
	check(otherUID, open+" is of uid 23456", "runs as uid 45678", "sudo -u '#23456' buzon")
}

// becomeChild is set in the process that becomes another user.
const becomeChild = "BUZON_BECOME"

// TestBecome: nothing of root's stays, neither a group nor a way back.
func TestBecome(t *testing.T) {
	if os.Getenv(becomeChild) != "" {
		if err := become(ownerUID, ownerGID); err != nil {
			t.Fatal(err)
		}
		groups, err := os.Getgroups()
		fmt.Printf("uid %d %d, gid %d %d, groups %v, %v\n",
			os.Getuid(), os.Geteuid(), os.Getgid(), os.Getegid(), groups, err)
		if syscall.Setuid(0) == nil || syscall.Setgid(0) == nil {
			fmt.Println("and back")
		}
		os.Exit(0) // what TestMain made is root's: the parent removes it
	}
	t.Parallel()
	exchangetest.NeedRoot(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestBecome$")
	cmd.Env = append(os.Environ(), becomeChild+"=1", "TMPDIR="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Groups: []uint32{0, 4, 6}}}
	out, err := cmd.CombinedOutput()
	const want = "uid 23456 23456, gid 34567 34567, groups [34567], <nil>\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%swant %s", err, out, want)
	}
}

// asUser calls f as another user: one thread alone becomes that user, and ends.
func asUser(t *testing.T, uid int, f func()) {
	t.Helper()
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
