package simulacro

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"buzon/exchange/dropbox/subidas"
)

// estante is the folders of a server that is not the gateway's: what is uploaded to it
// becomes a file on the disk, and what lies there is what is seen.
type estante struct {
	dir     string
	uploads *subidas.Subidas
	view    fs.FS

	mu  sync.Mutex
	ids map[string]bool // of the uploads that arrived
	end bool            // nobody serves it any more
}

func openEstante(dir string, now func() time.Time) (*estante, error) {
	for _, d := range []string{Salida, Entrada, path.Join(Entrada, anexos)} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return nil, err
		}
	}
	e := &estante{dir: dir, view: os.DirFS(dir), ids: map[string]bool{}}
	var err error
	e.uploads, err = subidas.Open(filepath.Join(dir, ".subidas"), subidas.Options{
		Now: now, Arrive: e.arrive, Spelled: e.spelled, Date: e.date,
		Arrived: func(_, id string) (bool, error) {
			e.mu.Lock()
			defer e.mu.Unlock()
			return e.ids[id], nil
		},
		// nothing bounds the gateway
		Today: func(string, time.Time, time.Time) (int64, int64, error) { return 0, 0, nil },
	})
	return e, err
}

func (e *estante) Close() error {
	e.mu.Lock()
	e.end = true
	e.mu.Unlock()
	return e.uploads.Close()
}

func (e *estante) place(name string) string { return filepath.Join(e.dir, filepath.FromSlash(name)) }

// arrive gives an upload its name, in place of what bore it.
func (e *estante) arrive(x subidas.Arrival) error {
	aside := e.place(path.Join(".subidas", x.ID+".llega"))
	err := os.Link(x.Path, aside)
	if err == nil {
		err = os.Chtimes(aside, x.Moment, x.Moment)
	}
	if err == nil {
		err = os.Rename(aside, e.place(path.Join(x.Folder, x.Name)))
	}
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ids[x.ID] = true
	return nil
}

func (e *estante) spelled(_, folder, name string) (string, error) {
	entries, err := os.ReadDir(e.place(folder))
	for _, x := range entries {
		if strings.EqualFold(x.Name(), name) {
			return x.Name(), nil
		}
	}
	return "", err
}

func (e *estante) date(_, folder, name string, t time.Time) error {
	return os.Chtimes(e.place(path.Join(folder, name)), t, t)
}

// leave makes a file appear, whole or not at all.
func (e *estante) leave(name string, content []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.end {
		return fs.ErrClosed
	}
	have, err := os.ReadFile(e.place(name))
	switch {
	case err == nil && bytes.Equal(have, content):
		return nil
	case err == nil:
		return &fs.PathError{Op: "leave", Path: name, Err: fs.ErrExist}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	aside := e.place(path.Join(".subidas", path.Base(name)+".deja"))
	if err := os.WriteFile(aside, content, 0o600); err != nil {
		return err
	}
	return os.Rename(aside, e.place(name))
}

// list lists the files of a folder, oldest first.
func (e *estante) list(folder string) (files []fs.FileInfo, err error) {
	entries, err := os.ReadDir(e.place(folder))
	for _, x := range entries {
		if x.IsDir() {
			continue
		}
		i, ierr := x.Info()
		files, err = append(files, i), errors.Join(err, ierr)
	}
	slices.SortFunc(files, func(x, y fs.FileInfo) int {
		return cmp.Or(x.ModTime().Compare(y.ModTime()), strings.Compare(x.Name(), y.Name()))
	})
	return files, err
}
