package protocol

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// slowly gives one part at each read, and says what the session holds then.
type slowly struct {
	s     *conversation
	parts [][]byte
	held  []bool
	sent  []int // bytes that were written by then
	out   bytes.Buffer
}

func (w *slowly) Read(p []byte) (int, error) {
	w.held = append(w.held, w.s.in.page != nil || w.s.out.page != nil)
	w.sent = append(w.sent, w.out.Len())
	if len(w.parts) == 0 {
		return 0, io.EOF
	}
	n := copy(p, w.parts[0])
	if w.parts[0] = w.parts[0][n:]; len(w.parts[0]) == 0 {
		w.parts = w.parts[1:]
	}
	return n, nil
}

func (w *slowly) Write(p []byte) (int, error) { return w.out.Write(p) }

func newSession(rw io.ReadWriter, h Handler) *conversation {
	s := &conversation{Options: testOpts, handler: h, in: input{src: rw}, out: replies{dst: rw},
		open: map[string]*handle{}}
	s.out.drop()
	return s
}

// TestWaitsWithoutPages wants whoever waits for a client to hold no page, also
// after pages were needed, and to have answered all that was asked.
func TestWaitsWithoutPages(t *testing.T) {
	t.Parallel()
	w := &slowly{parts: [][]byte{
		hello, openA, packet(kindWrite, 1, "1", uint64(0), strings.Repeat("x", 200_000)),
		packet(kindRead, 2, "1", uint64(0), 200_000),
	}}
	w.s = newSession(w, newShelf("a"))
	if err := w.s.run(); err != io.EOF {
		t.Fatal(err)
	}
	// After INIT, OPEN, the two reads of a WRITE (few bytes, and a page), READ.
	if want := []bool{false, false, false, true, false, false}; !slices.Equal(w.held, want) {
		t.Errorf("pages held %v, want %v", w.held, want)
	}
	if w.sent[1] == 0 || w.sent[2] == w.sent[1] || w.sent[4] == w.sent[3] || w.sent[5] < w.sent[4]+200_000 {
		t.Errorf("sent %v", w.sent)
	}
}

// TestGathers wants many small requests to cost few writes.
func TestGathers(t *testing.T) {
	t.Parallel()
	ask := hello
	ask = append(ask, openA...)
	ask = append(ask, packet(kindWrite, 1, "1", uint64(0), strings.Repeat("x", 100_000))...)
	for n := range 10 { // more than a page
		ask = append(ask, packet(kindWrite, 50+n, "1", uint64(0), strings.Repeat("x", 99_999))...)
	}
	for n := range 64 {
		ask = append(ask, packet(kindRead, 100+n, "1", uint64(n), 32<<10)...)
	}
	s := &stream{in: bytes.NewReader(ask)}
	if err := Serve(s, newShelf("a"), testOpts); err != nil {
		t.Error(err)
	}
	if replies := split(t, s.got.Bytes()); len(replies) != 77 {
		t.Errorf("%d replies", len(replies))
	}
	if most := 64*(32<<10)/(200<<10) + 10; s.writes > most {
		t.Errorf("%d writes, want at most %d", s.writes, most)
	}
}

func TestPool(t *testing.T) {
	t.Parallel()
	p := make(pool, 2)
	a, b, c := p.take(), p.take(), p.take()
	p.give(a)
	p.give(b)
	p.give(c) // is not kept
	if x, y, z := p.take(), p.take(), p.take(); x != a || y != b || z == c {
		t.Error("the pool gives others")
	}
}

// TestPagesCarryNothing fills pages and wants no byte of that in later replies.
func TestPagesCarryNothing(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("secret", 40_000)
	for range 3 {
		_, _ = play(t, newShelf("a"), openA, packet(kindWrite, 1, "1", uint64(0), secret),
			packet(kindRead, 2, "1", uint64(0), maxData))
	}
	got, _ := play(t, newShelf("a"), openA, packet(kindRead, 2, "1", uint64(0), maxData),
		packet(kindRead, 3, "1", uint64(3), maxData))
	wantEqual(t, "replies", got, []string{"handle 90 1", "data 2 content of a", "data 3 tent of a"})
}

// deaf takes some replies, and then none.
type deaf struct {
	io.Reader
	takes  int
	err    error // from then on
	writes int
}

func (d *deaf) Write(p []byte) (int, error) {
	if d.writes++; d.writes > d.takes {
		return 0, d.err
	}
	return len(p), nil
}

func TestWriteFails(t *testing.T) {
	t.Parallel()
	h := newShelf("a")
	ask := slices.Concat(hello, openA)
	for range 100 {
		ask = append(ask, packet(kindRead, 1, "1", uint64(0), maxData)...)
	}
	d := &deaf{Reader: bytes.NewReader(ask), err: errBoom}
	h.files["/a"].b = make([]byte, maxData)
	if err := Serve(d, h, testOpts); !errors.Is(err, errBoom) || d.writes != 1 {
		t.Errorf("%v after %d writes", err, d.writes)
	}
	wantEqual(t, "told", h.told[1:], []string{"lost a"})
}

// TestNoAllocations holds for the requests of which a transfer is made.
func TestNoAllocations(t *testing.T) {
	if testing.CoverMode() != "" {
		t.Skip("counted lines allocate")
	}
	s := newSession(struct {
		io.Reader
		io.Writer
	}{strings.NewReader(""), io.Discard}, newShelf("a"))
	s.begun = true
	h := newShelf("a")
	h.files["/a"].b = make([]byte, 1<<20)
	f, _ := h.Open("/a", Opening{})
	s.hold(0, &handle{path: "/a", file: f})
	for what, p := range map[string][]byte{
		"read":           packet(kindRead, 1, "1", uint64(7), 32<<10),
		"large read":     packet(kindRead, 1, "1", uint64(7), maxData),
		"read at an end": packet(kindRead, 1, "1", uint64(1<<20), 1),
		"write":          packet(kindWrite, 1, "1", uint64(7), strings.Repeat("x", 32<<10)),
	} {
		if n := testing.AllocsPerRun(100, func() {
			if err := s.answer(p[4:]); err != nil {
				t.Error(err)
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations", what, n)
		}
	}
}
