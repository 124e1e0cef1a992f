package bitacora

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"

	"buzon/schema"
)

// MaxCarga is how long the payload of one event is at most, in bytes: what a cell
// of a spreadsheet holds.
const MaxCarga = 30_000

// How long the renglones of a part are at most, together: those of the first leave
// room for what is the same for all of them, those of the others for their numbers.
const (
	maxPrimero = MaxCarga - 10_000
	maxTrozo   = MaxCarga - 200
)

// enMemoria is how much of the renglones of an act is held; the rest lies in a
// scratch file, so that a file of millions of records costs no memory.
const enMemoria = 1 << 20

// Renglones gathers what an act does to each record, in the file's order, in
// pieces that fit an event each. The zero value is ready; Close frees its file.
type Renglones struct {
	Lista string // the payload's field

	n      int
	unico  schema.Folio // of the only one
	buf    []byte       // from byte base on
	base   int64
	trozos []trozo
	spill  *os.File
	uno    []byte       // the last renglón that Add encoded, to be written over
	tipo   reflect.Type // of those that Add met; nil where none was
}

// trozo is what one part has.
type trozo struct {
	desde int   // place of its first renglón, from 1
	at    int64 // where its bytes begin
	len   int
}

// N is how many there are.
func (r *Renglones) N() int { return r.n }

// Unico is the folio of the only renglón, "" where there are several.
func (r *Renglones) Unico() schema.Folio {
	if r == nil || r.n != 1 {
		return ""
	}
	return r.unico
}

// Add appends a renglón: a struct of this package, better by its pointer, which
// costs no memory. The bytes are those of encoding/json.
func (r *Renglones) Add(renglon any) error {
	if r.n == 0 {
		if f := reflect.Indirect(reflect.ValueOf(renglon)).FieldByName("Folio"); f.IsValid() {
			r.unico = schema.Folio(f.String())
		}
	}
	if t := reflect.TypeOf(renglon); r.tipo == nil {
		r.tipo = t
	} else if r.tipo != t {
		return fmt.Errorf("renglon %d: it is a %v, and those before it %v", r.n+1, t, r.tipo)
	}
	if a, ok := renglon.(adjunto); ok {
		r.uno = a.AppendJSON(r.uno[:0])
		return r.AddJSON(r.uno)
	}
	b, err := json.Marshal(renglon)
	if err != nil {
		return err
	}
	return r.AddJSON(b)
}

// AddJSON appends a renglón that is encoded already, and does not keep b. It is an
// error where no event has room for it.
func (r *Renglones) AddJSON(b []byte) error {
	if len(b) > maxPrimero {
		return fmt.Errorf("renglon %d: it has %d bytes, more than the %d that an event has room for",
			r.n+1, len(b), maxPrimero)
	}
	last, limit := len(r.trozos)-1, maxTrozo
	if last == 0 {
		limit = maxPrimero
	}
	if last < 0 || r.trozos[last].len+1+len(b) > limit {
		if err := r.flush(); err != nil {
			return err
		}
		r.trozos = append(r.trozos, trozo{desde: r.n + 1, at: r.base + int64(len(r.buf))})
		last++
	} else {
		r.buf = append(r.buf, ',')
		r.trozos[last].len++
	}
	r.buf = append(r.buf, b...)
	r.trozos[last].len += len(b)
	r.n++
	return nil
}

// flush puts what is held aside once it is much.
func (r *Renglones) flush() (err error) {
	if len(r.buf) < enMemoria {
		return nil
	}
	if r.spill == nil {
		if r.spill, err = os.CreateTemp("", "buzon-renglones-"); err != nil {
			return fmt.Errorf("renglones: %w", err)
		}
		if err := os.Remove(r.spill.Name()); err != nil { // nobody else sees it, and a kill leaves nothing
			return fmt.Errorf("renglones: %w", err)
		}
	}
	if _, err := r.spill.WriteAt(r.buf, r.base); err != nil {
		return fmt.Errorf("renglones: %w", err)
	}
	r.base += int64(len(r.buf))
	r.buf = r.buf[:0]
	return nil
}

// trozo gives the bytes of the i-th piece, from 0.
func (r *Renglones) trozo(i int) ([]byte, error) {
	t := r.trozos[i]
	if t.at >= r.base {
		return r.buf[t.at-r.base:][:t.len], nil
	}
	b := make([]byte, t.len)
	if _, err := r.spill.ReadAt(b, t.at); err != nil {
		return nil, fmt.Errorf("renglones: %w", err)
	}
	return b, nil
}

// Close frees what was put aside; a second time it does nothing.
func (r *Renglones) Close() error {
	if r == nil || r.spill == nil {
		return nil
	}
	f := r.spill
	r.spill = nil
	return f.Close()
}

// De makes the renglones of an act from a slice.
func De[T any](lista string, all []T) (*Renglones, error) {
	r := &Renglones{Lista: lista}
	for i := range all {
		if err := r.Add(&all[i]); err != nil {
			return nil, errors.Join(err, r.Close())
		}
	}
	return r, nil
}

// ParteDeActo is one event of an act: its payload, and the places of its renglones.
type ParteDeActo struct {
	Detalle string
	Desde   int // place of its first renglón, from 1
}

// Partes calls each for the payload of each event of an act whose first has the
// number primero. carga is the payload without its renglones, filas what it says of
// the rows of the tables ("" nothing); r may be nil.
func Partes(primero int64, evento string, carga any, filas string, r *Renglones,
	each func(ParteDeActo) error) error {
	head, err := Cargar(evento, carga)
	if err != nil {
		return err
	}
	if filas != "" {
		head = head[:len(head)-1]
		if len(head) > len("{") {
			head = append(head, ',')
		}
		head = fmt.Appendf(head, `"filas":%s}`, filas)
	}
	if r == nil || r.n == 0 {
		return emitir(evento, head, 1, each)
	}
	if err := r.admite(evento, carga); err != nil {
		return err
	}
	b := make([]byte, 0, MaxCarga)
	for i, t := range r.trozos {
		b = r.abrir(b[:0], i, head, primero)
		list, err := r.trozo(i)
		if err != nil {
			return err
		}
		b = append(append(b, list...), "]}"...)
		if err := emitir(evento, b, t.desde, each); err != nil {
			return err
		}
	}
	return nil
}

// abrir appends the payload of the i-th part, from 0, up to its first renglón.
func (r *Renglones) abrir(b []byte, i int, head []byte, primero int64) []byte {
	de := len(r.trozos)
	if i > 0 {
		b = fmt.Appendf(b, `{"parte":%d,"de":%d,"primero":%d,"desde":%d,`, i+1, de, primero,
			r.trozos[i].desde)
		return fmt.Appendf(b, `%q:[`, r.Lista)
	}
	b = append(b, head[:len(head)-1]...)
	if len(head) > len("{}") {
		b = append(b, ',')
	}
	if de > 1 {
		b = fmt.Appendf(b, `"parte":1,"de":%d,`, de)
	}
	return fmt.Appendf(b, `%q:[`, r.Lista)
}

func emitir(evento string, carga []byte, desde int, each func(ParteDeActo) error) error {
	if len(carga) > MaxCarga {
		return fmt.Errorf("event %s: its payload has %d bytes, more than %d", evento, len(carga), MaxCarga)
	}
	return each(ParteDeActo{string(carga), desde})
}

// admite is an error where the renglones are none of the event's, or its payload
// has some of its own: the list would stand there twice.
func (r *Renglones) admite(evento string, carga any) error {
	f, ok := campo(CargaDe[evento], r.Lista)
	switch {
	case !ok || !deRenglones(f):
		return fmt.Errorf("event %s: its payload has no list %q", evento, r.Lista)
	case !omitido(f) || reflect.ValueOf(carga).FieldByIndex(f.Index).Len() > 0:
		return fmt.Errorf("event %s: its payload writes its list %q by itself", evento, r.Lista)
	}
	got := r.tipo
	if got != nil && got.Kind() == reflect.Pointer {
		got = got.Elem()
	}
	if got != nil && got != f.Type.Elem() {
		return fmt.Errorf("event %s: its list %q is of %v, not of %v", evento, r.Lista, f.Type.Elem(), got)
	}
	return nil
}
