package dropbox

import (
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/pkg/sftp"
)

// Filelist answers List and Stat.
func (s *session) Filelist(r *sftp.Request) (_ sftp.ListerAt, err error) {
	defer s.guard(&err)
	switch r.Method {
	case "List":
		release, err := s.hold()
		if err != nil {
			return nil, s.refuse("list", err)
		}
		list, err := s.list(r.Filepath)
		if err != nil {
			release()
			return nil, s.refuse("list", err)
		}
		return &listing{files: list, done: release}, nil
	case "Stat":
		return s.Lstat(r)
	}
	return nil, s.refuse(r.Method, errUnsupported)
}

// Lstat is Stat, since there are no symlinks.
func (s *session) Lstat(r *sftp.Request) (_ sftp.ListerAt, err error) {
	defer s.guard(&err)
	f, name, err := s.split(r.Filepath)
	if err != nil {
		return nil, s.refuse("stat", err)
	}
	e := s.a.Dir(path.Base(f.Name), f)
	if name != "" {
		e, err = s.a.Stat(f, name)
	}
	if err != nil {
		return nil, s.refuse("stat", err)
	}
	return &listing{files: []os.FileInfo{e}, done: func() {}}, nil
}

// RealPath cleans a path. It looks at nothing, so that it tells nothing.
func (s *session) RealPath(p string) (string, error) { return path.Clean("/" + p), nil }

// Readlink has nothing to answer.
func (s *session) Readlink(string) (string, error) { return "", s.refuse("readlink", errUnsupported) }

func (s *session) list(p string) ([]os.FileInfo, error) {
	f, name, err := s.split(p)
	if err != nil {
		return nil, err
	}
	if name != "" {
		return nil, fs.ErrNotExist
	}
	list, err := s.a.Files(f)
	if err != nil {
		return nil, err
	}
	for _, sub := range s.a.Subfolders(f.Name) {
		d, _ := s.a.Folder(path.Join(f.Name, sub))
		list = append(list, s.a.Dir(sub, d))
	}
	slices.SortFunc(list, func(x, y os.FileInfo) int { return strings.Compare(x.Name(), y.Name()) })
	return list, nil
}

// listing is one handle's snapshot of a folder.
type listing struct {
	files []os.FileInfo
	done  func()
}

// ListAt gives the files from an offset on.
func (l *listing) ListAt(into []os.FileInfo, off int64) (int, error) {
	if off < 0 || off >= int64(len(l.files)) {
		return 0, io.EOF
	}
	n := copy(into, l.files[off:])
	if n < len(into) {
		return n, io.EOF
	}
	return n, nil
}

// Close gives the handle back.
func (l *listing) Close() error {
	l.done()
	return nil
}
