package subidas_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"buzon/exchange/dropbox/subidas"
)

// midnight is the end of monday in mexico.
var midnight = time.Date(2026, time.March, 3, 6, 0, 0, 0, time.UTC)

func (p party) limit(t *testing.T, l subidas.Quota) {
	t.Helper()
	check(t, p.up.SetLimits(une, l))
}

func (p party) used(t *testing.T, now time.Time) (files, bytes int64) {
	t.Helper()
	files, bytes, err := p.Used(now)
	check(t, err)
	return files, bytes
}

func (p party) wantBegin(t *testing.T, what, name string, b subidas.Intent, want error) {
	t.Helper()
	u, err := p.Begin(respuestas, name, b)
	wantErr(t, what, err, want)
	if err == nil {
		u.Lost()
		_, err = u.Close()
		check(t, err)
	}
}

// wantWrite writes n bytes to an upload, from off on.
func wantWrite(t *testing.T, what string, u *subidas.Upload, n, off int, want error) {
	t.Helper()
	_, err := u.WriteAt([]byte(strings.Repeat("x", n)), int64(off))
	wantErr(t, what, err, want)
}

func TestFilesQuota(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.upload(t, "before.txt", "x") // counts, though there was no limit yet
	p.limit(t, subidas.Quota{FilesDay: 3})
	p.upload(t, "a.tmp", "a")
	p.upload(t, "b.tmp", "b")
	late := p.begin(t, "late.txt", anew, "late")
	p.rename(t, "a.tmp", "a.txt")
	p.rename(t, "b.tmp", "before.txt") // the same name again is one more file
	p.wantBegin(t, "a fourth file", "c.txt", anew, subidas.ErrFilesQuota)
	p.wantBegin(t, "a name that is there", "a.txt", anew, subidas.ErrFilesQuota)
	arrived, err := late.Close()
	wantErr(t, "close of what began before", err, subidas.ErrFilesQuota)
	if arrived {
		t.Error("it arrived all the same")
	}
	p.limit(t, subidas.Quota{FilesDay: 4})
	p.upload(t, "d.tmp", "d")
	p.limit(t, subidas.Quota{FilesDay: 3})
	_, err = p.Rename(respuestas, "d.tmp", "d.txt")
	wantErr(t, "rename", err, subidas.ErrFilesQuota)

	p = p.again(t)
	p.limit(t, subidas.Quota{FilesDay: 3})
	if files, _ := p.used(t, p.clock.Now()); files != 3 {
		t.Errorf("after a restart %d files count, want 3", files)
	}
	p.clock.Set(midnight.Add(-1))
	p.wantBegin(t, "just before midnight", "late.txt", resume, subidas.ErrFilesQuota)
	p.clock.Set(midnight)
	if _, err := p.begin(t, "late.txt", resume, "r").Close(); err != nil {
		t.Errorf("resumed on the next day: %v", err)
	}
	p.rename(t, "d.tmp", "d.txt")
	if files, _ := p.used(t, midnight.Add(-time.Second)); files != 2 { // who waited for the lock is late
		t.Errorf("%d files count on the next day, want 2", files)
	}
	wantEqual(t, "arrivals", p.drain(t),
		[]string{"before.txt=x", "a.txt=a", "before.txt=b", "late.txt=later", "d.txt=d"})
	p.clock.Set(monday) // a clock that was far ahead
	if files, _ := p.used(t, monday); files != 3 {
		t.Errorf("%d files count after the clock was mended, want those of that day, 3", files)
	}
}

func TestBytesQuota(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.limit(t, subidas.Quota{BytesDay: 100})
	p.upload(t, "a.txt", strings.Repeat("a", 40))
	p.cut(t, "b.txt", anew, strings.Repeat("b", 40))
	u := p.begin(t, "c.txt", anew, "")
	wantWrite(t, "the last of it", u, 20, 0, nil)
	wantWrite(t, "beyond", u, 1, 20, subidas.ErrBytesQuota)
	wantWrite(t, "a later write", u, 0, 0, subidas.ErrBytesQuota)
	_, err := u.Close()
	wantErr(t, "close", err, subidas.ErrBytesQuota)
	p.wantBegin(t, "another", "d.txt", anew, subidas.ErrBytesQuota)
	p.wantBegin(t, "what was cut", "c.txt", resume, subidas.ErrBytesQuota)
	if got := p.seen(t)["b.txt"]; got != strings.Repeat("b", 40) {
		t.Errorf("a refused opening changed what was cut: %q", got)
	}
	u = p.begin(t, "b.txt", anew, "") // its old bytes go, so that it may begin
	wantWrite(t, "in place of what was cut", u, 40, 0, nil)
	wantWrite(t, "beyond it", u, 1, 40, subidas.ErrBytesQuota)
	p.cut(t, "b.txt", anew, "")
	p.upload(t, "b.tmp", strings.Repeat("b", 30))
	if _, bytes := p.used(t, monday); bytes != 90 {
		t.Errorf("%d bytes count, want 90", bytes)
	}
	check(t, p.Remove(respuestas, "b.tmp"))
	if _, bytes := p.used(t, monday); bytes != 60 {
		t.Errorf("%d bytes count after a removal, want 60", bytes)
	}
	p.upload(t, "b.tmp", strings.Repeat("b", 30))
	p = p.again(t)
	p.limit(t, subidas.Quota{BytesDay: 100})
	if _, bytes := p.used(t, monday); bytes != 90 {
		t.Errorf("%d bytes count after a restart, want 90", bytes)
	}
	u = p.begin(t, "c.txt", resume, "")
	wantWrite(t, "resumed on the same day", u, 11, 20, subidas.ErrBytesQuota)
	if _, err := u.Close(); err == nil {
		t.Error("a refused upload arrived")
	}
	p.clock.Set(midnight)
	u = p.begin(t, "c.txt", resume, "")
	wantWrite(t, "resumed on the next day", u, 100, 20, nil)
	if _, err := u.Close(); err != nil {
		t.Error(err)
	}
	if _, bytes := p.used(t, midnight); bytes != 120 { // the whole of what arrived
		t.Errorf("%d bytes count, want 120", bytes)
	}
}

// TestBytesThatCount: no more than what is there.
func TestBytesThatCount(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.limit(t, subidas.Quota{BytesDay: 1000})
	used := func(what string, want int64) {
		t.Helper()
		if _, bytes := p.used(t, p.clock.Now()); bytes != want {
			t.Errorf("%s: %d bytes count, want %d", what, bytes, want)
		}
	}
	u := p.begin(t, "gap.txt", anew, "")
	wantWrite(t, "gap", u, 10, 20, nil)
	used("being written", 10)
	u.Lost()
	_, err := u.Close()
	check(t, err)
	used("beyond a gap", 0)
	p.cut(t, res1, anew, "0123456789")
	p.upload(t, "a.tmp", "01234")
	p.rename(t, "a.tmp", res1)
	used("in place of what was cut", 5)
	p.upload(t, res1, "012")
	p.limit(t, subidas.Quota{BytesDay: 500})
	used("limits set again", 8)
	p.cut(t, res2, anew, "01")
	p.sweep(t, monday.Add(time.Second), 2) // both cut ones
	used("thrown away", 8)
	p.cut(t, res2, anew, "01")

	p.clock.Set(monday.Add(24 * time.Hour))
	p = p.again(t)
	p.limit(t, subidas.Quota{BytesDay: 500})
	used("of yesterday", 0)
	if files, _ := p.used(t, p.clock.Now()); files != 0 {
		t.Errorf("%d files of yesterday count", files)
	}
}

// TestQuotaOverMidnight writes while the day ends.
func TestQuotaOverMidnight(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.limit(t, subidas.Quota{BytesDay: 10})
	u := p.begin(t, res1, anew, "")
	wantWrite(t, "today", u, 10, 0, nil)
	p.clock.Set(midnight)
	wantWrite(t, "tomorrow", u, 10, 10, nil)
	wantWrite(t, "beyond", u, 1, 20, subidas.ErrBytesQuota)
}

func TestFileBytes(t *testing.T) {
	t.Parallel()
	for name, l := range map[string][2]int64{"the account's": {10, 0}, "the account's is less": {10, 20},
		"the server's is less": {20, 10}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t)
			p.limit(t, subidas.Quota{FileBytes: l[0]})
			u := p.begin(t, res1, anew, "")
			u.Max = l[1]
			wantWrite(t, "within", u, 10, 0, nil)
			wantWrite(t, "beyond", u, 1, 10, subidas.TooLarge{Max: 10})
			_, err := u.Close()
			wantErr(t, "close", err, subidas.TooLarge{Max: 10})
			p.wantSeen(t, "cut", map[string]string{res1: strings.Repeat("x", 10)})
			wantEqual(t, "arrivals", p.drain(t), []string{})
		})
	}
}

func TestMinFree(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.cut(t, "a.txt", anew, "kept")
	p.limit(t, subidas.Quota{MinFree: 1})
	u := p.begin(t, "b.txt", anew, "")
	p.limit(t, subidas.Quota{MinFree: 1 << 62})
	p.wantBegin(t, "a new one", "c.txt", anew, subidas.ErrDiskFull)
	p.wantBegin(t, "in place of a cut one", "a.txt", anew, subidas.ErrDiskFull)
	wantWrite(t, "not yet looked", u, 8<<20-1, 0, nil)
	wantWrite(t, "looked after 8 MiB", u, 1, 8<<20-1, subidas.ErrDiskFull)
	_, err := u.Close()
	wantErr(t, "close", err, subidas.ErrDiskFull)
	if got := p.seen(t); got["a.txt"] != "kept" || len(got["b.txt"]) != 8<<20-1 {
		t.Errorf("the owner sees %d files, %q and %d bytes", len(got), got["a.txt"], len(got["b.txt"]))
	}
	p.limit(t, subidas.Quota{})
	if _, err := p.begin(t, "b.txt", resume, "!").Close(); err != nil {
		t.Errorf("resumed: %v", err)
	}
}

// TestQuotaUnknown has what arrived today be unknown: nothing is let in for that.
func TestQuotaUnknown(t *testing.T) {
	t.Parallel()
	p := start(t)
	c, unknown := p.box.Uploads(), false
	today := c.Today
	c.Today = func(account string, from, to time.Time) (int64, int64, error) {
		if unknown {
			return 0, 0, fs.ErrClosed
		}
		return today(account, from, to)
	}
	check(t, p.up.Close())
	p.serve(t, c)
	unknown = true
	wantErr(t, "limits", p.up.SetLimits(une, subidas.Quota{}), fs.ErrClosed)
	unknown = false
	p.limit(t, subidas.Quota{FilesDay: 5})
	p.upload(t, "a.txt", "a")
	u := p.begin(t, "b.txt", anew, "b")
	unknown = true
	p.clock.Set(midnight)
	p.wantBegin(t, "begin", "c.txt", anew, fs.ErrClosed)
	_, err := u.Close()
	wantErr(t, "close", err, fs.ErrClosed)
	unknown = false
	if _, err := p.begin(t, "b.txt", resume, "!").Close(); err != nil {
		t.Error(err)
	}
	if files, _ := p.used(t, midnight); files != 1 {
		t.Errorf("%d files count, want 1", files)
	}
}

// TestCountedAtMidnight has a close wait over midnight: it belongs to the day in
// which it was taken up, as it does after a restart.
func TestCountedAtMidnight(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := p.box.Uploads()
	arrive := c.Arrive
	var b *subidas.Upload
	c.Arrive = func(x subidas.Arrival) error {
		if x.Name == "a.txt" {
			p.clock.Set(midnight)
			wantWrite(t, "the new day begins", b, 1, 2, nil)
		}
		return arrive(x)
	}
	check(t, p.up.Close())
	p.serve(t, c)
	p.limit(t, subidas.Quota{FilesDay: 9})
	b = p.begin(t, "b.txt", anew, "bb")
	p.clock.Set(midnight.Add(-1))
	p.upload(t, "a.txt", "a")
	_, err := b.Close()
	check(t, err)
	files, bytes := p.used(t, midnight)
	if files != 1 || bytes != 3 {
		t.Errorf("%d files and %d bytes count, want b.txt alone", files, bytes)
	}
	p = p.again(t)
	p.limit(t, subidas.Quota{})
	if f, n := p.used(t, midnight); f != files || n != bytes {
		t.Errorf("after a restart %d files and %d bytes count", f, n)
	}
}

// TestCountsAsTheDisk does what parties do, at random, and holds the count
// against what a new process finds.
func TestCountsAsTheDisk(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.limit(t, subidas.Quota{})
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		name := fmt.Sprintf("%d", r.IntN(8)) // of unfinished ones; final names are used once
		content := strings.Repeat("x", r.IntN(50))
		switch r.IntN(6) {
		case 0:
			p.cut(t, name+".tmp", anew, content)
		case 1:
			p.cut(t, name+".tmp", resume, content)
		case 2:
			p.upload(t, name+".tmp", content)
		case 3:
			p.upload(t, fmt.Sprintf("%d.txt", i), content)
		case 4:
			to := fmt.Sprintf("%d.tmp", r.IntN(8))
			if r.IntN(2) == 0 {
				to = fmt.Sprintf("%d.txt", i)
			}
			_, _ = p.Rename(respuestas, name+".tmp", to)
		case 5:
			_ = p.Remove(respuestas, name+".tmp")
		}
	}
	files, bytes := p.used(t, monday)
	p = p.again(t)
	p.limit(t, subidas.Quota{})
	if f, b := p.used(t, monday); f != files || b != bytes || files < 50 {
		t.Errorf("counted %d files and %d bytes, the disk has %d and %d", files, bytes, f, b)
	}
}
