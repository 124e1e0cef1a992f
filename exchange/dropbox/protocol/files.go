package protocol

import (
	"io"
	"math"
)

func (s *conversation) openFile(r request) error {
	path, how := r.path(), r.opening()
	r.attributes() // those of a new file are not the client's to say
	switch {
	case r.short:
		return ErrMalformed
	case s.full():
		return ErrHandles
	}
	f, err := s.handler.Open(path, how)
	if err != nil {
		return err
	}
	s.hold(r.id, &handle{path: path, file: f})
	return nil
}

// file finds an open file.
func (s *conversation) file(name []byte) (File, error) {
	if h := s.open[string(name)]; h != nil && h.file != nil {
		return h.file, nil
	}
	return nil, ErrHandle
}

func (s *conversation) close(r request) error {
	name := r.bytes()
	if r.short {
		return ErrMalformed
	}
	h := s.open[string(name)]
	if h == nil {
		return ErrHandle
	}
	delete(s.open, string(name))
	if h.file != nil {
		if err := h.file.Close(); err != nil {
			return err
		}
	}
	return s.done(r.id)
}

// read has the file write into the reply. What cannot go out any more is not
// read, so that it never passes for picked up.
func (s *conversation) read(r request) error {
	name, off := r.bytes(), r.uint64()
	n := int(min(r.uint32(), maxData))
	if r.short {
		return ErrMalformed
	}
	f, err := s.file(name)
	switch {
	case err != nil:
		return err
	case off > math.MaxInt64-maxData:
		return io.EOF // of any file
	}
	if s.out.room(headBytes + 4 + n); s.out.err != nil {
		return nil
	}
	data := len(s.out.b) + headBytes + 4
	got, err := f.ReadAt(s.out.b[data:data+n], int64(off))
	switch {
	case err != nil && err != io.EOF:
		return err
	case err == io.EOF && got == 0:
		return io.EOF
	}
	at := s.out.begin(kindData, r.id, 4+got)
	s.out.uint32(uint32(got))
	s.out.b = s.out.b[:data+got]
	s.out.end(at)
	return nil
}

func (s *conversation) write(r request) error {
	name, off, data := r.bytes(), r.uint64(), r.bytes()
	if r.short {
		return ErrMalformed
	}
	f, err := s.file(name)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(data, int64(off)); err != nil {
		return err
	}
	return s.done(r.id)
}
