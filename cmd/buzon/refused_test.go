package main

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"buzon/schema"
)

// sealed gives a REC's lines the 09 that they ask for: what is wrong with the
// file is then in the lines alone.
func sealed(body string) string {
	const amount = 31 // RecMontoReclamado
	var sum schema.Centavos
	lines := records(body)
	for _, l := range lines {
		sum += schema.Monto(strings.Split(l, "|")[amount]).Centavos()
	}
	return fmt.Sprintf("%s09|%d|%s|%x\r\n", body, len(lines), sum.Monto(), sha256.Sum256([]byte(body)))
}

// body is a file without its 09.
func body(content string) string { return content[:strings.Index(content, "\r\n09|")+2] }

// another is the example REC with other folios, under another date and NNN.
func another(t *testing.T, dia, nnn, folios string) string {
	t.Helper()
	b := strings.Replace(body(example(t, rec1)), "|02/03/2026|001|", "|"+dia+"|"+nnn+"|", 1)
	return sealed(strings.ReplaceAll(b, "|2026/", "|"+folios+"/"))
}

const unknown = "|900099|"

// spoilt says how a REC is spoilt, and what CONDUSEF is told of it.
type spoilt struct {
	spoil  func(t *testing.T, good string) string
	code   string
	result string // AcuResultado
}

var spoils = map[string]spoilt{
	"cut": {func(_ *testing.T, good string) string {
		return good[:len(good)*2/3]
	}, "EST-04", "3"},
	"cut before its summary": {func(_ *testing.T, good string) string { return body(good) }, "EST-04", "3"},
	"wrong hash": {func(_ *testing.T, good string) string {
		return strings.Replace(good, "Cargo no reconocido", "Cargo si reconocido", 1)
	}, "EST-07", "3"},
	"ISO-8859-1": {func(t *testing.T, good string) string {
		latin, err := charmap.ISO8859_1.NewEncoder().String(body(good))
		if err != nil {
			t.Fatal(err)
		}
		return sealed(latin)
	}, "EST-02", "3"},
	"unknown institution": {func(_ *testing.T, good string) string {
		return sealed(strings.Replace(body(good), "|900003|", unknown, 1))
	}, "CAT-11", "2"},
}

// TestRefusedAndCorrected spoils CONDUSEF's file: it hears why, the operator sees
// an exit code, and what comes after it, corrected or new, goes its way.
func TestRefusedAndCorrected(t *testing.T) {
	t.Parallel()
	for name, sp := range spoils {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSet(t)
			at := moment(t, delivered)
			good := example(t, rec1)
			s.leave(t, rec1, sp.spoil(t, good), at)
			out := s.mustRun(t, exitObserved, deliveryDay, delivered)
			if !strings.Contains(out, "in 1 files\n") {
				t.Errorf("the report does not tell of it:\n%s", out)
			}
			wantAnswer(t, s, "GE_ACU_REC_20260302_001.txt", "|"+rec1+"|", "|"+sp.result+"|ed25519:")
			wantAnswer(t, s, "GE_RCH_REC_20260302_001.txt", "|"+sp.code+"|E|")
			if whole := sp.result == "3"; whole {
				correctUnderSameName(t, s, good, at)
			} else {
				correctTheRest(t, s, good, at)
			}
			nextDay(t, s, at)
		})
	}
}

// wantAnswer looks for texts in a file for CONDUSEF, which must be sound.
func wantAnswer(t *testing.T, s set, name string, texts ...string) {
	t.Helper()
	path := s.path("condusef", "entrada", name)
	content := read(t, path)
	for _, text := range texts {
		if !strings.Contains(content, text) {
			t.Errorf("%s does not hold %q:\n%s", name, text, content)
		}
	}
	if code, out, _ := buzon("check", path); code != exitDone {
		t.Errorf("our own answer is not sound:\n%s", out)
	}
}

// correctUnderSameName sends the right content after one that was refused whole.
func correctUnderSameName(t *testing.T, s set, good string, at time.Time) {
	if got := lots(t, s); len(got) != 0 {
		t.Errorf("delivered of a file that was refused whole: %v", got)
	}
	s.leave(t, rec1, good, at.Add(time.Minute))
	s.mustRun(t, exitDone, deliveryDay, delivered)
	wantAnswer(t, s, "GE_ACU_REC_20260302_001_2.txt", "|1|ed25519:")
	if got := lots(t, s); len(got) != 3 {
		t.Errorf("LOTs after the correction: %v", got)
	}
}

// correctTheRest sends what was refused of a file that was accepted in part: not
// under its name, which is used, but under the next.
func correctTheRest(t *testing.T, s set, good string, at time.Time) {
	s.leave(t, rec1, good, at.Add(time.Minute))
	s.mustRun(t, exitObserved, deliveryDay, delivered)
	wantAnswer(t, s, "GE_RCH_REC_20260302_001_2.txt", "|DUP-03|E|")
	lines := strings.SplitAfter(body(good), "\r\n")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "|900003|") })
	head := strings.Replace(lines[0], "|001|", "|002|", 1)
	one := strings.Replace(lines[i], fmt.Sprintf("02|%d|", i), "02|1|", 1)
	s.leave(t, "GE_REC_20260302_002.txt", sealed(head+one), at.Add(2*time.Minute))
	s.mustRun(t, exitDone, deliveryDay, delivered)
	wantAnswer(t, s, "GE_ACU_REC_20260302_002.txt", "|1|ed25519:")
	if got := lots(t, s); len(got) != 4 { // 900003 got its other row at first
		t.Errorf("LOTs after the correction: %v", got)
	}
}

// nextDay closes the day of the trouble and has another go through.
func nextDay(t *testing.T, s set, at time.Time) {
	s.mustRun(t, exitDone, deliveryDay, "2026-03-02T20:00:30-06:00")
	if out := s.history(t, "--event", "jornada_cerrada"); !strings.Contains(out, "jornada_cerrada") {
		t.Error("received = delivered + refused, and the day is not closed")
	}
	before := len(lots(t, s))
	s.leave(t, "GE_REC_20260303_001.txt", another(t, "03/03/2026", "001", "2025"), at.Add(24*time.Hour))
	s.mustRun(t, exitDone, "2026-03-03", "2026-03-03T18:07:40-06:00")
	wantAnswer(t, s, "GE_ACU_REC_20260303_001.txt", "|1|ed25519:")
	if got := lots(t, s); len(got) != before+3 {
		t.Errorf("LOTs after the next day: %v", got)
	}
}

// lots lists every LOT that its UNE sees.
func lots(t *testing.T, s set) (all []string) {
	t.Helper()
	for _, une := range []string{une1, une2, une3} {
		all = append(all, names(t, s.box(une, "reclamaciones"))...)
	}
	return all
}
