package protocol

import (
	"encoding/binary"
	"fmt"
	"io"
)

const (
	maxPacket = 256 << 10        // what the length of a packet may say, in bytes
	maxData   = maxPacket - 1024 // of one read or write; as OpenSSH's server has it
	fewBytes  = 2 << 10          // what a session holds without a page: some dozens of small requests
	maxPages  = 32               // that wait for a session; more are left to the collector
)

// page holds the longest packet with its length.
type page [4 + maxPacket]byte

// pool keeps pages for whoever works next.
type pool chan *page

var pages = make(pool, maxPages)

func (p pool) take() *page {
	select {
	case g := <-p:
		return g
	default:
		return new(page)
	}
}

func (p pool) give(g *page) {
	select {
	case p <- g:
	default:
	}
}

// input holds the bytes of requests that are not answered yet: few of them by
// itself, more on a page.
type input struct {
	src      io.Reader
	few      [fewBytes]byte
	page     *page
	from, to int // where the bytes lie
}

func (in *input) bytes() []byte {
	if in.page != nil {
		return in.page[:]
	}
	return in.few[:]
}

// next takes a whole packet, without its length, if one has arrived; nil if not.
// It is good until more is called.
func (in *input) next() ([]byte, error) {
	b := in.bytes()[in.from:in.to]
	if len(b) < 4 {
		return nil, nil
	}
	n := binary.BigEndian.Uint32(b)
	if n == 0 || n > maxPacket {
		return nil, fmt.Errorf("packet of %d bytes", n)
	}
	if b = b[4:]; uint32(len(b)) < n {
		return nil, nil
	}
	in.from += 4 + int(n)
	return b[:n], nil
}

// more waits for bytes. Its error is io.EOF only between two packets. Who waits
// with nothing read holds no page.
func (in *input) more() error {
	if in.from == in.to {
		in.drop()
	}
	b := in.bytes()
	if in.from > 0 && len(b)-in.to < len(b)/2 {
		in.from, in.to = 0, copy(b, b[in.from:in.to])
	}
	if in.page == nil && len(b)-in.to < len(b)/2 {
		in.page = pages.take()
		in.from, in.to = 0, copy(in.page[:], b[in.from:in.to])
		b = in.page[:]
	}
	n, err := in.src.Read(b[in.to:])
	in.to += n
	switch {
	case n > 0:
		return nil // an error comes again
	case err == io.EOF && in.from < in.to:
		return io.ErrUnexpectedEOF
	}
	return err
}

// drop forgets what is left, and gives the page back.
func (in *input) drop() {
	if in.page != nil {
		pages.give(in.page)
	}
	in.page, in.from, in.to = nil, 0, 0
}

// replies gathers replies: few bytes by itself, more on a page. b are those that
// were not sent yet; replies are appended to it after room was made.
type replies struct {
	dst  io.Writer
	few  [fewBytes]byte
	page *page
	b    []byte
	err  error // of a write; nothing is sent after it
}

// room makes room for n bytes more, by sending what is there if need be.
func (o *replies) room(n int) {
	if cap(o.b)-len(o.b) >= n {
		return
	}
	if o.page == nil {
		o.page = pages.take()
		o.b = append(o.page[:0], o.b...)
	}
	if cap(o.b)-len(o.b) < n {
		o.send()
		o.b = o.page[:0]
	}
}

// flush sends what is there and gives the page back.
func (o *replies) flush() {
	o.send()
	o.drop()
}

func (o *replies) send() {
	if len(o.b) > 0 && o.err == nil {
		_, o.err = o.dst.Write(o.b)
	}
}

// drop forgets what was not sent, and gives the page back.
func (o *replies) drop() {
	if o.page != nil {
		pages.give(o.page)
	}
	o.page, o.b = nil, o.few[:0]
}
