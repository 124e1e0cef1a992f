package subidas_test

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"buzon/exchange/dropbox"
	"buzon/exchange/dropbox/dropboxtest"
	"buzon/exchange/dropbox/subidas"
	"buzon/exchange/exchangetest"
)

const (
	une        = "00900001"
	respuestas = "respuestas"
	res1       = "GE_RES_00900001_20260302_001.txt"
	res2       = "GE_RES_00900001_20260302_002.txt"
)

var (
	monday = time.Date(2026, time.March, 2, 16, 0, 0, 123456789, time.UTC)
	mexico = time.FixedZone("Ciudad de México", -6*60*60)
	anew   = subidas.Intent{Create: true, Truncate: true}
	resume = subidas.Intent{Create: true}
)

// party is an account as its owner uses it, without a server, and what keeps its
// arrivals.
type party struct {
	*subidas.Account
	up    *subidas.Subidas
	box   *dropboxtest.Archive
	view  fs.FS
	dir   string
	clock *exchangetest.Clock
	read  *int // arrivals that drain gave
}

func start(t *testing.T) party {
	t.Helper()
	return open(t, t.TempDir(), exchangetest.NewClock(monday))
}

// open opens uploads that may have been there before.
func open(t testing.TB, dir string, clock *exchangetest.Clock) party {
	t.Helper()
	p := party{dir: dir, clock: clock, read: new(int)}
	p.keep(t)
	p.serve(t, p.box.Uploads())
	return p
}

// keep opens what keeps arrivals.
func (p *party) keep(t testing.TB) {
	t.Helper()
	var err error
	p.box, err = dropboxtest.Open(filepath.Join(p.dir, "archivo"), p.clock.Now)
	check(t, err)
	t.Cleanup(func() { p.box.Close() })
	if _, err := p.box.Folders(une); err != nil {
		check(t, p.box.AddAccount(une, dropbox.Folder{Name: "acuses"},
			dropbox.Folder{Name: respuestas, Upload: true},
			dropbox.Folder{Name: "respuestas/anexos", Upload: true}))
	}
	p.view, err = p.box.View(une)
	check(t, err)
}

func (p *party) serve(t testing.TB, c subidas.Options) {
	t.Helper()
	c.Zone = mexico
	var err error
	p.up, err = subidas.Open(p.uploads(), c)
	check(t, err)
	t.Cleanup(func() { p.up.Close() })
	p.Account, err = p.up.Account(une)
	check(t, err)
}

func (p party) uploads() string { return filepath.Join(p.dir, "subidas") }

// staged are the files of the account, the records aside.
func (p party) staged(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.uploads(), une, "*"))
	check(t, err)
	return slices.DeleteFunc(files, func(f string) bool { return filepath.Ext(f) != "" })
}

// again is what a new process finds.
func (p party) again(t *testing.T) party {
	t.Helper()
	check(t, p.up.Close())
	check(t, p.box.Close())
	n := open(t, p.dir, p.clock)
	n.read = p.read
	return n
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, what string, err error, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// begin opens an upload and writes content at its end so far.
func (p party) begin(t *testing.T, name string, b subidas.Intent, content string) *subidas.Upload {
	t.Helper()
	at := int64(0)
	if info, err := p.stat(name); err == nil && !b.Truncate {
		at = info.Size()
	}
	u, err := p.Begin(respuestas, name, b)
	check(t, err)
	if content != "" {
		_, err = u.WriteAt([]byte(content), at)
		check(t, err)
	}
	return u
}

func (p party) upload(t *testing.T, name, content string) {
	t.Helper()
	_, err := p.begin(t, name, anew, content).Close()
	check(t, err)
}

// cut leaves an upload as a broken connection does.
func (p party) cut(t *testing.T, name string, b subidas.Intent, content string) {
	t.Helper()
	u := p.begin(t, name, b, content)
	u.Lost()
	_, err := u.Close()
	check(t, err)
}

func (p party) rename(t *testing.T, from, to string) {
	t.Helper()
	_, err := p.Rename(respuestas, from, to)
	check(t, err)
}

// stat is what the owner sees under a name: an unfinished upload, or else a
// finished one.
func (p party) stat(name string) (fs.FileInfo, error) {
	info, err := p.Stat(respuestas, name)
	if errors.Is(err, fs.ErrNotExist) {
		return fs.Stat(p.view, respuestas+"/"+name)
	}
	return info, err
}

// seen is what the owner sees: names and contents.
func (p party) seen(t *testing.T) map[string]string {
	t.Helper()
	seen := map[string]string{}
	finished, err := fs.ReadDir(p.view, respuestas)
	check(t, err)
	for _, e := range finished {
		r, err := p.view.Open(respuestas + "/" + e.Name())
		check(t, err)
		seen[e.Name()] = read(t, r)
	}
	for _, info := range p.List(respuestas) {
		r, err := p.Open(respuestas, info.Name())
		check(t, err)
		seen[info.Name()] = read(t, r)
	}
	return seen
}

func read(t *testing.T, r io.ReadCloser) string {
	t.Helper()
	defer r.Close()
	b, err := io.ReadAll(r)
	check(t, err)
	return string(b)
}

func (p party) wantSeen(t *testing.T, what string, want map[string]string) {
	t.Helper()
	if got := p.seen(t); !maps.Equal(got, want) {
		t.Errorf("%s: the owner sees %.200q, want %.200q", what, got, want)
	}
}

// waiting are the arrivals that drain has not given yet.
func (p party) waiting(t *testing.T) []dropboxtest.Recorded {
	t.Helper()
	list, err := p.box.Arrivals(une, respuestas)
	check(t, err)
	return list[*p.read:]
}

// drain gives what arrived since it was called last: name=content.
func (p party) drain(t *testing.T) []string {
	t.Helper()
	got := []string{}
	for _, x := range p.waiting(t) {
		got = append(got, x.Name+"="+x.Text)
	}
	*p.read += len(got)
	return got
}

func wantEqual(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %.300q, want %.300q", what, got, want)
	}
}
