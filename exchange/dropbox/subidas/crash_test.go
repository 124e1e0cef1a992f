package subidas_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"buzon/exchange/dropbox/subidas"
	"buzon/exchange/exchangetest"
)

// Environment of the process that is to die.
const (
	crashDir  = "SUBIDAS_CRASH_DIR"
	crashStep = "SUBIDAS_CRASH_STEP"
	crashWay  = "SUBIDAS_CRASH_WAY"
)

// kept is the step between the keeping of a content and its record.
const kept = "recorder: kept"

// TestCrashChild is that process: it does one thing and kills itself at a step.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("run by the tests of crashes")
	}
	p := open(t, dir, exchangetest.NewClock(monday.Add(time.Hour)))
	die := func(step string) {
		if step == os.Getenv(crashStep) {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	}
	p.up.OnStep(die)
	p.box.Broken = func(subidas.Arrival) error { die(kept); return nil }
	switch os.Getenv(crashWay) {
	case "close":
		p.upload(t, res2, "second")
	case "rename":
		p.rename(t, res2+".tmp", res2)
	case "cut":
		p.cut(t, "new.txt", anew, "new")
	case "resume":
		p.cut(t, "cut.txt", resume, "!")
	case "resume a whole one":
		p.cut(t, res2+".tmp", resume, "!")
	case "move":
		p.rename(t, "other.tmp", "moved.tmp")
	case "replace":
		p.cut(t, "cut.txt", anew, "replaced")
	}
	t.Error("lives on")
}

func die(t *testing.T, p party, way, step string) {
	t.Helper()
	check(t, p.up.Close())
	check(t, p.box.Close())
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), crashDir+"="+p.dir, crashWay+"="+way, crashStep+"="+step)
	out, err := cmd.CombinedOutput()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the child was not killed at %s: %v\n%s", step, err, out)
	}
}

// crashes are what dies at each of its steps, and what is then found under the name
// that it was about; "" is nothing.
var crashes = []struct {
	way, name string
	steps     map[string]string
}{
	{"close", res2, map[string]string{
		"begin: made": "first", "save: written": "first", "begin: recorded": "first",
		"settle: synced": "first",
		"arrive: closed": "second", kept: "second", // cut of its full size, over what is finished
		"arrive: recorded": "second", "arrive: gone": "second",
	}},
	{"rename", res2,
		map[string]string{kept: "first", "arrive: recorded": "second", "arrive: gone": "second"}},
	{"cut", "new.txt", map[string]string{
		"begin: made": "", "begin: recorded": "", "settle: synced": "", "settle: saved": "new"}},
	{"resume", "cut.txt", map[string]string{"settle: synced": "", "settle: saved": "cut!"}},
	{"resume a whole one", res2 + ".tmp", map[string]string{
		"begin: made": "second", "begin: recorded": "second", "settle: synced": "",
		"settle: saved": "second!"}},
	{"move", "other.tmp", map[string]string{"save: written": "other"}},
	{"replace", "cut.txt", map[string]string{
		"begin: made": "cut", "begin: recorded": "cut", "settle: synced": "", "settle: saved": "replaced"}},
}

// TestCrashLosesNothing dies at each step of what moves uploads. What a client was
// told of is there, nothing arrives twice or in part, and nothing is left over.
func TestCrashLosesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range crashes {
		for step, found := range c.steps {
			t.Run(c.way+" "+step, func(t *testing.T) {
				t.Parallel()
				p := start(t)
				for _, name := range []string{res1, res2} {
					p.upload(t, name, "first")
					check(t, p.ShowTime(respuestas, name, may))
				}
				p.upload(t, res2+".tmp", "second")
				check(t, p.ShowTime(respuestas, res2+".tmp", may.Add(time.Hour)))
				p.cut(t, "cut.txt", anew, "cut")
				p.cut(t, "other.tmp", anew, "other")
				die(t, p, c.way, step)
				p.afterCrash(t, c.way, step, c.name, found)
			})
		}
	}
}

// afterCrash checks what a new process finds, an hour later.
func (p party) afterCrash(t *testing.T, way, step, name, found string) {
	t.Helper()
	p = open(t, p.dir, p.clock)
	want := map[string]string{
		res1: "first", res2: "first", res2 + ".tmp": "second", "cut.txt": "cut", "other.tmp": "other",
	}
	want[name] = found
	if found == "" {
		delete(want, name)
	}
	recorded := step == "arrive: recorded" || step == "arrive: gone"
	if recorded && way == "rename" {
		delete(want, res2+".tmp")
	}
	p.wantSeen(t, "after the crash", want)
	arrivals := []string{res1 + "=first", res2 + "=first"}
	if recorded {
		arrivals = append(arrivals, res2+"=second")
	}
	wantEqual(t, "arrivals", p.drain(t), arrivals)
	p.wantTime(t, "another", res1, may)
	p.wantNothingLeft(t)
	p.againAfterCrash(t, way, recorded)
}

// wantNothingLeft checks that on the disk there is an upload with its record for
// each that the owner sees, and nothing else.
func (p party) wantNothingLeft(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(p.uploads(), une))
	check(t, err)
	if n := len(p.List(respuestas)); len(entries) != 2*n {
		t.Errorf("%d files for %d uploads: %v", len(entries), n, entries)
	}
}

// againAfterCrash has the client repeat what it got no answer to, and go on.
func (p party) againAfterCrash(t *testing.T, way string, recorded bool) {
	t.Helper()
	switch {
	case way == "rename" && recorded: // the client finds its temporary name gone
		return
	case way == "rename": // what was closed whole can still be finished
		p.rename(t, res2+".tmp", res2)
		p.wantTime(t, "renamed", res2, may.Add(time.Hour))
	default:
		p.upload(t, res2, "second") // in place of what is cut
	}
	wantEqual(t, "arrivals after the repeat", p.drain(t), []string{res2 + "=second"})
	p.cut(t, "cut.txt", anew, "c")
	if _, err := p.begin(t, "cut.txt", resume, "ut").Close(); err != nil {
		t.Error(err)
	}
	wantEqual(t, "arrivals of what is resumed", p.drain(t), []string{"cut.txt=cut"})
	p.wantNothingLeft(t)
}

// TestMending leaves in an account what crashes leave, and what is none of ours.
func TestMending(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.cut(t, "cut.txt", anew, "cut")
	p.upload(t, "closed.tmp", "closed")
	check(t, p.up.Close())
	id := func(c string) string { return strings.Repeat(c, 26) }
	record := func(state, name string, bytes int) string {
		const text = `{"carpeta":"respuestas","nombre":%q,"estado":%q,` +
			`"bytes":%d,"tocada":"2026-03-02T10:00:00Z"}`
		return fmt.Sprintf(text, name, state, bytes)
	}
	dir := filepath.Join(p.uploads(), une)
	stays := []string{"notas.txt", "notas.json", id("a"), id("A") + ".txt", id("S"), id("S") + ".json"}
	for name, content := range map[string]string{
		id("A"):           "bytes without a record",
		id("B") + ".json": record("cortada", "b.txt", 1), // without bytes
		id("C"):           "being written", id("C") + ".json": record("escribiendo", "c.txt", 3),
		id("C") + ".json.nuevo": "  ",
		id("D"):                 "", id("D") + ".json": "\x00\x00", // as a power cut leaves it
		id("E") + ".json.nuevo": "alone",
		id("S"):                 "shorter", id("S") + ".json": record("cerrada", "short.tmp", 1000),
		"notas.txt": "of an operator", "notas.json": "{}", id("a"): "x", id("A") + ".txt": "x",
	} {
		check(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	p = p.again(t)
	p.wantSeen(t, "mended",
		map[string]string{"cut.txt": "cut", "closed.tmp": "closed", "short.tmp": "shorter"})
	_, err := p.Rename(respuestas, "short.tmp", "short.txt")
	if err == nil {
		t.Error("what the disk lost bytes of arrived")
	}
	entries, err := os.ReadDir(dir)
	check(t, err)
	var found []string
	for _, e := range entries {
		found = append(found, e.Name())
	}
	for _, name := range stays {
		if !slices.Contains(found, name) {
			t.Errorf("%s is gone", name)
		}
	}
	if len(found) != len(stays)+4 {
		t.Errorf("there are %q", found)
	}
}
