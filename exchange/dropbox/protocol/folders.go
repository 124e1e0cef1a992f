package protocol

import (
	"io"
	"io/fs"
)

// Of a list so many entries are sent in a reply, or fewer that fill so many bytes.
const (
	listEntries = 100
	listBytes   = 64 << 10
)

func (s *conversation) openFolder(r request) error {
	path := r.path()
	switch {
	case r.short:
		return ErrMalformed
	case s.full():
		return ErrHandles
	}
	list, err := s.handler.List(path)
	if err != nil {
		return err
	}
	s.hold(r.id, &handle{path: path, list: list})
	return nil
}

func (s *conversation) readFolder(r request) error {
	name := r.bytes()
	if r.short {
		return ErrMalformed
	}
	h := s.open[string(name)]
	switch {
	case h == nil || h.file != nil:
		return ErrHandle
	case len(h.list) == 0:
		return io.EOF
	}
	now := s.Now()
	n, lines, size := 0, make([]string, 0, listEntries), 4
	for ; n < min(len(h.list), listEntries); n++ {
		text := line(h.list[n], now)
		size += 8 + len(h.list[n].Name()) + len(text) + attrBytes
		if n > 0 && size > listBytes {
			break
		}
		lines = append(lines, text)
	}
	at := s.out.begin(kindName, r.id, size)
	s.out.uint32(uint32(n))
	for i, e := range h.list[:n] {
		s.out.string(e.Name())
		s.out.string(lines[i])
		s.out.attributes(e)
	}
	s.out.end(at)
	h.list = h.list[n:]
	return nil
}

func (s *conversation) stat(r request) error {
	path := r.path()
	if r.short {
		return ErrMalformed
	}
	return s.statPath(r.id, path)
}

// statOpen is stat of what a handle was opened on.
func (s *conversation) statOpen(r request) error {
	name := r.bytes()
	if r.short {
		return ErrMalformed
	}
	h := s.open[string(name)]
	if h == nil {
		return ErrHandle
	}
	return s.statPath(r.id, h.path)
}

func (s *conversation) statPath(id uint32, path string) error {
	i, err := s.handler.Stat(path)
	if err != nil {
		return err
	}
	at := s.out.begin(kindAttrs, id, attrBytes)
	s.out.attributes(i)
	s.out.end(at)
	return nil
}

func (s *conversation) set(r request) error {
	path, a := r.path(), r.attributes()
	if r.short {
		return ErrMalformed
	}
	if err := s.handler.Set(path, a); err != nil {
		return err
	}
	return s.done(r.id)
}

// setOpen is set of what a handle was opened on.
func (s *conversation) setOpen(r request) error {
	name, a := r.bytes(), r.attributes()
	if r.short {
		return ErrMalformed
	}
	h := s.open[string(name)]
	if h == nil {
		return ErrHandle
	}
	if err := s.handler.Set(h.path, a); err != nil {
		return err
	}
	return s.done(r.id)
}

func (s *conversation) remove(r request) error {
	path := r.path()
	if r.short {
		return ErrMalformed
	}
	if err := s.handler.Remove(path); err != nil {
		return err
	}
	return s.done(r.id)
}

func (s *conversation) rename(r request) error {
	from, to := r.path(), r.path()
	if r.short {
		return ErrMalformed
	}
	if err := s.handler.Rename(from, to); err != nil {
		return err
	}
	return s.done(r.id)
}

// realPath cleans a path. It looks at nothing, so that it tells nothing.
func (s *conversation) realPath(r request) error {
	path := r.path()
	size := 4 + 2*(4+len(path)) + 4
	if r.short || size > maxPacket-headBytes {
		return ErrMalformed
	}
	at := s.out.begin(kindName, r.id, size)
	s.out.uint32(1)
	s.out.string(path)
	s.out.string(path)
	s.out.uint32(0) // no attributes
	s.out.end(at)
	return nil
}

// never refuses what no server of ours does.
func (s *conversation) never(kind byte, r request) (word string, err error) {
	r.bytes()
	switch kind {
	case kindReadlink:
		word, err = "readlink", ErrUnsupported
	case kindSymlink:
		r.bytes()
		word, err = "symlink", fs.ErrPermission
	case kindMkdir:
		r.attributes()
		word, err = "mkdir", fs.ErrPermission
	case kindRmdir:
		word, err = "rmdir", fs.ErrPermission
	default:
		return "unknown", ErrUnsupported
	}
	if r.short {
		return word, ErrMalformed
	}
	return word, err
}
