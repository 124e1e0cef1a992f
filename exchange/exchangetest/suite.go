package exchangetest

import (
	"bytes"
	"io"
	"io/fs"
	"math/rand/v2"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/schema/nombres"
)

// A Fixture is a fresh, empty Mailbox and the party's side of it. A mailbox is
// one folder in one direction, so either half may be missing: without Leave the
// tests of reading are left out, without Sees those of writing.
type Fixture struct {
	Mailbox exchange.Mailbox

	// Leave puts a file into the folder as the party does, whole once it
	// returns. Where the mailbox dates files itself modtime is not heeded.
	Leave func(t *testing.T, name string, content []byte, modtime time.Time)

	// LeaveHalf puts a file there under a name of an arriving file, such as
	// X.txt.part, and leaves it so.
	LeaveHalf func(t *testing.T, name string, content []byte)

	// Settle lets pass what it takes until files that were left count as whole;
	// nil if they do at once.
	Settle func(t *testing.T)

	// Sees gives every file that the party sees in the folder. Temporary names
	// may be among them.
	Sees func(t *testing.T) map[string][]byte

	KeepsAfterDone bool // List still shows a file that is Done
	Duplicates     bool // a second content under a name is a second arrival
}

// TestMailbox checks what the comment of exchange.Mailbox promises. open is
// called once for each test of the suite; the tests run in parallel.
func TestMailbox(t *testing.T, open func(t *testing.T) Fixture) {
	t.Helper()
	if probe := open(t); probe.Leave == nil && probe.Sees == nil {
		t.Fatal("a fixture with neither Leave nor Sees checks nothing")
	}
	for _, c := range readingTests {
		run(t, "Reading/"+c.name, open, c.test, func(f Fixture) bool { return f.Leave != nil })
	}
	for _, c := range writingTests {
		run(t, "Writing/"+c.name, open, c.test, func(f Fixture) bool { return f.Sees != nil })
	}
}

type suiteTest struct {
	name string
	test func(*testing.T, Fixture)
}

func run(t *testing.T, name string, open func(*testing.T) Fixture, test func(*testing.T, Fixture),
	has func(Fixture) bool) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		f := open(t)
		if !has(f) {
			t.Skip("not in this mailbox's direction")
		}
		test(t, f)
	})
}

// Names and moments that the suite uses; the names are ones that every party
// may use, and their alphabet runs against their order in time.
const (
	nameA = "GE_RES_00900002_20260302_002.txt"
	nameB = "GE_RES_00900002_20260302_001.txt"
)

var monday = time.Date(2026, time.March, 2, 16, 0, 0, 0, time.UTC)

// leave puts a file there and lets it become whole.
func (f Fixture) leave(t *testing.T, name string, content []byte, modtime time.Time) {
	t.Helper()
	f.Leave(t, name, content, modtime)
	f.settle(t)
}

// settle lists too, since a mailbox may have to see a file twice.
func (f Fixture) settle(t *testing.T) {
	t.Helper()
	if f.Settle != nil {
		f.list(t)
		f.Settle(t)
	}
}

func (f Fixture) list(t *testing.T) []fs.FileInfo {
	t.Helper()
	listed, err := f.Mailbox.List(t.Context())
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	return listed
}

func (f Fixture) listNames(t *testing.T) []string {
	t.Helper()
	names := []string{}
	for _, fi := range f.list(t) {
		names = append(names, fi.Name())
	}
	return names
}

func (f Fixture) take(t *testing.T, name string) []byte {
	t.Helper()
	r, err := f.Mailbox.Take(t.Context(), name)
	if err != nil {
		t.Fatalf("Take: %v", err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read what Take gave: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatalf("close what Take gave: %v", err)
	}
	return content
}

func (f Fixture) wantTake(t *testing.T, name string, want []byte) {
	t.Helper()
	if got := f.take(t, name); !bytes.Equal(got, want) {
		t.Fatalf("Take %s gave %d bytes %.40q, want %d bytes %.40q", name, len(got), got, len(want), want)
	}
}

func (f Fixture) done(t *testing.T, name string) {
	t.Helper()
	if err := f.Mailbox.Done(t.Context(), name); err != nil {
		t.Fatalf("Done: %v", err)
	}
}

func (f Fixture) put(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := f.Mailbox.Put(t.Context(), name, opener(content)); err != nil {
		t.Fatalf("Put: %v", err)
	}
}

// wantSeen checks everything that stands under a final name.
func (f Fixture) wantSeen(t *testing.T, want map[string][]byte) {
	t.Helper()
	got := f.Sees(t)
	for name, content := range got {
		if nombres.Temporary(name) {
			continue
		}
		if w, ok := want[name]; !ok || !bytes.Equal(content, w) {
			t.Errorf("the party sees %s with %d bytes %.40q, want %v with %d bytes %.40q",
				name, len(content), content, ok, len(w), w)
		}
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("the party does not see %s", name)
		}
	}
}

func opener(content []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
}

// large is longer than any buffer on the way, and of an odd length.
func large() []byte {
	b := make([]byte, 3<<20+4321)
	src := rand.NewChaCha8([32]byte{'b', 'u', 'z', 'o', 'n'})
	_, _ = src.Read(b)
	return b
}
