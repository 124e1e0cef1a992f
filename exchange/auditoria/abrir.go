package auditoria

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"buzon/store"
	"buzon/store/bitacora"
)

// The limits of docs/bitacora.md, in bytes: a file that was made to exhaust the
// machine is refused, not read. Events are never held together in memory.
const (
	maxZip        = 8 << 30
	maxDirectorio = 16 << 20 // of the ZIP's directory
	maxMiembro    = 64 << 20 // unpacked; every member but the events
	maxEventos    = 64 << 30 // unpacked
	maxLinea      = 1 << 20  // one event, its line end included
)

const (
	nombreConsulta = "consulta.json"
	nombreEventos  = "eventos.jsonl"
	nombrePunto    = "punto.txt"
	nombrePruebas  = "pruebas.json"
)

// Exportacion is an export of which everything that it holds was checked.
type Exportacion struct {
	Punto           PuntoLeido // the checkpoint whose root its events lead to
	Llave           string     // that signed it
	Primero, Ultimo int64      // the numbers of its first and last event; none where Ultimo is less
	Momento         time.Time  // of its last event; zero where there is none

	tramo   tramo
	camino  camino
	eventos *zip.File
}

// OpenExport checks an export (docs/bitacora.md, section 4) as verificador does: the
// signature of its checkpoint by keys that the caller trusts, that its events lead
// to the signed root with none missing between them, and every proof that an older
// log is its beginning. r must stay open for as long as Events is read. Whether an
// older checkpoint that somebody kept agrees is for verificador to judge.
func OpenExport(r io.ReaderAt, size int64, llaves []store.LlaveDeSello) (*Exportacion, error) {
	x, err := openExport(r, size, llaves)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return x, nil
}

func openExport(r io.ReaderAt, size int64, llaves []store.LlaveDeSello) (*Exportacion, error) {
	members, err := openZip(r, size)
	if err != nil {
		return nil, err
	}
	x := &Exportacion{eventos: members[nombreEventos]}
	for _, m := range []struct {
		name string
		read func([]byte) error
	}{
		{nombrePunto, func(b []byte) error { return x.signed(string(b), llaves) }},
		{nombreConsulta, func(b []byte) error { return x.tramo.read(b, x.Punto) }},
		{nombrePruebas, x.camino.read},
	} {
		b, err := readMember(members[m.name])
		if err == nil {
			err = m.read(b)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
	}
	x.Primero, x.Ultimo = x.tramo.primero, x.tramo.ultimo
	for c, err := range x.Events() {
		if err != nil {
			return nil, err
		}
		x.Momento = time.UnixMilli(c.Momento)
	}
	if err := x.camino.consistent(x.Punto); err != nil {
		return nil, fmt.Errorf("%s: %w", nombrePruebas, err)
	}
	return x, nil
}

// signed reads the checkpoint of the export.
func (x *Exportacion) signed(nota string, llaves []store.LlaveDeSello) (err error) {
	x.Punto, x.Llave, err = Open(nota, llaves)
	if _, unknown := errors.AsType[*note.UnverifiedNoteError](err); unknown {
		return errors.New("signed by none of the keys that are trusted; " +
			"give the estado/llaves.txt of that gateway, from where you trust it")
	}
	return err
}

// Whole is an error where the export is not of all events that its checkpoint
// holds: what is counted from some of them is no count of the log.
func (x *Exportacion) Whole() error {
	if x.Primero != 1 || x.Ultimo != x.Punto.Tamano {
		return fmt.Errorf("export: has the events %d to %d of the %d that its checkpoint holds; "+
			"give one of the whole log, that was made without --from and --to", x.Primero, x.Ultimo,
			x.Punto.Tamano)
	}
	return nil
}

// Hasta is the last moment that the export knows of: that of its checkpoint, or of
// its last event where that is later in the same second.
func (x *Exportacion) Hasta() time.Time {
	if x.Momento.After(x.Punto.Momento) {
		return x.Momento
	}
	return x.Punto.Momento
}

// Events gives the events in their order. They are checked each time that they are
// read: where they do not lead to the signed root there is an error in the end.
func (x *Exportacion) Events() iter.Seq2[*bitacora.Crudo, error] {
	return func(yield func(*bitacora.Crudo, error) bool) {
		more, err := x.walk(func(c *bitacora.Crudo) bool { return yield(c, nil) })
		if err != nil && more {
			yield(nil, err)
		}
	}
}

// walk hands events on until each wants no more, and holds their root against the
// checkpoint's.
func (x *Exportacion) walk(each func(*bitacora.Crudo) bool) (more bool, err error) {
	var stack pila
	if err := stack.pushAll("izquierda", leftSizes(x.Primero-1), x.camino.izquierda); err != nil {
		return true, fmt.Errorf("%s: %w", nombrePruebas, err)
	}
	r, err := x.eventos.Open()
	if err != nil {
		return true, fmt.Errorf("%s: %w", nombreEventos, err)
	}
	defer r.Close()
	lines := bufio.NewReaderSize(r, int(min(maxLinea, x.eventos.UncompressedSize64+1)))
	for n := x.Primero; ; n++ {
		c, err := x.event(lines, n)
		if err != nil {
			return true, fmt.Errorf("%s: %w", nombreEventos, err)
		}
		if c == nil {
			break
		}
		stack.push(1, c.Hoja())
		if !each(c) {
			return false, nil
		}
	}
	if err := stack.pushAll("derecha", rightSizes(x.Ultimo, x.Punto.Tamano), x.camino.derecha); err != nil {
		return true, fmt.Errorf("%s: %w", nombrePruebas, err)
	}
	if stack.root() != x.Punto.Raiz {
		return true, errors.New("its events and proofs do not lead to the root of its checkpoint: " +
			"an event or a hash was changed")
	}
	return true, nil
}

// event reads the n-th event of the log, nil after the last one.
func (x *Exportacion) event(lines *bufio.Reader, n int64) (*bitacora.Crudo, error) {
	line, err := lines.ReadSlice('\n')
	switch {
	case err == io.EOF && len(line) > 0:
		return nil, fmt.Errorf("event %d is cut off", n)
	case err == io.EOF && n == x.Ultimo+1:
		return nil, nil
	case err == io.EOF:
		return nil, fmt.Errorf("event %d is missing, and what follows up to %d", n, x.Ultimo)
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, fmt.Errorf("event %d: over %d bytes", n, maxLinea)
	case err != nil:
		return nil, fmt.Errorf("event %d: %w", n, err)
	case n > x.Ultimo:
		return nil, fmt.Errorf("there is more after event %d", x.Ultimo)
	}
	c, err := parseEvento(line)
	if err != nil {
		return nil, fmt.Errorf("event %d: %w", n, err)
	}
	if c.N != n {
		return nil, fmt.Errorf("event %d stands where %d belongs", c.N, n)
	}
	return c, x.tramo.holds(c)
}

var (
	formaParte  = regexp.MustCompile(`^(CONDUSEF|[0-9]{8})?$`)
	formaSHA256 = regexp.MustCompile(`^([0-9a-f]{64})?$`)
)

// parseEvento reads a line of eventos.jsonl.
func parseEvento(line []byte) (*bitacora.Crudo, error) {
	var n, momento numero
	var evento, parte, archivo, sha256, folio, detalle texto
	err := readObject(line, campos{"n": &n, "momento": &momento, "evento": &evento, "parte": &parte,
		"archivo": &archivo, "sha256": &sha256, "folio": &folio, "detalle": &detalle})
	switch {
	case err != nil:
		return nil, err
	case evento == "":
		return nil, errors.New("it has no name")
	case !formaParte.MatchString(string(parte)):
		return nil, fmt.Errorf("parte %q is neither CONDUSEF nor a clave of 8 digits", parte)
	case !formaSHA256.MatchString(string(sha256)):
		return nil, fmt.Errorf("sha256 %q is no hash", sha256)
	case !isObject([]byte(detalle)):
		return nil, errors.New("its detalle is no JSON object")
	}
	return &bitacora.Crudo{N: int64(n), Momento: int64(momento), Evento: string(evento), Parte: string(parte),
		Archivo: string(archivo), SHA256: string(sha256), Folio: string(folio), Detalle: string(detalle)}, nil
}

// limitedAt refuses to read more than left bytes, until it is set free.
type limitedAt struct {
	io.ReaderAt
	left int64
	free bool
}

func (l *limitedAt) ReadAt(p []byte, off int64) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 && !l.free {
		return 0, errors.New("the ZIP's directory is too large")
	}
	return l.ReaderAt.ReadAt(p, off)
}

// openZip finds the four members. One that is there twice, or whose name another
// program or file system could take for one of them, could be read in two ways.
func openZip(r io.ReaderAt, size int64) (map[string]*zip.File, error) {
	if size > maxZip {
		return nil, fmt.Errorf("the ZIP has over %d bytes", int64(maxZip))
	}
	limited := &limitedAt{ReaderAt: r, left: maxDirectorio}
	z, err := zip.NewReader(limited, size)
	if err != nil {
		return nil, fmt.Errorf("no ZIP that can be read: %w", err)
	}
	limited.free = true
	members := map[string]*zip.File{nombreConsulta: nil, nombreEventos: nil, nombrePunto: nil,
		nombrePruebas: nil}
	for _, f := range z.File {
		base := strings.ToLower(f.Name[strings.LastIndexAny(f.Name, `/\`)+1:])
		old, ours := members[base]
		switch {
		case !ours:
			continue
		case old != nil || f.Name != base:
			return nil, fmt.Errorf("the member %q could be taken for another one", f.Name)
		case base != nombreEventos && f.UncompressedSize64 > maxMiembro, f.UncompressedSize64 > maxEventos:
			return nil, fmt.Errorf("%s: larger than an export's is", f.Name)
		}
		members[base] = f
	}
	for _, name := range []string{nombrePunto, nombreConsulta, nombrePruebas, nombreEventos} {
		if members[name] == nil {
			return nil, fmt.Errorf("the member %s is missing", name)
		}
	}
	return members, nil
}

// readMember reads a whole member; archive/zip never gives more bytes than the
// directory says, which openZip has looked at.
func readMember(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
