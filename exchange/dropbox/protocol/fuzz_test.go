package protocol

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// FuzzServe serves whatever bytes a client may send, twice, over pages that are
// full of other things: what comes out may follow from the bytes alone.
func FuzzServe(f *testing.F) {
	f.Add([]byte{})
	f.Add(hello)
	f.Add(slices.Concat(hello, openA, openFolder, packet(kindRead, 1, "1", uint64(1), 9),
		packet(kindWrite, 2, "1", uint64(3), "xyz"),
		packet(kindReaddir, 3, "2"), packet(kindFstat, 4, "1"), packet(kindFsetstat, 5, "1", attrTimes, 1, 2),
		packet(kindClose, 6, "1")))
	f.Add(slices.Concat(hello, openA, openA, openA, openFolder, openFolder, packet(kindExtended, 1, limits),
		packet(kindExtended, 1, posixRename, "/a", "/b")))
	f.Add(slices.Concat(hello, packet(kindRename, 1, "/a", "/b"), packet(kindRemove, 1, "/a"),
		packet(kindMkdir, 1, "/a", 0),
		packet(kindRealpath, 1, ".."), packet(kindSymlink, 1, "/a", "/b"),
		packet(kindSetstat, 1, "/a", uint32(attrExtended), 3, "x")))
	f.Add(slices.Concat(hello, openA, packet(kindWrite, 2, "1", uint64(0), strings.Repeat("x", 5000)),
		packet(kindRead, 1, "1", uint64(1), 1<<30), []byte{0, 4, 0, 1, 9}))
	f.Fuzz(func(t *testing.T, sent []byte) {
		if len(sent) > 1<<20 || bytes.Contains(sent, []byte("panic")) {
			return
		}
		first := serveFouled(t, sent, 0x00)
		if second := serveFouled(t, sent, 0xff); first != second {
			t.Errorf("answers differ:\n%q\n%q", first, second)
		}
	})
}

// serveFouled gives all that came of a session, in which no more may be open
// than is allowed and each file must be ended once.
func serveFouled(t *testing.T, sent []byte, foul byte) string {
	h := newShelf("a")
	h.most = 64 << 10
	rw := &stream{in: bytes.NewReader(sent)}
	s := newSession(rw, h)
	for i := range s.in.few {
		s.in.few[i], s.out.few[i] = foul, foul
	}
	fill := bytes.Repeat([]byte{foul}, len(page{}))
	s.in.page, s.out.page = (*page)(fill), (*page)(slices.Clone(fill))
	s.out.b = s.out.page[:0]
	err := s.run()
	if len(s.open) > s.Handles {
		t.Errorf("%d handles", len(s.open))
	}
	folders := 0
	for _, o := range s.open {
		if o.file == nil {
			folders++
		}
	}
	s.end()
	opened, ended := 0, 0
	for _, told := range h.told {
		switch what, _, _ := strings.Cut(told, " "); what {
		case "open":
			opened++
		case "close", "lost":
			ended++
		}
	}
	replies := split(t, rw.got.Bytes())
	handles := 0
	for _, r := range replies {
		if strings.HasPrefix(r, "handle ") {
			handles++
		}
	}
	if ended > opened || ended > handles || cap(s.out.b) > len(page{}) {
		t.Errorf("%d opened, %d ended, %d handles, %d bytes kept", opened, ended, handles, cap(s.out.b))
	}
	return fmt.Sprintf("%q %q %v %d", replies, h.told, err, folders)
}
