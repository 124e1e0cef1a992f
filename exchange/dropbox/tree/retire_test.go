package tree_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"buzon/exchange/dropbox/tree"
)

func (p party) retire(t *testing.T, before time.Time, want int) {
	t.Helper()
	n, err := p.tree.Retire(une, p.f.Name, before)
	check(t, err)
	if n != want {
		t.Errorf("%d files went, want %d", n, want)
	}
}

func TestRetire(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, name := range []string{"done.txt", "taken.txt", "waiting.txt", "twice.txt"} {
		p.upload(t, name, name)
		check(t, p.ShowTime(p.f, name, may))
	}
	p.cut(t, "cut.txt", anew, "cut")
	p.upload(t, "closed.tmp", "closed")
	p.cut(t, "resumed.txt", anew, "1")
	p.take(t, "done.txt")
	p.done(t, "done.txt")
	p.take(t, "taken.txt")
	p.take(t, "twice.txt")
	p.done(t, "twice.txt")
	p.upload(t, "twice.txt", "second")
	p.retire(t, monday, 0) // nothing is older than itself

	p.clock.Set(monday.Add(time.Hour))
	p.upload(t, "new.txt", "new")
	p.take(t, "new.txt")
	p.done(t, "new.txt")
	p.cut(t, "newcut.txt", anew, "newcut")
	u := p.begin(t, "resumed.txt", resume, "2")
	check(t, os.Chtimes(filepath.Join(p.dir, une, ".subidas/respuestas/escribiendo_resumed.txt"), may, may))
	p.retire(t, monday.Add(time.Hour), 3)
	if _, err := os.Stat(filepath.Join(p.dir, une, ".horas/respuestas/done.txt")); !os.IsNotExist(err) {
		t.Errorf("the time of what went is still there: %v", err)
	}
	want := map[string]string{
		"taken.txt": "taken.txt", "waiting.txt": "waiting.txt", "twice.txt": "second",
		"new.txt": "new", "newcut.txt": "newcut", "resumed.txt": "12",
	}
	p.wantSeen(t, "retired", want)
	p.wantTime(t, "stays", "taken.txt", may)
	if _, err := u.Close(); err != nil {
		t.Error(err)
	}
	p.retire(t, monday.Add(time.Hour), 0)
	p = p.again(t)
	p.wantSeen(t, "after a restart", want)
	p.upload(t, "done.txt", "again")
	p.wantTime(t, "the name again", "done.txt", p.clock.Now())
	wantEqual(t, "queue", p.drain(t),
		[]string{"taken.txt=taken.txt", "waiting.txt=waiting.txt", "twice.txt=second", "resumed.txt=12", "done.txt=again"})

	for what, folder := range map[string]string{"no folder": "none", "the gateway's folder": "acuses"} {
		if _, err := p.tree.Retire(une, folder, monday); err == nil {
			t.Errorf("retire %s: no error", what)
		}
	}
	_, err := p.tree.Retire("00900009", p.f.Name, monday)
	wantErr(t, "no account", err, fs.ErrNotExist)
}

// TestRetireBesideServer has another process retire while the server takes in
// other content under the names that go.
func TestRetireBesideServer(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, name := range []string{res1, res2} {
		p.upload(t, name, "first")
	}
	p.drain(t)
	p.clock.Set(monday.Add(time.Hour))
	byHand := open(t, p.dir, p.clock)
	met := false
	byHand.tree.OnStep(func(step string) {
		if step != "retire: aside" || met {
			return
		}
		met = true
		for _, name := range []string{res1, res2} {
			p.upload(t, name, "second")
		}
	})
	byHand.retire(t, monday.Add(time.Minute), 1)
	want := map[string]string{res1: "second", res2: "second"}
	p.wantSeen(t, "beside a server", want)
	p.again(t).wantSeen(t, "after a restart", want)
	left, err := os.ReadDir(filepath.Join(p.dir, une, ".entrega"))
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

// TestUnsettledIsNotResumed has bytes under a name that an earlier handle could
// not settle: nobody knows which of them are there.
func TestUnsettledIsNotResumed(t *testing.T) {
	t.Parallel()
	p := start(t)
	left := filepath.Join(p.dir, une, ".subidas/respuestas/escribiendo_"+res1)
	check(t, os.WriteFile(left, []byte("unknown"), 0o600))
	_, err := p.begin(t, res1, resume, "").Close()
	check(t, err)
	wantEqual(t, "queue", p.drain(t), []string{res1 + "="})
}

// TestRetireFreesNames: what the owner no longer sees does not bar other spellings.
func TestRetireFreesNames(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.upload(t, "A.txt", "x")
	p.drain(t)
	_, err := p.Begin(p.f, "a.txt", anew)
	wantErr(t, "while it is seen", err, tree.ErrCase)
	byHand := open(t, p.dir, p.clock)
	byHand.retire(t, monday.Add(time.Minute), 1)
	p.upload(t, "a.txt", "y")
	p.wantSeen(t, "afterwards", map[string]string{"a.txt": "y"})
}
