package subidas_test

import (
	"io/fs"
	"testing"
	"time"
)

var may = time.Date(2020, time.May, 1, 12, 0, 0, 0, time.UTC)

func (p party) wantTime(t *testing.T, what, name string, want time.Time) {
	t.Helper()
	info, err := p.stat(name)
	check(t, err)
	if !info.ModTime().Equal(want) {
		t.Errorf("%s: stat shows %v, want %v", what, info.ModTime(), want)
	}
	for _, info := range p.List(respuestas) {
		if info.Name() == name && !info.ModTime().Equal(want) {
			t.Errorf("%s: the list shows %v, want %v", what, info.ModTime(), want)
		}
	}
}

// TestTimesStay follows the time that a client sets through all that happens to
// its file, a restart after each.
func TestTimesStay(t *testing.T) {
	t.Parallel()
	p := start(t)
	u := p.begin(t, "a.tmp", anew, "x")
	check(t, p.ShowTime(respuestas, "a.tmp", may.Add(-time.Hour)))
	check(t, p.ShowTime(respuestas, "a.tmp", may))
	if _, err := u.Close(); err != nil {
		t.Fatal(err)
	}
	p = p.again(t)
	p.wantTime(t, "closed", "a.tmp", may)
	p.rename(t, "a.tmp", "a.tmp")
	p.rename(t, "a.tmp", "b.part")
	p = p.again(t)
	p.wantTime(t, "renamed", "b.part", may)
	p.rename(t, "b.part", res1)
	p = p.again(t)
	p.wantTime(t, "finished", res1, may)
	if list := p.waiting(t); len(list) != 1 || !list[0].Moment.Equal(monday) || !list[0].Shown.Equal(may) {
		t.Errorf("recorded %v, want our clock beside the party's", list)
	}
	if _, err := p.begin(t, res1, resume, "").Close(); err != nil {
		t.Fatal(err)
	}
	p.wantTime(t, "looked whether it may write", res1, may)
	p.upload(t, res1, "xy")
	p.wantTime(t, "other content", res1, monday)

	check(t, p.ShowTime(respuestas, res1, may))
	p.upload(t, "c.tmp", "xyz")
	p.clock.Set(monday.Add(time.Hour)) // the rename is what counts
	p.rename(t, "c.tmp", res1)
	p.wantTime(t, "other content by rename", res1, p.clock.Now())
}

func TestTimesGo(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.cut(t, "a.txt", anew, "x")
	check(t, p.ShowTime(respuestas, "a.txt", may))
	check(t, p.Remove(respuestas, "a.txt"))
	p.cut(t, "a.txt", anew, "x")
	if info, err := p.stat("a.txt"); err != nil || info.ModTime().Equal(may) {
		t.Errorf("the time of a removed upload is shown: %v, %v", info, err)
	}
	wantErr(t, "time of no file", p.ShowTime(respuestas, "none.txt", may), fs.ErrNotExist)
	wantErr(t, "time of a name that leads out", p.ShowTime(respuestas, "../../x", may), fs.ErrNotExist)
}

// TestTimeOfTheUntouched: a client that looks whether it may write and sets the time
// meanwhile means the file that is there.
func TestTimeOfTheUntouched(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.upload(t, res1, "x")
	u := p.begin(t, res1, resume, "")
	check(t, p.ShowTime(respuestas, res1, may))
	arrived, err := u.Close()
	if err != nil || arrived {
		t.Errorf("arrived %v, %v", arrived, err)
	}
	p.wantTime(t, "untouched", res1, may)
	wantEqual(t, "arrivals", p.drain(t), []string{res1 + "=x"})
	if left := p.staged(t); len(left) != 0 {
		t.Errorf("left over: %q", left)
	}
}
