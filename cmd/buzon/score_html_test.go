package main

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"
)

// TestScoreHTML prints the sheet of one institution with the log's own counts by
// quarter, and the same bytes after later data and a later calendar.
func TestScoreHTML(t *testing.T) {
	t.Parallel()
	s := newScoreSet(t, true)
	s.quarter(true)
	page, _ := s.score(exitDone, "--institution", "900001", "--format", "html")
	for _, want := range []string{"<!doctype html>", "SIMULACRO", "Inventada", "00900001", versionOf, "<svg",
		"</html>"} {
		if !strings.Contains(strings.ToLower(page), strings.ToLower(want)) {
			t.Errorf("%q is not in the page", want)
		}
	}
	table, _ := s.score(exitDone, "--institution", "900001")
	total := between(t, table, "    Total", "\n")
	for _, number := range strings.Fields(total) {
		if !strings.Contains(page, ">"+number) {
			t.Errorf("the total %s of the table is not in the page", number)
		}
	}
	s.later(true)
	if again, _ := s.score(exitDone, "--institution", "900001", "--format", "html", "--as-of",
		"2026-04-16T23:00:00-06:00"); again != page {
		t.Error("the page as of then changed")
	}
	if now, _ := s.score(exitDone, "--institution", "900001", "--format", "html"); now == page {
		t.Error("the page is the same with all that came later")
	}
	for _, args := range [][]string{{"--format", "html"},
		{"--format", "html", "--institution", "900001", "--evidence", "1"}} {
		if _, errOut := s.score(exitUsage, args...); !strings.Contains(errOut,
			"--format html is the sheet of one institution") {
			t.Errorf("%v: %s", args, errOut)
		}
	}
}

// TestScoreHTMLOfCounts prints the second published ficha, accumulated, and claims
// neither a log nor a period for it.
func TestScoreHTMLOfCounts(t *testing.T) {
	t.Parallel()
	files := []string{"--counts", scoreFile("caso2-conteos.csv"), "--bounds", scoreFile("caso2-limites.csv"),
		"--format", "html"}
	page, _ := runScore(t, exitDone, append(files, "--institution", "900002")...)
	for _, want := range []string{"<h1>Institución 00900002</h1>", "Sector: sin dato", "Periodo: sin dato",
		">4.10<", ">61.27<", ">38.00<", ">55.13<", ">5.51<",
		"Gestión Ordinaria (GO): datos acumulados", "ninguna bitácora lo respalda",
		"<code>buzon score --counts=caso2-conteos.csv --bounds=caso2-limites.csv --institution 00900002 " +
			"--format html</code>"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	for _, wrong := range []string{"SIMULACRO", "trimestre en que concluyó", "lo que decía la bitácora",
		"Parte de los números"} {
		if strings.Contains(page, wrong) {
			t.Errorf("%q is in the page", wrong)
		}
	}
	runScore(t, exitUsage, files...)
}

// TestScoreFiles: numbers that a file brought say so in each format, with the file's
// name and hash and never its folder.
func TestScoreFiles(t *testing.T) {
	t.Parallel()
	s := newScoreSet(t, true)
	s.quarter(true)
	path := filepath.Join(t.TempDir(), "límites 1.csv")
	text := read(t, scoreFile("caso1-limites.csv"))
	write(t, path, text)
	sum := sha256.Sum256([]byte(text))
	hash := hex.EncodeToString(sum[:])
	for format, want := range map[string]string{
		"table": "Archivo de límites límites 1.csv, SHA-256 " + hash + "\n",
		"json":  `"files":[{"kind":"bounds","name":"límites 1.csv","sha256":"` + hash + `"}],"institutions"`,
		"html":  " --bounds=&#39;límites 1.csv&#39; --institution 00900001 ",
	} {
		out, _ := s.score(exitDone, "--institution", "900001", "--format", format, "--bounds", path)
		if !strings.Contains(out, want) || !strings.Contains(out, hash) ||
			strings.Contains(out, filepath.Dir(path)) {
			t.Errorf("%s: want %q in\n%s", format, want, out)
		}
		if out, _ := s.score(exitDone, "--institution", "900001", "--format", format); strings.Contains(out,
			"SHA-256") || strings.Contains(out, `"files"`) {
			t.Errorf("%s: files are told where none was given", format)
		}
	}
}

func between(t *testing.T, s, from, to string) string {
	t.Helper()
	_, rest, found := strings.Cut(s, from)
	inside, _, ended := strings.Cut(rest, to)
	if !found || !ended {
		t.Fatalf("no %q in\n%s", from, s)
	}
	return inside
}
