package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"buzon/schema"
	"buzon/store"
)

// maxDictamenes is how many dictámenes estado/ tells of, the newest.
const maxDictamenes = 10_000

// ultimos is how many LOTs and acuses estado.json tells of.
const ultimos = 30

// estado keeps fresh what a UNE finds in estado/: what is pending, how it stands,
// and the keys with which seals are verified. All of it follows from the store
// and the day alone, and from the hour only where a term ends, so that where nothing
// changed nothing is written. Días hábiles change at midnight: each UNE is visited every few minutes
// while CONDUSEF's folder is looked into, and when the daemon begins, which is
// soon enough.
//
// On an institution's own server there is no estado/: what we put there never
// changes its content. What the corte makes after the visit is told by the next.
func (c *Cycle) estado(ctx context.Context, une schema.UNE) error {
	p := c.Parte(une.String())
	if !p.Propio {
		return nil
	}
	regs, done := c.leer()
	defer done()
	var s situacion
	err := c.Store.View(ctx, func(v *store.View) (err error) {
		s, err = c.situacion(v, une)
		s.leerTextos(&lectores{regs: regs, v: v})
		return err
	})
	if err != nil {
		return fmt.Errorf("estado: %w", err)
	}
	mb, err := p.Mailbox(CarpetaEstado)
	if err != nil {
		return fmt.Errorf("estado: %w", err)
	}
	var errs []error
	files := []archivoEstado{
		{"pendientes.csv", s.pendientesCSV}, {"dictamenes.csv", s.dictamenesCSV}, {"estado.json", s.json}, {"llaves.txt", s.llavesTXT},
	}
	for i, p := range s.puntos {
		files = append(files, archivoEstado{nombresPuntos[i], func() ([]byte, error) { return []byte(p.Nota), nil }})
	}
	for _, f := range files {
		content, err := f.content()
		if err == nil {
			err = mb.Put(ctx, f.name, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil })
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("estado: %w", err))
		}
	}
	return errors.Join(errs...)
}

// archivoEstado is a file of estado/ and how its content is made.
type archivoEstado struct {
	name    string
	content func() ([]byte, error)
}

// Estado brings a UNE's folder estado/ up to date, as each visit does: for one
// whose folders were just made.
func (c *Cycle) Estado(ctx context.Context, une schema.UNE) error {
	defer c.lock(une.String())()
	return c.estado(ctx, une)
}

// tell is Estado for a step that does more than that.
func (c *Cycle) tell(ctx context.Context, une schema.UNE) error {
	if err := c.Estado(ctx, une); err != nil {
		return fmt.Errorf("une %s: %w", une, err)
	}
	return nil
}

// tellAll tells every institution how it stands, a few at a time: nothing of it is
// in the log, whose order is the same in whatever order they are told.
func (c *Cycle) tellAll(ctx context.Context) error {
	padron, err := c.padron(ctx)
	if err != nil {
		return err
	}
	errs := make([]error, len(padron))
	var g errgroup.Group
	g.SetLimit(visitors)
	for i, in := range padron {
		g.Go(func() error {
			errs[i] = c.tell(ctx, in.UNE)
			return nil
		})
	}
	_ = g.Wait() // each keeps its error
	return errors.Join(errs...)
}

// situacion is how an institution stands on a day.
type situacion struct {
	hoy        schema.Dia
	simulacro  bool
	une        store.Institucion
	pendientes []pendiente
	dictamenes []store.Dictamen // the newest first
	textos     []string         // of them
	sinTextos  error            // why they are not known
	lotes      []lote
	acuses     []store.AcuseVisible
	llaves     []llave
	aviso      int // days before the end of a key
	sellos     []store.Sello
	puntos     []store.Punto // the last heads of the log, the newest first
	servidor   []string
}

// leerTextos reads what the dictámenes say from their files.
func (s *situacion) leerTextos(x *lectores) {
	for i := range s.dictamenes {
		r, err := dictamenDe(x, &s.dictamenes[i])
		if err != nil {
			s.textos, s.sinTextos = nil, err
			return
		}
		s.textos = append(s.textos, r.DicTexto.Revelar())
	}
}

// situacion reads all that estado/ tells from one moment of the store.
func (c *Cycle) situacion(v *store.View, une schema.UNE) (s situacion, err error) {
	s = situacion{hoy: schema.DiaDe(c.Now()), aviso: c.AvisoLlave, servidor: c.Servidor}
	if s.simulacro, err = v.Simulacro(); err != nil {
		return s, err
	}
	if s.une, err = v.Institucion(une); err != nil {
		return s, err
	}
	cal, err := v.Calendario()
	if err != nil {
		return s, err
	}
	x := c.Plazos.Umbral(cal, c.Now())
	err = v.AbiertosDe(une, func(a store.Abierto) error {
		s.pendientes = append(s.pendientes, newPendiente(a, cal, s.hoy, x))
		return nil
	})
	if err != nil {
		return s, err
	}
	if s.dictamenes, err = v.DictamenesDe(une, maxDictamenes); err != nil {
		return s, err
	}
	if s.lotes, err = lotes(v, une.String()); err != nil {
		return s, err
	}
	if s.acuses, err = v.UltimosAcuses(une.String(), ultimos); err != nil {
		return s, err
	}
	if s.llaves, err = llavesDe(v, une, s.hoy); err != nil {
		return s, err
	}
	if s.sellos, err = v.Sellos(); err != nil {
		return s, err
	}
	s.puntos, err = v.UltimosPuntos(len(nombresPuntos))
	return s, err
}
