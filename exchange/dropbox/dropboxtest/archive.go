// Package dropboxtest stands in for the gateway behind a dropbox.Server in tests: it
// records arrivals, and shows finished files from a folder of the disk. Contents are
// kept once, under their hash; the names that show them, in memory and in a file
// that is only added to, so that another process finds them again.
package dropboxtest

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"buzon/exchange/dropbox"
	"buzon/exchange/dropbox/subidas"
	"buzon/schema/nombres"
)

// Archive keeps what accounts see. Its methods may be called from several
// goroutines.
type Archive struct {
	// Broken is called between the keeping of a content and the recording of its
	// arrival; an error is one of Arrive. May be nil.
	Broken func(subidas.Arrival) error
	// Synced makes what is recorded wait for the disk, as a gateway does.
	Synced bool

	dir string
	now func() time.Time

	mu       sync.Mutex
	index    *os.File
	folders  map[string][]dropbox.Folder
	files    map[place]map[string]*file
	spelled  map[place]map[string]string // names by their folded form
	changed  map[place]time.Time
	arrivals []Recorded
	ids      map[string]bool
}

// place is a folder of an account.
type place struct{ account, folder string }

// Recorded is an upload that was recorded.
type Recorded struct {
	Account, Folder, Name, ID, SHA256 string
	Bytes                             int64
	Moment, Shown                     time.Time
	Text                              string `json:"-"` // the content
}

// file is a finished file as its owner sees it.
type file struct {
	name   string
	sha256 string
	bytes  int64
	time   time.Time
}

// line is what the index has of a file; without a hash it is the time that a client
// set on one.
type line struct {
	Recorded
	Folders []dropbox.Folder `json:",omitempty"` // of an account
}

// Open opens what lies in dir, or begins it. The caller closes it.
func Open(dir string, now func() time.Time) (*Archive, error) {
	a := &Archive{
		dir: dir, now: now, folders: map[string][]dropbox.Folder{}, files: map[place]map[string]*file{},
		spelled: map[place]map[string]string{}, changed: map[place]time.Time{}, ids: map[string]bool{},
	}
	if err := os.MkdirAll(filepath.Join(dir, "contenidos"), 0o700); err != nil {
		return nil, err
	}
	var err error
	a.index, err = os.OpenFile(filepath.Join(dir, "indice"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	for lines := bufio.NewReader(a.index); ; {
		b, err := lines.ReadBytes('\n')
		if err != nil { // what a kill cut off was told to nobody
			return a, nil
		}
		var l line
		if err := json.Unmarshal(b, &l); err != nil {
			return nil, fmt.Errorf("index of %s: %w", dir, err)
		}
		a.take(l)
	}
}

// Close closes the archive.
func (a *Archive) Close() error { return a.index.Close() }

// AddAccount makes an account known, with its folders.
func (a *Archive) AddAccount(name string, folders ...dropbox.Folder) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.add(line{Recorded{Account: name}, folders})
}

// add writes a line and takes it over.
func (a *Archive) add(l line) error {
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if _, err := a.index.Write(append(b, '\n')); err != nil {
		return err
	}
	if a.Synced {
		if err := a.index.Sync(); err != nil {
			return err
		}
	}
	a.take(l)
	return nil
}

func (a *Archive) take(l line) {
	p := place{l.Account, l.Folder}
	switch {
	case l.Folders != nil:
		a.folders[l.Account] = l.Folders
		return
	case l.SHA256 == "":
		a.files[p][l.Name].time = l.Shown
		return
	case a.files[p] == nil:
		a.files[p], a.spelled[p] = map[string]*file{}, map[string]string{}
	}
	f := &file{l.Name, l.SHA256, l.Bytes, l.Moment}
	if !l.Shown.IsZero() {
		f.time = l.Shown
	}
	a.files[p][l.Name], a.spelled[p][nombres.Folded(l.Name)], a.changed[p] = f, l.Name, l.Moment
	if l.ID != "" {
		a.arrivals, a.ids[l.ID] = append(a.arrivals, l.Recorded), true
	}
}

// Put shows a file of the gateway's in a folder, or "." for one beside the folders.
func (a *Archive) Put(account, folder, name string, content []byte, at time.Time) error {
	return a.PutFrom(account, folder, name, bytes.NewReader(content), at)
}

// PutFrom is Put of what a reader gives.
func (a *Archive) PutFrom(account, folder, name string, r io.Reader, at time.Time) error {
	tmp, err := os.CreateTemp(a.dir, "nuevo")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(tmp, h), r)
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	f := Recorded{Account: account, Folder: folder, Name: name, Bytes: n, Moment: at}
	f.SHA256 = hex.EncodeToString(h.Sum(nil))
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := os.Rename(tmp.Name(), a.content(f.SHA256)); err != nil {
		return err
	}
	return a.add(line{Recorded: f})
}

func (a *Archive) content(sum string) string { return filepath.Join(a.dir, "contenidos", sum) }

// Lose takes away the content of a file that stays visible.
func (a *Archive) Lose(account, folder, name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.files[place{account, folder}][name]
	if f == nil {
		return fs.ErrNotExist
	}
	return os.Remove(a.content(f.sha256))
}

// Arrivals are those of a folder in the order in which they were recorded, with
// what they hold.
func (a *Archive) Arrivals(account, folder string) ([]Recorded, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := slices.Clone(a.arrivals)
	list = slices.DeleteFunc(list, func(x Recorded) bool {
		return x.Account != account || x.Folder != folder
	})
	for i := range list {
		b, err := os.ReadFile(a.content(list[i].SHA256))
		if err != nil {
			return nil, err
		}
		if int64(len(b)) != list[i].Bytes {
			return nil, fmt.Errorf("%s: %d bytes, recorded are %d", list[i].Name, len(b), list[i].Bytes)
		}
		list[i].Text = string(b)
	}
	return list, a.verify()
}

// verify holds each content against its hash.
func (a *Archive) verify() error {
	entries, err := os.ReadDir(filepath.Join(a.dir, "contenidos"))
	for _, e := range entries {
		b, rerr := os.ReadFile(a.content(e.Name()))
		sum := sha256.Sum256(b)
		if rerr == nil && hex.EncodeToString(sum[:]) != e.Name() {
			rerr = fmt.Errorf("the content %s was written to", e.Name())
		}
		err = errors.Join(err, rerr)
	}
	return err
}

// Holds tells whether a content is kept, recorded or not.
func (a *Archive) Holds(content []byte) bool {
	sum := sha256.Sum256(content)
	b, err := os.ReadFile(a.content(hex.EncodeToString(sum[:])))
	return err == nil && bytes.Equal(b, content)
}
