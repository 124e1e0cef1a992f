package store

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
)

// libreta holds aside what the events say of rows: a scratch file for each table,
// with an entry for each event, in the order of the log.
type libreta map[string]*cuaderno

// put keeps what the next event says of a table. It is false where no event can say
// that.
func (p libreta) put(nombre string, evento int64, f Agregadas) (ok bool, err error) {
	hash, err := base64.RawStdEncoding.Strict().DecodeString(f.Hash)
	if err != nil || len(hash) != 32 || f.N < 1 || f.A-f.De < f.N-1 {
		return false, nil
	}
	c := p[nombre]
	if c == nil {
		if !slices.ContainsFunc(todosLosHechos, func(t *tabla) bool { return t.nombre == nombre }) {
			return false, nil
		}
		if c, err = newCuaderno(); err != nil {
			return false, err
		}
		p[nombre] = c
	}
	return true, c.put(evento, f, hash)
}

// Close frees it.
func (p libreta) Close() error {
	var errs []error
	for _, c := range p {
		errs = append(errs, c.f.Close())
	}
	return errors.Join(errs...)
}

// An entry: evento, n, de, a and hash.
const deApunte = 4*8 + 32

// cuaderno is the libreta of one table.
type cuaderno struct {
	f      *os.File
	w      *bufio.Writer
	n      int64 // entries
	sigue  int64 // the entry after the one that was taken last
	vistas []uint64

	hojas []byte // entries as they were read, from the desde-th on
	desde int64
}

func newCuaderno() (*cuaderno, error) {
	f, err := os.CreateTemp("", "buzon-verify-")
	if err != nil {
		return nil, fmt.Errorf("libreta: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil { // nobody else sees it, and a kill leaves nothing
		return nil, errors.Join(fmt.Errorf("libreta: %w", err), f.Close())
	}
	return &cuaderno{f: f, w: bufio.NewWriterSize(f, 64*deApunte)}, nil
}

func (c *cuaderno) put(evento int64, f Agregadas, hash []byte) error {
	var b [deApunte]byte
	for i, n := range []int64{evento, f.N, f.De, f.A} {
		binary.LittleEndian.PutUint64(b[8*i:], uint64(n)) // and back again
	}
	copy(b[32:], hash)
	if c.n++; c.n > int64(len(c.vistas))*64 {
		c.vistas = append(c.vistas, 0)
	}
	if _, err := c.w.Write(b[:]); err != nil {
		return fmt.Errorf("libreta: %w", err)
	}
	return nil
}

// at gives the i-th entry, from 0.
func (c *cuaderno) at(i int64) (evento int64, f Agregadas, err error) {
	if c.w != nil {
		err, c.w = c.w.Flush(), nil
	}
	if err == nil && (i < c.desde || i >= c.desde+int64(len(c.hojas))/deApunte) {
		c.desde, c.hojas = i, slices.Grow(c.hojas[:0], 256*deApunte)
		c.hojas = c.hojas[:min(256, c.n-i)*deApunte]
		_, err = c.f.ReadAt(c.hojas, i*deApunte)
	}
	if err != nil {
		return 0, f, fmt.Errorf("libreta: %w", err)
	}
	b := c.hojas[(i-c.desde)*deApunte:][:deApunte]
	n := func(k int) int64 { return int64(binary.LittleEndian.Uint64(b[8*k:])) }
	return n(0), Agregadas{n(1), n(2), n(3), base64.RawStdEncoding.EncodeToString(b[32:])}, nil
}

// take gives what an event says of the table, and marks that rows of it are there.
// Rows come nearly in the order of the events.
func (c *cuaderno) take(evento int64) (f Agregadas, ok bool, err error) {
	if c == nil {
		return f, false, nil
	}
	i, got := c.sigue, int64(0)
	if i < c.n {
		got, f, err = c.at(i)
	}
	if err == nil && got != evento {
		i = int64(sort.Search(int(c.n), func(k int) bool {
			e, _, failed := c.at(int64(k))
			err = errors.Join(err, failed)
			return e >= evento
		}))
		if err == nil && i < c.n {
			got, f, err = c.at(i)
		}
	}
	if err != nil || i >= c.n || got != evento {
		return f, false, err
	}
	c.vistas[i/64] |= 1 << (i % 64)
	c.sigue = i + 1
	return f, true, nil
}

// left gives what the first event said of rows of which none is there.
func (c *cuaderno) left() (evento int64, f Agregadas, ok bool, err error) {
	if c == nil {
		return 0, f, false, nil
	}
	for i := range c.n {
		if c.vistas[i/64]&(1<<(i%64)) == 0 {
			evento, f, err = c.at(i)
			return evento, f, err == nil, err
		}
	}
	return 0, f, false, nil
}
