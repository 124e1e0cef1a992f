package protocol

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"time"
)

const (
	headBytes = 4 + 1 + 4 // length, kind and number of the request
	attrBytes = 4 + 8 + 4 + 8
)

// begin begins a reply of up to n bytes beside its head, and gives its place for
// end.
func (o *replies) begin(kind byte, id uint32, n int) int {
	o.room(headBytes + n)
	at := len(o.b)
	o.b = append(o.b, 0, 0, 0, 0, kind)
	o.uint32(id)
	return at
}

func (o *replies) end(at int) {
	binary.BigEndian.PutUint32(o.b[at:], uint32(len(o.b)-at-4))
}

func (o *replies) uint32(n uint32) { o.b = binary.BigEndian.AppendUint32(o.b, n) }
func (o *replies) uint64(n uint64) { o.b = binary.BigEndian.AppendUint64(o.b, n) }

func (o *replies) string(s string) {
	o.uint32(uint32(len(s)))
	o.b = append(o.b, s...)
}

func (o *replies) status(id uint32, s Status) {
	at := o.begin(kindStatus, id, 12+len(s.Text))
	o.uint32(uint32(s.Code))
	o.string(s.Text)
	o.string("") // language
	o.end(at)
}

// The bits that tell a folder from a file in a mode of POSIX.
const (
	modeFolder = 0o040000
	modeFile   = 0o100000
)

func (o *replies) attributes(i fs.FileInfo) {
	mode := uint32(i.Mode().Perm()) | modeFile
	if i.IsDir() {
		mode = uint32(i.Mode().Perm()) | modeFolder
	}
	seconds := uint32(max(0, min(i.ModTime().Unix(), math.MaxUint32)))
	o.uint32(attrSize | attrMode | attrTimes)
	o.uint64(uint64(i.Size()))
	o.uint32(mode)
	o.uint32(seconds)
	o.uint32(seconds)
}

const halfYear = 365 * 24 * time.Hour / 2

// line describes an entry as ls -l does: of what changed in the last half year
// the hour is shown, of all else the year.
func line(e Entry, now time.Time) string {
	t := e.ModTime().In(now.Location())
	format := "Jan _2 15:04"
	if t.After(now) || now.Sub(t) > halfYear {
		format = "Jan _2  2006"
	}
	return fmt.Sprintf("%s %3d %-8s %-8s %8d %s %s", e.Mode(), 1, e.Owner, e.Owner, e.Size(),
		t.Format(format), e.Name())
}
