package protocol

import (
	"encoding/binary"
	"path"
	"time"
)

// The kinds of packets.
const (
	kindInit     = 1
	kindVersion  = 2
	kindOpen     = 3
	kindClose    = 4
	kindRead     = 5
	kindWrite    = 6
	kindLstat    = 7
	kindFstat    = 8
	kindSetstat  = 9
	kindFsetstat = 10
	kindOpendir  = 11
	kindReaddir  = 12
	kindRemove   = 13
	kindMkdir    = 14
	kindRmdir    = 15
	kindRealpath = 16
	kindStat     = 17
	kindRename   = 18
	kindReadlink = 19
	kindSymlink  = 20
	kindStatus   = 101
	kindHandle   = 102
	kindData     = 103
	kindName     = 104
	kindAttrs    = 105
	kindExtended = 200
	kindReply    = 201 // to an extension
)

// request is a packet that is being read. Once a field did not fit, short is set,
// and nothing that was read counts.
type request struct {
	id    uint32
	rest  []byte
	short bool
}

// take gives the next n bytes.
func (r *request) take(n uint32) []byte {
	if uint64(len(r.rest)) < uint64(n) {
		r.short = true
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *request) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *request) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// bytes gives a string as it lies in the packet.
func (r *request) bytes() []byte { return r.take(r.uint32()) }

// path gives a string as a path: absolute, and without . and ..
func (r *request) path() string { return path.Clean("/" + string(r.bytes())) }

// The flags of attributes.
const (
	attrSize     = 1 << 0
	attrOwner    = 1 << 1
	attrMode     = 1 << 2
	attrTimes    = 1 << 3
	attrExtended = 1 << 31
)

func (r *request) attributes() (a Attributes) {
	flags := r.uint32()
	if flags&attrSize != 0 {
		a.HasSize, a.Size = true, r.uint64()
	}
	if flags&attrOwner != 0 {
		r.take(8)
	}
	if flags&attrMode != 0 {
		r.take(4)
	}
	if flags&attrTimes != 0 {
		r.take(4) // of the last access
		a.HasTime, a.Modified = true, time.Unix(int64(r.uint32()), 0)
	}
	if flags&attrExtended != 0 {
		for n := r.uint32(); n > 0 && !r.short; n-- {
			r.bytes()
			r.bytes()
		}
	}
	return a
}

// The flags of OPEN.
const (
	openRead = 1 << iota
	openWrite
	openAppend
	openCreate
	openTruncate
	openExclusive
)

func (r *request) opening() Opening {
	f := r.uint32()
	return Opening{
		Read: f&openRead != 0, Write: f&openWrite != 0, Append: f&openAppend != 0,
		Create: f&openCreate != 0, Truncate: f&openTruncate != 0, Exclusive: f&openExclusive != 0,
	}
}
