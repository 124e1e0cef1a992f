package subidas_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"buzon/exchange/dropbox/subidas"
)

var errBroken = errors.New("the recorder is broken")

// TestFailedArrival has the recording fail after the content was linked, and then
// writes to the upload in every way: what the recorder keeps must stay as it is.
func TestFailedArrival(t *testing.T) {
	t.Parallel()
	const first, more = "first content", " and more"
	for how, c := range map[string]struct {
		b    subidas.Intent
		at   int64
		text string
		want string
	}{
		"resumed":              {resume, int64(len(first)), more, first + more},
		"resumed at its end":   {resume, int64(len(first)), "", first},
		"sent anew over it":    {resume, 0, "FIRST", "FIRST"},
		"sent anew, truncated": {anew, 0, "FIRST", "FIRST"},
	} {
		for _, restart := range []bool{false, true} {
			for _, tmp := range []string{"", ".tmp"} {
				t.Run(fmt.Sprint(how, " restart ", restart, tmp), func(t *testing.T) {
					t.Parallel()
					p := start(t)
					p.failArrival(t, first, tmp)
					if restart {
						p = p.again(t)
					}
					p.box.Broken = nil
					p.wantSeen(t, "kept", map[string]string{res1 + tmp: first})
					u, err := p.Begin(respuestas, res1+tmp, c.b)
					check(t, err)
					_, err = u.WriteAt([]byte(c.text), c.at)
					check(t, err)
					_, err = u.Close()
					check(t, err)
					if tmp != "" {
						p.rename(t, res1+tmp, res1)
					}
					wantEqual(t, "arrivals", p.drain(t), []string{res1 + "=" + c.want})
					if !p.box.Holds([]byte(first)) {
						t.Error("what the recorder kept is gone, or was written to")
					}
					p.wantNothingLeft(t)
				})
			}
		}
	}
}

// failArrival has an upload arrive, by its close or by a rename, which cannot be
// recorded after its content was kept.
func (p party) failArrival(t *testing.T, content, tmp string) {
	t.Helper()
	p.box.Broken = func(subidas.Arrival) error { return errBroken }
	arrived, err := p.begin(t, res1+tmp, anew, content).Close()
	if tmp != "" {
		check(t, err)
		arrived, err = p.Rename(respuestas, res1+tmp, res1)
	}
	wantErr(t, "close or rename", err, errBroken)
	if arrived {
		t.Error("it arrived all the same")
	}
	if !p.box.Holds([]byte(content)) {
		t.Fatal("the recorder keeps nothing")
	}
}

// TestFailedTakesATemporaryName: what could not be recorded is still its owner's to
// rename, and no less shared for that.
func TestFailedTakesATemporaryName(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.failArrival(t, "first", "")
	p.box.Broken = nil
	_, err := p.Rename(respuestas, res1, res2)
	if err == nil {
		t.Error("renamed to a final name without being closed")
	}
	p.rename(t, res1, "a.tmp")
	p = p.again(t)
	p.cut(t, "a.tmp", resume, "!")
	p.wantSeen(t, "resumed", map[string]string{"a.tmp": "first!"})
	if !p.box.Holds([]byte("first")) {
		t.Error("what the recorder kept was written to")
	}
	check(t, p.Remove(respuestas, "a.tmp"))
	wantEqual(t, "arrivals", p.drain(t), []string{})
	p.wantNothingLeft(t)
}

// TestHashes writes a content in every order: what is recorded is its hash, or the
// recorder could not find it again.
func TestHashes(t *testing.T) {
	t.Parallel()
	type piece struct {
		at   int64
		text string
	}
	for what, pieces := range map[string][]piece{
		"in order": {{0, "abc"}, {3, "def"}}, "backwards": {{3, "def"}, {0, "abc"}},
		"again": {{0, "abcdef"}, {0, "abcdef"}}, "overwritten": {{0, "xxcdef"}, {0, "ab"}},
		"an empty one": {{0, "abcdef"}, {6, ""}, {9, ""}}, "overlapping": {{0, "abcd"}, {2, "cdef"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := start(t)
			for _, name := range []string{"a.txt", "b.tmp"} {
				u := p.begin(t, name, anew, "")
				for _, x := range pieces {
					_, err := u.WriteAt([]byte(x.text), x.at)
					check(t, err)
				}
				_, err := u.Close()
				check(t, err)
			}
			p = p.again(t)
			p.rename(t, "b.tmp", "b.txt")
			p.cut(t, "c.txt", anew, "abc")
			_, err := p.begin(t, "c.txt", resume, "def").Close()
			check(t, err)
			wantEqual(t, "arrivals", p.drain(t), []string{"a.txt=abcdef", "b.txt=abcdef", "c.txt=abcdef"})
		})
	}
}

// TestGaps: what is missing bytes in the middle never arrives, whatever its client
// says of it.
func TestGaps(t *testing.T) {
	t.Parallel()
	p := start(t)
	u := p.begin(t, res1, anew, "")
	for _, at := range []int64{0, 4} {
		_, err := u.WriteAt([]byte("abc"), at)
		check(t, err)
	}
	if arrived, err := u.Close(); err == nil || arrived {
		t.Errorf("arrived %v, %v", arrived, err)
	}
	p = p.again(t)
	p.wantSeen(t, "up to the gap", map[string]string{res1: "abc"})
	if _, err := p.begin(t, res1, resume, "d").Close(); err != nil {
		t.Error(err)
	}
	wantEqual(t, "arrivals", p.drain(t), []string{res1 + "=abcd"})
}

// TestMomentBeforeTheLock has a close and a rename wait for an arrival that takes
// long: their moments are those at which they were asked for.
func TestMomentBeforeTheLock(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := p.box.Uploads()
	asked, busy, letGo := make(chan bool, 100), make(chan bool), make(chan bool)
	c.Now = func() time.Time { asked <- true; return p.clock.Now() }
	arrive := c.Arrive
	c.Arrive = func(x subidas.Arrival) error {
		if x.Name == res1 {
			busy <- true
			<-letGo
		}
		return arrive(x)
	}
	check(t, p.up.Close())
	p.serve(t, c)
	p.upload(t, "c.tmp", "c")
	slow, u := p.begin(t, res1, anew, "a"), p.begin(t, res2, anew, "b")
	done := make(chan error, 3)
	go func() { _, err := slow.Close(); done <- err }()
	<-busy
	for len(asked) > 0 {
		<-asked
	}
	go func() { _, err := u.Close(); done <- err }()
	go func() { _, err := p.Rename(respuestas, "c.tmp", "c.txt"); done <- err }()
	for range 2 {
		select {
		case <-asked:
		case <-time.After(10 * time.Second):
			t.Error("the moment waits for the lock")
		}
	}
	p.clock.Set(monday.Add(time.Hour))
	letGo <- true
	for range 3 {
		check(t, <-done)
	}
	for _, x := range p.waiting(t) {
		if !x.Moment.Equal(monday) {
			t.Errorf("%s arrived at %v, want %v", x.Name, x.Moment, monday)
		}
	}
}

// syncs notes what is synced, and when a recorder is called: the bytes of an upload
// are data, its record is record, the account's folder is folder.
type syncs []string

func (s *syncs) note(step string) {
	name, ok := strings.CutPrefix(step, "sync: ")
	switch {
	case !ok:
		return
	case strings.Contains(name, ".json"):
		name = "record"
	case name == une:
		name = "folder"
	default:
		name = "data"
	}
	*s = append(*s, name)
}

func (s *syncs) want(t *testing.T, what string, want ...string) {
	t.Helper()
	if !slices.Equal(*s, want) {
		t.Errorf("%s: synced %q, want %q", what, *s, want)
	}
	*s = nil
}

// TestSynced holds what is synced against what a client may rely on.
func TestSynced(t *testing.T) {
	t.Parallel()
	p := start(t)
	var s syncs
	p.up.OnStep(s.note)
	p.box.Broken = func(subidas.Arrival) error { s = append(s, "arrive"); return nil }
	p.upload(t, res1, "x")
	s.want(t, "an arrival", "data", "arrive")
	p.upload(t, "a.tmp", "x")
	s.want(t, "closed under a temporary name", "data", "record", "folder")
	p.rename(t, "a.tmp", "b.tmp")
	s.want(t, "renamed", "record", "folder")
	check(t, p.ShowTime(respuestas, "b.tmp", may))
	s.want(t, "its time", "record", "folder")
	p.rename(t, "b.tmp", "b.txt")
	s.want(t, "renamed to a final name", "arrive")
	p.cut(t, "c.txt", anew, "x")
	s.want(t, "cut", "data", "record", "folder")
	u := p.begin(t, "c.txt", resume, "")
	s.want(t, "resumed, before a byte changes", "record", "folder")
	check(t, func() error { _, err := u.Close(); return err }())
	s.want(t, "the arrival of what was resumed", "data", "arrive")
	p.cut(t, "d.txt", anew, "x")
	s = nil
	p.upload(t, "d.txt", "y") // a power cut must not bring the old one back over it
	s.want(t, "sent anew", "folder", "data", "arrive")
	p.cut(t, "e.tmp", anew, "x")
	s = nil
	check(t, p.Remove(respuestas, "e.tmp"))
	s.want(t, "removed", "folder")
	p.box.Broken = func(subidas.Arrival) error { return errBroken }
	_, err := p.begin(t, res2, anew, "x").Close()
	wantErr(t, "close", err, errBroken)
	s.want(t, "what could not be recorded", "data", "record", "folder")
}

// TestUnsynced: a rehearsal waits for no disk.
func TestUnsynced(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := p.box.Uploads()
	c.Unsynced = true
	check(t, p.up.Close())
	p.serve(t, c)
	var s syncs
	p.up.OnStep(s.note)
	p.upload(t, res1, "x")
	p.cut(t, "a.tmp", anew, "x")
	s.want(t, "all")
	wantEqual(t, "arrivals", p.drain(t), []string{res1 + "=x"})
}

// TestDiskErrors: a fault of the disk is told with its whole path and what to do,
// and is never taken for a party's doing.
func TestDiskErrors(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.cut(t, "a.txt", anew, "x")
	dir := filepath.Join(p.uploads(), une)
	check(t, os.Rename(dir, dir+".aside"))
	_, err := p.Begin(respuestas, "b.txt", anew)
	_, openErr := p.Open(respuestas, "a.txt")
	for what, err := range map[string]error{"begin": err, "open": openErr} {
		if err == nil || errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v, want one that names %s and is no fs.ErrNotExist", what, err, dir)
		}
	}
	check(t, os.Rename(dir+".aside", dir))
	check(t, p.up.Close())
	check(t, os.WriteFile(filepath.Join(p.uploads(), "00900009"), nil, 0o600))
	second, err := subidas.Open(p.uploads(), p.box.Uploads())
	check(t, err)
	defer second.Close()
	blocked := filepath.Join(p.uploads(), "00900009")
	if _, err := second.Account("00900009"); err == nil || !strings.Contains(err.Error(), blocked) {
		t.Errorf("a file in place of a folder: %v", err)
	}
	for _, name := range []string{"", "..", "a/b", ".x", "a b"} {
		_, err := second.Account(name)
		wantErr(t, "account "+name, err, os.ErrInvalid)
	}
	if _, err := subidas.Open(t.TempDir(), subidas.Options{}); err == nil {
		t.Error("opened without a recorder")
	}
}
