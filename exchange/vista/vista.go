// Package vista is what a party sees on our own server, by standard types: a file
// system over what the store says is visible and the contents in archivo/. Nothing of
// it is kept in step with anything: a name is there once the transaction that says so
// counts, and its bytes are those of the content that it names: what is opened is held
// against its hash first, and what differs is not shown.
//
// A call asks the store in a snapshot of its own, which is over when it returns: a
// folder that was listed is a copy, an open file holds its open content.
package vista

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"buzon/exchange/archivo"
	"buzon/schema"
	"buzon/store"
)

// ErrAusente says that a visible file's content is not in archivo/.
var ErrAusente = errors.New("its content is missing")

// Vista makes the file systems of the parties.
type Vista struct {
	Store    *store.Store
	Archivo  *archivo.Contenidos
	abiertos abiertos
}

// origen is where the files of a folder come from.
type origen int

const (
	publicada origen = iota // what we left there
	subida                  // what the party uploaded
	exhibida                // what is made anew where it changes
)

// Carpeta is a folder of a party.
type Carpeta struct {
	Nombre string // its path
	clase  origen
}

// Sube tells whether the party writes it and we read it.
func (c Carpeta) Sube() bool { return c.clase == subida }

// Carpetas are the folders of a party (lineamientos, section 1), parents first.
func Carpetas(parte schema.Parte) []Carpeta {
	if parte == schema.ParteCONDUSEF {
		return carpetasCONDUSEF
	}
	return carpetasUNE
}

var (
	carpetasCONDUSEF = []Carpeta{
		{schema.CarpetaSalida, subida}, {schema.CarpetaEntrada, publicada}, {schema.CarpetaAnexos, publicada},
	}
	carpetasUNE = []Carpeta{
		{schema.CarpetaReclamaciones, publicada}, {schema.CarpetaRespuestas, subida},
		{schema.CarpetaAcuses, publicada},
		{schema.CarpetaRechazos, publicada}, {schema.CarpetaEstado, exhibida},
	}
)

// FS is what a party sees.
type FS interface {
	fs.ReadDirFS
	fs.StatFS
}

// De gives what a party, CONDUSEF or a clave8, sees.
func (v *Vista) De(parte schema.Parte) FS {
	return &arbol{v: v, parte: parte, carpetas: Carpetas(parte)}
}

// arbol is the file system of one party. It is an fs.ReadDirFS and an fs.StatFS too.
type arbol struct {
	v        *Vista
	parte    schema.Parte
	carpetas []Carpeta
}

// raiz is the folder in which LEEME.txt lies, beside the others.
var raiz = Carpeta{"", exhibida}

// carpeta gives a folder by its path; "." is the root.
func (a *arbol) carpeta(p string) (Carpeta, bool) {
	if p == "." {
		return raiz, true
	}
	i := slices.IndexFunc(a.carpetas, func(c Carpeta) bool { return c.Nombre == p })
	if i < 0 {
		return Carpeta{}, false
	}
	return a.carpetas[i], true
}

func (a *arbol) view(fn func(*store.View) error) error {
	return a.v.Store.View(context.Background(), fn)
}

// Open opens a file; its error wraps ErrAusente where it is seen and its content is
// not there, and archivo.ErrAlterado where that is another. A folder is listed by
// ReadDir.
func (a *arbol) Open(name string) (fs.File, error) {
	f, err := a.open(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f, nil
}

func (a *arbol) open(name string) (f fs.File, err error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	if _, ok := a.carpeta(name); ok {
		return nil, fmt.Errorf("a folder: %w", fs.ErrInvalid)
	}
	var x store.Visible
	err = a.view(func(v *store.View) (err error) {
		if x, err = a.file(v, name); err == nil && x.Kept() {
			f, err = a.v.abiertos.open(x, func() (contenido, error) { return kept(v, x) })
		}
		return err
	})
	if err != nil || f != nil {
		return f, err
	}
	// Outside of the snapshot, which need not last as long as the reading.
	return a.v.abiertos.open(x, func() (contenido, error) { return a.v.content(x) })
}

// content gives a content that is in archivo/.
func (v *Vista) content(x store.Visible) (contenido, error) {
	c, err := v.Archivo.Verified(x.SHA256)
	if errors.Is(err, fs.ErrNotExist) {
		// Not ErrNotExist: the party sees the name.
		return nil, fmt.Errorf("%w: %v", ErrAusente, x.SHA256)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// kept gives a content that is in the store.
func kept(v *store.View, x store.Visible) (contenido, error) {
	b, err := v.Contenido(x)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(b); schema.Huella(hex.EncodeToString(sum[:])) != x.SHA256 {
		return nil, fmt.Errorf("%s in the store: %w; hint: 'buzon verify' reads all of it", x.Nombre,
			archivo.ErrAlterado)
	}
	return bytes.NewReader(b), nil
}

// file gives what the party sees under a name.
func (a *arbol) file(v *store.View, name string) (x store.Visible, err error) {
	dir, base := path.Split(name)
	c, ok := a.carpeta(path.Clean(dir))
	if !ok {
		return x, fs.ErrNotExist
	}
	switch c.clase {
	case publicada:
		x, err = v.Publicado(a.parte, c.Nombre, base)
	case subida:
		x, err = v.Subida(a.parte, c.Nombre, base)
	default:
		x, err = v.Exhibido(a.parte, c.Nombre, base)
	}
	if errors.Is(err, store.ErrNotFound) {
		err = fs.ErrNotExist
	}
	return x, err
}

// Stat is what the party sees of a file or folder. A file's Sys is its
// schema.Huella.
func (a *arbol) Stat(name string) (i fs.FileInfo, err error) {
	err = a.view(func(v *store.View) error {
		if c, ok := a.carpeta(name); ok {
			i, err = a.dir(v, c)
			return err
		}
		x, err := a.file(v, name)
		i = info(x)
		return err
	})
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	return i, nil
}

// dir is a folder, with the moment of its last visible change.
func (a *arbol) dir(v *store.View, c Carpeta) (fs.FileInfo, error) {
	at, err := v.Cambio(a.parte, c.Nombre)
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	name := "."
	if c != raiz {
		name = path.Base(c.Nombre)
	}
	return listado{nombre: name, momento: at, dir: true}, err
}

// ReadDir lists a folder, by name.
func (a *arbol) ReadDir(name string) (all []fs.DirEntry, err error) {
	c, ok := a.carpeta(name)
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	err = a.view(func(v *store.View) error {
		files, err := a.files(v, c)
		if err != nil {
			return err
		}
		all = make([]fs.DirEntry, 0, len(files)+len(a.carpetas))
		for _, x := range files {
			all = append(all, fs.FileInfoToDirEntry(info(x)))
		}
		for _, sub := range a.carpetas {
			if path.Dir(sub.Nombre) != name {
				continue
			}
			d, err := a.dir(v, sub)
			if err != nil {
				return err
			}
			all = append(all, fs.FileInfoToDirEntry(d))
		}
		return nil
	})
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	slices.SortFunc(all, func(x, y fs.DirEntry) int { return strings.Compare(x.Name(), y.Name()) })
	return all, nil
}

func (a *arbol) files(v *store.View, c Carpeta) ([]store.Visible, error) {
	switch c.clase {
	case publicada:
		return v.Publicados(a.parte, c.Nombre)
	case subida:
		return v.Subidos(a.parte, c.Nombre)
	}
	return v.Exhibidos(a.parte, c.Nombre)
}

// listado is a file or folder as it is listed.
type listado struct {
	nombre  string
	bytes   int64
	momento time.Time
	dir     bool
	sha256  schema.Huella
}

func info(x store.Visible) fs.FileInfo {
	return listado{nombre: x.Nombre, bytes: x.Bytes, momento: x.Momento, sha256: x.SHA256}
}

func (e listado) Name() string       { return e.nombre }
func (e listado) Size() int64        { return e.bytes }
func (e listado) ModTime() time.Time { return e.momento }
func (e listado) IsDir() bool        { return e.dir }
func (e listado) Sys() any           { return e.sha256 }

func (e listado) Mode() fs.FileMode {
	if e.dir {
		return fs.ModeDir | 0o550
	}
	return 0o440
}
