package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
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

// TestOwner runs commands of root's over a data folder of another user: what they
// make is that user's, and a start of that user's goes on.
func TestOwner(t *testing.T) {
	t.Parallel()
	exchangetest.NeedRoot(t)
	base := exchangetest.OpenToAll(t)
	program := programIn(t, base)
	dir := filepath.Join(base, "g")
	config, data := filepath.Join(dir, "buzon.yaml"), filepath.Join(dir, "datos")
	as(t, 0, program, exitDone, "init", dir)
	// A set of root's around a data folder that is not.
	exchangetest.Own(t, data, ownerUID, ownerGID)
	if err := errors.Join(os.Chmod(dir, 0o755), os.Remove(filepath.Join(data, "buzon.db"))); err != nil {
		t.Fatal(err)
	}
	as(t, 0, program, exitDone, "init", dir)
	allOf(t, "init beside data", data, ownerUID, ownerGID)

	exchangetest.Own(t, dir, ownerUID, ownerGID)
	if err := os.Remove(filepath.Join(dir, "llaves", "sello.pub")); err != nil {
		t.Fatal(err)
	}
	const becomes = "is of uid 23456: this process is that user's from here on"
	for _, c := range []struct {
		code int
		says bool
		args []string
	}{
		{exitDone, true, []string{"init", dir}},
		{exitDone, true, []string{"run", "-c", config}},
		{exitDone, true, []string{"checkpoint", "-c", config}},
		{exitDone, true, []string{"une", "suspend", "900001", "--reason", "prueba", "-c", config}},
		{exitDone, true, []string{"verify", "-c", config}},
		{exitDone, false, []string{"history", "-c", config}},
	} {
		errOut := as(t, 0, program, c.code, c.args...)
		if strings.Contains(errOut, becomes) != c.says {
			t.Errorf("%s: says who it is: %v, want %v\n%s", c.args[0], !c.says, c.says, errOut)
		}
		allOf(t, c.args[0], dir, ownerUID, ownerGID)
	}
	as(t, ownerUID, program, exitDone, "run", "-c", config)

	// The configuration is ours, the data folder is not.
	exchangetest.Own(t, dir, otherUID, otherUID)
	exchangetest.Own(t, data, ownerUID, ownerGID)
	for _, args := range [][]string{{"run"}, {"serve"}, {"checkpoint"}, {"une", "resume", "900001"}} {
		errOut := as(t, otherUID, program, exitFailed, append(args, "-c", config)...)
		if !strings.Contains(errOut, data+" is of uid 23456") ||
			!strings.Contains(errOut, "sudo -u '#23456' buzon") {
			t.Errorf("%s: %s", args[0], errOut)
		}
	}
	allOf(t, "what was refused", data, ownerUID, ownerGID)
}

// TestOwnerOfRestored: what root puts back is of the owner of the folder, or of the one in
// which it is made.
func TestOwnerOfRestored(t *testing.T) {
	t.Parallel()
	exchangetest.NeedRoot(t)
	base := exchangetest.OpenToAll(t)
	program := programIn(t, base)
	dir, kept, into := filepath.Join(base, "g"), filepath.Join(base, "respaldo"), filepath.Join(base, "new")
	as(t, 0, program, exitDone, "init", dir)
	as(t, 0, program, exitDone, "backup", kept, "-c", filepath.Join(dir, "buzon.yaml"))
	if err := os.MkdirAll(filepath.Join(into, "there"), 0o700); err != nil {
		t.Fatal(err)
	}
	exchangetest.Own(t, into, ownerUID, ownerGID)
	exchangetest.Own(t, kept, ownerUID, ownerGID)
	for _, name := range []string{"there", "absent", filepath.Join("deep", "absent")} {
		as(t, 0, program, exitDone, "restore", kept, "--into", filepath.Join(into, name))
		allOf(t, name, into, ownerUID, ownerGID)
	}
	open := filepath.Join(base, "open") // to all, as /tmp is
	if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, 0o777)); err != nil {
		t.Fatal(err)
	}
	as(t, ownerUID, program, exitDone, "restore", kept, "--into", filepath.Join(open, "drill"))
}

// programIn puts the program into a folder from which every user can run it.
func programIn(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "buzon") // by this name it is the program; see TestMain
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

// as runs the program as a user and gives what it says on standard error.
func as(t *testing.T, uid uint32, program string, want int, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = filepath.Dir(program)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		t.Errorf("uid %d: %q: exit %d, want %d\n%s%s", uid, args, got, want, &out, &errOut)
	}
	return errOut.String()
}

// allOf: a folder and all in it is a user's.
func allOf(t *testing.T, what, dir string, uid, gid uint32) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(name)
		if err != nil {
			return err
		}
		if st := info.Sys().(*syscall.Stat_t); st.Uid != uid || st.Gid != gid {
			t.Errorf("%s: %s is of %d:%d", what, name, st.Uid, st.Gid)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestReadOnlyData: a data folder in which nothing can be written answers questions, or
// they say what is missing. Who asks needs none of the keys.
func TestReadOnlyData(t *testing.T) {
	t.Parallel()
	exchangetest.NeedRoot(t)
	base := exchangetest.OpenToAll(t)
	program := programIn(t, base)
	dir := filepath.Join(base, "g")
	config, data := filepath.Join(dir, "buzon.yaml"), filepath.Join(dir, "datos")
	as(t, 0, program, exitDone, "init", "--simulacro", dir)
	as(t, 0, program, exitDone, "run", "-c", config, "--now", "2026-03-02T12:00:00-06:00")
	exchangetest.Own(t, dir, ownerUID, ownerGID)
	if err := os.Chmod(data, 0o500); err != nil {
		t.Fatal(err)
	}
	before := fileNames(t, data)
	for _, args := range [][]string{{"status", "--date", "2026-03-02"}, {"history"}, {"verify"}} {
		if said := as(t, ownerUID, program, exitDone, append(args, "-c", config)...); said != "" {
			t.Errorf("%s: %s", args[0], said)
		}
	}
	kept := filepath.Join(base, "respaldo")
	if err := os.Mkdir(kept, 0o700); err != nil {
		t.Fatal(err)
	}
	exchangetest.Own(t, kept, ownerUID, ownerGID)
	as(t, ownerUID, program, exitDone, "backup", kept, "-c", config)
	if after := fileNames(t, data); after != before {
		t.Errorf("questions left %s; before %s", after, before)
	}
	db := filepath.Join(data, "buzon.db")
	if err := errors.Join(os.Chmod(data, 0o700), os.Chmod(db, 0o400)); err != nil {
		t.Fatal(err)
	}
	if said := as(t, ownerUID, program, exitFailed, "run", "-c", config); !strings.Contains(said,
		"write "+db+": permission denied") {
		t.Errorf("run: %s", said)
	}
	if err := os.Chmod(data, 0o500); err != nil {
		t.Fatal(err)
	}
	wal := filepath.Join(data, "buzon.db-wal")
	write(t, wal, "what a killed gateway wrote last")
	exchangetest.Own(t, dir, ownerUID, ownerGID)
	if err := os.RemoveAll(filepath.Join(dir, "llaves")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"status", "history", "verify"} {
		said := as(t, ownerUID, program, exitFailed, name, "-c", config)
		if !strings.Contains(said, wal+" has what was written last, and ") ||
			!strings.Contains(said, "copy "+db+" and "+wal+" to a folder") {
			t.Errorf("%s does not say what is missing: %s", name, said)
		}
	}
}

func fileNames(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}
