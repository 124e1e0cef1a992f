package protocol

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	monday   = time.Date(2026, time.March, 2, 10, 4, 5, 0, time.UTC)
	errBoom  = errors.New("the disk is gone")
	testOpts = Options{Handles: 4, Now: func() time.Time { return monday }}
)

// shelf is a Handler whose files lie in memory, in one folder and without limit
// but most bytes each. It notes what it was told.
type shelf struct {
	files map[string]*shelved
	most  int64
	told  []string
	reads int
	set   Attributes
}

func newShelf(names ...string) *shelf {
	h := &shelf{files: map[string]*shelved{}, most: 8 << 20}
	for _, n := range names {
		h.files["/"+n] = &shelved{h: h, name: n, b: []byte("content of " + n)}
	}
	return h
}

func (h *shelf) tell(format string, a ...any) { h.told = append(h.told, fmt.Sprintf(format, a...)) }

func (h *shelf) find(p string) (*shelved, error) {
	if f := h.files[p]; f != nil {
		return f, nil
	}
	return nil, fs.ErrNotExist
}

func (h *shelf) Open(p string, how Opening) (File, error) {
	if p == "/panic" {
		panic("as asked")
	}
	h.tell("open %s %+v", p, how)
	if how.Create && h.files[p] == nil {
		h.files[p] = &shelved{h: h, name: path.Base(p)}
	}
	f, err := h.find(p)
	if err != nil {
		return nil, err // never a File that is a nil pointer
	}
	return f, nil
}

func (h *shelf) List(p string) ([]Entry, error) {
	if p != "/" {
		return nil, fs.ErrNotExist
	}
	var list []Entry
	for _, p := range slices.Sorted(maps.Keys(h.files)) {
		list = append(list, Entry{h.files[p], "UNE"})
	}
	return list, nil
}

func (h *shelf) Stat(p string) (fs.FileInfo, error) {
	if p == "/" {
		return folder{}, nil
	}
	f, err := h.find(p)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (h *shelf) Set(p string, a Attributes) error {
	h.set = a
	_, err := h.Stat(p)
	return err
}

func (h *shelf) Rename(from, to string) error {
	h.tell("rename %s %s", from, to)
	_, err := h.find(from)
	return err
}

func (h *shelf) Remove(p string) error {
	h.tell("remove %s", p)
	_, err := h.find(p)
	return err
}

func (h *shelf) Refuse(request string, err error) Status {
	code := Failure
	for _, c := range []struct {
		err  error
		code Code
	}{{fs.ErrNotExist, NoSuchFile}, {fs.ErrPermission, PermissionDenied}, {ErrMalformed, BadMessage},
		{ErrUnsupported, Unsupported}} {
		if errors.Is(err, c.err) {
			code = c.code
		}
	}
	return Status{code, request + ": " + err.Error()}
}

// shelved is a file, and each handle on it.
type shelved struct {
	h    *shelf
	name string
	b    []byte
}

func (f *shelved) ReadAt(b []byte, off int64) (int, error) {
	f.h.reads++
	if f.name == "broken" {
		return 1, errBoom
	}
	if off < 0 || off > math.MaxInt64-int64(len(b)) {
		panic("read beyond the largest offset")
	}
	if off >= int64(len(f.b)) {
		return 0, io.EOF
	}
	n := copy(b, f.b[off:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (f *shelved) WriteAt(b []byte, off int64) (int, error) {
	if off < 0 || off > f.h.most-int64(len(b)) {
		return 0, errBoom
	}
	if end := int(off) + len(b); end > len(f.b) {
		f.b = append(f.b, make([]byte, end-len(f.b))...)
	}
	return copy(f.b[off:], b), nil
}

func (f *shelved) Close() error {
	f.h.tell("close %s", f.name)
	if f.name == "broken" {
		return errBoom
	}
	return nil
}

func (f *shelved) Lost()              { f.h.tell("lost %s", f.name) }
func (f *shelved) Name() string       { return f.name }
func (f *shelved) Size() int64        { return int64(len(f.b)) }
func (f *shelved) Mode() fs.FileMode  { return 0o640 }
func (f *shelved) ModTime() time.Time { return monday.Add(-time.Hour) }
func (f *shelved) IsDir() bool        { return false }
func (f *shelved) Sys() any           { return nil }

type folder struct{ fs.FileInfo }

func (folder) Size() int64        { return 0 }
func (folder) Mode() fs.FileMode  { return fs.ModeDir | 0o750 }
func (folder) ModTime() time.Time { return time.Unix(-5, 0) }
func (folder) IsDir() bool        { return true }

// packet makes a packet from numbers and strings.
func packet(kind byte, fields ...any) []byte {
	b := []byte{0, 0, 0, 0, kind}
	for _, f := range fields {
		switch f := f.(type) {
		case uint32:
			b = binary.BigEndian.AppendUint32(b, f)
		case int:
			b = binary.BigEndian.AppendUint32(b, uint32(f))
		case uint64:
			b = binary.BigEndian.AppendUint64(b, f)
		case string:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(f))), f...)
		case []byte:
			b = append(b, f...)
		default:
			panic(fmt.Sprintf("%T", f))
		}
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

var hello = packet(kindInit, 3)

// stream is the bytes of a client, all sent at once, and those that it gets.
type stream struct {
	in     *bytes.Reader
	got    bytes.Buffer
	writes int
}

func (s *stream) Read(p []byte) (int, error) { return s.in.Read(p) }

func (s *stream) Write(p []byte) (int, error) {
	s.writes++
	return s.got.Write(p)
}

// play has h serve the packets, and gives the replies after that to INIT.
func play(t *testing.T, h Handler, packets ...[]byte) ([]string, error) {
	t.Helper()
	s := &stream{in: bytes.NewReader(slices.Concat(append([][]byte{hello}, packets...)...))}
	err := Serve(s, h, testOpts)
	replies := split(t, s.got.Bytes())
	if len(replies) == 0 || !strings.HasPrefix(replies[0], "version 3 ") {
		t.Fatalf("INIT answered by %q", replies)
	}
	return replies[1:], err
}

// split writes replies as text: what, number and the rest.
func split(t *testing.T, b []byte) (replies []string) {
	t.Helper()
	for len(b) > 0 {
		if len(b) < 9 || uint64(len(b))-4 < uint64(binary.BigEndian.Uint32(b)) {
			t.Fatalf("half a reply: %q", b)
		}
		n := binary.BigEndian.Uint32(b)
		kind, r := b[4], request{rest: b[5 : 4+n]}
		b = b[4+n:]
		text := fmt.Sprint(r.uint32(), " ")
		switch kind {
		case kindVersion:
			text = "version " + text
			for len(r.rest) > 0 {
				text += string(r.bytes()) + "=" + string(r.bytes()) + " "
			}
		case kindStatus:
			text = fmt.Sprintf("status %s%d %s%s", text, r.uint32(), r.bytes(), r.bytes())
		case kindHandle:
			text = fmt.Sprintf("handle %s%s", text, r.bytes())
		case kindData:
			text = fmt.Sprintf("data %s%s", text, r.bytes())
		case kindName:
			text = "name " + text
			for n := r.uint32(); n > 0; n-- {
				text += fmt.Sprintf("%s=%s[%s]", r.bytes(), r.bytes(), attributesText(&r))
			}
		case kindAttrs:
			text = "attrs " + text + attributesText(&r)
		case kindReply:
			text = fmt.Sprintf("reply %s%d %d %d %d", text, r.uint64(), r.uint64(), r.uint64(), r.uint64())
		default:
			t.Fatalf("reply of kind %d", kind)
		}
		if r.short || len(r.rest) > 0 {
			t.Fatalf("%q: short %v, %d bytes more", text, r.short, len(r.rest))
		}
		replies = append(replies, text)
	}
	return replies
}

func attributesText(r *request) string {
	flags := r.uint32()
	if flags == 0 {
		return ""
	}
	return fmt.Sprintf("%x %d %o %d %d", flags, r.uint64(), r.uint32(), r.uint32(), r.uint32())
}

func wantEqual(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%.2000q\nwant\n%.2000q", what, got, want)
	}
}
