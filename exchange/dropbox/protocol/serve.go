package protocol

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Options are what all sessions of a server have in common.
type Options struct {
	Handles int              // that may be open at a time, files and folders together; 0 is no bound
	Now     func() time.Time // by which lists show times, in its zone
}

// Serve answers the requests of a session until it ends, which is where its bytes
// do: what a client sent before it went is carried out, though nobody takes the
// replies any more. A session that its client ended between two requests gives
// nil; what it left open is lost all the same.
func Serve(rw io.ReadWriter, h Handler, o Options) error {
	s := &conversation{Options: o, handler: h, in: input{src: rw}, out: replies{dst: rw},
		open: map[string]*handle{}}
	s.out.drop()
	defer s.in.drop()
	defer s.out.drop()
	defer s.end()
	if err := s.run(); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

type conversation struct {
	Options
	handler Handler
	in      input
	out     replies
	begun   bool // by INIT
	last    uint64
	open    map[string]*handle
}

// handle is what a client has open: a file, or a folder that it lists.
type handle struct {
	number uint64 // its name
	path   string
	file   File    // nil for a folder
	list   []Entry // of a folder, not sent yet
}

// run gives io.EOF where the client ended the session between two requests. A
// reply that cannot be sent ends nothing, for then it would be chance how many of
// the requests that wait behind it count: a cut upload would keep less than came.
func (s *conversation) run() error {
	for {
		p, err := s.in.next()
		switch {
		case err != nil:
		case p != nil:
			err = s.answer(p)
		default:
			s.out.flush()
			err = s.in.more()
		}
		if err != nil {
			s.out.flush() // what was answered before
			if err == io.EOF {
				err = cmp.Or(s.out.err, err)
			}
			return err
		}
	}
}

// end loses what is still open, what was opened first first. A file whose Lost
// panics does not keep the others from theirs.
func (s *conversation) end() {
	left := slices.Collect(maps.Values(s.open))
	clear(s.open)
	slices.SortFunc(left, func(a, b *handle) int { return cmp.Compare(b.number, a.number) })
	for _, h := range left {
		if h.file != nil {
			defer h.file.Lost() // the last deferred goes first
		}
	}
}

// answer answers a packet. Its error ends the session.
func (s *conversation) answer(p []byte) error {
	kind, r := p[0], request{rest: p[1:]}
	if r.id = r.uint32(); r.short {
		return fmt.Errorf("packet of kind %d is too short", kind)
	}
	switch {
	case kind == kindInit: // its number is the client's version
		s.begun = true
		s.version()
		return nil
	case !s.begun:
		return fmt.Errorf("packet of kind %d before INIT", kind)
	}
	word, err := s.do(kind, r)
	switch {
	case err == io.EOF:
		s.out.status(r.id, Status{Code: EOF})
	case err != nil:
		s.out.status(r.id, s.handler.Refuse(word, err))
	}
	return nil
}

// done is the answer where there is nothing to say.
func (s *conversation) done(id uint32) error {
	s.out.status(id, Status{})
	return nil
}

// do carries out a request and answers it, unless it gives an error.
func (s *conversation) do(kind byte, r request) (word string, err error) {
	switch kind {
	case kindOpen:
		return "open", s.openFile(r)
	case kindClose:
		return "close", s.close(r)
	case kindRead:
		return "read", s.read(r)
	case kindWrite:
		return "write", s.write(r)
	case kindLstat, kindStat:
		return "stat", s.stat(r)
	case kindFstat:
		return "stat", s.statOpen(r)
	case kindSetstat:
		return "setstat", s.set(r)
	case kindFsetstat:
		return "setstat", s.setOpen(r)
	case kindOpendir:
		return "list", s.openFolder(r)
	case kindReaddir:
		return "list", s.readFolder(r)
	case kindRemove:
		return "remove", s.remove(r)
	case kindRename:
		return "rename", s.rename(r)
	case kindRealpath:
		return "realpath", s.realPath(r)
	case kindExtended:
		return s.extended(r)
	}
	return s.never(kind, r)
}

// hold opens a handle on h. Names are not used again.
func (s *conversation) hold(id uint32, h *handle) {
	s.last++
	h.number = s.last
	name := strconv.FormatUint(s.last, 10)
	s.open[name] = h
	at := s.out.begin(kindHandle, id, 4+len(name))
	s.out.string(name)
	s.out.end(at)
}

// full tells that no handle may be opened.
func (s *conversation) full() bool { return s.Handles > 0 && len(s.open) >= s.Handles }
