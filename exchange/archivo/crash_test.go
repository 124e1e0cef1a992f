package archivo

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"buzon/schema"
)

// Environment of the process that is to die.
const (
	crashDir  = "ARCHIVO_CRASH_DIR"
	crashStep = "ARCHIVO_CRASH_STEP" // at which step, counted from 1
	crashWay  = "ARCHIVO_CRASH_WAY"
)

// crashes are the ways in which a process changes the disk: what lies there before,
// what it does, and what is known and lies apart once it is done.
var crashes = map[string]struct {
	before func(t *testing.T, data string)
	do     func(a *Contenidos) error
	known  []string
	apart  []string
}{
	"open": {func(*testing.T, string) {}, func(*Contenidos) error { return nil }, nil, nil},
	"add": {
		func(t *testing.T, data string) {},
		func(a *Contenidos) error { _, _, err := a.Add(strings.NewReader("nuevo")); return err },
		[]string{"nuevo"}, nil,
	},
	"add what lies apart": {
		func(t *testing.T, data string) {
			put(t, filepath.Join(data, apartada{huella("nuevo"), lunes}.path()), "nuevo")
		},
		func(a *Contenidos) error { _, _, err := a.Add(strings.NewReader("nuevo")); return err },
		[]string{"nuevo"}, nil,
	},
	"add again": {
		func(t *testing.T, data string) { put(t, filepath.Join(data, pathOf(huella("nuevo"))), "nuevo") },
		func(a *Contenidos) error { _, _, err := a.Add(strings.NewReader("nuevo")); return err },
		[]string{"nuevo"}, nil,
	},
	"keep all": {
		func(t *testing.T, data string) {},
		func(a *Contenidos) error {
			var ds []*Borrador
			for _, text := range append(sameFolder(3), "nuevo") {
				d, err := a.Draft()
				if err != nil {
					return err
				}
				if _, err := d.Write([]byte(text)); err != nil {
					return err
				}
				ds = append(ds, d)
			}
			return errors.Join(a.KeepAll(ds)...)
		},
		append(sameFolder(3), "nuevo"), nil,
	},
	"adopt": {
		func(t *testing.T, data string) { staged(t, data, "nuevo") },
		func(a *Contenidos) error {
			_, _, err := a.Adopt(filepath.Join(a.data, "subidas/UNE/x"), huella("nuevo"))
			return err
		},
		[]string{"nuevo"}, nil,
	},
	"set apart": {
		func(t *testing.T, data string) { put(t, filepath.Join(data, pathOf(huella("nuevo"))), "nuevo") },
		func(a *Contenidos) error { _, err := a.Reconcile(lunes, only()); return err },
		nil, []string{"nuevo"},
	},
	"bring back": {
		func(t *testing.T, data string) {
			put(t, filepath.Join(data, apartada{huella("nuevo"), lunes}.path()), "nuevo")
		},
		func(a *Contenidos) error { _, err := a.Reconcile(lunes, only(huella("nuevo"))); return err },
		[]string{"nuevo"}, nil,
	},
}

// TestCrashChild is that process: it does one thing and kills itself at a step.
func TestCrashChild(t *testing.T) {
	data, way := os.Getenv(crashDir), os.Getenv(crashWay)
	if data == "" {
		t.Skip("run by TestCrash")
	}
	at, err := strconv.Atoi(os.Getenv(crashStep))
	check(t, err)
	var mu sync.Mutex
	n := 0
	stepOfOpen = func(step string) {
		mu.Lock()
		defer mu.Unlock()
		if n++; n == at {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	a, err := Open(data)
	check(t, err)
	check(t, crashes[way].do(a))
}

// TestCrash dies at each step of what changes the disk. At every moment whole contents
// alone bear a name; what was there before is there; doing it again after a start
// leaves what doing it once does.
func TestCrash(t *testing.T) {
	t.Parallel()
	for way, c := range crashes {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			step := 1
			for ; ; step++ {
				data := t.TempDir()
				c.before(t, data)
				before := sees(t, data)
				killed := die(t, data, way, step)
				checkWhole(t, data, before)
				again(t, data, way)
				if t.Failed() {
					t.Fatalf("killed at step %d", step)
				}
				if !killed {
					break
				}
			}
			if step < 4 {
				t.Errorf("only %d steps", step)
			}
		})
	}
}

// die runs the child, and tells whether it was killed before it was done.
func die(t *testing.T, data, way string, step int) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), crashDir+"="+data, crashWay+"="+way, crashStep+"="+fmt.Sprint(step))
	out, err := cmd.CombinedOutput()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signal() == syscall.SIGKILL {
		return true
	}
	if err != nil {
		t.Fatalf("the child at step %d: %v\n%s", step, err, out)
	}
	return false
}

// checkWhole: what bears the name of a content is that content, and each that was
// there before is somewhere.
func checkWhole(t *testing.T, data string, before map[string]string) {
	t.Helper()
	texts := map[string]bool{}
	for name, text := range sees(t, data) {
		if strings.HasPrefix(name, dirTmp+"/") {
			continue
		}
		texts[text] = true
		if base := filepath.Base(name); valid(schema.Huella(base)) && base != string(huella(text)) {
			t.Errorf("%s holds %q", name, text)
		}
	}
	for name, text := range before {
		if !texts[text] {
			t.Errorf("%s, which was there before, is nowhere", name)
		}
	}
}

// again starts after a crash: what was not done is done again.
func again(t *testing.T, data, way string) {
	t.Helper()
	c := crashes[way]
	a := open(t, data)
	_, err := a.Reconcile(lunes, only()) // the store knew of nothing yet
	check(t, err)
	check(t, c.do(a))
	want := map[string]string{}
	for _, text := range c.known {
		want[pathOf(huella(text))] = text
	}
	for _, text := range c.apart {
		want[apartada{huella(text), lunes}.path()] = text
	}
	if way == "adopt" {
		want["subidas/UNE/x"] = "nuevo"
	}
	wantSeen(t, data, want)
	check(t, a.Close())
}
