package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// asked is what a store is asked for, each with a word that its answer has.
func asked(dir, folio, file string) map[string]string {
	at := " --config " + filepath.Join(dir, "buzon.yaml")
	all := map[string]string{
		"status":                                  "operation day",
		"status --json":                           `"day"`,
		"history":                                 "TIME",
		"history --format csv":                    "momento",
		"history --json":                          `"event"`,
		"trace " + folio:                          folio,
		"trace " + folio + " --json":              folio,
		"une list":                                "900001",
		"une list --json":                         "900001",
		"calendar list --year 2026":               "calendar",
		"calendar list --json":                    `"calendar"`,
		"calendar list --versions":                "CAUSE",
		"score --from 2026-01-01 --to 2026-06-30": "IDATU",
		"verify":                                  "eventos",
		"verify --json":                           `"events"`,
	}
	if file != "" {
		all["trace --file "+file] = file
		all["trace --file "+file+" --json"] = file
		all["checkpoint"] = "bitacora"
		all["proof ACU-2026-00000001"] = "ACU-2026-00000001"
	}
	out := map[string]string{}
	for command, word := range all {
		out[command+at] = word
	}
	return out
}

// TestRehearsalSaysSo: whatever a rehearsal's store is asked for says SIMULACRO, and
// what another one is asked for does not.
func TestRehearsalSaysSo(t *testing.T) {
	t.Parallel()
	played, _ := simulate(t, 0, "--scenario", scenario(t, todo...))
	other := newScoreSet(t, false)
	other.quarter(false)
	for rehearsal, all := range map[bool]map[string]string{
		true:  asked(played, "2026/090/1", "GE_LOT_00900001_20260302_001.txt"),
		false: asked(filepath.Dir(other.path("buzon.yaml")), "2026/090/1", ""),
	} {
		for command, word := range all {
			_, out, errOut := buzon(strings.Fields(command)...)
			says := strings.Contains(out, "SIMULACRO") || strings.Contains(out, `"simulacro":true`)
			if says != rehearsal || rehearsal && !strings.Contains(out, word) {
				t.Errorf("buzon %s: says that it is a rehearsal's: %v\n%.600s\n%s", command, says, out,
					errOut)
			}
		}
	}
	at := []string{"--config", filepath.Join(played, "buzon.yaml")}
	if code, out,
		errOut := buzon(append(at, "calendar", "add", "2026-12-24", "Suspensión inventada", "--origen",
		"CONDUSEF")...); code != 0 {
		t.Errorf("calendar add: exit code %d\n%s%s", code, out, errOut)
	}
	path := filepath.Join(t.TempDir(), "x.zip")
	code, out, errOut := buzon("export", "--config", filepath.Join(played, "buzon.yaml"), "-o", path)
	if code != 0 || !strings.HasPrefix(out, "SIMULACRO\n") {
		t.Errorf("export: exit code %d\n%s%s", code, out, errOut)
	}
	members := unzip(t, path)
	for name, want := range map[string]string{"consulta.json": `"simulacro":true`,
		"punto.txt":     " SIMULACRO\n",
		"eventos.jsonl": `\"simulacro\":true`, "eventos.csv": ",SIMULACRO\r\n"} {
		if !strings.Contains(members[name], want) {
			t.Errorf("%s:\n%.600s", name, members[name])
		}
	}
}

// TestScoreOfWhatWasPlayed: a calendar that comes in after a played scenario, when
// nobody says otherwise, leaves a score as of its last event, or later, as it was.
func TestScoreOfWhatWasPlayed(t *testing.T) {
	t.Parallel()
	dir, _ := simulate(t, 0, "--scenario",
		scenario(t, "2018/090/1,900001,2018-03-01,15,,1,", "2018/090/2,900001,2018-03-01,,,,"))
	at := []string{"--config", filepath.Join(dir, "buzon.yaml")}
	score := func(asOf string) string {
		args := append(at, "score", "--from", "2018-01-01", "--to", "2018-06-30", "--json")
		if asOf != "" {
			args = append(args, "--as-of", asOf)
		}
		code, out, errOut := buzon(args...)
		if code != exitDone {
			t.Fatalf("score as of %q: exit code %d\n%s", asOf, code, errOut)
		}
		return out
	}
	_, last, _ := strings.Cut(score(""), `"as_of":"`)
	last, _, _ = strings.Cut(last, `"`)
	before := map[string]string{last: "", "2018-03-20": "", "2018-07-01": "", "2020-01-01T00:00:00Z": ""}
	for asOf := range before {
		before[asOf] = score(asOf)
	}
	if code, out,
		errOut := buzon(append(at, "calendar", "add", "2018-03-05..2018-03-08", "Suspensión inventada",
		"--origen", "CONDUSEF")...); code != exitDone {
		t.Fatalf("calendar add: exit code %d\n%s%s", code, out, errOut)
	}
	for asOf, want := range before {
		if got := score(asOf); got != want {
			t.Errorf("as of %s\n%s\nwas\n%s", asOf, got, want)
		}
	}
	if score("") == before[last] {
		t.Error("the later calendar changed nothing")
	}
}

// TestChangeWhileATermRuns: what is changed then is dated right after the last event,
// and not by the machine's clock, by which all that is open would be overdue.
func TestChangeWhileATermRuns(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.deliverExamples(t)
	if code, _, errOut := buzon("calendar", "add", "2026-03-20", "Suspensión inventada", "--origen",
		"CONDUSEF", "-c", s.config()); code != exitDone {
		t.Fatalf("calendar add: exit code %d\n%s", code, errOut)
	}
	_, out, _ := buzon("history", "--event", "calendario_cambiado", "--last", "1", "--json", "-c", s.config())
	if !strings.Contains(out, `"time":"2026-03-02T18:07:41-06:00"`) {
		t.Errorf("the change is\n%s", out)
	}
}

// TestUNEReadsThatItIsARehearsal: what the clerk of a UNE finds says it first, and
// says nothing of it where the store is another's.
func TestUNEReadsThatItIsARehearsal(t *testing.T) {
	t.Parallel()
	played := newSet(t)
	played.deliverExamples(t)
	other := set{filepath.Join(t.TempDir(), "g")}
	if code, _, errOut := buzon("init", other.dir); code != exitDone {
		t.Fatalf("init: %d\n%s", code, errOut)
	}
	buzon("run", "-c", other.config()) // what it finds does not matter
	const title = "BUZÓN: intercambio de archivos"
	for _, x := range []struct {
		set
		leeme, llaves string
		marked        bool
	}{{played, "SIMULACRO\r\n" + title, "# SIMULACRO\r\n# Llaves", true}, {other, title, "# Llaves", false}} {
		if got := read(t, x.box(une1, "LEEME.txt")); !strings.HasPrefix(got, x.leeme) ||
			strings.Contains(got, "SIMULACRO") != x.marked {
			t.Errorf("LEEME.txt begins %.80q, want %q", got, x.leeme)
		}
		if got := read(t, x.box(une1, "estado", "llaves.txt")); !strings.HasPrefix(got, x.llaves) {
			t.Errorf("llaves.txt begins %.80q, want %q", got, x.llaves)
		}
		for _, name := range []string{"pendientes.csv", "dictamenes.csv"} {
			head, rows, _ := strings.Cut(read(t, x.box(une1, "estado", name)), "\r\n")
			if strings.HasSuffix(head, ",simulacro") != x.marked ||
				strings.Count(rows, ",SIMULACRO\r\n") != strings.Count(rows, "\r\n") {
				t.Errorf("%s:\n%s\n%s", name, head, rows)
			}
		}
	}
}
