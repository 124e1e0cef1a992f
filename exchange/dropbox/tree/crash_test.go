package tree_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"buzon/exchange/exchangetest"
)

// Environment of the process that is to die.
const (
	crashDir  = "TREE_CRASH_DIR"
	crashStep = "TREE_CRASH_STEP"
	crashWay  = "TREE_CRASH_WAY"
)

// TestCrashChild is that process: it does one thing and kills itself at a step.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("run by the tests of crashes")
	}
	p := open(t, dir, exchangetest.NewClock(monday.Add(time.Hour)))
	p.tree.OnStep(func(step string) {
		if step == os.Getenv(crashStep) {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	})
	switch os.Getenv(crashWay) {
	case "close":
		p.upload(t, res2, "second")
	case "rename":
		p.rename(t, res2+".tmp", res2)
	case "retire":
		_, err := p.tree.Retire(une, p.f.Name, monday.Add(time.Minute))
		check(t, err)
	}
	t.Error("lives on")
}

func die(t *testing.T, p party, way, step string) {
	t.Helper()
	p.tree.Close()
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), crashDir+"="+p.dir, crashWay+"="+way, crashStep+"="+step)
	out, err := cmd.CombinedOutput()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the child was not killed at %s: %v\n%s", step, err, out)
	}
}

// TestCrashLosesNothing dies at each step of what moves uploads. Whatever waits
// in the queue is taken afterwards and seen by its owner meanwhile, and what is
// told of it beside it is gone or right.
func TestCrashLosesNothing(t *testing.T) {
	t.Parallel()
	for way, steps := range map[string]map[string]bool{ // whether the second arrives
		"close": {
			"upload: synced": false, "arrive: linked": false,
			"arrive: arrived": true, "arrive: shown": true, "arrive: synced": true,
		},
		"rename": {
			"arrive: linked": false, "arrive: arrived": true, "arrive: shown": true, "arrive: synced": true,
		},
		"retire": {"retire: aside": false, "retire: gone": false},
	} {
		for step, arrives := range steps {
			t.Run(way+" "+step, func(t *testing.T) {
				t.Parallel()
				p := start(t)
				for _, name := range []string{"done.txt", res2, res1} {
					p.upload(t, name, name)
					check(t, p.ShowTime(p.f, name, may))
				}
				p.upload(t, res2+".tmp", "second")
				check(t, p.ShowTime(p.f, res2+".tmp", may.Add(time.Hour)))
				p.cut(t, "cut.txt", anew, "cut")
				for _, name := range []string{"done.txt", res2} {
					p.take(t, name)
					p.done(t, name)
				}
				die(t, p, way, step)
				p.afterCrash(t, way, arrives)
			})
		}
	}
}

// afterCrash checks what a new process finds, an hour later.
func (p party) afterCrash(t *testing.T, way string, arrives bool) {
	t.Helper()
	p = open(t, p.dir, p.clock)
	seen := p.seen(t)
	if seen[res1] != res1 {
		t.Errorf("the owner sees %q of what waits", seen[res1])
	}
	want := []string{res1 + "=" + res1}
	if arrives {
		want = append(want, res2+"=second")
	}
	switch _, there := seen[res2+".tmp"]; {
	case arrives && seen[res2] != "second":
		t.Errorf("the owner sees %q of what arrived", seen[res2])
	case !arrives && way != "retire" && seen[res2] != res2:
		t.Errorf("the owner sees %q of the earlier content", seen[res2])
	case !arrives && way == "rename" && !there:
		t.Error("what was closed whole is gone")
	}
	p.wantTime(t, "what waits", res1, may)
	if info, err := p.Stat(p.f, res2); arrives && (err != nil || info.ModTime().Equal(may)) {
		t.Errorf("what arrived bears the time of an earlier content: %v, %v", info, err)
	}
	for _, f := range hidden(t, p.dir) {
		name := filepath.Base(f)
		if _, there := seen[name]; strings.HasPrefix(f, ".entrega/") || strings.HasPrefix(f, ".horas/") && !there {
			t.Errorf("left over: %s", f)
		}
	}
	wantEqual(t, "queue", p.drain(t), want)
	if way == "retire" {
		n, err := p.tree.Retire(une, p.f.Name, monday.Add(time.Minute))
		check(t, err)
		if n == 0 || len(p.seen(t)) != 0 {
			t.Errorf("the repeat retired %d files and left %q", n, p.seen(t))
		}
		return
	}
	p.upload(t, res2, "repeated")
	wantEqual(t, "queue after the repeat", p.drain(t), []string{res2 + "=repeated"})
}

// hidden gives every file of the account that its owner does not see.
func hidden(t *testing.T, dir string) []string {
	t.Helper()
	root := filepath.Join(dir, une)
	var got []string
	check(t, filepath.WalkDir(root, func(p string, e os.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, p)
		if err == nil && !e.IsDir() && strings.HasPrefix(rel, ".") {
			got = append(got, rel)
		}
		return err
	}))
	slices.Sort(got)
	return got
}
