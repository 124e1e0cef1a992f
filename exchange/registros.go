package exchange

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"buzon/exchange/archivo"
	"buzon/schema"
	"buzon/store"
)

// registros reads records again from the contents of the files that brought them.
// A content is held against its hash once in each opening, and a record's folio
// against its row: what differs or is missing is an error that names the file, and
// holds up whoever needs it alone. It may be used by several goroutines, and keeps
// what it opened until close.
type registros struct {
	archivo *archivo.Contenidos

	mu       sync.Mutex
	abiertos map[schema.Huella]*comprobado
}

// comprobado is one that was held against its hash.
type comprobado struct {
	once    sync.Once
	c       archivo.Contenido
	reparto *reparto // nil: its records are read where they stand
	err     error
}

// lecturaComun is what visits that go on at the same time read together.
type lecturaComun struct {
	mu sync.Mutex
	n  int // who reads
	r  *registros
}

// leer gives what records are read with; calling its result ends its use. A run
// holds it for all of its visits, so that each content is opened once.
func (c *Cycle) leer() (r *registros, done func()) {
	l := &c.lecturaComun
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n++; l.n == 1 {
		l.r = &registros{archivo: c.Archivo, abiertos: map[schema.Huella]*comprobado{}}
	}
	return l.r, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.n--; l.n == 0 {
			l.r.close()
		}
	}
}

// close ends the use of every content. They were only read: nothing is lost.
func (r *registros) close() {
	for _, k := range r.abiertos {
		if k.c != nil {
			_ = k.c.Close()
		}
		if k.reparto != nil {
			_ = k.reparto.f.Close()
		}
	}
}

// open gives a content, held against its hash the first time; unes, which is asked for
// then, are the institutions whose lines are read one after the other.
func (r *registros) open(a *store.Archivo, unes func() ([]schema.UNE, error)) (*comprobado, error) {
	r.mu.Lock()
	k := r.abiertos[a.SHA256]
	if k == nil {
		k = &comprobado{}
		r.abiertos[a.SHA256] = k
	}
	r.mu.Unlock()
	k.once.Do(func() { k.err = k.open(r.archivo, a, unes) })
	if k.err != nil {
		return nil, fmt.Errorf("content of %s: %w", a.Mostrable(), k.err)
	}
	return k, nil
}

// A content of which a reparto is made: shorter ones, and those that few institutions
// wait for, are read where they stand.
const (
	bytesReparto = 1 << 20
	unesReparto  = 4
)

func (k *comprobado) open(b *archivo.Contenidos, a *store.Archivo,
	ask func() ([]schema.UNE, error)) (err error) {
	var unes []schema.UNE
	if a.Bytes >= bytesReparto && ask != nil {
		if unes, err = ask(); err != nil {
			return err
		}
	}
	var also io.Writer = io.Discard
	if len(unes) >= unesReparto {
		if f, err := b.Scratch(); err == nil { // without it the day goes on, only slower
			k.reparto = newReparto(f, schema.Version(a.Version), unes, juntaReparto)
			also = k.reparto
		}
	}
	k.c, err = b.VerifiedTo(a.SHA256, also)
	if k.reparto != nil && (!k.reparto.fin() || err != nil) {
		err = errors.Join(err, k.reparto.f.Close())
		k.reparto = nil
	}
	return err
}

// lector reads the records of one file, one after the other.
type lector struct {
	a      *store.Archivo
	f      io.ReaderAt
	juntas *lineas // nil: each is read where it stands
	buf    []byte
}

// de begins to read records of a file.
func (r *registros) de(a *store.Archivo) (*lector, error) {
	k, err := r.open(a, nil)
	if err != nil {
		return nil, err
	}
	return &lector{a: a, f: k.c}, nil
}

// deREC begins to read an institution's records of a REC, in the REC's order.
func (r *registros) deREC(v *store.View, a *store.Archivo, une schema.UNE) (*lector, error) {
	k, err := r.open(a, func() ([]schema.UNE, error) { return v.EsperanLote(a.ID) })
	if err != nil {
		return nil, err
	}
	l := &lector{a: a, f: k.c}
	if k.reparto != nil {
		l.juntas = k.reparto.de(une)
	}
	return l, nil
}

// linea gives the bytes of a record, until the next is asked for.
func (l *lector) linea(at store.Posicion) ([]byte, error) {
	if at.Largo < 0 || at.Largo > 1<<20 {
		return nil, fmt.Errorf("%s: a record of %d bytes", l.a.Mostrable(), at.Largo)
	}
	if l.juntas != nil {
		if b := l.juntas.linea(at); b != nil {
			return b, nil
		}
	}
	if cap(l.buf) < at.Largo {
		l.buf = make([]byte, at.Largo+1024)
	}
	b := l.buf[:at.Largo]
	if _, err := l.f.ReadAt(b, at.Desplazamiento); err != nil {
		return nil, fmt.Errorf("%s: read at %d: %w", l.a.Mostrable(), at.Desplazamiento, err)
	}
	return b, nil
}

// errNoEsta says that a record does not stand where its row says.
func (l *lector) errNoEsta(at store.Posicion, folio schema.Folio) error {
	return fmt.Errorf("folio %s: %s does not have it at byte %d: %w",
		folio, l.a.Mostrable(), at.Desplazamiento, archivo.ErrAlterado)
}

// latin1 is the encoding of a file that is not in UTF-8.
const latin1 = "ISO-8859-1"

// registro reads a record again, by the version of its file; folio is what its row
// says of it.
func registro[R schema.Registro](l *lector, at store.Posicion, folio schema.Folio,
	of func(*R) schema.Folio) (r R, err error) {
	line, err := l.linea(at)
	if err != nil {
		return r, err
	}
	version, err := schema.ParseVersion(l.a.Version)
	if err != nil {
		return r, fmt.Errorf("%s: %w", l.a.Mostrable(), err)
	}
	r, ok := schema.ParseRecord[R](schema.ReadLine(line, l.a.Codificacion == latin1), version)
	if !ok || of(&r) != folio {
		return r, l.errNoEsta(at, folio)
	}
	return r, nil
}

func folioREC(r *schema.Reclamacion) schema.Folio { return r.RecFolioCondusef }
func folioRES(r *schema.Respuesta) schema.Folio   { return r.RecFolioCondusef }
func folioDIC(r *schema.Dictamen) schema.Folio    { return r.RecFolioCondusef }

// lectores reads records of several files, in any order.
type lectores struct {
	regs *registros
	v    *store.View
	de   map[int64]*lector
}

// lector gives that of a file.
func (x *lectores) lector(archivo int64) (*lector, error) {
	if l := x.de[archivo]; l != nil {
		return l, nil
	}
	a, err := x.v.ArchivoPorID(archivo)
	if err != nil {
		return nil, err
	}
	l, err := x.regs.de(&a)
	if err != nil {
		return nil, err
	}
	if x.de == nil {
		x.de = map[int64]*lector{}
	}
	x.de[archivo] = l
	return l, nil
}

// respuestaDe reads an accepted record of a RES again.
func respuestaDe(x *lectores, p *store.Respuesta) (r schema.Respuesta, err error) {
	l, err := x.lector(p.Archivo)
	if err != nil {
		return r, err
	}
	return registro(l, p.Posicion, p.Folio, folioRES)
}

// dictamenDe reads an accepted record of a DIC again.
func dictamenDe(x *lectores, d *store.Dictamen) (r schema.Dictamen, err error) {
	l, err := x.lector(d.Archivo)
	if err != nil {
		return r, err
	}
	return registro(l, d.Posicion, d.Folio, folioDIC)
}
