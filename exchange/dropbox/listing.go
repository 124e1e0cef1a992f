package dropbox

import (
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pkg/sftp"
)

// Filelist answers List and Stat.
func (s *session) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
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
	return nil, sftp.ErrSSHFxOpUnsupported
}

// Lstat is Stat, since there are no symlinks.
func (s *session) Lstat(r *sftp.Request) (sftp.ListerAt, error) {
	f, name, err := s.split(r.Filepath)
	if err != nil {
		return nil, s.refuse("stat", err)
	}
	e := s.dir(path.Base(f.Name), f)
	if name != "" {
		e, err = s.a.stat(f, name)
	}
	if err != nil {
		return nil, s.refuse("stat", err)
	}
	return &listing{files: []os.FileInfo{e}, done: func() {}}, nil
}

// RealPath cleans a path. It looks at nothing, so that it tells nothing.
func (s *session) RealPath(p string) (string, error) { return path.Clean("/" + p), nil }

// Readlink has nothing to answer.
func (s *session) Readlink(string) (string, error) { return "", sftp.ErrSSHFxOpUnsupported }

func (s *session) list(p string) ([]os.FileInfo, error) {
	f, name, err := s.split(p)
	if err != nil {
		return nil, err
	}
	if name != "" {
		return nil, fs.ErrNotExist
	}
	files, err := s.a.files(f)
	if err != nil {
		return nil, err
	}
	var list []os.FileInfo
	for _, sub := range s.a.subfolders(f.Name) {
		d, _ := s.a.folder(path.Join(f.Name, sub))
		list = append(list, s.dir(sub, d))
	}
	for _, e := range files {
		list = append(list, e)
	}
	slices.SortFunc(list, func(x, y os.FileInfo) int { return strings.Compare(x.Name(), y.Name()) })
	return list, nil
}

// dir is how a folder looks. Its time is that of the disk, which changes with
// what is in it.
func (s *session) dir(name string, f Folder) entry {
	e := entry{name: name, mode: fs.ModeDir | 0o550}
	if f.Upload {
		e.mode = fs.ModeDir | 0o750
	}
	if info, err := s.a.root.Stat(f.Name); err == nil {
		e.time = info.ModTime()
	} else {
		e.time = time.Unix(0, 0)
	}
	return e
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
