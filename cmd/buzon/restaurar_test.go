package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"buzon/exchange/gateway"
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

// TestOlderDatabase: a database from before some files came, put under the contents of
// today, begins to work; nothing that it does not know is taken away, and the newest
// one put back knows all of it again.
func TestOlderDatabase(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.deliverExamples(t)
	old := s.keepDB(t, "old.db")
	upload(t, s, 900001, res1, example(t, res1), moment(t, "2026-03-18T16:22:31-06:00"))
	s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T16:30:00-06:00")
	newest := s.keepDB(t, "newest.db")
	had := s.contents(t, "archivo")

	s.useDB(t, old)
	out := s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T16:40:00-06:00")
	if n := strings.Count(out, "was set apart"); n < 3 { // the answer, its acuse, the REP
		t.Errorf("the start says of %d contents that it does not know them:\n%s", n, out)
	}
	apart := s.contents(t, "apartado")
	for h := range had {
		if !apart[h] && !s.contents(t, "archivo")[h] {
			t.Errorf("%s is gone", h)
		}
	}
	code, said, _ := buzon("verify", "-c", s.config())
	if code != exitDone || strings.Count(said, "apartado ") != len(apart) || len(apart) < 3 {
		t.Errorf("verify: %d, %d set apart\n%s", code, len(apart), said)
	}
	// The UNE sees that its answer is not there, and sends it again.
	if got := names(t, s.box(une1, "respuestas")); len(got) != 0 {
		t.Errorf("the UNE sees %q", got)
	}
	upload(t, s, 900001, res1, example(t, res1), moment(t, "2026-03-18T16:50:00-06:00"))
	// In CONDUSEF's own folder the REP of before bears the name, and stays.
	s.mustRun(t, exitFailed, "2026-03-18", "2026-03-18T20:00:00-06:00")
	if got := names(t, s.box(une1, "acuses")); len(got) != 1 || got[0] != acu1 {
		t.Errorf("acuses: %q", got)
	}

	s.useDB(t, newest)
	s.mustRun(t, exitObserved, "2026-03-18", "2026-03-18T20:10:00-06:00") // no REC came that day
	if code, said, errOut := buzon("verify", "-c", s.config()); code != exitDone ||
		!strings.Contains(said, "TODO CUADRA") {
		t.Errorf("the newest database: %d\n%s%s", code, said, errOut)
	}
	for h := range had {
		if !s.contents(t, "archivo")[h] {
			t.Errorf("%s did not come back", h)
		}
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
