package dropbox_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox"
)

// Environment of the process that is to die.
const (
	crashDir  = "DROPBOX_CRASH_DIR"
	crashStep = "DROPBOX_CRASH_STEP"
	crashWay  = "DROPBOX_CRASH_WAY"
)

// TestCrashChild is that process: it does one thing and kills itself at a step.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("run by the tests of crashes")
	}
	w := newWorld(dir)
	w.open(t)
	w.serve(t, dropbox.Config{Tree: w.tree, HostKeys: []ssh.Signer{signer("host")}, Authorize: authorize, Log: logger(w.logged)})
	p := w.party(t, une1)
	p.upload(t, resPath+".tmp", "second")
	w.tree.OnStep(func(step string) {
		if step == os.Getenv(crashStep) {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	})
	switch os.Getenv(crashWay) {
	case "close":
		p.upload(t, resPath, "second")
	case "rename":
		p.Rename(resPath+".tmp", resPath)
	case "put":
		put(t, w.tree.Mailbox(une1, "reclamaciones"), lot1, "lote")
	}
	t.Error("lives on")
}

// die runs the child and gives the world that it left.
func die(t *testing.T, w *world, way, step string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), crashDir+"="+w.dir, crashWay+"="+way, crashStep+"="+step)
	out, err := cmd.CombinedOutput()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the child was not killed at %s: %v\n%s", step, err, out)
	}
}

// before has one arrival under the name, read and not Done.
func before(t *testing.T) *world {
	t.Helper()
	w := start(t, nil)
	w.party(t, une1).upload(t, resPath, "first")
	r, err := w.tree.Mailbox(une1, "respuestas").Take(t.Context(), res1)
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	w.stop()
	return w
}

func TestCrashInUpload(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"close", "rename"} {
		for step, arrives := range map[string]bool{
			"upload: synced": false, "arrive: linked": false,
			"arrive: arrived": true, "arrive: shown": true, "arrive: synced": true,
		} {
			if way == "rename" && step == "upload: synced" {
				continue // already passed when the temporary name was closed
			}
			t.Run(way+" "+step, func(t *testing.T) {
				t.Parallel()
				w := before(t)
				die(t, w, way, step)

				again := newWorld(w.dir)
				again.open(t)
				again.serve(t, dropbox.Config{Tree: again.tree, HostKeys: []ssh.Signer{signer("host")}, Authorize: authorize, Log: logger(again.logged)})
				p := again.party(t, une1)
				want, seen := []string{res1 + "=first"}, "first"
				if arrives {
					want, seen = append(want, res1+"=second"), "second"
				}
				if got := p.read(t, resPath); got != seen {
					t.Errorf("owner reads %q, want %q", got, seen)
				}
				names := []string{res1, res1 + ".tmp"}
				if arrives && way == "rename" {
					names = names[:1]
				}
				wantEqual(t, "owner sees", p.names(t, "respuestas"), names)
				wantEqual(t, "queue", again.queue(t, une1), want)
				wantEqual(t, "queue afterwards", again.queue(t, une1), []string{})
				if !arrives && way == "rename" { // what was closed whole can still be finished
					if err := p.Rename(resPath+".tmp", resPath); err != nil {
						t.Fatal(err)
					}
					wantEqual(t, "queue after the rename", again.queue(t, une1), []string{res1 + "=second"})
				}
				for _, f := range onDisk(t, filepath.Join(w.dir, une1)) {
					if strings.HasPrefix(f, ".") && f != ".subidas/respuestas/cerrada_"+res1+".tmp" {
						t.Errorf("left over: %s", f)
					}
				}
			})
		}
	}
}

func TestCrashInPut(t *testing.T) {
	t.Parallel()
	for step, there := range map[string]bool{"put: written": false, "put: shown": true} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			w := before(t)
			die(t, w, "put", step)
			again := newWorld(w.dir)
			again.open(t)
			defer again.tree.Close()
			m := again.tree.Mailbox(une1, "reclamaciones")
			list, err := m.List(t.Context())
			if err != nil || len(list) == 1 != there {
				t.Errorf("listed %v, %v, want a file: %v", list, err, there)
			}
			if left := onDisk(t, filepath.Join(w.dir, une1, ".entrega")); len(left) != 0 {
				t.Errorf("left over: %q", left)
			}
			put(t, m, lot1, "lote")
			if got := onDisk(t, filepath.Join(w.dir, une1, "reclamaciones")); len(got) != 1 {
				t.Errorf("after the repeat: %q", got)
			}
		})
	}
}

// TestCrashWhileWriting checks that bytes of which nobody knows whether they are
// there are no upload to resume.
func TestCrashWhileWriting(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.stop()
	left := filepath.Join(w.dir, une1, ".subidas/respuestas/escribiendo_"+res1)
	if err := os.WriteFile(left, noise(1000), 0o600); err != nil {
		t.Fatal(err)
	}
	w.open(t)
	defer w.tree.Close()
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("still there: %v", err)
	}
}
