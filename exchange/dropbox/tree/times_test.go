package tree_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var may = time.Date(2020, time.May, 1, 12, 0, 0, 0, time.UTC)

func (p party) wantTime(t *testing.T, what, name string, want time.Time) {
	t.Helper()
	info, err := p.Stat(p.f, name)
	check(t, err)
	if !info.ModTime().Equal(want) {
		t.Errorf("%s: stat shows %v, want %v", what, info.ModTime(), want)
	}
	list, err := p.Files(p.f)
	check(t, err)
	for _, info := range list {
		if info.Name() == name && !info.ModTime().Equal(want) {
			t.Errorf("%s: the list shows %v, want %v", what, info.ModTime(), want)
		}
	}
}

func (p party) rename(t *testing.T, from, to string) {
	t.Helper()
	_, err := p.Rename(p.f, from, to)
	check(t, err)
}

// TestTimesStay follows the time that a client sets through all that happens to
// its file, a restart after each.
func TestTimesStay(t *testing.T) {
	t.Parallel()
	p := start(t)
	u := p.begin(t, "a.tmp", anew, "x")
	check(t, p.ShowTime(p.f, "a.tmp", may.Add(-time.Hour)))
	check(t, p.ShowTime(p.f, "a.tmp", may))
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
	if list := p.waiting(t); len(list) != 1 || !list[0].ModTime().Equal(monday) {
		t.Errorf("the gateway sees %v, want its own clock", list)
	}
	if _, err := p.begin(t, res1, resume, "").Close(); err != nil {
		t.Fatal(err)
	}
	p.wantTime(t, "looked whether it may write", res1, may)
	p.upload(t, res1, "xy")
	p.wantTime(t, "other content", res1, monday)

	check(t, p.ShowTime(p.f, res1, may))
	p.upload(t, "c.tmp", "xyz")
	p.clock.Set(monday.Add(time.Hour)) // the rename is what counts
	p.rename(t, "c.tmp", res1)
	p.wantTime(t, "other content by rename", res1, p.clock.Now())
}

func TestTimesGo(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.cut(t, "a.txt", anew, "x")
	check(t, p.ShowTime(p.f, "a.txt", may))
	check(t, p.Remove(p.f, "a.txt"))
	p.cut(t, "a.txt", anew, "x")
	if info, err := p.Stat(p.f, "a.txt"); err != nil || info.ModTime().Equal(may) {
		t.Errorf("the time of a removed upload is shown: %v, %v", info, err)
	}
	wantErr(t, "time of no file", p.ShowTime(p.f, "none.txt", may), fs.ErrNotExist)
	wantErr(t, "time of a name that leads out", p.ShowTime(p.f, "../../x", may), fs.ErrNotExist)
	acuses, _ := p.Folder("acuses")
	check(t, os.WriteFile(filepath.Join(p.dir, une, "acuses", "a.txt"), nil, 0o600))
	wantErr(t, "time of a file of the gateway", p.ShowTime(acuses, "a.txt", may), fs.ErrNotExist)

	// A crash left the time of a file that is gone.
	left := filepath.Join(p.dir, une, ".horas/respuestas/gone.txt")
	check(t, os.WriteFile(left, nil, 0o600))
	p.upload(t, res1, "x")
	check(t, p.ShowTime(p.f, res1, may))
	p = p.again(t)
	p.wantTime(t, "beside a leftover", res1, may)
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("the leftover is still there: %v", err)
	}
}
