package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"buzon/exchange/puntaje"
)

// TestScoreNothingConcluded: of two of a sector that have joined one concluded
// nothing from April on. It has no mark in any format, its IDATU is none although
// CO is there, and the mean is the other's mark.
func TestScoreNothingConcluded(t *testing.T) {
	t.Parallel()
	s := newScoreSet(t, true)
	s.quarter(true)
	counts := s.path("conteos.csv")
	write(t, counts, "institucion,proceso,criterio,numerador,denominador\n"+
		"900003,CO,1,0,5\n900003,CO,2,0,0\n900003,CO,3,0,5\n900003,CO,4,0,5\n")
	april := func(args ...string) string {
		out, errOut := runScore(t, exitDone,
			append([]string{"-c", s.config(), "--from", "2026-04-01", "--to", "2026-06-30",
				"--counts", counts, "--institution", "900003"}, args...)...)
		if errOut != "" {
			t.Errorf("standard error: %s", errOut)
		}
		return out
	}
	other, _ := runScore(t, exitDone, "-c", s.config(), "--from", "2026-04-01", "--to", "2026-06-30",
		"--institution", "900001")
	mark := strings.TrimSpace(between(t, other, "    Calificación", "\n"))
	table := regexp.MustCompile(` +`).ReplaceAllString(april(), " ")
	for _, want := range []string{"\n Calificación -\nNo aplica: no concluyó ningún asunto\n", "\nIDATU -\n",
		"media del sector Uniones de Crédito (2 instituciones): GE " + mark + " GO - CO 10.00\n"} {
		if !strings.Contains(table, want) {
			t.Errorf("%q is not in\n%s", want, table)
		}
	}
	var got puntaje.Objeto
	if err := json.Unmarshal([]byte(april("--json")), &got); err != nil {
		t.Fatal(err)
	}
	in := got.Institutions[0]
	if ge := in.Processes["GE"]; in.IDATU != nil || ge.Total != nil || ge.Mark != nil ||
		len(ge.Criteria) != 10 || *in.Processes["CO"].Mark != 10 {
		t.Errorf("got %+v", in)
	}
	for _, c := range in.Processes["GE"].Criteria {
		if c.Points != nil || c.PointsIndex != nil || c.PointsParticipation != nil || c.Denominator != 0 {
			t.Errorf("got %+v", c)
		}
	}
	sheet := april("--format", "csv")
	for _, want := range []string{"00900003,GE,1,Asuntos directos vencidos,0,0,0.00,0.00,,,,SIMULACRO\r\n",
		"00900003,GE,,Total,,,,,,,,SIMULACRO\r\n",
		"00900003,GE,,Calificación,,,,,,,,SIMULACRO\r\n",
		"00900003,CO,,Calificación,,,,,,,10.00,SIMULACRO\r\n", "00900003,,,IDATU,,,,,,,,SIMULACRO\r\n"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("%q is not in\n%s", want, sheet)
		}
	}
	if page := april("--format", "html"); !strings.Contains(page, "el proceso no aplica") ||
		!strings.Contains(page, `<p class="idatu nulo">—</p>`) {
		t.Error("the page does not say that GE does not apply")
	}
}
