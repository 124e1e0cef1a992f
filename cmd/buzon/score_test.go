package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/puntaje"
)

// scoreFile is a file of testdata/score.
func scoreFile(name string) string { return filepath.Join("testdata", "score", name) }

// runScore calls score, which must end with code.
func runScore(t *testing.T, code int, args ...string) (out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	if got := run(t.Context(), append([]string{"score"}, args...), strings.NewReader(""), &o,
		&e); got != code {
		t.Fatalf("score %v: code %d, want %d: %s", args, got, code, &e)
	}
	return o.String(), e.String()
}

// TestScorePublished prints both published fichas.
func TestScorePublished(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"caso1.txt": {"--counts", scoreFile("caso1-conteos.csv"), "--bounds", scoreFile("caso1-limites.csv")},
		"caso2.txt": {"--counts", scoreFile("caso2-conteos.csv"), "--bounds", scoreFile("caso2-limites.csv")},
	} {
		want, err := os.ReadFile(scoreFile(name))
		if err != nil {
			t.Fatal(err)
		}
		out, errOut := runScore(t, exitDone, args...)
		if diff := cmp.Diff(string(want), out); diff != "" || errOut != "" {
			t.Errorf("%s (-want +got):\n%s\nstandard error: %s", name, diff, errOut)
		}
	}
}

// TestScoreCountsAndPeriod takes counts with a period from the file alone where no
// configuration is, and says so; where one is, its log is asked.
func TestScoreCountsAndPeriod(t *testing.T) {
	counts, err := filepath.Abs(scoreFile("caso2-conteos.csv"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	alone, _ := runScore(t, exitDone, "--counts", counts)
	period := []string{"--counts", counts, "--from", "2018-01-01", "--to", "2018-06-30"}
	out, errOut := runScore(t, exitDone, period...)
	if diff := cmp.Diff(alone, out); diff != "" ||
		!strings.HasPrefix(errOut, "there is no buzon.yaml here, so no log is scored: ") {
		t.Errorf("(-without a period +with):\n%s\nstandard error: %s", diff, errOut)
	}
	for _, bad := range [][]string{{"--from", "2018-01-01"}, {"--from", "2018-06-30", "--to", "2018-01-01"},
		{"--from", "2018-02-30", "--to", "2018-06-30"}, {"--as-of", "ayer"}} {
		runScore(t, exitUsage, append([]string{"--counts", counts}, bad...)...)
	}
	if out, _ := runScore(t, exitDone, "--counts", counts, "--as-of", "2018-07-01"); out != alone {
		t.Errorf("with a moment:\n%s", out)
	}
	if out, _ := runScore(t, exitFailed, append(period, "--config", "buzon.yaml")...); out != "" {
		t.Errorf("with a configuration that is not there: %s", out)
	}
	if err := os.WriteFile("buzon.yaml", []byte("version: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errOut := runScore(t, exitFailed, period...); !strings.Contains(errOut, "buzon.yaml:") {
		t.Errorf("with a configuration: %s", errOut)
	}
}

// TestScoreJSON has one object and nothing else, with unrounded numbers.
func TestScoreJSON(t *testing.T) {
	t.Parallel()
	args := []string{"--counts", scoreFile("caso2-conteos.csv")}
	out, _ := runScore(t, exitDone, append(args, "--json")...)
	if again, _ := runScore(t, exitDone, append(args, "--format", "json")...); again != out {
		t.Errorf("--json and --format json differ")
	}
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	var got puntaje.Objeto
	if err := d.Decode(&got); err != nil || d.More() {
		t.Fatalf("%v, more: %v", err, d.More())
	}
	for _, want := range []string{
		`{"method":"2018","as_of":null,"files":[{"kind":"counts","name":"caso2-conteos.csv",` +
			`"sha256":"8ed1ce4976f194f15db0a7495a9a5f5ff867cba2c4f07bb52c4cd6230e6b8329"}],` +
			`"institutions":[{"institution":"00900002","idatu":4.102666666666667,` +
			`"processes":{"CO":{"total":100,"mark":10,"criteria":[{"criterion":1,"numerator":0,` +
			`"denominator":5,"index":0,"participation":0,"points_index":20,`,
		`"GO":{"total":55.13333333333333,"mark":5.513333333333334,"criteria":[`,
		`{"criterion":2,"numerator":178,"denominator":31,"index":5.741935483870968,"participation":null,` +
			`"points_index":1,"points_participation":null,"points":1}`,
		`{"criterion":9,"numerator":2,"denominator":3,"index":66.66666666666667,` +
			`"participation":66.66666666666667,"points_index":5.666666666666667,"points_participation":1,` +
			`"points":3.3333333333333335}`,
		`{"institution":"00900003","idatu":null,"processes":{"GO":{"total":`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%s\nis not in\n%s", want, out)
		}
	}
	if strings.Contains(out, `"GE"`) {
		t.Errorf("a process without rows is there:\n%s", out)
	}
}

// TestScoreCSV is a table that spreadsheets open as it is meant.
func TestScoreCSV(t *testing.T) {
	t.Parallel()
	out, _ := runScore(t, exitDone, "--counts", scoreFile("caso2-conteos.csv"), "--format", "csv")
	text, bom := strings.CutPrefix(out, "\uFEFF")
	if !bom || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Errorf("want a BOM and CRLF:\n%q", out)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a spreadsheet takes %q for a formula", cell)
			}
		}
	}
	for _, want := range []string{
		"00900002,GO,2,Tiempo promedio de respuesta de asuntos directos,178,31,5.74,,1.00,,1.00\r\n",
		"00900002,GO,,Total,,,,,61.27,38.00,55.13\r\n",
		"00900002,GO,,Calificación,,,,,,,5.51\r\n",
		"00900002,,,IDATU,,,,,,,4.10\r\n",
		"00900003,,,IDATU,,,,,,,\r\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// TestScoreReads takes a file as spreadsheets save it, and no larger one.
func TestScoreReads(t *testing.T) {
	t.Parallel()
	want, _ := runScore(t, exitDone, "--counts", scoreFile("caso1-conteos.csv"))
	text, err := os.ReadFile(scoreFile("caso1-conteos.csv"))
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(text), "printed there.\n")
	path := filepath.Join(t.TempDir(), "conteos.csv")
	write := func(s string) {
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("\uFEFF" + strings.ReplaceAll(body, "\n", "\r\n"))
	// the names differ
	numbers := func(out string) string { _, rest, _ := strings.Cut(out, "SHA-256 "); return rest[64:] }
	if out, _ := runScore(t, exitDone, "--counts", path); numbers(out) != numbers(want) {
		t.Errorf("with BOM and CRLF:\n%s", out)
	}
	write(body + strings.Repeat("#"+strings.Repeat(" ", 1<<20)+"\n", 32))
	if out, errOut := runScore(t, exitFailed, "--counts", path); out != "" ||
		!strings.Contains(errOut, "over 33554432 bytes") {
		t.Errorf("a large file: %q, %q", out, errOut)
	}
}

// TestTablesBounded: a damaged table fills neither the memory nor the screen.
func TestTablesBounded(t *testing.T) {
	t.Parallel()
	const counts, days = "institucion,proceso,criterio,numerador,denominador\n", "fecha,descripcion,origen\n"
	for name, c := range map[string]struct {
		args        []string
		text        string
		first, last string
	}{
		"counts": {[]string{"score", "--counts"}, counts + strings.Repeat("x\n", 1<<19),
			":2:1: row of 1 columns, want 5: ", "and 524188 more mistakes"},
		"bounds": {[]string{"score", "--counts", scoreFile("caso1-conteos.csv"), "--bounds"},
			"proceso,criterio,valor,vmin,vmax\n" + strings.Repeat("x\n", 101),
			":2:1: row of 1 columns, want 5: ", "and 1 more mistake"},
		"cells": {[]string{"score", "--counts"}, counts + strings.Repeat("x,,,,\n", 1<<10),
			":2:1: institucion: clave \"x\"", "more mistakes"},
		"long row": {[]string{"score", "--counts"}, counts + strings.Repeat(",", 1<<20) + "\n",
			":2:1: not CSV: row of over 65536 bytes", "65536 bytes"},
		"long cell": {[]string{"score", "--counts"}, counts + strings.Repeat("x", 50_000) + ",GE,1,1,1\n",
			":2:1: institucion: clave \"xxx", "…"},
		"many rows": {[]string{"score", "--counts"},
			counts + strings.Repeat("900001,GE,1,1,1\n", puntaje.MaxFilas+2), ":3:11: criterio: ",
			"and 199900 more mistakes"},
		"calendar": {[]string{"calendar", "import"}, days + strings.Repeat("x\n", 1<<19),
			"line 2: 1 fields, want 3", "and 524188 more mistakes"},
		"a large one": {[]string{"calendar", "import"}, strings.Repeat(" ", puntaje.MaxHoja+1),
			"over 33554432 bytes", "over 33554432 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "t.csv")
			write(t, path, c.text)
			code, out, errOut := buzon(append(c.args, path)...)
			if code != exitFailed || out != "" || len(errOut) > 64<<10 {
				t.Fatalf("code %d, %d bytes of standard error, standard output %.100q", code, len(errOut),
					out)
			}
			lines := strings.Split(strings.TrimSpace(errOut), "\n")
			if !strings.Contains(lines[0], c.first) || !strings.HasSuffix(lines[len(lines)-1], c.last) {
				t.Errorf("the first is %.200q, the last %.200q", lines[0], lines[len(lines)-1])
			}
		})
	}
}
