package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/simulacro"
	"buzon/exchange/simulacro/montaje"
)

const cabezaEscenario = "folio,institucion,fecha_turno,dias_habiles,prorroga_dias,sentido,dictamenes\n"

// simulate plays a scenario in a folder of its own and gives its report.
func simulate(t *testing.T, want int, args ...string) (dir string, r montaje.Desenlace) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "ensayo")
	code, out, errOut := buzon(append([]string{"simulate", "--dir", dir, "--json"}, args...)...)
	if code != want {
		t.Fatalf("exit code %d, want %d\n%s%s", code, want, out, errOut)
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !r.Simulacro {
		t.Error("the report does not say that it is a rehearsal's")
	}
	return dir, r
}

func scenario(t *testing.T, rows ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "e.csv")
	write(t, path, cabezaEscenario+strings.Join(rows, "\n")+"\n")
	return path
}

// todo has a row of each kind; the 16th of March 2026 and 2 and 3 April are off.
var todo = []string{
	"2026/090/1,900001,2026-03-02,0,,1,",
	"2026/090/2,900001,2026-03-02,20,,,",
	"2026/090/3,900001,2026-03-02,21,,,",
	"2026/090/4,900001,2026-03-02,,,,",
	"2026/090/5,900002,2026-03-02,25,10,3,",
	"2026/090/6,900002,2026-03-02,,5,,",
	"2026/090/7,900002,2026-03-02,31,10,,",
	"2026/090/8,900002,2026-03-02,,,,6",
	"2026/090/9,900002,2026-03-02,,,,6;3",
	"2026/090/10,900001,2026-03-02,5,,1,3;5",
	"2026/090/11,900001,2026-03-02,5,,2,3;4;9@2026-04-11", // a Saturday
	"2026/090/12,900001,2026-03-02,5,,2,1;11;2",
	"2026/090/13,900001,2026-03-07,3,,,", // likewise
	"2026/090/1,900001,2026-03-10,2,,3,", // a reversa of an answer
	"2026/090/8,900002,2026-03-12,1,,,",  // and of a desistimiento
}

// Every kind of row comes true, and is counted by the score as it was meant.
func TestSimulateEveryKind(t *testing.T) {
	t.Parallel()
	dir, r := simulate(t, 0, "--scenario", scenario(t, todo...))
	got := fmt.Sprintf("%d of %d rows, %d institutions, %s to %s, %d days, %d problems",
		r.CameTrue, r.Rows, r.Institutions, r.First, r.Last, r.BusinessDays, len(r.Problems))
	if want := "15 of 15 rows, 2 institutions, 2026-03-02 to 2026-04-20, 33 days, 0 problems"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := map[string]string{
		"00900001": "1:2/9 2:61/8 3:1/9 4:0/9 5:0/0 6:0/0 7:0/0 8:1/2 9:1/1 10:1/1",
		"00900002": "1:0/1 2:1/1 3:0/1 4:3/6 5:2/3 6:56/2 7:0/3 8:0/1 9:0/0 10:0/0",
	}
	if diff := cmp.Diff(want, scored(t, dir, "2026-03-01", "2026-06-30")); diff != "" {
		t.Errorf("counts of GE (-want +got):\n%s", diff)
	}
	for command, want := range map[string]int{"verify": exitDone, "status": exitObserved} {
		// two folios are overdue
		code, out, errOut := buzon(command, "--config", filepath.Join(dir, "buzon.yaml"))
		if code != want || command == "status" && !strings.Contains(out, "SIMULACRO") {
			t.Errorf("%s: exit code %d, want %d\n%s%s", command, code, want, out, errOut)
		}
	}
	// What bears a date that is no día hábil is taken in on it.
	_, out, _ := buzon("history", "--config", filepath.Join(dir, "buzon.yaml"), "--event",
		"dictamen_aceptado", "--folio", "2026/090/11")
	if !strings.Contains(out, "2026-04-11 20:00:00") {
		t.Errorf("dictámenes of 2026/090/11:\n%s", out)
	}
	yamls, err := filepath.Glob(filepath.Join(dir, "*.y*ml"))
	if err != nil || len(yamls) != 1 {
		t.Errorf("configurations: %v, %v", yamls, err)
	}
}

// scored gives the counts of GE, by institution.
func scored(t *testing.T, dir, from, to string, more ...string) map[string]string {
	t.Helper()
	code, out, errOut := buzon(append([]string{"score", "--config", filepath.Join(dir, "buzon.yaml"),
		"--from", from, "--to", to, "--json"}, more...)...)
	if code != 0 {
		t.Fatalf("score: exit code %d\n%s%s", code, out, errOut)
	}
	var s struct {
		Institutions []struct {
			Institution string
			Processes   map[string]struct {
				Criteria []struct{ Criterion, Numerator, Denominator int }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, in := range s.Institutions {
		var row []string
		for _, c := range in.Processes["GE"].Criteria {
			row = append(row, fmt.Sprintf("%d:%d/%d", c.Criterion, c.Numerator, c.Denominator))
		}
		all[in.Institution] = strings.Join(row, " ")
	}
	return all
}

// The first published case, from its log.
func TestSimulatePublishedCase(t *testing.T) {
	t.Parallel()
	dir, _ := simulate(t, 0, "--scenario", filepath.Join("..", "..", "testdata", "escenarios", "caso1.csv"))
	code, out, errOut := buzon("score", "--config", filepath.Join(dir, "buzon.yaml"), "--from", "2018-01-01",
		"--to", "2018-06-30")
	if code != 0 || !strings.Contains(out, "885 / 54") || !strings.Contains(out, "0 / 57") ||
		!strings.Contains(out, " 96.76\n") || !strings.Contains(out, " 9.68\n") {
		t.Errorf("exit code %d\n%s%s", code, out, errOut)
	}
}

// What the gateway refuses does not come true, and the report says why.
func TestSimulateCannotComeTrue(t *testing.T) {
	t.Parallel()
	_, r := simulate(t, 1, "--scenario", scenario(t,
		"2026/091/1,900001,2026-03-02,,10,,6@2026-03-03",
		"2026/091/2,900001,2026-03-02,1,,,4",
		"2026/091/3,900001,2026-03-02,20,,,",
		"2026/091/3,900001,2026-03-05,1,,,",
		"2026/091/4,900001,2026-03-02,10,,,6@2026-03-04",
		"2026/091/5,900001,2026-03-02,10,,1,3;3",
		"2026/091/6, 900001,2026-03-02,1,,,5@2026-03-20;3@2026-03-12",
	))
	want := []simulacro.Falla{
		{Linea: 3, Folio: "2026/091/2", Institucion: "00900001",
			Motivo: "refused: dictamen NEG-02 (Las fechas o los hechos no guardan el orden debido); " +
				"dictámenes none, want 4@2026-03-04"},
		{Linea: 6, Folio: "2026/091/4", Institucion: "00900001",
			Motivo: "refused: respuesta NEG-06 (El folio está concluido); never answered, want día hábil 10"},
		{Linea: 7, Folio: "2026/091/5", Institucion: "00900001",
			Motivo: "refused: dictamen DUP-02 (El folio ya se había recibido o contestado); dictámenes " +
				"3@2026-03-18, want 3@2026-03-18;3@2026-03-19"},
		{Linea: 5, Folio: "2026/091/3", Institucion: "00900001",
			Motivo: "refused: reclamacion DUP-02 (El folio ya se había recibido o contestado); never " +
				"delivered"},
	}
	if diff := cmp.Diff(want, r.Problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if r.CameTrue != 3 || r.Rows != 7 {
		t.Errorf("%d of %d rows came true, want 3 of 7", r.CameTrue, r.Rows)
	}
}

// Two rehearsals of one seed tell the same in the same order, but for what comes of
// the keys, which are new each time: fingerprints, seals and what is signed, and so
// the hashes of acuses and of heads of the log.
func TestSimulateSameSeed(t *testing.T) {
	t.Parallel()
	args := []string{"--invent", "8", "--institutions", "4", "--from", "2026-03-02", "--to", "2026-03-06",
		"--seed", "7"}
	one, r := simulate(t, 0, args...)
	other, _ := simulate(t, 0, args...)
	if r.Rows != 40 || r.Institutions != 4 {
		t.Errorf("%d rows of %d institutions", r.Rows, r.Institutions)
	}
	if a, b := read(t, filepath.Join(one, "escenario.csv")),
		read(t, filepath.Join(other, "escenario.csv")); a != b {
		t.Error("the scenarios differ")
	}
	if diff := cmp.Diff(keyless(t, one), keyless(t, other)); diff != "" {
		t.Errorf("the logs differ:\n%s", diff)
	}
}

// keyless gives the log without what hangs on keys.
func keyless(t *testing.T, dir string) (lines []string) {
	t.Helper()
	code, out, errOut := buzon("history", "--config", filepath.Join(dir, "buzon.yaml"), "--json")
	if code != 0 {
		t.Fatalf("history: exit code %d\n%s", code, errOut)
	}
	for line := range strings.Lines(out) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		file := fmt.Sprint(e["file"])
		if strings.HasPrefix(file, "GE_ACU_") || strings.HasSuffix(file, ".checkpoint") {
			delete(e, "sha256")
		}
		if d, ok := e["details"].(map[string]any); ok {
			for _, key := range []string{"llave", "huella", "publica", "raiz"} {
				delete(d, key)
			}
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(text))
	}
	return lines
}

// A rehearsal takes a folder that is not there, or empty, and no other.
func TestSimulateFolder(t *testing.T) {
	t.Parallel()
	file := scenario(t, "2026/090/1,900001,2026-03-02,0,,,")
	empty := t.TempDir()
	if code, _, errOut := buzon("simulate", "--scenario", file, "--dir", empty); code != 0 {
		t.Errorf("an empty folder: exit code %d\n%s", code, errOut)
	}
	before := names(t, empty)
	code, _, errOut := buzon("simulate", "--scenario", file, "--dir", empty)
	if code != exitUsage || !strings.Contains(errOut, "is not empty") {
		t.Errorf("a used folder: exit code %d\n%s", code, errOut)
	}
	if diff := cmp.Diff(before, names(t, empty)); diff != "" {
		t.Errorf("the used folder was changed (-before +after):\n%s", diff)
	}
	if code, _, _ := buzon("simulate", "--scenario", file, "--dir", file); code != exitUsage {
		t.Errorf("a file: exit code %d", code)
	}
	missing := filepath.Join(t.TempDir(), "no")
	if code, _, _ := buzon("simulate", "--scenario", filepath.Join(empty, "nada.csv"), "--dir",
		missing); code != exitUsage {
		t.Errorf("no scenario: exit code %d", code)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("a folder was made for a scenario that is not there")
	}
}

// A year that is mistyped would be played for decades, one near the beginning of
// the calendar for ever.
func TestSimulateYears(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"e.csv:2:19: fecha_turno: 0001-01-02: want a day from 2000-01-01 to 2099-12-31": {"--scenario",
			scenario(t, "2026/090/1,900001,0001-01-02,0,,,")},
		"e.csv:3:19: fecha_turno: 2035-03-02 is more than 3 years after 2026-03-02, the first": {"--scenario",
			scenario(t, "2026/090/1,900001,2026-03-02,0,,,", "2026/090/2,900001,2035-03-02,0,,,")},
		"--from and --to: 0001-01-02: want a day from 2000-01-01 to 2099-12-31": {"--invent", "1", "--from",
			"0001-01-02", "--to", "0001-01-09"},
		"--from and --to: 2035-03-02 is more than 3 years after 2026-03-02": {"--invent", "1", "--from",
			"2026-03-02", "--to", "2035-03-02"},
	} {
		dir := filepath.Join(t.TempDir(), "ensayo")
		code, _, errOut := buzon(append([]string{"simulate", "--dir", dir}, args...)...)
		if code == exitDone || !strings.Contains(errOut, want) || seen(dir) {
			t.Errorf("%v: code %d, folder made: %v\n%s", args, code, seen(dir), errOut)
		}
	}
}

// The most that a prórroga may ask for is known at reading, and is in the help.
func TestSimulateProrroga(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ensayo")
	code, _, errOut := buzon("simulate", "--dir", dir, "--scenario",
		scenario(t, "2026/090/1,900001,2026-03-02,25,11,,"))
	if code != exitFailed ||
		!strings.Contains(errOut, `e.csv:2:33: prorroga_dias: "11": want a number from 1 to 10, or nothing`) {
		t.Errorf("code %d\n%s", code, errOut)
	}
	if _, out, _ := buzon("simulate", "--help"); !strings.Contains(out, "asked for, up to 10 ") ||
		!strings.Contains(out, "of 20 días hábiles;") {
		t.Errorf("help:\n%s", out)
	}
}
