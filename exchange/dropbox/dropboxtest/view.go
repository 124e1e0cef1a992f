package dropboxtest

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"buzon/exchange/dropbox"
)

// Folders are those of an account.
func (a *Archive) Folders(account string) ([]dropbox.Folder, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f, ok := a.folders[account]; ok {
		return f, nil
	}
	return nil, fmt.Errorf("account %q: %w", account, fs.ErrNotExist)
}

// View is what an account sees of finished files.
func (a *Archive) View(account string) (fs.FS, error) { return view{a, account}, nil }

// Sys is what a FileInfo says of a file.
type Sys struct{ SHA256 string }

type view struct {
	a       *Archive
	account string
}

func (v view) find(p string) *file {
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	if f := v.a.files[place{v.account, path.Dir(p)}][path.Base(p)]; f != nil {
		c := *f
		return &c
	}
	return nil
}

// Open opens a file. Where its content is missing, the error wraps
// dropbox.ErrUnavailable.
func (v view) Open(p string) (fs.File, error) {
	f := v.find(p)
	if f == nil {
		return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrNotExist}
	}
	c, err := os.Open(v.a.content(f.sha256))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", dropbox.ErrUnavailable, err)
	}
	if err != nil {
		return nil, err
	}
	return opened{c, f}, nil
}

// Stat looks at a file or folder.
func (v view) Stat(p string) (fs.FileInfo, error) {
	if f := v.find(p); f != nil {
		return f, nil
	}
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	is := func(f dropbox.Folder) bool { return f.Name == p }
	if p != "." && !slices.ContainsFunc(v.a.folders[v.account], is) {
		return nil, &fs.PathError{Op: "stat", Path: p, Err: fs.ErrNotExist}
	}
	return dir{path.Base(p), v.a.changed[place{v.account, p}]}, nil
}

// ReadDir lists the files of a folder.
func (v view) ReadDir(p string) ([]fs.DirEntry, error) {
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	files := v.a.files[place{v.account, p}]
	list := make([]fs.DirEntry, 0, len(files))
	for _, f := range files {
		c := *f
		list = append(list, fs.FileInfoToDirEntry(&c))
	}
	slices.SortFunc(list, func(x, y fs.DirEntry) int { return cmp.Compare(x.Name(), y.Name()) })
	return list, nil
}

// opened is a file with its content, whatever takes its name later.
type opened struct {
	*os.File
	f *file
}

func (o opened) Stat() (fs.FileInfo, error) { return o.f, nil }

func (f *file) Name() string       { return f.name }
func (f *file) Size() int64        { return f.bytes }
func (f *file) ModTime() time.Time { return f.time }
func (f *file) Mode() fs.FileMode  { return 0o400 }
func (f *file) IsDir() bool        { return false }
func (f *file) Sys() any           { return Sys{f.sha256} }

type dir struct {
	name string
	time time.Time
}

func (d dir) Name() string       { return d.name }
func (d dir) Size() int64        { return 0 }
func (d dir) ModTime() time.Time { return d.time }
func (d dir) Mode() fs.FileMode  { return fs.ModeDir | 0o500 }
func (d dir) IsDir() bool        { return true }
func (d dir) Sys() any           { return nil }
