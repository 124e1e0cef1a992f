package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"buzon/store/bitacora"
)

// Diferencia is the first thing that verify found to differ, in words for an
// auditor.
type Diferencia struct{ Texto string }

func (d *Diferencia) Error() string { return d.Texto }

func difiere(format string, args ...any) error { return &Diferencia{fmt.Sprintf(format, args...)} }

// Cabeza is a head of the log that somebody holds: its first Tamano events had
// this root.
type Cabeza struct {
	Tamano int64
	Raiz   tlog.Hash
	Origen string // who holds it, for the words of a difference
}

// Verificado counts what was held against each other.
type Verificado struct {
	Eventos int64
	Raiz    tlog.Hash
	Cabezas int // heads that agree
	Filas   int64
	// PorContar are rows of files that are being taken in, or that a kill left
	// behind: they count for nobody yet, and no event tells of them.
	PorContar int64
	Archivos  int64 // contents on the disk, which Verify does not look at

	HayAdelantados int64 // acuses that were sealed by a clock that was ahead
	Adelantados    []Adelantado
}

// Verify holds the log against itself and against the heads that are known, and
// the facts in the tables against the log. It changes nothing; its first finding
// comes back as a *Diferencia. step is told how far it is; it may be nil. Memory
// is bounded: what the log says of each row lies in a scratch file meanwhile.
func (s *Store) Verify(ctx context.Context, cabezas []Cabeza, step func(what string, done,
	total int64)) (r Verificado, err error) {
	if step == nil {
		step = func(string, int64, int64) {}
	}
	p := libreta{}
	defer func() { err = errors.Join(err, p.Close()) }()
	err = s.recorrer(ctx, func(v *View, l *recorrido) error {
		c := checker{v: v, leer: l, libreta: p, step: step, cabezas: cabezas, bloques: map[int64]intervalo{}}
		for _, check := range []func() error{c.declarado, c.events, c.facts, c.trabajo, c.entera} {
			if err := check(); err != nil {
				return err
			}
		}
		r = c.r
		return nil
	})
	return r, err
}

type checker struct {
	v       *View
	leer    *recorrido
	libreta libreta
	step    func(string, int64, int64)
	cabezas []Cabeza
	r       Verificado

	nodos   map[[2]int64]tlog.Hash
	bloques map[int64]intervalo
	stack   []subtree // of the events that were read, the largest first
	lector  bitacora.Lector
	cortada Cabeza  // the last head that agreed
	partes  *cursor // of the index of parts
	dichas  int64   // rows that events tell of

	ultimo   int64 // the latest moment of an event so far
	adelante bool  // one came later whose moment is earlier
	buf      []byte
}

// cada calls fn for each row of a table. A row that holds what this program never
// writes is a difference.
func (c *checker) cada(tabla, query string, fn func(*fila) error) error {
	err := c.leer.each(query, func(f *fila) error {
		err := fn(f)
		if mal := f.bien(); mal != nil {
			return mal
		}
		return err
	})
	if ajena, ok := errors.AsType[*errFila](err); ok {
		return difiere("una fila de la tabla %s no se puede leer: %v", tabla, ajena)
	}
	return err
}

type subtree struct {
	level int
	hash  tlog.Hash
}

// events holds each event against its leaf, the tree that is kept, and every
// head that is known.
func (c *checker) events() error {
	total, err := c.v.Eventos()
	if err != nil {
		return err
	}
	if err := c.readNodos(); err != nil {
		return err
	}
	slices.SortStableFunc(c.cabezas, func(x, y Cabeza) int { return int(x.Tamano - y.Tamano) })
	c.agree()
	if err := c.heads(); err != nil {
		return err
	}
	if c.partes,
		err = c.leer.cursor(`SELECT primero, desde, n FROM partes ORDER BY primero, desde`); err != nil {
		return err
	}
	defer c.partes.close()
	err = c.leer.each(`SELECT `+columnasEvento+`, hoja FROM bitacora ORDER BY n`,
		func(f *fila) error { return c.event(f, total) })
	if err != nil {
		return err
	}
	if err := c.lector.Fin(); err != nil {
		return difiere("a la bitácora le falta el final de un acto: %v", err)
	}
	if c.partes.more {
		return difiere("el índice de partes tiene de más una fila, del evento %v", c.partes.v[2])
	}
	c.r.Raiz = c.root()
	if len(c.cabezas) > 0 {
		x := c.cabezas[0]
		return difiere("a la bitácora le falta el final: tiene %d eventos, y %s da fe de %d", c.r.Eventos,
			x.Origen, x.Tamano)
	}
	if len(c.nodos) > 0 {
		return difiere("el árbol guardado tiene %d nodos de más", len(c.nodos))
	}
	if err := c.moments(); err != nil {
		return err
	}
	return c.adelantados()
}

// event holds one event against its leaf and what is known of its place.
func (c *checker) event(f *fila, total int64) error {
	e := bitacora.Crudo{N: f.entero(0), Momento: f.entero(1), Evento: f.texto(2), Parte: f.texto(3),
		Archivo: f.texto(4), SHA256: f.texto(5),
		Folio: f.texto(6), Detalle: f.texto(7)}
	hoja := f.bytes(8)
	if err := f.bien(); err != nil {
		return difiere("no se puede leer el evento que sigue al %d: %v", c.r.Eventos, err)
	}
	if e.N != c.r.Eventos+1 {
		return difiere("falta el evento %d: después del %d viene el %d", c.r.Eventos+1, c.r.Eventos, e.N)
	}
	h := e.Hoja()
	if !bytes.Equal(h[:], hoja) {
		return difiere(
			"el evento %d no es el que se registró: su contenido no corresponde a su hoja del árbol", e.N)
	}
	c.r.Eventos = e.N
	if e.N%4096 == 0 || e.N == total {
		c.step("eventos", e.N, total)
	}
	if err := c.push(h); err != nil {
		return err
	}
	if err := c.heads(); err != nil {
		return err
	}
	c.moment(&e)
	c.reloj(&e)
	if err := c.part(&e); err != nil {
		return err
	}
	return c.rows(&e)
}

// agree is a place to begin: heads of size 0 agree with every log.
func (c *checker) agree() {
	for len(c.cabezas) > 0 && c.cabezas[0].Tamano <= 0 {
		c.cabezas = c.cabezas[1:]
	}
}

func (c *checker) readNodos() error {
	c.nodos = map[[2]int64]tlog.Hash{}
	return c.cada("nodos", `SELECT nivel, i, hash FROM nodos`, func(f *fila) error {
		b := f.bytes(2)
		if len(b) != tlog.HashSize {
			return difiere("el árbol guardado tiene un nodo de %d bytes", len(b))
		}
		c.nodos[[2]int64{f.entero(0), f.entero(1)}] = tlog.Hash(b)
		return nil
	})
}

// push adds a leaf and holds each node that it completes against the kept one.
func (c *checker) push(h tlog.Hash) error {
	c.stack = append(c.stack, subtree{0, h})
	for n := len(c.stack); n > 1 && c.stack[n-1].level == c.stack[n-2].level; n = len(c.stack) {
		up := subtree{c.stack[n-1].level + 1, tlog.NodeHash(c.stack[n-2].hash, c.stack[n-1].hash)}
		c.stack = append(c.stack[:n-2], up)
		if up.level < altura {
			continue
		}
		k := [2]int64{int64(up.level), c.r.Eventos>>up.level - 1}
		if kept, ok := c.nodos[k]; !ok || kept != up.hash {
			return difiere("el árbol guardado no corresponde a los eventos hasta el %d", c.r.Eventos)
		}
		delete(c.nodos, k)
	}
	return nil
}

func (c *checker) root() tlog.Hash {
	if len(c.stack) == 0 {
		h, _ := tlog.TreeHash(0, nil)
		return h
	}
	h := c.stack[len(c.stack)-1].hash
	for i := len(c.stack) - 2; i >= 0; i-- {
		h = tlog.NodeHash(c.stack[i].hash, h)
	}
	return h
}

// heads holds the heads of the present size against the events so far.
func (c *checker) heads() error {
	for len(c.cabezas) > 0 && c.cabezas[0].Tamano == c.r.Eventos && c.r.Eventos > 0 {
		x := c.cabezas[0]
		if c.root() != x.Raiz {
			return difiere("los primeros %d eventos no son los de antes: su raíz no es la de %s", x.Tamano,
				x.Origen)
		}
		c.cabezas, c.cortada = c.cabezas[1:], x
		c.r.Cabezas++
	}
	return nil
}

// rows notes what an event says of rows.
func (c *checker) rows(e *bitacora.Crudo) error {
	if !strings.Contains(e.Detalle, `"filas"`) {
		return nil
	}
	var d struct {
		Filas map[string]Agregadas `json:"filas"`
	}
	if err := json.Unmarshal([]byte(e.Detalle), &d); err != nil {
		return difiere("el detalle del evento %d no es JSON", e.N)
	}
	for tabla, f := range d.Filas {
		ok, err := c.libreta.put(tabla, e.N, f)
		if err != nil {
			return err
		}
		if !ok {
			return difiere("el evento %d dice de la tabla %s lo que ningún evento dice", e.N, tabla)
		}
		c.dichas += f.N
	}
	return nil
}

// part holds an event that goes on with an act against the index of parts.
func (c *checker) part(e *bitacora.Crudo) error {
	nuevo, desde, err := c.lector.Add(e)
	if err != nil {
		return difiere("el acto del evento %d no está completo: %v", e.N, err)
	}
	if nuevo {
		return nil
	}
	if c.cortada.Tamano == e.N-1 {
		return difiere("un punto de control se firmó en medio del acto del evento %d: %s",
			c.lector.Primero(), c.cortada.Origen)
	}
	p := c.partes
	if !p.more || p.entero(0) != c.lector.Primero() || p.entero(1) != int64(desde) || p.entero(2) != e.N ||
		p.bien() != nil {
		return difiere("el índice de partes no corresponde al evento %d", e.N)
	}
	return p.next()
}
