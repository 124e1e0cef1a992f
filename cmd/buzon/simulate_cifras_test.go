package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/puntaje"
)

// cifra is what a score says of one institution's GE.
type cifra struct {
	nota   string // to six places; "" no aplica
	conteo string // by criterion, numerator and denominator
}

// TestSimulateFigures plays a rehearsal of two months whose figures were taken from
// the program before its log told acts: its rows, files, counts and marks stay what
// they were, at two moments.
func TestSimulateFigures(t *testing.T) {
	t.Parallel()
	dir, r := simulate(t, 0, "--invent", "10", "--institutions", "6",
		"--from", "2026-03-02", "--to", "2026-04-30", "--seed", "7")
	got := fmt.Sprintf("%d of %d rows, %d institutions, %s to %s, %d days, %d files",
		r.CameTrue, r.Rows, r.Institutions, r.First, r.Last, r.BusinessDays, r.Files)
	if want := "410 of 410 rows, 6 institutions, 2026-03-02 to 2026-06-09, 68 days, 1300 files"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for asOf, want := range map[string]map[string]cifra{
		"2026-04-15": {
			"00900001": {"5.506327", "1:1/29 2:264/28 3:0/29 4:1/30 5:0/1 6:22/1 7:0/1 8:2/2 9:1/2 10:0/0"},
			"00900002": {"7.738723", "1:0/20 2:171/20 3:0/20 4:1/21 5:0/1 6:18/1 7:0/1 8:1/1 9:0/1 10:0/0"},
			"00900003": {"8.657546", "1:1/16 2:140/15 3:0/16 4:1/17 5:0/1 6:19/1 7:0/1 8:0/0 9:0/0 10:0/0"},
			"00900004": {"8.750636", "1:0/18 2:155/18 3:0/18 4:2/20 5:0/2 6:39/2 7:0/2 8:0/0 9:0/0 10:0/0"},
			"00900005": {"7.119560", "1:2/14 2:136/13 3:0/14 4:1/16 5:0/1 6:23/1 7:0/1 8:1/2 9:0/1 10:0/0"},
			"00900006": {"5.661407", "1:1/48 2:444/47 3:0/48 4:3/51 5:1/3 6:38/2 7:0/3 8:1/1 9:0/1 10:0/0"},
		},
		"2026-09-01": {
			"00900001": {"4.358041",
				"1:7/70 2:731/65 3:0/70 4:13/83 5:2/13 6:268/12 7:0/13 8:5/11 9:3/5 10:0/1"},
			"00900002": {"5.421685", "1:4/40 2:397/39 3:1/40 4:6/46 5:0/6 6:140/6 7:0/6 8:2/4 9:1/2 10:1/1"},
			"00900003": {"6.218806", "1:9/39 2:491/37 3:1/39 4:5/44 5:1/5 6:84/4 7:0/5 8:1/2 9:0/1 10:0/1"},
			"00900004": {"6.258650",
				"1:7/48 2:555/46 3:0/48 4:10/58 5:2/10 6:252/10 7:0/10 8:0/2 9:0/0 10:1/1"},
			"00900005": {"5.443941", "1:9/40 2:457/37 3:0/40 4:4/45 5:2/4 6:108/4 7:0/4 8:2/3 9:0/2 10:0/0"},
			"00900006": {"4.356540",
				"1:7/109 2:1069/104 3:1/109 4:24/134 5:2/24 6:575/24 7:1/24 8:3/9 9:1/3 10:1/4"},
		},
	} {
		if diff := cmp.Diff(want, cifras(t, dir, asOf), cmp.AllowUnexported(cifra{})); diff != "" {
			t.Errorf("as of %s (-before +now):\n%s", asOf, diff)
		}
	}
}

// cifras gives what a score of the rehearsal says of each institution.
func cifras(t *testing.T, dir, asOf string) map[string]cifra {
	t.Helper()
	code, out, errOut := buzon("score", "--config", filepath.Join(dir, "buzon.yaml"),
		"--from", "2026-03-01", "--to", "2026-06-30", "--as-of", asOf, "--json")
	if code != 0 {
		t.Fatalf("score: exit code %d\n%s%s", code, out, errOut)
	}
	var s puntaje.Objeto
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatal(err)
	}
	all := map[string]cifra{}
	for _, in := range s.Institutions {
		ge := in.Processes["GE"]
		var x cifra
		if ge.Mark != nil {
			x.nota = fmt.Sprintf("%.6f", *ge.Mark)
		}
		var row []string
		for _, c := range ge.Criteria {
			row = append(row, fmt.Sprintf("%d:%d/%d", c.Criterion, c.Numerator, c.Denominator))
		}
		x.conteo = strings.Join(row, " ")
		all[in.Institution] = x
	}
	return all
}
