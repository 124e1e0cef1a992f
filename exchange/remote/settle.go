package remote

import (
	"io/fs"
	"time"
)

// stamp is what a listing tells about a file's content. SFTP gives times to the
// second.
type stamp struct {
	size    int64
	modtime int64 // Unix seconds
}

func stampOf(fi fs.FileInfo) stamp { return stamp{fi.Size(), fi.ModTime().Unix()} }

// sighting is a stamp and the end of the listing that showed it first.
type sighting struct {
	stamp
	since   time.Time
	settled bool
}

// folder is what the Client remembers of a folder from one call to the next, so
// that a daemon compares with the listing before and need not wait.
type folder struct {
	listed bool
	files  map[string]sighting
}

// span is a look at the server: when it began and when it ended. A file has
// settled if the end of one look and the beginning of another, with the same
// stamp, are far enough apart.
type span struct{ began, ended time.Time }

// see notes what a look showed of one file.
func (f *folder) see(name string, now stamp, at span, settle time.Duration) sighting {
	s, known := f.files[name]
	switch {
	case !known || s.stamp != now:
		s = sighting{stamp: now, since: at.ended}
	case at.began.Sub(s.since) >= settle:
		s.settled = true
	}
	f.files[name] = s
	return s
}

// folder gives what is remembered of dir. The caller holds c.mu.
func (c *Client) folder(dir string) *folder {
	f := c.folders[dir]
	if f == nil {
		f = &folder{files: make(map[string]sighting)}
		c.folders[dir] = f
	}
	return f
}

// compare notes a listing, forgets what is no longer in it, and gives the files
// that have settled. wait says that it was the first one and that there is
// something to wait for.
func (c *Client) compare(dir string, listed []fs.FileInfo, at span) (settled []fs.FileInfo, wait bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.folder(dir)
	here := make(map[string]bool, len(listed))
	for _, fi := range listed {
		here[fi.Name()] = true
		if f.see(fi.Name(), stampOf(fi), at, c.cfg.Settle).settled {
			settled = append(settled, fi)
		}
	}
	for name := range f.files {
		if !here[name] {
			delete(f.files, name)
		}
	}
	wait = !f.listed && len(settled) < len(listed)
	f.listed = true
	return settled, wait
}

// known gives the last sighting of a file.
func (c *Client) known(dir, name string) (sighting, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.folder(dir).files[name]
	return s, ok
}

// note records a look at one file.
func (c *Client) note(dir, name string, now stamp, at span) sighting {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.folder(dir).see(name, now, at, c.cfg.Settle)
}
