package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// TestSummaryAtABlocksEnd has the 09, and the seal before it, begin in each place
// around the end of a block: their hashes are those of what stands before them.
func TestSummaryAtABlocksEnd(t *testing.T) {
	t.Parallel()
	for _, name := range []string{nameRES, nameACU} {
		d := newDraft(t, name)
		last := d.lines[len(d.lines)-1]
		size := len(strings.Join(d.lines, d.eol) + d.eol)
		if name == nameACU { // the seal is what moves
			size -= len(last + d.eol)
		}
		for blocks := 1; blocks < 9; blocks += 3 {
			for n := blocks*readSize - 4; n < blocks*readSize+4; n++ {
				grown := *d
				grown.lines = slices.Concat(d.lines[:1], filling(n-size), d.lines[1:])
				mustHash(t, grown.name, grown.bytes())
			}
		}
	}
}

// filling makes lines of so many bytes with their ends.
func filling(n int) (lines []string) {
	const most, least = 30_000, len("02|\r\n")
	for n > 0 {
		size := min(n, most)
		if n > size && n-size < least {
			size -= least
		}
		lines = append(lines, "02|"+strings.Repeat("x", size-least))
		n -= size
	}
	return lines
}

func mustHash(t *testing.T, name string, content []byte) {
	t.Helper()
	hash := func(b []byte) Huella {
		sum := sha256.Sum256(b)
		return Huella(hex.EncodeToString(sum[:]))
	}
	e, err := Examine(name, opener(content), testReglas())
	if err != nil {
		t.Fatal(err)
	}
	got := []Huella{e.Huella, e.Sumario.GeHash, e.AntesDelSello}
	at := strings.LastIndex(string(content), "\n09|") + 1
	want := []Huella{hash(content), hash(content[:at]), ""}
	if seal := strings.Index(string(content), "\n03|") + 1; seal > 0 {
		want[2] = hash(content[:seal])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%d bytes (-want +got):\n%s", len(content), diff)
	}
	for _, h := range e.Hallazgos {
		if h.Codigo == "EST-07" {
			t.Fatalf("%d bytes: %v", len(content), place(h))
		}
	}
}

// TestDigestIsGoneAfterAnError has the source of a long file fail.
func TestDigestIsGoneAfterAnError(t *testing.T) { // not parallel: it counts
	content := manyRecords(t, 1000)
	before := runtime.NumGoroutine()
	_, err := Examine(nameREC, func() (io.ReadCloser, error) {
		r := io.MultiReader(strings.NewReader(string(content[:len(content)/2])),
			iotest.ErrReader(io.ErrClosedPipe))
		return io.NopCloser(r), nil
	}, testReglas())
	if err == nil {
		t.Error("a file that could not be read was examined")
	}
	mustBeGone(t, "error", before)
}

// TestHashOfOneByteAtATime reads a source that gives its bytes one by one, and one
// that gives the last of them with its end.
func TestHashOfOneByteAtATime(t *testing.T) {
	t.Parallel()
	content := manyRecords(t, 400)
	for name, reader := range map[string]func(io.Reader) io.Reader{
		"one": iotest.OneByteReader, "data and end": iotest.DataErrReader,
	} {
		e, err := Examine(nameREC, func() (io.ReadCloser, error) {
			return io.NopCloser(reader(strings.NewReader(string(content)))), nil
		}, testReglas())
		if err != nil || e.Rechazado() || e.Bytes != int64(len(content)) {
			t.Errorf("%s: %v %v", name, e, err)
		}
	}
}
