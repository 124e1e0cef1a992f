package dropbox_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"buzon/exchange/dropbox/subidas"
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
	w.serve(t, w.config())
	p := w.party(t, une1)
	p.upload(t, resPath+".tmp", "second")
	die := func(step string) {
		if step == os.Getenv(crashStep) {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	}
	w.up.OnStep(die)
	w.box.Broken = func(subidas.Arrival) error { die("recorder: kept"); return nil }
	switch os.Getenv(crashWay) {
	case "close":
		p.upload(t, resPath, "second")
	case "rename":
		p.Rename(resPath+".tmp", resPath)
	}
	t.Error("lives on")
}

// die runs the child in the folders of a world.
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

// TestCrashInUpload kills the server while a client waits for its answer.
func TestCrashInUpload(t *testing.T) {
	t.Parallel()
	const arrives, stays, again = "arrives", "stays as it was", "is whole, and cut"
	for way, steps := range map[string]map[string]string{
		"close": {
			"settle: synced": stays, "arrive: closed": again, "recorder: kept": again,
			"arrive: recorded": arrives, "arrive: gone": arrives,
		},
		"rename": {"recorder: kept": stays, "arrive: recorded": arrives, "arrive: gone": arrives},
	} {
		for step, then := range steps {
			t.Run(way+" "+step, func(t *testing.T) {
				t.Parallel()
				w := start(t, nil)
				w.party(t, une1).upload(t, resPath, "first")
				w.stop()
				die(t, w, way, step)

				w = newWorld(w.dir)
				w.open(t)
				w.serve(t, w.config())
				p := w.party(t, une1)
				want, seen := []string{res1 + "=first"}, "first"
				if then == arrives {
					want = append(want, res1+"=second")
				}
				if then != stays {
					seen = "second"
				}
				if got := p.read(t, resPath); got != seen {
					t.Errorf("owner reads %q, want %q", got, seen)
				}
				names := []string{res1, res1 + ".tmp"}
				if then == arrives && way == "rename" {
					names = names[:1]
				}
				wantEqual(t, "owner sees", p.names(t, "respuestas"), names)
				wantEqual(t, "queue", w.queue(t, une1), want)
				w.afterCrash(t, p, way, then == arrives)
			})
		}
	}
}

// afterCrash has the client repeat what it got no answer to.
func (w *world) afterCrash(t *testing.T, p party, way string, arrived bool) {
	t.Helper()
	switch {
	case way == "rename" && arrived:
	case way == "rename": // what was closed whole can still be finished
		check(t, p.Rename(resPath+".tmp", resPath))
		wantEqual(t, "queue after the rename", w.queue(t, une1), []string{res1 + "=second"})
	default:
		p.upload(t, resPath, "second")
		wantEqual(t, "queue after the repeat", w.queue(t, une1), []string{res1 + "=second"})
		check(t, p.Remove(resPath+".tmp"))
	}
	for _, f := range onDisk(t, filepath.Join(w.dir, "subidas")) {
		if !strings.HasPrefix(f, ".") {
			t.Errorf("left over: %s", f)
		}
	}
}
