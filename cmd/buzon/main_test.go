package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"buzon/exchange/exchangetest"
	_ "buzon/schema/prueba" // scripts have the layout 01.90 beside 01.00
)

// TestMain makes this test binary the program itself where it is called by the
// name buzon, so that scripts and kills meet a real process.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"buzon": main})
}

// The moments of the examples.
const (
	deliveryDay = "2026-03-02"
	delivered   = "2026-03-02T18:07:40-06:00"
	answered    = "2026-03-18T16:22:31-06:00"
)

// The names of the examples.
const (
	rec1    = "GE_REC_20260302_001.txt"
	lot1    = "GE_LOT_00900001_20260302_001.txt"
	res1    = "GE_RES_00900001_20260318_001.txt"
	acu1    = "GE_ACU_00900001_20260318_001.txt"
	une1    = "00900001"
	une2    = "00900002"
	une3    = "00900003"
	patient = 60 * time.Second // how long a test waits for what must happen
)

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// eventually looks until ok says that it happened.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	if !watch(patient, ok) {
		t.Fatalf("%s: not within %v", what, patient)
	}
}

// watch looks every few milliseconds, and tells whether it happened in time.
func watch(limit time.Duration, ok func() bool) bool {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(limit)
	defer end.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end.C:
			return ok()
		}
	}
	return true
}

// buzon runs the program within this process.
func buzon(args ...string) (code int, out, errOut string) {
	var o, e bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// set is a gateway's working set in a folder of its own, made by init.
type set struct{ dir string }

// newSet makes the set of a rehearsal, whose clock can be set.
func newSet(t *testing.T) set {
	t.Helper()
	s := set{filepath.Join(t.TempDir(), "g")}
	if code, _, errOut := buzon("init", s.dir, "--simulacro"); code != exitDone {
		t.Fatalf("init: %d\n%s", code, errOut)
	}
	s.edit(t, "listen: '127.0.0.1:2022'", "listen: '127.0.0.1:0'")
	return s
}

func (s set) path(name ...string) string { return filepath.Join(append([]string{s.dir}, name...)...) }

func (s set) config() string { return s.path("buzon.yaml") }

// box is where a name in a UNE's folder can be looked at, as it is seen now.
func (s set) box(une string, name ...string) string {
	dir, err := os.MkdirTemp(filepath.Dir(s.dir), "espejo")
	if err == nil {
		err = exchangetest.Espejo(s.path("datos"), dir)
	}
	if err != nil {
		panic(err)
	}
	return filepath.Join(append([]string{dir, une}, name...)...)
}

// edit changes the configuration; what is to be changed must be there.
func (s set) edit(t *testing.T, before, after string) {
	t.Helper()
	text := read(t, s.config())
	if !strings.Contains(text, before) {
		t.Fatalf("the configuration does not hold %q", before)
	}
	write(t, s.config(), strings.Replace(text, before, after, 1))
}

// leave puts a file into CONDUSEF's salida. Each file left has a time of its own,
// as on a disk on which they come one after the other.
func (s set) leave(t *testing.T, name, content string, at time.Time) {
	t.Helper()
	path := s.path("condusef", "salida", name)
	write(t, path, content)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

// run does one cycle at a moment and gives the exit code and all that it printed.
func (s set) run(day, at string) (int, string) {
	code, out, errOut := buzon("run", "-c", s.config(), "--date", day, "--now", at)
	return code, out + errOut
}

// mustRun is a run that must end with a code.
func (s set) mustRun(t *testing.T, want int, day, at string) string {
	t.Helper()
	code, out := s.run(day, at)
	if code != want {
		t.Fatalf("run at %s: exit %d, want %d\n%s", at, code, want, out)
	}
	return out
}

// deliverExamples brings the example LOTs to their UNEs.
func (s set) deliverExamples(t *testing.T) {
	t.Helper()
	s.leave(t, rec1, example(t, rec1), moment(t, delivered))
	s.mustRun(t, exitDone, deliveryDay, delivered)
}

func (s set) history(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errOut := buzon(append([]string{"history", "-c", s.config()}, args...)...)
	if code != exitDone {
		t.Fatalf("history: %d\n%s", code, errOut)
	}
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func example(t *testing.T, name string) string {
	t.Helper()
	return read(t, filepath.Join("testdata", "ejemplos", name))
}

// records gives the lines 02 of a file.
func records(content string) (all []string) {
	for l := range strings.Lines(content) {
		if strings.HasPrefix(l, "02|") {
			all = append(all, l)
		}
	}
	return all
}

// names lists a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]string, len(entries))
	for i, e := range entries {
		all[i] = e.Name()
	}
	return all
}

// Flags that do not go together are a mistake of usage, told in words.
func TestFlagGroups(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"want one of --last and --limit":  {"history", "--last", "3", "--limit", "2"},
		"want one of --json and --format": {"history", "--json", "--format", "csv"},
		"--from 2026-04-01 is after --to 2026-03-01": {"history", "--from", "2026-04-01", "--to",
			"2026-03-01"},
	} {
		if code, _, errOut := buzon(args...); code != exitUsage ||
			!strings.HasPrefix(errOut, "buzon: "+want+"\n") {
			t.Errorf("%v: code %d\n%s", args, code, errOut)
		}
	}
	for _, args := range [][]string{{"history"}, {"trace"}, {"calendar", "list"}, {"score"}} {
		if _, out, _ := buzon(append(args,
			"--help")...); !regexp.MustCompile(`[Hh]ours\s.*of\s+America/Mexico_City`).MatchString(out) {
			t.Errorf("%v: the help does not say of which zone hours are\n%s", args, out)
		}
	}
}
