package exchange

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"slices"

	"buzon/schema"
	"buzon/store"
)

// reparto has the lines of a REC once more, those of each institution side by side, in
// a scratch file: a REC has its institutions' rows in any order, and a LOT of it is so
// read in some large pieces, not in one for each of its rows. It is made while the
// content is held against its hash, of the very bytes that were hashed. It is a help
// alone: a line that it does not have is read where it stands.
type reparto struct {
	f       *os.File
	version schema.Version
	tramos  map[schema.UNE][]pedazo // of those that wait for a LOT
	size    int64                   // of the scratch file
	err     error                   // of writing it: it is not used

	junta  int // bytes of lines that are written together
	leidos int64
	inicio int64  // where the line begins that is being read
	begun  []byte // of it, from before the bytes that are being taken
	larga  bool   // it is too long to be kept

	lineas []byte   // that wait, each behind its head
	en     []int    // where each of them begins
	orden  []uint64 // its institution, and its place in en
	buf    *bufio.Writer
}

// pedazo is a piece of the scratch file.
type pedazo struct{ at, largo int64 }

const (
	juntaReparto = 8 << 20
	maxLinea     = 32 << 10 // of a line that is kept
	deCabeza     = 12       // its head: its place in the content, and its length
)

// newReparto begins one for some institutions; nobody else has f.
func newReparto(f *os.File, v schema.Version, unes []schema.UNE, junta int) *reparto {
	r := &reparto{f: f, version: v, tramos: map[schema.UNE][]pedazo{}, junta: junta}
	r.buf = bufio.NewWriterSize(f, 256<<10)
	for _, u := range unes {
		r.tramos[u] = nil
	}
	return r
}

// Write takes the next bytes of the content. It never fails: what goes wrong ends the
// help, not the reading.
func (r *reparto) Write(p []byte) (int, error) {
	n := len(p)
	for r.err == nil {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			r.begin(p)
			break
		}
		line := p[:i]
		if len(r.begun) > 0 || r.larga {
			r.begin(line)
			line = r.begun
		}
		if !r.larga {
			r.linea(line)
		}
		p = p[i+1:]
		r.inicio, r.begun, r.larga = r.leidos+int64(n-len(p)), r.begun[:0], false
	}
	r.leidos += int64(n)
	return n, nil
}

// begin keeps what there is of a line.
func (r *reparto) begin(p []byte) {
	if r.larga = r.larga || len(r.begun)+len(p) > maxLinea; !r.larga {
		r.begun = append(r.begun, p...)
	}
}

// linea keeps a line, if it is of one of the institutions.
func (r *reparto) linea(line []byte) {
	line = bytes.TrimSuffix(line, []byte("\r"))
	une := schema.ClaveDe(line, r.version)
	if _, ok := r.tramos[une]; !ok || len(line) > maxLinea {
		return
	}
	r.orden = append(r.orden, uint64(une)<<32|uint64(len(r.en)))
	r.en = append(r.en, len(r.lineas))
	r.lineas = binary.LittleEndian.AppendUint64(r.lineas, uint64(r.inicio))
	r.lineas = binary.LittleEndian.AppendUint32(r.lineas, uint32(len(line)))
	r.lineas = append(r.lineas, line...)
	if len(r.lineas) >= r.junta {
		r.err = r.vacia()
	}
}

// vacia writes the lines that wait, in the order of their institutions and, of one, in
// the content's.
func (r *reparto) vacia() error {
	slices.Sort(r.orden)
	last := schema.UNE(0)
	var t *pedazo
	for _, x := range r.orden {
		une, i := schema.UNE(x>>32), int(uint32(x))
		if une != last {
			r.tramos[une] = append(r.tramos[une], pedazo{at: r.size})
			last, t = une, &r.tramos[une][len(r.tramos[une])-1]
		}
		end := len(r.lineas)
		if i+1 < len(r.en) {
			end = r.en[i+1]
		}
		b := r.lineas[r.en[i]:end]
		if _, err := r.buf.Write(b); err != nil {
			return err
		}
		t.largo += int64(len(b))
		r.size += int64(len(b))
	}
	r.lineas, r.en, r.orden = r.lineas[:0], r.en[:0], r.orden[:0]
	return r.buf.Flush()
}

// fin writes the rest, and frees what is not needed any more. It is false where there
// is no help.
func (r *reparto) fin() bool {
	if r.err == nil {
		r.err = r.vacia()
	}
	r.lineas, r.en, r.orden, r.begun, r.buf = nil, nil, nil, nil, nil
	return r.err == nil
}

// de begins to read the lines of an institution.
func (r *reparto) de(une schema.UNE) *lineas {
	l := &lineas{trozos: trozos{r.f, slices.Clone(r.tramos[une])}}
	l.r = bufio.NewReaderSize(&l.trozos, 2*maxLinea)
	return l
}

// trozos reads the pieces of an institution, one behind the other.
type trozos struct {
	f      io.ReaderAt
	tramos []pedazo
}

func (t *trozos) Read(p []byte) (int, error) {
	if len(t.tramos) == 0 {
		return 0, io.EOF
	}
	x := &t.tramos[0]
	p = p[:min(int64(len(p)), x.largo)]
	n, err := t.f.ReadAt(p, x.at)
	if x.at, x.largo = x.at+int64(n), x.largo-int64(n); x.largo == 0 {
		t.tramos, err = t.tramos[1:], nil
	}
	return n, err
}

// lineas gives the lines of an institution in the content's order.
type lineas struct {
	trozos
	r *bufio.Reader
}

// linea gives the line that stands at a place of the content, until the next is asked
// for; nil where there is none such. Places are asked for in their order.
func (l *lineas) linea(at store.Posicion) []byte {
	for {
		head, err := l.r.Peek(deCabeza)
		if err != nil {
			return nil
		}
		where := int64(binary.LittleEndian.Uint64(head))
		largo := int(binary.LittleEndian.Uint32(head[8:]))
		if where > at.Desplazamiento {
			return nil
		}
		line, err := l.r.Peek(deCabeza + largo)
		if err != nil {
			return nil
		}
		_, _ = l.r.Discard(deCabeza + largo) // they were read
		if where == at.Desplazamiento && largo == at.Largo {
			return line[deCabeza:]
		}
	}
}
