package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// Handle 1 is on /a, 2 on the folder.
var (
	openA      = packet(kindOpen, 90, "/a", openRead|openWrite, 0)
	openFolder = packet(kindOpendir, 91, "/")
)

func TestRequests(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		packet []byte
		want   string
	}{
		"open to read":         {packet(kindOpen, 1, "a", openRead, 0), "handle 1 3"},
		"open with attributes": {packet(kindOpen, 1, "//x/../a", openRead, attrMode, 0o644), "handle 1 3"},
		"open none": {packet(kindOpen, 1, "/none", openRead, 0),
			"status 1 2 open: file does not exist"},
		"close":           {packet(kindClose, 1, "1"), "status 1 0 "},
		"close folder":    {packet(kindClose, 1, "2"), "status 1 0 "},
		"close none":      {packet(kindClose, 1, "3"), "status 1 4 close: invalid handle"},
		"close empty":     {packet(kindClose, 1, ""), "status 1 4 close: invalid handle"},
		"read":            {packet(kindRead, 1, "1", uint64(8), 5), "data 1 of a"},
		"read of nothing": {packet(kindRead, 1, "1", uint64(0), 0), "data 1 "},
		"read at the end": {packet(kindRead, 1, "1", uint64(12), 5), "status 1 1 "},
		"read beyond all": {packet(kindRead, 1, "1", uint64(1<<63-1), 5), "status 1 1 "},
		"read far beyond": {packet(kindRead, 1, "1", uint64(math.MaxUint64), math.MaxUint32),
			"status 1 1 "},
		"read too much": {packet(kindRead, 1, "1", uint64(1), math.MaxUint32), "data 1 ontent of a"},
		"read a folder": {packet(kindRead, 1, "2", uint64(0), 5), "status 1 4 read: invalid handle"},
		"read none":     {packet(kindRead, 1, "11", uint64(0), 5), "status 1 4 read: invalid handle"},
		"write":         {packet(kindWrite, 1, "1", uint64(2), "xy"), "status 1 0 "},
		"write nothing": {packet(kindWrite, 1, "1", uint64(2), ""), "status 1 0 "},
		"write too far": {packet(kindWrite, 1, "1", uint64(1<<40), "xy"),
			"status 1 4 write: the disk is gone"},
		"write beyond all": {packet(kindWrite, 1, "1", uint64(math.MaxUint64), "xy"),
			"status 1 4 write: the disk is gone"},
		"write a folder": {packet(kindWrite, 1, "2", uint64(0), "x"),
			"status 1 4 write: invalid handle"},
		"stat":               {packet(kindStat, 1, "a"), "attrs 1 d 12 100640 1772442245 1772442245"},
		"stat of the folder": {packet(kindStat, 1, ""), "attrs 1 d 0 40750 0 0"},
		"lstat":              {packet(kindLstat, 1, "/none"), "status 1 2 stat: file does not exist"},
		"fstat":              {packet(kindFstat, 1, "1"), "attrs 1 d 12 100640 1772442245 1772442245"},
		"fstat of a folder":  {packet(kindFstat, 1, "2"), "attrs 1 d 0 40750 0 0"},
		"fstat of none":      {packet(kindFstat, 1, "3"), "status 1 4 stat: invalid handle"},
		"setstat":            {packet(kindSetstat, 1, "/a", 0), "status 1 0 "},
		"setstat of none": {packet(kindSetstat, 1, "/none", 0),
			"status 1 2 setstat: file does not exist"},
		"fsetstat":         {packet(kindFsetstat, 1, "1", 0), "status 1 0 "},
		"fsetstat of none": {packet(kindFsetstat, 1, "3", 0), "status 1 4 setstat: invalid handle"},
		"list":             {packet(kindOpendir, 1, "/."), "handle 1 3"},
		"list none":        {packet(kindOpendir, 1, "/a"), "status 1 2 list: file does not exist"},
		"read the list": {packet(kindReaddir, 1, "2"),
			"name 1 a=-rw-r-----   1 UNE      UNE            12 Mar  2 09:04 a[d 12 100640 1772442245 " +
				"1772442245]"},
		"read a file's list":  {packet(kindReaddir, 1, "1"), "status 1 4 list: invalid handle"},
		"read no list":        {packet(kindReaddir, 1, "3"), "status 1 4 list: invalid handle"},
		"remove":              {packet(kindRemove, 1, "a"), "status 1 0 "},
		"remove none":         {packet(kindRemove, 1, "/none"), "status 1 2 remove: file does not exist"},
		"mkdir":               {packet(kindMkdir, 1, "/x", 0), "status 1 3 mkdir: permission denied"},
		"rmdir":               {packet(kindRmdir, 1, "/"), "status 1 3 rmdir: permission denied"},
		"realpath":            {packet(kindRealpath, 1, "x/./../../a//b"), "name 1 /a/b=/a/b[]"},
		"realpath of nothing": {packet(kindRealpath, 1, ""), "name 1 /=/[]"},
		"realpath without end": {packet(kindRealpath, 1, strings.Repeat("x", 200_000)),
			"status 1 5 realpath: malformed request"},
		"rename": {packet(kindRename, 1, "a", "b"), "status 1 0 "},
		"rename none": {packet(kindRename, 1, "/none", "b"),
			"status 1 2 rename: file does not exist"},
		"posix-rename": {packet(kindExtended, 1, posixRename, "a", "b"), "status 1 0 "},
		"limits":       {packet(kindExtended, 1, limits), "reply 1 262144 261120 261120 4"},
		"readlink": {packet(kindReadlink, 1, "/a"),
			"status 1 8 readlink: operation unsupported"},
		"symlink": {packet(kindSymlink, 1, "/a", "/b"),
			"status 1 3 symlink: permission denied"},
		"hardlink": {packet(kindExtended, 1, hardLink, "/a", "/b"),
			"status 1 3 hardlink: permission denied"},
		"fsync": {packet(kindExtended, 1, "fsync@openssh.com", "1"),
			"status 1 8 extended: operation unsupported"},
		"statvfs": {packet(kindExtended, 1, "statvfs@openssh.com", "/"),
			"status 1 8 extended: operation unsupported"},
		"unknown":               {packet(99, 1, "/"), "status 1 8 unknown: operation unsupported"},
		"unknown, with nothing": {packet(255, 1), "status 1 8 unknown: operation unsupported"},
		"VERSION":               {packet(kindVersion, 3), "status 3 8 unknown: operation unsupported"},
		"INIT again":            {hello, "version 3 posix-rename@openssh.com=1 limits@openssh.com=1 "},
		"more than was asked": {packet(kindStat, 1, "a", "and", "more"),
			"attrs 1 d 12 100640 1772442245 1772442245"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			got, err := play(t, newShelf("a"), openA, openFolder, c.packet, packet(kindStat, 7, "/none"))
			if err != nil {
				t.Error(err)
			}
			wantEqual(t, what, got,
				[]string{"handle 90 1", "handle 91 2", c.want, "status 7 2 stat: file does not exist"})
		})
	}
}

// TestMalformed cuts each kind of request at every length, and has each of its
// strings end beyond it. Nothing of it may reach the Handler.
func TestMalformed(t *testing.T) {
	t.Parallel()
	attrs := []any{uint32(attrSize | attrOwner | attrMode | attrTimes | attrExtended), uint64(0), 1, 2, 3, 4,
		5, 1, "x", "y"}
	for kind, fields := range map[byte][]any{
		kindOpen: append([]any{"/new", openCreate}, attrs...), kindClose: {"1"},
		kindRead: {"1", uint64(0), 1}, kindWrite: {"1", uint64(0), "x"},
		kindLstat: {"/a"}, kindStat: {"/a"}, kindFstat: {"1"}, kindSetstat: append([]any{"/a"}, attrs...),
		kindFsetstat: append([]any{"1"}, attrs...),
		kindOpendir:  {"/"}, kindReaddir: {"2"}, kindRemove: {"/a"}, kindMkdir: append([]any{"/x"}, attrs...),
		kindRmdir:    {"/x"},
		kindRealpath: {"/"}, kindRename: {"/a", "/b"}, kindReadlink: {"/a"}, kindSymlink: {"/a", "/b"},
		kindExtended: {posixRename, "/a", "/b"},
	} {
		whole := packet(kind, append([]any{1}, fields...)...)
		var bad [][]byte
		for n := 9; n < len(whole); n++ {
			bad = append(bad, packet(kind, whole[5:n]))
		}
		at := 9
		for _, f := range fields {
			if s, ok := f.(string); ok {
				p := bytes.Clone(whole)
				binary.BigEndian.PutUint32(p[at:], math.MaxUint32)
				bad = append(bad, p)
				at += len(s)
			}
			at += map[bool]int{true: 8, false: 4}[fmt.Sprintf("%T", f) == "uint64"]
		}
		h := newShelf("a")
		got, err := play(t, h, append([][]byte{openA, openFolder}, bad...)...)
		if err != nil || len(got) != 2+len(bad) {
			t.Fatalf("kind %d: %d replies to %d, %v", kind, len(got)-2, len(bad), err)
		}
		for i, reply := range got[2:] {
			if !strings.HasPrefix(reply, "status 1 5 ") {
				t.Errorf("%q answered by %q", bad[i], reply)
			}
		}
		wantEqual(t, fmt.Sprintf("told of kind %d", kind), h.told,
			[]string{"open /a {Read:true Write:true Append:false Create:false Truncate:false " +
				"Exclusive:false}", "lost a"})
	}
	got, _ := play(t, newShelf(), packet(kindExtended, 1, hardLink, "/a"),
		packet(kindSetstat, 1, "/", uint32(attrExtended), uint32(math.MaxUint32)))
	wantEqual(t, "others", got,
		[]string{"status 1 5 hardlink: malformed request", "status 1 5 setstat: malformed request"})
}

// TestEnds has packets after which nobody knows what follows. What was asked
// before is answered, and what is open is lost.
func TestEnds(t *testing.T) {
	t.Parallel()
	for what, p := range map[string][]byte{
		"packet of 0 bytes": {0, 0, 0, 0}, "packet of 4294967295 bytes": {255, 255, 255, 255, 3},
		"packet of 2147483647 bytes": {127, 255, 255, 255, 3},
		"packet of 262145 bytes":     {0, 4, 0, 1, 3}, "packet of kind 17 is too short": {0, 0, 0, 1, 17},
		"packet of kind 18 is too short": {0, 0, 0, 4, 18, 0, 0, 0},
		"packet of kind 1 is too short":  {0, 0, 0, 1, 1}, "unexpected EOF": {0, 0},
	} {
		h := newShelf("a")
		if what != "unexpected EOF" {
			p = append(p, packet(kindStat, 1, "/")...) // is not answered
		}
		got, err := play(t, h, openA, p)
		if fmt.Sprint(err) != what {
			t.Errorf("%v, want %s", err, what)
		}
		wantEqual(t, what, got, []string{"handle 90 1"})
		wantEqual(t, what, h.told[1:], []string{"lost a"})
	}
	s := &stream{in: bytes.NewReader(openA)}
	h := newShelf("a")
	if err := Serve(s, h, testOpts); err == nil || s.got.Len() > 0 || len(h.told) > 0 {
		t.Errorf("a request before INIT: %v, %q, told %q", err, s.got.Bytes(), h.told)
	}
}

// TestLargest sends packets of the most bytes, which is more than a small one's
// place, and one byte at a time.
func TestLargest(t *testing.T) {
	t.Parallel()
	h := newShelf("a")
	data := strings.Repeat("0123456789abcdef", maxPacket/16)
	write := packet(kindWrite, 1, "1", uint64(0), data[:maxPacket-22])
	if len(write) != 4+maxPacket {
		t.Fatal(len(write))
	}
	got, err := play(t, h, openA, write, packet(kindRead, 2, "1", uint64(0), maxPacket),
		packet(kindRead, 3, "1", uint64(maxData), maxPacket))
	if err != nil {
		t.Error(err)
	}
	wantEqual(t, "replies", got,
		[]string{"handle 90 1", "status 1 0 ", "data 2 " + data[:maxData],
			"data 3 " + data[maxData:maxPacket-22]})
	var all []byte
	for _, p := range [][]byte{hello, openA, write[:4], write[4:], packet(kindStat, 7, "/")} {
		all = append(all, p...)
	}
	s := &stream{in: bytes.NewReader(all)}
	if err := Serve(struct {
		io.Reader
		io.Writer
	}{oneByte{s}, s}, newShelf("a"), testOpts); err != nil {
		t.Error(err)
	}
	wantEqual(t, "byte by byte", split(t, s.got.Bytes())[1:],
		[]string{"handle 90 1", "status 1 0 ", "attrs 7 d 0 40750 0 0"})
}

type oneByte struct{ io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.Reader.Read(p[:min(len(p), 1)]) }

// TestClosedBeforeTheEnd has a client close what it wrote and hang up at once.
func TestClosedBeforeTheEnd(t *testing.T) {
	t.Parallel()
	h := newShelf("a", "broken")
	got, err := play(t, h, openA, openFolder, packet(kindOpen, 1, "broken", openRead, 0),
		packet(kindClose, 2, "1"), packet(kindClose, 3, "1"), packet(kindRead, 4, "1", uint64(0), 1),
		packet(kindRead, 5, "3", uint64(0), 1), packet(kindClose, 6, "3"))
	if err != nil {
		t.Error(err)
	}
	wantEqual(t, "replies", got,
		[]string{"handle 90 1", "handle 91 2", "handle 1 3", "status 2 0 ",
			"status 3 4 close: invalid handle",
			"status 4 4 read: invalid handle", "status 5 4 read: the disk is gone",
			"status 6 4 close: the disk is gone"})
	wantEqual(t, "told", h.told[2:], []string{"close a", "close broken"})
}

// TestGoneBeforeTheReplies has a client that takes no reply after its third, and
// has sent more. All of it must be carried out, but for what would be read for
// nobody.
func TestGoneBeforeTheReplies(t *testing.T) {
	t.Parallel()
	sent := slices.Concat(hello, openA, packet(kindOpen, 1, "/b", openWrite|openCreate, 0),
		packet(kindWrite, 2, "2", uint64(0), "once"), packet(kindRead, 3, "1", uint64(0), 5),
		packet(kindWrite, 4, "2", uint64(4), " more"),
		packet(kindClose, 5, "2"), packet(kindRename, 6, "/b", "/c"),
		packet(kindWrite, 7, "1", uint64(0), "CON"))
	half := packet(kindStat, 8, "/a")[:11]
	for _, c := range []struct {
		sent      []byte
		err, want error
	}{
		{sent, errBoom, errBoom}, {sent, io.EOF, nil},
		{slices.Concat(sent, half), io.EOF, io.ErrUnexpectedEOF},
	} {
		h := newShelf("a")
		// Byte by byte, so that each reply is sent by itself.
		d := &deaf{Reader: oneByte{bytes.NewReader(c.sent)}, takes: 3, err: c.err}
		if err := Serve(d, h, testOpts); err != c.want || d.writes != 4 {
			t.Errorf("replies end with %v: %v after %d writes, want %v after 4", c.err, err, d.writes, c.want)
		}
		wantEqual(t, "told", h.told[2:], []string{"close b", "rename /b /c", "lost a"})
		wantEqual(t, "written", []string{string(h.files["/a"].b), string(h.files["/b"].b)},
			[]string{"CONtent of a", "once more"})
		if h.reads > 0 {
			t.Errorf("%d reads for nobody", h.reads)
		}
	}
}

// TestLostInOrder: what is lost with a session is told in the order of its opening,
// and not of their names.
func TestLostInOrder(t *testing.T) {
	t.Parallel()
	h := newShelf()
	var sent []byte
	var want []string
	for i := range 4 {
		name := string(rune('d' - i))
		sent = append(sent, packet(kindOpen, uint32(i), "/"+name, openWrite|openCreate, 0)...)
		want = append(want, "lost "+name)
	}
	if _, err := play(t, h, sent); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "told", h.told[len(want):], want)
}

// TestFault wants what is open to be lost also where the Handler panics.
func TestFault(t *testing.T) {
	t.Parallel()
	h := newShelf("a")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the fault is gone")
			}
		}()
		_, _ = play(t, h, openA, packet(kindOpen, 2, "/panic", openRead, 0))
	}()
	wantEqual(t, "told", h.told[1:], []string{"lost a"})
}

func TestHandles(t *testing.T) {
	t.Parallel()
	h := newShelf("a")
	got, err := play(t, h, openA, openFolder, openA, openFolder, openA, openFolder, packet(kindClose, 1, "2"),
		packet(kindClose, 2, "1"),
		openA, openFolder, openA, packet(kindFstat, 3, "1"))
	if err != nil {
		t.Error(err)
	}
	wantEqual(t, "replies", got, []string{"handle 90 1", "handle 91 2", "handle 90 3", "handle 91 4",
		"status 90 4 open: too many open handles", "status 91 4 list: too many open handles", "status 1 0 ",
		"status 2 0 ",
		"handle 90 5", "handle 91 6", "status 90 4 open: too many open handles",
		"status 3 4 stat: invalid handle"})
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fields []any
		want   Attributes
	}{
		{[]any{0}, Attributes{}},
		{[]any{attrSize, uint64(7)}, Attributes{HasSize: true, Size: 7}},
		{[]any{attrTimes, 1, 1772442245}, Attributes{HasTime: true, Modified: monday.Add(-time.Hour)}},
		{[]any{attrOwner | attrMode | attrTimes, 1, 2, 3, 4, 1772442245},
			Attributes{HasTime: true, Modified: monday.Add(-time.Hour)}},
		{[]any{uint32(attrSize | attrExtended), uint64(9), 2, "a", "b", "c", "d"},
			Attributes{HasSize: true, Size: 9}},
	} {
		for _, p := range [][]byte{packet(kindSetstat, append([]any{1, "/a"}, c.fields...)...),
			packet(kindFsetstat, append([]any{1, "1"}, c.fields...)...)} {
			h := newShelf("a")
			got, _ := play(t, h, openA, p)
			if got[1] != "status 1 0 " || !h.set.Modified.Equal(c.want.Modified) {
				t.Errorf("%v: %q, %+v", c.fields, got[1], h.set)
			}
			if h.set.Modified = c.want.Modified; h.set != c.want {
				t.Errorf("%v: %+v, want %+v", c.fields, h.set, c.want)
			}
		}
	}
}

func TestOpening(t *testing.T) {
	t.Parallel()
	for i, want := range []Opening{{Read: true}, {Write: true}, {Append: true}, {Create: true},
		{Truncate: true}, {Exclusive: true}} {
		h := newShelf("a")
		_, _ = play(t, h, packet(kindOpen, 1, "a", 1<<i, 0))
		wantEqual(t, "told", h.told[:1], []string{fmt.Sprintf("open /a %+v", want)})
	}
}

// TestLists has names of 1000 bytes first, and then short ones.
func TestLists(t *testing.T) {
	t.Parallel()
	var names []string
	for n := range 250 {
		names = append(names, fmt.Sprintf("%03d", n))
	}
	for n := range 110 {
		names = append(names, fmt.Sprintf("%01000d", 300+n))
	}
	read := packet(kindReaddir, 2, "1")
	got, err := play(t, newShelf(names...), packet(kindOpendir, 1, "/"), read, read, read, read, read, read,
		read)
	if err != nil {
		t.Error(err)
	}
	var counts []int
	for _, reply := range got[1:] {
		counts = append(counts, strings.Count(reply, "]"))
	}
	if fmt.Sprint(counts) != "[32 31 31 100 100 66 0]" || got[len(got)-1] != "status 2 1 " {
		t.Errorf("entries %v, then %.100q", counts, got[len(got)-1])
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", -6*3600)
	f := &shelved{h: newShelf(), name: "a b", b: make([]byte, 12)}
	for _, c := range []struct {
		now  time.Time
		want string
	}{
		{monday, "-rw-r-----   1 00900001 00900001       12 Mar  2 09:04 a b"},
		{monday.In(zone), "-rw-r-----   1 00900001 00900001       12 Mar  2 03:04 a b"},
		{monday.Add(-2 * time.Hour), "-rw-r-----   1 00900001 00900001       12 Mar  2  2026 a b"},
		{monday.AddDate(0, 7, 0), "-rw-r-----   1 00900001 00900001       12 Mar  2  2026 a b"},
	} {
		if got := line(Entry{f, "00900001"}, c.now); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
