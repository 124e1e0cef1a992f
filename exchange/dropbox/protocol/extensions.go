package protocol

import "io/fs"

// The extensions that are offered, all of version 1, and one that is refused as
// what it is.
const (
	posixRename = "posix-rename@openssh.com"
	limits      = "limits@openssh.com"
	hardLink    = "hardlink@openssh.com"
)

func (s *conversation) version() {
	// The place of a request's number is that of the version here.
	at := s.out.begin(kindVersion, 3, 100)
	for _, name := range []string{posixRename, limits} {
		s.out.string(name)
		s.out.string("1")
	}
	s.out.end(at)
}

func (s *conversation) extended(r request) (word string, err error) {
	name := r.bytes()
	if r.short {
		return "extended", ErrMalformed
	}
	switch string(name) {
	case posixRename:
		return "rename", s.rename(r)
	case limits:
		s.limits(r.id)
		return "limits", nil
	case hardLink:
		r.bytes()
		if r.bytes(); r.short {
			return "hardlink", ErrMalformed
		}
		return "hardlink", fs.ErrPermission
	}
	return "extended", ErrUnsupported
}

// limits tells how much may be asked for at once.
func (s *conversation) limits(id uint32) {
	at := s.out.begin(kindReply, id, 4*8)
	s.out.uint64(maxPacket)
	s.out.uint64(maxData) // of a read
	s.out.uint64(maxData) // of a write
	s.out.uint64(uint64(s.Handles))
	s.out.end(at)
}
