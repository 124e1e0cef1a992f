package subidas_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"buzon/exchange/dropbox/subidas"
)

func (p party) sweep(t *testing.T, before time.Time, want int) {
	t.Helper()
	n, err := p.up.Sweep(une, before)
	check(t, err)
	if n != want {
		t.Errorf("%d uploads went, want %d", n, want)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.upload(t, "arrived.txt", "arrived")
	p.cut(t, "cut.txt", anew, "cut")
	p.upload(t, "closed.tmp", "closed")
	p.cut(t, "resumed.txt", anew, "1")
	p.sweep(t, monday, 0) // nothing is older than itself

	p.clock.Set(monday.Add(time.Hour))
	p.cut(t, "newcut.txt", anew, "newcut")
	u := p.begin(t, "resumed.txt", resume, "2")
	stale := p.begin(t, "stale.txt", anew, "at work since long ago")
	p.clock.Set(monday.Add(2 * time.Hour))
	p.sweep(t, monday.Add(time.Hour), 2)
	want := map[string]string{
		"arrived.txt": "arrived", "newcut.txt": "newcut", "resumed.txt": "12",
		"stale.txt": "at work since long ago",
	}
	p.wantSeen(t, "swept", want)
	p.sweep(t, monday.Add(24*time.Hour), 1)
	delete(want, "newcut.txt")
	p.wantSeen(t, "but for what is written", want)
	for _, u := range []*subidas.Upload{u, stale} {
		if _, err := u.Close(); err != nil {
			t.Error(err)
		}
	}
	p = p.again(t)
	p.wantSeen(t, "after a restart", want)
	if left := p.staged(t); len(left) != 0 {
		t.Errorf("left over: %q", left)
	}
	if _, err := p.up.Sweep("../x", monday); err == nil {
		t.Error("an account of no name is swept")
	}
}

// TestUnsettledIsNotResumed has an upload that could not be settled: nobody knows
// which of its bytes are there.
func TestUnsettledIsNotResumed(t *testing.T) {
	t.Parallel()
	p := start(t)
	u := p.begin(t, res1, anew, "unknown")
	dir := filepath.Join(p.uploads(), une)
	aside := dir + ".aside"
	check(t, os.Rename(dir, aside)) // no record can be written
	if _, err := u.Close(); err == nil {
		t.Fatal("closed without its record")
	}
	check(t, os.Rename(aside, dir))
	_, err := p.Rename(respuestas, res1, "a.tmp")
	if err == nil {
		t.Error("renamed, whatever it holds")
	}
	arrivals := p.drain(t)
	_, err = p.begin(t, res1, resume, "").Close()
	check(t, err)
	wantEqual(t, "arrivals", append(arrivals, p.drain(t)...), []string{res1 + "="})
}

// TestUnsettledIsSwept: nobody can resume it, so that it goes with its age.
func TestUnsettledIsSwept(t *testing.T) {
	t.Parallel()
	p := start(t)
	u := p.begin(t, res1, anew, "unknown")
	dir := filepath.Join(p.uploads(), une)
	check(t, os.Rename(dir, dir+".aside"))
	if _, err := u.Close(); err == nil {
		t.Fatal("closed without its record")
	}
	check(t, os.Rename(dir+".aside", dir))
	p.sweep(t, monday.Add(time.Second), 1)
	p.wantSeen(t, "swept", map[string]string{})
}

// TestTwoServers has another process open the same folder: it touches nothing.
func TestTwoServers(t *testing.T) {
	t.Parallel()
	p := start(t)
	u := p.begin(t, res1, anew, "at work")
	second, err := subidas.Open(p.uploads(), p.box.Uploads())
	check(t, err)
	defer second.Close()
	if err := second.Claim(); err == nil {
		t.Error("claimed by two")
	}
	if _, err := second.Account(une); err == nil {
		t.Error("an account of two servers")
	}
	if _, err := second.Sweep(une, monday.Add(time.Hour)); err == nil {
		t.Error("swept beside the server")
	}
	check(t, p.up.Claim()) // its own
	if _, err := u.Close(); err != nil {
		t.Errorf("the upload was swept away: %v", err)
	}
	wantEqual(t, "arrivals", p.drain(t), []string{res1 + "=at work"})
	check(t, p.up.Close())
	check(t, second.Claim())
}
