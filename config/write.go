package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// exists also sees a symbolic link that leads nowhere: a name that is taken.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// folder makes a folder with mode 0700, or keeps the one that is there.
func (s *set) folder(name string) error {
	shown := name + "/"
	if name == "" {
		shown = "./"
	}
	path := s.path(name)
	err := os.Mkdir(path, 0o700)
	if name == "" && errors.Is(err, fs.ErrNotExist) {
		err = os.MkdirAll(path, 0o700)
	}
	switch {
	case err == nil:
		s.created = append(s.created, shown)
		return syncFolder(filepath.Dir(path))
	case !errors.Is(err, fs.ErrExist):
		return fmt.Errorf("make folder: %w", err)
	}
	if fi, err := os.Stat(path); err != nil || !fi.IsDir() {
		return hintf("move it away", "%s is there and is no folder", path)
	}
	s.kept = append(s.kept, shown)
	return nil
}

// keeps tells whether a file is there already, and lists it.
func (s *set) keeps(name string) bool {
	there := exists(s.path(name))
	if there {
		s.kept = append(s.kept, name)
	}
	return there
}

const temporary = ".init-*.tmp"

// sweep removes what a crash left half written, which may be a private key.
func (s *set) sweep() error {
	for _, d := range []string{"", filepath.Dir(s.c.Seal.Key)} {
		left, err := filepath.Glob(filepath.Join(s.path(d), temporary))
		if err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
		for _, path := range left {
			if err := os.Remove(path); err != nil {
				return fmt.Errorf("sweep: %w", err)
			}
		}
	}
	return nil
}

// appear gives tmp a second, lasting name. It fails where a rename would replace
// what somebody else wrote there meanwhile.
func appear(tmp, path string) error { return os.Link(tmp, path) }

// write makes a file appear under name, whole or not at all, and never over
// another one.
func (s *set) write(name string, mode os.FileMode, content []byte) error {
	path := s.path(name)
	if s.keeps(name) {
		return nil
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), temporary) // mode 0600 from its first byte
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(content)
	if err == nil {
		err = tmp.Chmod(mode)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := appear(tmp.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	s.created = append(s.created, name)
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync folder %s: %w", path, err)
	}
	return nil
}
