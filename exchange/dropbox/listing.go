package dropbox

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"buzon/exchange/dropbox/protocol"
	"buzon/exchange/dropbox/tree"
)

// Stat gives what the party sees of a file or folder.
func (s *session) Stat(p string) (fs.FileInfo, error) {
	f, name, err := s.split(p)
	switch {
	case err != nil:
		return nil, err
	case name == "":
		return s.a.Dir(path.Base(f.Name), f), nil
	}
	return s.a.Stat(f, name)
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
	}
	return s.a.ShowTime(f, name, a.Modified)
}

// List gives what the party sees of a folder, by name.
func (s *session) List(p string) ([]protocol.Entry, error) {
	f, name, err := s.split(p)
	switch {
	case err != nil:
		return nil, err
	case name != "":
		return nil, fs.ErrNotExist
	}
	files, err := s.a.Files(f)
	if err != nil {
		return nil, err
	}
	list := make([]protocol.Entry, 0, len(files))
	for _, info := range files {
		list = append(list, protocol.Entry{FileInfo: info, Owner: s.owner(f)})
	}
	for _, sub := range s.a.Subfolders(f.Name) {
		d, _ := s.a.Folder(path.Join(f.Name, sub))
		list = append(list, protocol.Entry{FileInfo: s.a.Dir(sub, d), Owner: s.owner(d)})
	}
	slices.SortFunc(list, func(x, y protocol.Entry) int { return strings.Compare(x.Name(), y.Name()) })
	return list, nil
}

// owner is whose files a folder holds, as people read it in a list: those of the
// party, under its account, or the gateway's.
func (s *session) owner(f tree.Folder) string {
	if f.Upload {
		return s.a.Name()
	}
	return "pasarela"
}

// clock is what lists show times by.
func (s *Server) clock() time.Time { return s.cfg.Tree.Now().In(s.cfg.Zone) }
