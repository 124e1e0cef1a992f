package dropbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"buzon/exchange/dropbox/subidas"
)

// viewPath is where the view has a file; a name that no file may have is not asked
// for.
func viewPath(f Folder, name string) (string, error) {
	p := path.Join(f.Name, name)
	if subidas.CheckName(name) != nil || !fs.ValidPath(p) {
		return "", fs.ErrNotExist
	}
	return p, nil
}

// stat looks at a finished file.
func (s *session) stat(f Folder, name string) (fs.FileInfo, error) {
	p, err := viewPath(f, name)
	if err != nil {
		return nil, err
	}
	info, err := fs.Stat(s.view, p)
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist // what is not in Folders
	}
	return info, err
}

// open opens a finished file, and tells of one that is to be seen and cannot be
// read. The caller closes what it gets.
func (s *session) open(f Folder, name string) (content, fs.FileInfo, error) {
	p, err := viewPath(f, name)
	if err != nil {
		return nil, nil, err
	}
	file, err := s.view.Open(p)
	if err != nil {
		if tell := s.srv.cfg.OnUnavailable; tell != nil && errors.Is(err, ErrUnavailable) {
			tell(s.peer.account, strings.TrimPrefix(f.Name, "."), name)
		}
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	at, ok := file.(io.ReaderAt)
	if err == nil && !ok {
		err = fmt.Errorf("open %s: the view gives no io.ReaderAt", p)
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return struct {
		io.Closer
		io.ReaderAt
	}{file, at}, info, nil
}

// shown is a finished file, or a folder, as a party sees it.
type shown struct {
	name string
	size int64
	time time.Time
	mode fs.FileMode
}

func (e *shown) Name() string       { return e.name }
func (e *shown) Size() int64        { return e.size }
func (e *shown) ModTime() time.Time { return e.time }
func (e *shown) Mode() fs.FileMode  { return e.mode }
func (e *shown) IsDir() bool        { return e.mode.IsDir() }
func (e *shown) Sys() any           { return nil }

// seen is how the party sees a file of the view.
func seen(f Folder, info fs.FileInfo) *shown {
	e := &shown{info.Name(), info.Size(), info.ModTime(), 0o440}
	if f.Upload {
		e.mode = 0o640
	}
	return e
}

// dir is how the party sees a folder under name.
func (s *session) dir(name string, f Folder) *shown {
	e := &shown{name: name, mode: fs.ModeDir | 0o550, time: time.Unix(0, 0)}
	if f.Upload {
		e.mode = fs.ModeDir | 0o750
	}
	if info, err := fs.Stat(s.view, f.Name); err == nil {
		e.time = info.ModTime()
	}
	return e
}
