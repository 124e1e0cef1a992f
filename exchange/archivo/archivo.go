package archivo

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"buzon/schema"
)

// The folders, in the data folder.
const (
	dirArchivo  = "archivo"
	dirTmp      = "archivo/tmp"
	dirApartado = "apartado"
)

// Contenidos is the contents of a data folder. Its methods may be called from several
// goroutines, but for Reconcile, Unsynced and OnStep, which want to be alone.
type Contenidos struct {
	data string // absolute
	root *os.Root
	sync bool
	step func(string)
	here fs.FileInfo                         // archivo/ itself, as it was opened
	link func(oldname, newname string) error // root.Link

	mu      sync.Mutex
	durable map[string]bool                // folders of archivo/ whose names are on the disk
	apart   map[schema.Huella][]schema.Dia // what lies in apartado/, and under which days
	stray   []string                       // drafts that were given up and are there still
}

// Open opens the contents of the data folder, making what is missing. The caller
// closes them.
func Open(data string) (a *Contenidos, err error) {
	if data, err = filepath.Abs(data); err != nil {
		return nil, fmt.Errorf("open archivo: %w", err)
	}
	a = &Contenidos{data: data, sync: true, step: stepOfOpen, durable: map[string]bool{}}
	if err = os.MkdirAll(data, 0o700); err == nil {
		a.root, err = os.OpenRoot(data)
	}
	if err != nil {
		return nil, fmt.Errorf("open archivo: %w", a.failed("open", "", err))
	}
	a.link = a.root.Link
	if err := a.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("open archivo: %w", err), a.root.Close())
	}
	return a, nil
}

// Holds tells whether a data folder has contents, without opening them.
func Holds(data string) (bool, error) {
	kept, err := os.ReadDir(filepath.Join(data, dirArchivo))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return slices.ContainsFunc(kept, func(e fs.DirEntry) bool { // tmp/ and what a fresh disk has are none
		return e.IsDir() && len(e.Name()) == 2 && strings.Trim(e.Name(), "0123456789abcdef") == ""
	}), err
}

// stepOfOpen is what the steps of opening call; see OnStep. A test that dies there
// sets it.
var stepOfOpen = func(string) {}

// prepare makes the folders that are missing, and learns what there is.
func (a *Contenidos) prepare() error {
	for _, dir := range []string{dirArchivo, dirTmp, dirApartado} {
		if _, err := a.mkdir(dir); err != nil {
			return err
		}
	}
	here, err := a.root.Lstat(dirArchivo)
	if err != nil {
		return a.failed("look at", dirArchivo, err)
	}
	a.here = here
	// Also for folders that one made which was killed before it synced their names.
	if err := a.syncDir("."); err != nil {
		return err
	}
	entries, err := a.readDir(dirArchivo)
	if err != nil {
		return err
	}
	for _, dir := range []string{dirArchivo, dirApartado} {
		if err := a.syncDir(dir); err != nil {
			return err
		}
	}
	for _, e := range entries {
		a.durable[path.Join(dirArchivo, e.Name())] = e.IsDir()
	}
	found, err := a.readApartado()
	if err != nil {
		return err
	}
	a.apart = map[schema.Huella][]schema.Dia{}
	for _, x := range found {
		a.apart[x.huella] = append(a.apart[x.huella], x.dia)
	}
	return nil
}

// Unsynced makes writes not wait for the disk. It is for rehearsals in a virtual
// clock alone: a power cut may lose what was written.
func (a *Contenidos) Unsynced() { a.sync = false }

// OnStep has f called after each change of the disk and each sync, with what was
// done, also from several goroutines. It is for tests that die there.
func (a *Contenidos) OnStep(f func(step string)) { a.step = f }

// Close ends the use of the folders. What Open gave stays readable.
func (a *Contenidos) Close() error { return a.root.Close() }

// IsName tells whether a hash can be the name of a content.
func IsName(h schema.Huella) bool { return valid(h) }

// valid tells whether a hash is one, and so the name of a content.
func valid(h schema.Huella) bool {
	if len(h) != sha256.Size*2 {
		return false
	}
	for i := range len(h) {
		if c := h[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// folderOf is the folder in which a content lies.
func folderOf(h schema.Huella) string { return path.Join(dirArchivo, string(h[:2])) }

// pathOf is where a content lies.
func pathOf(h schema.Huella) string { return path.Join(folderOf(h), string(h)) }

// sumOf is what has been written to a hash.
func sumOf(s hash.Hash) schema.Huella { return schema.Huella(hex.EncodeToString(s.Sum(nil))) }

// Has tells whether a content is there. It does not read it.
func (a *Contenidos) Has(h schema.Huella) (bool, error) {
	if !valid(h) {
		return false, nil
	}
	info, err := a.root.Lstat(pathOf(h))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, a.failed("look for content", pathOf(h), err)
	}
	return info.Mode().IsRegular(), nil
}
