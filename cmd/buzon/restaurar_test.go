package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"buzon/exchange/gateway"
	"buzon/exchange/marca"
)

// keepDB copies the database of a set whose gateway is not at work.
func (s set) keepDB(t *testing.T, name string) string {
	t.Helper()
	kept := s.path(name)
	s.sql(t, `VACUUM INTO '`+kept+`'`)
	return kept
}

// useDB puts a database in place of the one that is there.
func (s set) useDB(t *testing.T, kept string) {
	t.Helper()
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Remove(gateway.StorePath(s.path("datos")) + end); err != nil &&
			!errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	write(t, gateway.StorePath(s.path("datos")), read(t, kept))
}

// contents lists the hashes of a folder of contents.
func (s set) contents(t *testing.T, dir string) map[string]bool {
	t.Helper()
	all, err := filepath.Glob(s.path("datos", dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, p := range all {
		have[filepath.Base(p)] = true
	}
	return have
}

// answeredSet is a set whose database was kept, as old.db, before a UNE's answer came.
func answeredSet(t *testing.T) (s set, old string) {
	t.Helper()
	s = newSet(t)
	s.deliverExamples(t)
	old = s.keepDB(t, "old.db")
	upload(t, s, 900001, res1, example(t, res1), moment(t, "2026-03-18T16:22:31-06:00"))
	s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T16:30:00-06:00")
	return s, old
}

// TestOlderDatabase: a database from before some files came, put under the contents of
// today, is refused before anything is written, whatever is asked of it; the newest one
// put back goes on.
func TestOlderDatabase(t *testing.T) {
	t.Parallel()
	s, old := answeredSet(t)
	newest := s.keepDB(t, "newest.db")
	had := s.contents(t, "archivo")
	s.useDB(t, old)
	_, before, _ := buzon("history", "-c", s.config())
	for _, args := range [][]string{
		{"run", "--date", "2026-03-18", "--now", "2026-03-18T16:40:00-06:00"},
		{"une", "suspend", "900002", "--now", "2026-03-18T16:40:00-06:00"},
		{"checkpoint", "--now", "2026-03-18T16:40:00-06:00"},
	} {
		code, out, errOut := buzon(append(args, "-c", s.config())...)
		if code != exitFailed || !strings.Contains(errOut, "buzon restore --resume") {
			t.Errorf("%s: %d\n%s%s", args[0], code, out, errOut)
		}
	}
	code, said, _ := buzon("verify", "-c", s.config())
	if code != exitFailed || !strings.Contains(said, "NO CUADRA: la base es más vieja") {
		t.Errorf("verify: %d\n%s", code, said)
	}
	status := func() (code int, waits bool) {
		code, said, _ := buzon("status", "-c", s.config())
		return code, strings.Contains(said, "buzon restore --resume")
	}
	if code, waits := status(); code != exitObserved || !waits {
		t.Errorf("status: %d, says that it waits: %v", code, waits)
	}
	if _, after, _ := buzon("history", "-c", s.config()); after != before {
		t.Errorf("the log went on:\n%s", after)
	}
	s.useDB(t, newest)
	if _, waits := status(); waits {
		t.Error("status: the newest database waits, too")
	}
	s.mustRun(t, exitObserved, "2026-03-18", "2026-03-18T20:10:00-06:00") // no REC came that day
	if code, said, errOut := buzon("verify", "-c", s.config()); code != exitDone ||
		!strings.Contains(said, "TODO CUADRA") {
		t.Errorf("the newest database: %d\n%s%s", code, said, errOut)
	}
	for h := range had {
		if !s.contents(t, "archivo")[h] {
			t.Errorf("%s is gone", h)
		}
	}
}

// TestBeginAnew: where the database is gone and its mark knows of acuses no store is made;
// once all that was of it is away, one is.
func TestBeginAnew(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.deliverExamples(t)
	db := gateway.StorePath(s.path("datos"))
	for i, names := range [][]string{{"buzon.db"}, {"archivo", "apartado", "subidas"}, {"buzon.marca"}} {
		for _, name := range names {
			if err := os.Rename(s.path("datos", name), s.path(name+".away")); err != nil {
				t.Fatal(err)
			}
		}
		code, _, errOut := buzon("init", "--simulacro", s.path(""))
		_, err := os.Stat(db)
		if last := i == 2; (code == exitDone) != last || (err == nil) != last ||
			!last && !strings.Contains(errOut, "buzon.marca") {
			t.Errorf("%v away: %d, %v\n%s", names, code, err, errOut)
		}
	}
}

// seals reads the AcuFolio and the moment of each acuse that a party sees.
func (s set) seals(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	found, err := filepath.Glob(s.path("condusef", "entrada", "GE_ACU_*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names(t, s.box(une1, "acuses")) {
		found = append(found, s.box(une1, "acuses", n))
	}
	for _, path := range found {
		for line := range strings.Lines(read(t, path)) {
			if f := strings.Split(line, "|"); f[0] == "03" {
				all[f[1]] = filepath.Base(path) + " " + f[5]
			}
		}
	}
	return all
}

// resume goes on from the database that is there, and gives what the command says.
func (s set) resume(t *testing.T, at string, args ...string) string {
	t.Helper()
	code, out, errOut := buzon(append([]string{"restore", "--resume", "-c", s.config(), "--now", at},
		args...)...)
	if code != exitDone && code != exitObserved {
		t.Fatalf("resume: %d\n%s%s", code, out, errOut)
	}
	return out
}

// TestResumeUnderTodaysContents: what came after the old database is taken in again with
// the moment that its acuse says, no number is given twice, and no name that CONDUSEF has
// blocks what is made next.
func TestResumeUnderTodaysContents(t *testing.T) {
	t.Parallel()
	s, old := answeredSet(t)
	s.mustRun(t, exitObserved, "2026-03-18", "2026-03-18T20:00:00-06:00") // with a REP, which CONDUSEF has
	first := s.seals(t)
	reps := s.reps(t)
	s.useDB(t, old)
	for round, at := range []string{"2026-03-18T20:30:00-06:00", "2026-03-18T20:40:00-06:00"} {
		out := s.resume(t, at)
		if !strings.HasPrefix(out, fmt.Sprintf("epoch %d:", round+2)) {
			t.Errorf("resume %d begins\n%s", round, out)
		}
		if !strings.Contains(out, "again    "+res1+" of 00900001, came 2026-03-18T16:22:31-06:00") {
			t.Errorf("resume %d says\n%s", round, out)
		}
		now := s.seals(t)
		want := fmt.Sprintf("ACU-2026-00%d00000", round+1)
		if now[want] != acu1+" 2026-03-18T16:22:31-06:00" {
			t.Errorf("resume %d: acuses %v, want %s", round, now, want)
		}
		for folio, was := range first { // an acuse of before says what it said, or is in no folder of ours
			if is, seen := now[folio]; seen && is != was {
				t.Errorf("%s is %s, and was %s", folio, is, was)
			}
		}
		if got := s.reps(t); len(got) != len(reps)+round+1 {
			t.Errorf("REPs %v, before %v", got, reps)
		}
		if code, said, errOut := buzon("verify", "-c", s.config()); code != exitDone {
			t.Errorf("verify: %d\n%s%s", code, said, errOut)
		}
		s.useDB(t, old) // once more: numbers and names of the epoch before are known
	}
}

// reps are the names of the REPs that CONDUSEF has.
func (s set) reps(t *testing.T) (all []string) {
	t.Helper()
	for _, n := range names(t, s.path("condusef", "entrada")) {
		if strings.HasPrefix(n, "GE_REP_20260318") {
			all = append(all, n)
		}
	}
	return all
}

// TestResumeWithOldContents: a whole backup of before the answer is put back. What the
// UNE sends again is late by nothing that is ours to say, but the number is a new one;
// with the acuse that it kept its first moment counts.
func TestResumeWithOldContents(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.deliverExamples(t)
	kept := s.path("respaldo")
	if code, out, errOut := buzon("backup", kept, "-c", s.config()); code != exitDone {
		t.Fatalf("backup: %d\n%s%s", code, out, errOut)
	}
	before := s.contents(t, "archivo")
	upload(t, s, 900001, res1, example(t, res1), moment(t, "2026-03-18T16:22:31-06:00"))
	s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T16:30:00-06:00")
	first := s.seals(t)
	une := t.TempDir() // what the UNE kept
	good := read(t, s.box(une1, "acuses", acu1))
	write(t, filepath.Join(une, acu1), good)
	write(t, filepath.Join(une, "forged.txt"), strings.NewReplacer("T16:22:31", "T09:00:00",
		"ACU-2026-00000002", "ACU-2026-00700000").Replace(good))

	if err := os.RemoveAll(s.path("datos")); err != nil {
		t.Fatal(err)
	}
	if code, out, errOut := buzon("restore", kept, "--into", s.path("datos"), "--verify"); code != exitDone {
		t.Fatalf("restore: %d\n%s%s", code, out, errOut)
	}
	for h := range before {
		if !s.contents(t, "archivo")[h] {
			t.Errorf("%s is not restored", h)
		}
	}
	if code, out := s.run("2026-03-18", "2026-03-18T17:00:00-06:00"); code != exitFailed ||
		!strings.Contains(out, "it came out of a backup") {
		t.Errorf("a start on what was restored: %d\n%s", code, out)
	}
	if out := s.resume(t, "2026-03-18T17:00:00-06:00", "--acuses", une); !strings.Contains(out,
		"1 sealed acuses") {
		t.Errorf("resume:\n%s", out)
	}
	upload(t, s, 900001, res1, example(t, res1), moment(t, "2026-03-18T17:10:00-06:00"))
	s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T17:11:00-06:00")
	now := s.seals(t)
	if got := now["ACU-2026-00100000"]; got != acu1+" 2026-03-18T16:22:31-06:00" {
		t.Errorf("the answer that was sent again: %q of %v", got, now)
	}
	if first["ACU-2026-00000001"] != now["ACU-2026-00000001"] {
		t.Errorf("the acuse of before the backup: %v, was %v", now, first)
	}
	if code, said, errOut := buzon("verify", "-c", s.config()); code != exitDone {
		t.Errorf("verify: %d\n%s%s", code, said, errOut)
	}
}

// TestUnfitContent: what a party sees and archivo/ has not, or has with other bytes,
// stays in sight, its party is told that it cannot be had now, and operators what to do.
func TestUnfitContent(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(t *testing.T, content string){
		"is missing": func(t *testing.T, content string) {
			if err := os.Remove(content); err != nil {
				t.Fatal(err)
			}
		},
		"is not what was kept": func(t *testing.T, content string) {
			if err := os.Chmod(content, 0o600); err != nil {
				t.Fatal(err)
			}
			b := read(t, content)
			write(t, content, b[:len(b)-9]+"x"+b[len(b)-8:])
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			unfit(t, what, spoil)
		})
	}
}

func unfit(t *testing.T, what string, spoil func(t *testing.T, content string)) {
	s := newSet(t)
	keys := enrol(t, s)
	s.deliverExamples(t)
	l := serve(t, s, moment(t, "2026-03-03T09:15:00-06:00"))
	c := newClient(t, l, keys)
	lot := s.box(une1, "reclamaciones", lot1)
	content, err := os.Readlink(lot)
	if err != nil {
		t.Fatal(err)
	}
	kept := read(t, content)
	spoil(t, content)
	out, err := c.batch(t, une1, une1, "ls reclamaciones\nget reclamaciones/"+lot1+" lot.txt")
	if err == nil || !strings.Contains(out, lot1) || !strings.Contains(out, "Failure") {
		// OpenSSH does not print our text
		t.Errorf("%v\n%s", err, out)
	}
	eventually(t, "the event", func() bool {
		return strings.Contains(l.history(t, "--event", "contenido_ausente"), lot1)
	})
	code, out, _ := buzon("status", "-c", s.config())
	if code != exitObserved || !strings.Contains(out, "the content of "+lot1+" of "+une1+" "+what) {
		t.Errorf("status: %d\n%s", code, out)
	}
	l.stop()
	write(t, content, kept)
	s.mustRun(t, exitDone, "2026-03-03", "2026-03-03T10:00:00-06:00")
	if _, out, _ := buzon("status", "-c", s.config()); strings.Contains(out, what) {
		t.Errorf("it is there again:\n%s", out)
	}
}

// TestAlteredEstado: what the store keeps for a party and is not what was shown is not
// given to it, and made anew at once.
func TestAlteredEstado(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	keys := enrol(t, s)
	s.deliverExamples(t)
	l := serve(t, s, moment(t, "2026-03-03T09:15:00-06:00"))
	c := newClient(t, l, keys)
	for _, name := range []string{"llaves.txt", "LEEME.txt"} {
		s.sql(t, `UPDATE exhibidos SET contenido = (SELECT contenido FROM exhibidos WHERE nombre = 'estado.json'
			AND parte = '`+une1+`') WHERE parte = '`+une1+`' AND nombre = '`+name+`'`)
	}
	for _, name := range []string{"estado/llaves.txt", "LEEME.txt"} {
		if out, err := c.batch(t, une1, une1, "get "+name+" it"); err == nil {
			t.Errorf("%s was given: %s", name, out)
		}
		if out, err := c.batch(t, une1, une1, "get "+name+" it"); err != nil {
			t.Errorf("%s is not made anew: %v\n%s", name, err, out)
		}
	}
}

// TestFolderNotMounted: a store whose archivo/ is not there is not worked on, nor is the
// folder made anew; run, status and verify say which it is and what to do.
func TestFolderNotMounted(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.deliverExamples(t)
	dir := s.path("datos", "archivo")
	if err := os.Rename(dir, dir+".aside"); err != nil {
		t.Fatal(err)
	}
	told := func(what string, want, code int, said string) {
		t.Helper()
		if code != want || !strings.Contains(said, dir+" is not the folder that was in use") ||
			!strings.Contains(said, "mount its disk") {
			t.Errorf("%s: %d, want %d\n%s", what, code, want, said)
		}
	}
	for _, there := range []bool{false, true} {
		if there { // the mount point
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		code, said := s.run("2026-03-03", "2026-03-03T09:00:00-06:00")
		told("run", exitFailed, code, said)
		code, said, _ = buzon("status", "-c", s.config())
		told("status", exitObserved, code, said)
		for _, command := range []string{"verify", "checkpoint"} {
			code, _, said = buzon(command, "-c", s.config())
			told(command, exitFailed, code, said)
		}
		if made, err := os.ReadDir(dir); (err == nil) != there || len(made) != 0 {
			t.Errorf("%v, %v were made", made, err)
		}
	}
	if err := errors.Join(os.Remove(dir), os.Rename(dir+".aside", dir)); err != nil {
		t.Fatal(err)
	}
	s.mustRun(t, exitDone, "2026-03-03", "2026-03-03T09:10:00-06:00")
	if code, said, errOut := buzon("verify", "-c", s.config()); code != exitDone {
		t.Errorf("verify: %d\n%s%s", code, said, errOut)
	}
}

// TestResumeBeforeTheREC: the database does not know the REC of the answer either. All is
// taken in again, the REC first, under names that CONDUSEF does not have.
func TestResumeBeforeTheREC(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.mustRun(t, exitDone, "2026-03-02", "2026-03-02T08:00:00-06:00")
	old := s.keepDB(t, "old.db")
	s.deliverExamples(t)
	upload(t, s, 900001, res1, example(t, res1), moment(t, "2026-03-18T16:22:31-06:00"))
	s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T16:30:00-06:00")
	first := s.seals(t)
	if len(first) != 2 {
		t.Fatalf("acuses %v", first)
	}
	s.useDB(t, old)
	if err := os.Remove(s.path("condusef", "salida", rec1)); err != nil { // archivo/ alone has it
		t.Fatal(err)
	}
	out := s.resume(t, "2026-03-18T17:00:00-06:00")
	now := s.seals(t)
	if now["ACU-2026-00100001"] != acu1+" 2026-03-18T16:22:31-06:00" ||
		!strings.HasPrefix(now["ACU-2026-00100000"], "GE_ACU_REC_20260302_001_2.txt 2026-03-02T18:07:40") ||
		now["ACU-2026-00000001"] != first["ACU-2026-00000001"] {
		t.Errorf("acuses %v, before %v", now, first)
	}
	lots := names(t, s.box(une1, "reclamaciones"))
	if len(lots) != 1 || !strings.HasSuffix(lots[0], "_101.txt") {
		t.Errorf("LOTs %v", lots)
	}
	if !strings.Contains(out, "refused 0 records") {
		t.Errorf("something was refused:\n%s", out)
	}
	if code, said, errOut := buzon("verify", "-c", s.config()); code != exitDone {
		t.Errorf("verify: %d\n%s%s", code, said, errOut)
	}
}

// TestResumeByTheMark: the mark alone knows of numbers whose acuses are nowhere. A resume
// that fails leaves a mark that refuses every start, however many events the log gets.
func TestResumeByTheMark(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.deliverExamples(t)
	old, had := s.keepDB(t, "old.db"), s.contents(t, "archivo")
	if code, _, errOut := buzon("restore", "--resume", "-c", s.config()); code != exitFailed ||
		!strings.Contains(errOut, "nothing to be resumed") {
		t.Errorf("a store that is not behind: %d\n%s", code, errOut)
	}
	s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T16:30:00-06:00")
	for round, want := range []string{"ACU-2026-00100000", "ACU-2026-00200000"} {
		s.useDB(t, old)
		s.mark(t, "before the resume", true)
		entrada, aside := s.path("condusef", "entrada"), s.path("condusef", "aside")
		if err := os.Rename(entrada, aside); err != nil {
			t.Fatal(err)
		}
		if code, _, errOut := buzon("restore", "--resume", "-c", s.config(), "--now",
			"2026-03-18T17:00:00-06:00"); code != exitFailed || !strings.Contains(errOut, "--unlisted") {
			t.Errorf("without CONDUSEF's folder: %d\n%s", code, errOut)
		}
		if e, err := marca.Read(s.path("datos")); err != nil || !e.Restaurada {
			t.Errorf("after a resume that failed the mark says %+v, %v", e, err)
		}
		if err := os.Rename(aside, entrada); err != nil {
			t.Fatal(err)
		}
		s.resume(t, "2026-03-18T17:00:00-06:00")
		upload(t, s, 900001, res1, example(t, res1), moment(t, "2026-03-18T17:10:00-06:00"))
		s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T17:11:00-06:00")
		if got := s.seals(t)[want]; !strings.HasPrefix(got, acu1) {
			t.Errorf("round %d: %s is %q of %v", round, want, got, s.seals(t))
		}
		for _, dir := range []string{"archivo", "apartado"} { // as if the disk were of before
			for h := range s.contents(t, dir) {
				all, err := filepath.Glob(s.path("datos", dir, "*", h))
				if err != nil || had[h] || len(all) != 1 {
					continue
				}
				if err := os.Remove(all[0]); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// mark tells whether a set's database is behind its mark.
func (s set) mark(t *testing.T, when string, behind bool) {
	t.Helper()
	code, out, _ := buzon("verify", "-c", s.config())
	if strings.Contains(out, "más vieja que lo que se mostró") != behind {
		t.Errorf("%s: verify %d\n%s", when, code, out)
	}
}

// TestRestoreDrill loses the data again and again, at random moments, and goes on from a
// backup of before: under the contents of today, or with those of the backup. No number is
// given to two acuses; what was receipted before the backup is there; with today's
// contents everything that came is there with its first moment, else what is sent again.
func TestRestoreDrill(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	s := newSet(t)
	s.deliverExamples(t)
	at := moment(t, "2026-03-18T08:00:00-06:00")
	kept := s.path("respaldo")
	given := map[string]string{} // every acuse that anybody ever saw, by its number
	first := map[string]string{} // by its file: when it came
	sent := 0
	step := func() string { at = at.Add(7 * time.Second); return at.Format(time.RFC3339) }
	look := func() {
		for folio, is := range s.seals(t) {
			if was, seen := given[folio]; seen && was != is {
				t.Fatalf("%s was %s, and is %s", folio, was, is)
			}
			given[folio] = is
		}
	}
	send := func(n int) {
		for range n {
			sent++
			step()
			upload(t, s, 900001, fmt.Sprintf("GE_RES_00900001_20260318_%03d.txt", sent), fmt.Sprint(sent), at)
			first[fmt.Sprintf("GE_ACU_00900001_20260318_%03d.txt", sent)] = at.Format(time.RFC3339)
			s.mustRun(t, exitObserved, "2026-03-18", step())
			look()
		}
	}
	for round := range 4 {
		send(rng.IntN(3))
		if code, _, errOut := buzon("backup", kept, "-c", s.config()); code != exitDone {
			t.Fatal(errOut)
		}
		whole := maps.Clone(first)
		send(1 + rng.IntN(3))
		old := round%2 == 1 // the contents too
		if old {
			first = whole // what came since is sent again, or not
			if err := os.RemoveAll(s.path("datos")); err != nil {
				t.Fatal(err)
			}
			if code, _, errOut := buzon("restore", kept, "--into", s.path("datos")); code != exitDone {
				t.Fatal(errOut)
			}
		} else {
			db, err := filepath.Glob(filepath.Join(kept, "buzon-*.db"))
			if err != nil || len(db) != 1 {
				t.Fatal(db, err)
			}
			s.useDB(t, db[0])
		}
		s.resume(t, step())
		look()
		now := map[string]string{}
		for _, is := range s.seals(t) {
			name, came, _ := strings.Cut(is, " ")
			now[name] = came
		}
		for name, came := range first {
			if now[name] != came {
				t.Fatalf("round %d: %s came %s, and its acuse says %q", round, name, came, now[name])
			}
		}
		if code, said, errOut := buzon("verify", "-c", s.config()); code != exitDone {
			t.Fatalf("round %d: verify: %d\n%s%s", round, code, said, errOut)
		}
	}
}

// verificador judges an acuse by a proof, on another machine.
func (s set) verificador(t *testing.T, program, folio, acuse string) (code int, said string) {
	t.Helper()
	dir := t.TempDir()
	code, proof, errOut := buzon("proof", folio, "-c", s.config())
	if code != exitDone {
		t.Fatalf("proof %s: %d\n%s", folio, code, errOut)
	}
	write(t, filepath.Join(dir, "prueba.json"), proof)
	id, public := s.seal(t)
	write(t, filepath.Join(dir, "llaves.txt"), id+" "+public+"\n")
	cmd := exec.Command(program, "-llaves", filepath.Join(dir, "llaves.txt"), "-acuse", acuse,
		filepath.Join(dir, "prueba.json"))
	out, err := cmd.CombinedOutput()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return e.ExitCode(), string(out)
	} else if err != nil {
		t.Fatal(err)
	}
	return 0, string(out)
}

// TestTheSeam: acuses that a UNE holds are judged alike, those of before the backup, those
// that the database lost and those of after; an export of the whole log too.
func TestTheSeam(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "verificador")
	build := exec.Command("go", "build", "-o", program, "buzon/cmd/verificador")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s, old := answeredSet(t)
	held := t.TempDir()
	lost := filepath.Join(held, acu1)
	write(t, lost, read(t, s.box(une1, "acuses", acu1)))
	s.useDB(t, old)
	s.resume(t, "2026-03-18T17:00:00-06:00")
	after := filepath.Join(t.TempDir(), acu1)
	write(t, after, read(t, s.box(une1, "acuses", acu1)))
	if code, _, errOut := buzon("checkpoint", "-c", s.config(), "--now",
		"2026-03-18T17:10:00-06:00"); code != exitDone {
		t.Fatal(errOut)
	}
	for _, c := range []struct {
		folio, acuse string
		code         int
		says         string
	}{
		{"ACU-2026-00000001", s.path("condusef", "entrada", "GE_ACU_REC_20260302_001.txt"), 0,
			"acuse_emitido"},
		{"ACU-2026-00000002", lost, 0, "es auténtico por su sello"},
		{"ACU-2026-00000002", after, 1, "no es de los que la época dejó atrás"},
		{"ACU-2026-00100000", after, 0, "acuse_emitido"},
	} {
		code, said := s.verificador(t, program, c.folio, c.acuse)
		if code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("%s, %s: %d\n%s", c.folio, c.acuse, code, said)
		}
	}
	archive, keys := s.export(t, "2026-03-18T17:20:00-06:00")
	if out, err := exec.Command(program, "-llaves", keys, archive).CombinedOutput(); err != nil {
		t.Errorf("the export: %v\n%s", err, out)
	}
}
