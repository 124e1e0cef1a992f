package dropbox

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"buzon/exchange/dropbox/protocol"
)

// Stat gives what the party sees of a file or folder.
func (s *session) Stat(p string) (fs.FileInfo, error) {
	f, name, err := s.split(p)
	switch {
	case err != nil:
		return nil, err
	case name == "":
		return s.dir(path.Base(f.Name), f), nil
	}
	if f.Upload {
		if info, err := s.own.Stat(f.Name, name); !errors.Is(err, fs.ErrNotExist) {
			return info, err
		}
	}
	info, err := s.stat(f, name)
	if err != nil {
		return nil, s.refuseFile("stat", f.Name, name, err) // it may name the file
	}
	return seen(f, info), nil
}

// Set answers what clients send after an upload. Of all attributes only the time
// has an effect, and that is to be shown again. Bytes come and go by writing: a
// client that wants another size must not believe that it has it.
func (s *session) Set(p string, a protocol.Attributes) error {
	f, name, err := s.split(p)
	if err != nil {
		return err
	}
	info, err := s.Stat(p)
	switch {
	case err != nil:
		return err
	case a.HasSize && a.Size != uint64(info.Size()):
		return fs.ErrPermission
	case name == "" || !a.HasTime:
		return nil
	case !f.Upload:
		return fs.ErrNotExist
	}
	return s.own.ShowTime(f.Name, name, a.Modified)
}

// List gives what the party sees of a folder, by name: finished files, and over
// them its own uploads that are not finished.
func (s *session) List(p string) ([]protocol.Entry, error) {
	f, name, err := s.split(p)
	switch {
	case err != nil:
		return nil, err
	case name != "":
		return nil, fs.ErrNotExist
	}
	var list []protocol.Entry
	own := map[string]bool{}
	if f.Upload { // first, so that what arrives meanwhile is seen in one place at least
		for _, info := range s.own.List(f.Name) {
			list, own[info.Name()] = append(list, protocol.Entry{FileInfo: info, Owner: s.owner(f)}), true
		}
	}
	finished, err := fs.ReadDir(s.view, f.Name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	list = slices.Grow(list, len(finished))
	for _, e := range finished {
		if e.IsDir() || own[e.Name()] {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, protocol.Entry{FileInfo: seen(f, info), Owner: s.owner(f)})
	}
	for _, d := range s.folders {
		if path.Dir(d.Name) == f.Name {
			list = append(list, protocol.Entry{FileInfo: s.dir(path.Base(d.Name), d), Owner: s.owner(d)})
		}
	}
	slices.SortFunc(list, func(x, y protocol.Entry) int { return strings.Compare(x.Name(), y.Name()) })
	return list, nil
}

// owner is whose files a folder holds, as people read it in a list: those of the
// party, under its account, or the gateway's.
func (s *session) owner(f Folder) string {
	if f.Upload {
		return s.peer.account
	}
	return "pasarela"
}

// clock is what lists show times by.
func (s *Server) clock() time.Time { return s.cfg.Now().In(s.cfg.Zone) }
