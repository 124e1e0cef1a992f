package subidas

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// diskStep is how many bytes an upload writes before the free space is looked
// at again.
const diskStep = 8 << 20

// room tells whether the file system has the space that uploads may use.
func (a *Account) room() error {
	r := a.use.reserve()
	return Room(a.dir, r.MinFree, r.MinInodes)
}

// Room tells whether the file system of a folder has more free than a reserve, of bytes
// and of files that can be made; 0 is none. An error wraps ErrDiskFull where it has less.
func Room(dir string, minFree, minInodes int64) error {
	if minFree == 0 && minInodes == 0 {
		return nil
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return fmt.Errorf("free space: %w", trouble(&fs.PathError{Op: "statfs", Path: dir, Err: err}))
	}
	if free := int64(st.Bavail) * int64(st.Bsize); free < minFree {
		return fmt.Errorf("%w: %s: %d bytes are free, and server.min_free keeps %d; free space on its disk",
			ErrDiskFull, dir, free, minFree)
	}
	if free := int64(st.Ffree); st.Files > 0 && free < minInodes { // some make them as they go
		return fmt.Errorf("%w: %s: %d files can be made, and server.min_inodes keeps %d; remove files from "+
			"its disk", ErrDiskFull, dir, free, minInodes)
	}
	return nil
}

// Room is ErrDiskFull where uploads have no space: what is free is the reserve, or nothing.
func (s *Subidas) Room(minFree, minInodes int64) error {
	return Room(s.dir, max(minFree, 1), minInodes)
}

// trouble is what the disk said. Its sentinels are hidden, for one who finds
// fs.ErrPermission or fs.ErrNotExist in an error of ours takes it for a party's
// doing; a disk, or a share of it, without room becomes ErrDiskFull.
func trouble(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return full(err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%v: the user of the server must own this folder and be able to write it", err)
	}
	return fmt.Errorf("%v", err)
}

// full makes errors of a disk that has no room left ErrDiskFull.
func full(err error) error {
	room := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
	if room && !errors.Is(err, ErrDiskFull) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}

// syncFile makes the bytes of a file durable.
func (s *Subidas) syncFile(f *os.File) error {
	if s.cfg.Unsynced {
		return nil
	}
	err := f.Sync()
	s.at("sync: " + filepath.Base(f.Name()))
	return err
}

// syncDir makes the names in a folder durable.
func (s *Subidas) syncDir(dir string) error {
	if s.cfg.Unsynced {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return s.syncFile(d)
}
