package subidas

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// state is what became of an upload that is not finished.
type state string

const (
	writing state = "escribiendo" // a handle is open on it
	cut     state = "cortada"     // whole up to its size, and not at its end
	closed  state = "cerrada"     // whole, under a temporary name
	// whole, closed under a final name; while it does not arrive it counts as cut
	arriving state = "llegando"
)

// record is what lies beside an upload's bytes.
type record struct {
	Folder  string    `json:"carpeta"`
	Name    string    `json:"nombre"`
	State   state     `json:"estado"`
	Size    int64     `json:"bytes"`
	Touched time.Time `json:"tocada"`          // when its state last changed
	Shown   time.Time `json:"hora,omitzero"`   // that the client set
	SHA256  string    `json:"sha256,omitzero"` // of what was closed whole, where it is known
	// the final name under which a fault of ours kept it from arriving; "": none did
	Stuck string `json:"atorada,omitzero"`
}

// whole tells that the upload was closed whole once, so that its file may be
// shared with what keeps arrivals.
func (r record) whole() bool { return r.State == closed || r.State == arriving }

// staged is an unfinished upload in the index.
type staged struct {
	id string
	record
	handle *Upload // that writes it; nil: none
}

// The endings of a record's file, and of one that is to take its place.
const (
	recordEnd = ".json"
	nextEnd   = ".json.nuevo"
)

// recordBytes is the least size of a record's file: blanks make up for the rest, so
// that the next record fits what was reserved for it.
const recordBytes = 1024

var idRE = regexp.MustCompile(`^[A-Z2-7]{26}$`) // of rand.Text

func (a *Account) path(id string) string { return filepath.Join(a.dir, id) }

// reserve makes room for the next record of an upload, so that one that fills the
// disk can still be kept as cut.
func (a *Account) reserve(id string) error {
	return os.WriteFile(a.path(id)+nextEnd, bytes.Repeat([]byte{' '}, recordBytes), 0o600)
}

// save replaces an upload's record, on the disk and then in the index. durable says
// that bytes and record are to outlive a power cut from now on.
func (a *Account) save(it *staged, r record, durable bool) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	b = append(b, bytes.Repeat([]byte{' '}, max(0, recordBytes-len(b)))...)
	next := a.path(it.id) + nextEnd
	if err := a.write(next, b, durable); err != nil {
		return trouble(err)
	}
	a.s.at("save: written")
	if err := os.Rename(next, a.path(it.id)+recordEnd); err != nil {
		return trouble(err)
	}
	it.record = r
	if !durable {
		return nil
	}
	return trouble(a.s.syncDir(a.dir))
}

// write writes over what reserve left, if it is there.
func (a *Account) write(path string, b []byte, durable bool) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil && durable {
		err = a.s.syncFile(f)
	}
	return errors.Join(err, f.Close())
}

// fix makes a record durable that save wrote without waiting for the disk.
func (a *Account) fix(it *staged) error {
	f, err := os.Open(a.path(it.id) + recordEnd)
	if err == nil {
		err = errors.Join(a.s.syncFile(f), f.Close())
	}
	if err == nil {
		err = a.s.syncDir(a.dir)
	}
	return trouble(err)
}

// erase removes the files of an upload. What is left of it by a crash in between
// goes at the next start.
func (a *Account) erase(id string) error {
	var errs []error
	for _, end := range []string{"", recordEnd, nextEnd} {
		if err := os.Remove(a.path(id) + end); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, trouble(err))
		}
	}
	return errors.Join(errs...)
}

// left is what an earlier process left of an upload: its record, without a state
// where there is none, and the size of its file, -1 without one.
type left struct {
	record
	bytes int64
}

// read gives what lies in the account's folder, by ID, and takes away records that
// were to come next. What is none of ours is not among it. A record that cannot be
// read is none: a power cut leaves such a one of what was being written.
func (a *Account) read() (map[string]left, error) {
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		return nil, trouble(err)
	}
	found := map[string]left{}
	for _, e := range entries {
		id, _, _ := strings.Cut(e.Name(), ".")
		if !e.Type().IsRegular() || !idRE.MatchString(id) {
			continue
		}
		x, ok := found[id]
		if !ok {
			x.bytes = -1
		}
		switch e.Name() {
		case id:
			var info fs.FileInfo
			if info, err = e.Info(); err == nil {
				x.bytes = info.Size()
			}
		case id + recordEnd:
			x.record, err = a.readRecord(id)
		case id + nextEnd:
			err = os.Remove(a.path(id) + nextEnd)
		default:
			continue
		}
		if err != nil {
			return nil, trouble(err)
		}
		found[id] = x
	}
	return found, nil
}

func (a *Account) readRecord(id string) (r record, err error) {
	b, err := os.ReadFile(a.path(id) + recordEnd)
	if err != nil {
		return r, err
	}
	// What follows the record is the rest of a longer one.
	if json.NewDecoder(bytes.NewReader(b)).Decode(&r) != nil {
		return record{}, nil
	}
	return r, nil
}
