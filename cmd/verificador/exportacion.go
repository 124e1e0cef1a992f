package main

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Limits, in bytes, so that a file made to exhaust the auditor's machine is
// refused instead of read. Events are never held together in memory.
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

// exportacion verifies a ZIP of size bytes; see docs/bitacora.md, section 4.
func (a *auditoria) exportacion(r io.ReaderAt, size int64) error {
	a.Tipo = "exportacion"
	members, err := openZip(r, size)
	if err != nil {
		return err
	}
	b, err := readMember(members[nombrePunto])
	if err != nil {
		return err
	}
	a.Simulacro = esSimulacro(b)
	nuevo, err := readPunto(b, a.llaves)
	if err != nil {
		return fmt.Errorf("%s: %w", nombrePunto, err)
	}
	a.Punto = a.resumen("Punto de control de la exportación", nuevo)
	if b, err = readMember(members[nombreConsulta]); err != nil {
		return err
	}
	c, err := parseConsulta(b)
	a.Simulacro = a.Simulacro || c.simulacro
	if err == nil {
		err = c.check(nuevo)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", nombreConsulta, err)
	}
	if b, err = readMember(members[nombrePruebas]); err != nil {
		return err
	}
	p, err := parsePruebas(b)
	if err != nil {
		return fmt.Errorf("%s: %w", nombrePruebas, err)
	}
	if err := a.eventos(members[nombreEventos], c, p, nuevo); err != nil {
		return err
	}
	if err := a.consistencias(p.consistencia, nuevo); err != nil {
		return fmt.Errorf("%s: %w", nombrePruebas, err)
	}
	return a.compareViejo(p.consistencia, nuevo)
}

// A limitedAt refuses to read more than left bytes, until it is set free.
type limitedAt struct {
	io.ReaderAt
	left int64
	free bool
}

func (l *limitedAt) ReadAt(p []byte, off int64) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 && !l.free {
		return 0, errors.New("el directorio del ZIP es demasiado grande")
	}
	return l.ReaderAt.ReadAt(p, off)
}

// openZip finds the four members. Two of one name, or a name that another
// program or file system could take for one of them, would show the auditor
// something else than what is verified here.
func openZip(r io.ReaderAt, size int64) (map[string]*zip.File, error) {
	if size > maxZip {
		return nil, fmt.Errorf("el ZIP tiene más de %d bytes", int64(maxZip))
	}
	limited := &limitedAt{ReaderAt: r, left: maxDirectorio}
	z, err := zip.NewReader(limited, size)
	if err != nil {
		return nil, fmt.Errorf("no es un ZIP que se pueda leer: %w", err)
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
			return nil, fmt.Errorf("el miembro %q se confunde con otro", f.Name)
		case base != nombreEventos && f.UncompressedSize64 > maxMiembro, f.UncompressedSize64 > maxEventos:
			return nil, fmt.Errorf("%s: mide más de lo que se admite", f.Name)
		}
		members[base] = f
	}
	for _, name := range []string{nombrePunto, nombreConsulta, nombrePruebas, nombreEventos} {
		if members[name] == nil {
			return nil, fmt.Errorf("falta el miembro %s", name)
		}
	}
	return members, nil
}

// readMember reads a whole member; archive/zip never gives more bytes than the
// directory says, which openZip has looked at.
func readMember(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return b, nil
}

// A cuenta is what one pass over the events finds out.
type cuenta struct {
	acto
	numeros
	puntos    map[int64]bool // sizes of checkpoints: none is in the middle of an act
	momento   time.Time      // of the last event
	fuera     int64          // events outside of what was asked for
	retrocede int64          // events earlier than the one before
}

// eventos checks that the events are those numbered primero … ultimo in the
// tree of the checkpoint, none missing, none changed.
func (a *auditoria) eventos(f *zip.File, c consulta, p pruebas, nuevo punto) error {
	var stack pila
	if err := stack.pushAll("izquierda", leftSizes(c.primero-1), p.izquierda); err != nil {
		return fmt.Errorf("%s: %w", nombrePruebas, err)
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", nombreEventos, err)
	}
	defer r.Close()
	lines := bufio.NewReaderSize(r, int(min(maxLinea, f.UncompressedSize64+1)))
	n := cuenta{puntos: a.tamanos(p), numeros: numeros{}}
	if err := n.readEventos(lines, c, &stack); err != nil {
		return fmt.Errorf("%s: %w", nombreEventos, err)
	}
	if err := stack.pushAll("derecha", rightSizes(c.ultimo, nuevo.tamano), p.derecha); err != nil {
		return fmt.Errorf("%s: %w", nombrePruebas, err)
	}
	if stack.raiz() != nuevo.raiz {
		return errors.New(
			"los eventos y las pruebas no llevan a la raíz del punto de control: algún evento o hash se " +
				"cambió")
	}
	a.tellEventos(c, n, nuevo)
	return nil
}

// tamanos are those of the checkpoints that are known to have been signed.
func (a *auditoria) tamanos(p pruebas) map[int64]bool {
	all := map[int64]bool{}
	for _, e := range p.consistencia {
		all[e.tamano] = true
	}
	if a.viejo != nil {
		all[a.viejo.tamano] = true
	}
	return all
}

// readEventos pushes the leaf of each line and checks that there are exactly
// the numbers asked for, and of every act all parts.
func (n *cuenta) readEventos(lines *bufio.Reader, c consulta, stack *pila) error {
	var buf []byte
	for want := c.primero; ; want++ {
		line, err := lines.ReadSlice('\n')
		switch {
		case err == io.EOF && len(line) > 0:
			return fmt.Errorf("el evento %d está cortado", want)
		case err == io.EOF && want == c.ultimo+1:
			return n.fin()
		case err == io.EOF:
			return fmt.Errorf("falta el evento %d y los que le siguen hasta el %d", want, c.ultimo)
		case err == bufio.ErrBufferFull:
			return fmt.Errorf("la línea del evento %d mide más de %d bytes", want, maxLinea)
		case err != nil:
			return fmt.Errorf("evento %d: %w", want, err)
		case want > c.ultimo:
			return fmt.Errorf("sobran líneas después del evento %d", c.ultimo)
		}
		e, err := parseEvento(line)
		if err != nil {
			return fmt.Errorf("evento %d: %w", want, err)
		}
		if e.n != want {
			return fmt.Errorf("donde va el evento %d está el %d", want, e.n)
		}
		if err := n.add(e, c); err != nil {
			return err
		}
		var leaf hash
		leaf, buf = e.hoja(buf)
		stack.push(1, leaf)
	}
}

// add counts an event. The first must not be before desde, nor the last after
// hasta; those in between may, where the clock was set back.
func (n *cuenta) add(e evento, c consulta) error {
	at := time.UnixMilli(e.momento)
	early, late := c.desde != nil && at.Before(*c.desde), c.hasta != nil && at.After(*c.hasta)
	switch {
	case e.n == c.primero && early:
		return fmt.Errorf("el primer evento, el %d, es anterior a lo que se pidió", e.n)
	case e.n == c.ultimo && late:
		return fmt.Errorf("el último evento, el %d, es posterior a lo que se pidió", e.n)
	case early || late:
		n.fuera++
	}
	if e.n > c.primero && at.Before(n.momento) {
		n.retrocede++
	}
	n.momento = at
	if err := errors.Join(n.acto.add(e), n.numeros.add(e)); err != nil {
		return err
	}
	if n.sigue() && n.puntos[e.n] {
		return fmt.Errorf(
			"evento %d: un punto de control de tamaño %d corta el acto que empieza en el evento %d",
			e.n, e.n, n.primero)
	}
	return nil
}
