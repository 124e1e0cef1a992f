package tree_test

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"
	"testing"
	"time"

	"buzon/exchange/dropbox/tree"
	"buzon/exchange/exchangetest"
)

const (
	une  = "00900001"
	res1 = "GE_RES_00900001_20260302_001.txt"
	res2 = "GE_RES_00900001_20260302_002.txt"
)

var (
	monday = time.Date(2026, time.March, 2, 16, 0, 0, 123456789, time.UTC)
	anew   = tree.Opening{Create: true, Truncate: true}
	resume = tree.Opening{Create: true}
)

// party is an account as its owner uses it, without a server, and the mailbox
// of its uploads.
type party struct {
	*tree.Account
	tree  *tree.Tree
	dir   string
	clock *exchangetest.Clock
	f     tree.Folder
	queue *tree.Mailbox
}

func start(t *testing.T) party {
	t.Helper()
	return open(t, t.TempDir(), exchangetest.NewClock(monday))
}

// open opens a tree that may have been there before.
func open(t testing.TB, dir string, clock *exchangetest.Clock) party {
	t.Helper()
	tr, err := tree.Open(dir, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	f := tree.Folder{Name: "respuestas", Upload: true}
	check(t, tr.AddAccount(une, []tree.Folder{{Name: "acuses"}, f, {Name: "respuestas/anexos", Upload: true}}))
	a, err := tr.Account(une)
	if err != nil {
		t.Fatal(err)
	}
	return party{a, tr, dir, clock, f, tr.Mailbox(une, f.Name)}
}

// again is what a new process finds.
func (p party) again(t *testing.T) party {
	t.Helper()
	p.tree.Close()
	return open(t, p.dir, p.clock)
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
func (p party) begin(t *testing.T, name string, b tree.Opening, content string) *tree.Upload {
	t.Helper()
	at := int64(0)
	if info, err := p.Stat(p.f, name); err == nil && !b.Truncate {
		at = info.Size()
	}
	u, err := p.Begin(p.f, name, b)
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
func (p party) cut(t *testing.T, name string, b tree.Opening, content string) {
	t.Helper()
	u := p.begin(t, name, b, content)
	u.Lost()
	_, err := u.Close()
	check(t, err)
}

// seen is what the owner sees: names and contents.
func (p party) seen(t *testing.T) map[string]string {
	t.Helper()
	list, err := p.Files(p.f)
	check(t, err)
	seen := map[string]string{}
	for _, info := range list {
		r, err := p.Open(p.f, info.Name())
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

func (p party) waiting(t *testing.T) []fs.FileInfo {
	t.Helper()
	list, err := p.queue.List(t.Context())
	check(t, err)
	return list
}

func (p party) take(t *testing.T, name string) string {
	t.Helper()
	r, err := p.queue.Take(t.Context(), name)
	check(t, err)
	return read(t, r)
}

func (p party) done(t *testing.T, name string) {
	t.Helper()
	check(t, p.queue.Done(t.Context(), name))
}

// drain takes all that waits: name=content.
func (p party) drain(t *testing.T) []string {
	t.Helper()
	got := []string{}
	for _, info := range p.waiting(t) {
		got = append(got, info.Name()+"="+p.take(t, info.Name()))
		p.done(t, info.Name())
	}
	return got
}

func wantEqual(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %.300q, want %.300q", what, got, want)
	}
}
