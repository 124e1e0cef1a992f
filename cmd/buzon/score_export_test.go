package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"buzon/config"
	"buzon/exchange/puntaje"
	"buzon/store"
)

// export signs a checkpoint, at a moment where the set is a rehearsal's, exports the
// log up to it, and gives the archive and the list of keys.
func (s set) export(t *testing.T, at string, args ...string) (archive, keys string) {
	t.Helper()
	archive, keys = filepath.Join(t.TempDir(), "e.zip"), filepath.Join(t.TempDir(), "llaves.txt")
	id, public := s.seal(t)
	write(t, keys, "# "+id+"\r\n"+id+" "+public+" 2026-01-01 vigente\r\n")
	sign := []string{"checkpoint", "-c", s.config()}
	if at != "" {
		sign = append(sign, "--now", at)
	}
	for _, c := range [][]string{sign, append([]string{"export", "-c", s.config(), "-o", archive}, args...)} {
		if code, _, errOut := buzon(c...); code != exitDone {
			t.Fatalf("%v: exit code %d\n%s", c, code, errOut)
		}
	}
	return archive, keys
}

// seal gives the name and the public key of the set's seal.
func (s set) seal(t *testing.T) (id, public string) {
	t.Helper()
	cfg, err := config.Load(s.config())
	if err != nil {
		t.Fatal(err)
	}
	key, err := config.LoadSeal(cfg.Seal.Key)
	if err != nil {
		t.Fatal(err)
	}
	return cfg.Seal.ID, base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
}

// sameFromExport holds what score prints from an export against what it prints from
// the log, in every form, as of a moment. It gives the score as JSON.
func sameFromExport(t *testing.T, cfg, archive, keys string, une string, args ...string) string {
	t.Helper()
	forms := maps.Clone(scoreForms)
	forms["ficha"] = []string{"--format", "html", "--institution", une}
	for criterio := range 10 {
		forms["evidencia"+string(rune('0'+criterio))] = []string{"--json", "--evidence",
			[]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}[criterio]}
	}
	var score string
	for name, form := range forms {
		all := slices.Concat(form, args)
		want, wantErr := runScore(t, exitDone, append([]string{"-c", cfg}, all...)...)
		got, gotErr := runScore(t, exitDone, append([]string{"--export", archive, "--keys", keys}, all...)...)
		if got != want || gotErr != wantErr {
			t.Errorf("%s from the export:\n%s%sfrom the log:\n%s%s", name, got, gotErr, want, wantErr)
		}
		if name == "bitacora.json" {
			score = got
		}
	}
	return score
}

// newExportSet has a log of a quarter and what came after it, with a seal.
func newExportSet(t *testing.T, rehearsal bool) scoreSet {
	t.Helper()
	s := newScoreSet(t, rehearsal)
	s.edit(t, "max_gap: 120h", "max_gap: 0s") // its log ends long before the machine's clock
	s.quarter(rehearsal)
	s.later(rehearsal)
	id, public := s.seal(t)
	s.update("2026-05-06T12:00:01-06:00", rehearsal, func(tx *store.Tx) error {
		return tx.UseSello(id, public)
	})
	return s
}

var periodo = []string{"--from", "2026-03-01", "--to", "2026-06-30"}

// TestScoreExport prints from an export what it prints from the log, as of moments
// before and after what came late.
func TestScoreExport(t *testing.T) {
	t.Parallel()
	for _, rehearsal := range []bool{true, false} {
		s := newExportSet(t, rehearsal)
		moments, signed := []string{"2026-03-18", "2026-04-16T23:00:00-06:00"}, ""
		if rehearsal {
			moments = append(moments, "2026-05-06T11:59:59.999-06:00", "2026-05-06T12:00:00-06:00",
				"2026-05-07")
			signed = "2026-05-07T12:00:00-06:00"
		}
		archive, keys := s.export(t, signed)
		seen := map[string]bool{}
		for _, asOf := range moments {
			score := sameFromExport(t, s.config(), archive, keys, "900001",
				append([]string{"--as-of", asOf}, periodo...)...)
			if strings.Contains(score, "SIMULACRO") ||
				strings.Contains(score, `"simulacro":true`) != rehearsal {
				t.Errorf("rehearsal %v:\n%s", rehearsal, score)
			}
			var got puntaje.Objeto
			if err := json.Unmarshal([]byte(score), &got); err != nil {
				t.Fatal(err)
			}
			got.AsOf = nil
			text, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			seen[string(text)] = true
		}
		// Before anything was concluded, of the quarter, and with what came later.
		if want := map[bool]int{true: 3, false: 2}[rehearsal]; len(seen) != want {
			t.Errorf("%d scores of %d moments, want %d", len(seen), len(moments), want)
		}
	}
}

// TestScoreExportAsOf is of the moment of the checkpoint where nobody says, and knows
// nothing after it.
func TestScoreExportAsOf(t *testing.T) {
	t.Parallel()
	s := newExportSet(t, true)
	archive, keys := s.export(t, "2026-05-07T12:00:00-06:00")
	from := append([]string{"--export", archive, "--keys", keys}, periodo...)
	if out, _ := runScore(t, exitDone, from...); !strings.Contains(out,
		"según la bitácora al 2026-05-07T12:00:00-06:00,") {
		t.Errorf("not of the moment of its checkpoint:\n%s", out)
	}
	_, errOut := runScore(t, exitUsage, append(from, "--as-of", "2026-05-07T12:00:00.001-06:00")...)
	if want := "--as-of 2026-05-07T12:00:00.001-06:00: the export knows nothing after its checkpoint, " +
		"2026-05-07T12:00:00-06:00; give one that was made later"; !strings.Contains(errOut, want) {
		t.Errorf("%q is not in\n%s", want, errOut)
	}
	counts := s.path("conteos.csv")
	write(t, counts, "institucion,proceso,criterio,numerador,denominador\n900009,GE,1,9,10\n")
	want, _ := s.score(exitDone, "--counts", counts, "--institution", "900001", "--as-of", "2026-05-07")
	if got, _ := runScore(t, exitDone,
		append(from, "--counts", counts, "--institution", "900001", "--as-of",
			"2026-05-07")...); got != want {
		t.Errorf("with counts of a file:\n%s\nwant\n%s", got, want)
	}
}

// TestScoreExportRefused counts nothing from what is not whole, or not checked, and
// says what to give instead.
func TestScoreExportRefused(t *testing.T) {
	t.Parallel()
	s := newExportSet(t, true)
	archive, keys := s.export(t, "2026-05-07T12:00:00-06:00")
	begin, _ := s.export(t, "2026-05-07T12:00:01-06:00", "--from", "2026-04-01")
	end, _ := s.export(t, "2026-05-07T12:00:02-06:00", "--to", "2026-05-01")
	other := newExportSet(t, true)
	_, foreign := other.export(t, "2026-05-07T12:00:00-06:00")
	torn, text := s.path("torn.zip"), read(t, archive)
	at := strings.Index(text, "eventos.jsonl") + 200 // in that member, as it is packed
	write(t, torn, text[:at]+string(text[at]^1)+text[at+1:])
	cut, empty := s.path("cut.zip"), s.path("nada.txt")
	write(t, cut, text[:len(text)/2])
	write(t, empty, "# nada\n")
	for want, c := range map[string]struct {
		code int
		args []string
	}{
		"want one of --config and --export": {exitUsage,
			[]string{"--export", archive, "--keys", keys, "-c", s.config()}},
		"--export needs --keys": {exitUsage, []string{"--export", archive}},
		"--export is empty": {exitUsage,
			[]string{"--export", "", "--keys", keys}},
		"--keys goes with --export": {exitUsage,
			[]string{"-c", s.config(), "--keys", keys}},
		"--keys: open ": {exitFailed,
			[]string{"--export", archive, "--keys", s.path("nada")}},
		"nada.txt: holds no key": {exitFailed,
			[]string{"--export", archive, "--keys", empty}},
		"--export: open ": {exitFailed,
			[]string{"--export", s.path("nada"), "--keys", keys}},
		"punto.txt: signed by none of the keys": {exitFailed,
			[]string{"--export", archive, "--keys", foreign}},
		"give one of the whole log": {exitFailed,
			[]string{"--export", begin, "--keys", keys}},
		"that was made without --from and --to": {exitFailed,
			[]string{"--export", end, "--keys", keys}},
		"torn.zip: export: ": {exitFailed,
			[]string{"--export", torn, "--keys", keys}},
		"cut.zip: export: no ZIP that can be read": {exitFailed,
			[]string{"--export", cut, "--keys", keys}},
		"a score from the log needs --from and --to": {exitUsage,
			[]string{"--export", archive, "--keys", keys, "--to", ""}},
		"no institution was in the roll at 2025-12-31T00:00": {exitFailed,
			[]string{"--export", archive, "--keys", keys, "--as-of", "2025-12-31"}},
	} {
		out, errOut := runScore(t, c.code, append(slices.Clone(periodo), c.args...)...)
		if out != "" || !strings.Contains(errOut, want) {
			t.Errorf("%v: want %q\n%s%s", c.args, want, out, errOut)
		}
	}
	// No gateway is needed beside the export.
	if err := os.RemoveAll(s.path("datos")); err != nil {
		t.Fatal(err)
	}
	runScore(t, exitDone, append([]string{"--export", archive, "--keys", keys}, periodo...)...)
}

// TestScoreExportSimulated has the bytes of the log from the export of a rehearsal:
// of the first published case, and of one that is invented.
func TestScoreExportSimulated(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args                     []string
		une, from, to, now, asOf string
		want                     string
	}{
		"published": {[]string{"--scenario",
			filepath.Join("..", "..", "testdata", "escenarios", "caso1.csv")},
			"900001", "2018-01-01", "2018-06-30", "2019-01-02T12:00:00-06:00", "2019-01-01",
			`"numerator":885,"denominator":54`},
		"invented": {[]string{"--invent", "12", "--institutions", "5", "--from", "2026-03-02", "--to",
			"2026-03-13", "--seed", "11"},
			"900001", "2026-03-01", "2026-06-30", "2026-09-02T12:00:00-06:00", "2026-09-01",
			`"criterion":4,"numerator":`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, _ := simulate(t, exitDone, c.args...)
			s := set{dir}
			archive, keys := s.export(t, c.now)
			score := sameFromExport(t, s.config(), archive, keys, c.une, "--from", c.from, "--to", c.to,
				"--as-of", c.asOf)
			var got puntaje.Objeto
			if err := json.Unmarshal([]byte(score), &got); err != nil {
				t.Fatal(err)
			}
			concluded := int64(0)
			for _, in := range got.Institutions {
				concluded += in.Processes["GE"].Criteria[3].Denominator
			}
			if concluded == 0 || !strings.Contains(score, c.want) {
				t.Errorf("%d asuntos were concluded, want some, and %q:\n%s", concluded, c.want, score)
			}
		})
	}
}
