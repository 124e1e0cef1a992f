package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"time"
)

// shown is where the time lies that a client set on its file: the modification
// time of an empty file. It is not synced, for losing it costs one upload more.
func (k key) shown() string { return path.Join(shownDir, k.folder, k.name) }

// ShowTime keeps the time that a client set on an upload, finished or not, to
// show it back; nothing else heeds it. An error wraps fs.ErrNotExist where the
// party sees no such upload.
func (a *Account) ShowTime(f Folder, name string, t time.Time) error {
	if err := checkName(name); err != nil {
		return fs.ErrNotExist
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	there, err := a.sees(f, name)
	if err == nil && (!there || !f.Upload) {
		err = fs.ErrNotExist
	}
	if err == nil {
		err = a.keepTime(key{f.Name, name}, t)
	}
	if err != nil {
		return fmt.Errorf("show time: %w", full(err))
	}
	return nil
}

func (a *Account) keepTime(k key, t time.Time) error {
	f, err := a.root.OpenFile(k.shown(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), a.root.Chtimes(k.shown(), t, t))
}

// times are all that clients set in a folder; zero is none.
func (a *Account) times(f Folder) (map[string]time.Time, error) {
	infos, err := regularFiles(a.root, path.Join(shownDir, f.Name))
	if err != nil {
		return nil, err
	}
	set := make(map[string]time.Time, len(infos))
	for _, info := range infos {
		set[info.Name()] = info.ModTime()
	}
	return set, nil
}

func (a *Account) timeOf(k key) time.Time {
	info, err := a.root.Lstat(k.shown())
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// dropTime forgets the time of a name that gets another content, or none.
func (a *Account) dropTime(k key) error {
	err := a.root.Remove(k.shown())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (a *Account) moveTime(from, to key) error {
	if from == to {
		return nil
	}
	err := a.root.Rename(from.shown(), to.shown())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sweepTimes removes times of which the file is gone, as a crash may leave them.
func (a *Account) sweepTimes(f Folder) error {
	set, err := a.times(f)
	if err != nil {
		return err
	}
	for name := range set {
		there, err := a.sees(f, name)
		if err == nil && !there {
			err = a.dropTime(key{f.Name, name})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
