package exchange

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"buzon/schema"
	"buzon/store"
)

// maxDictamenes is how many dictámenes estado/ tells of, the newest.
const maxDictamenes = 10_000

// ultimos is how many LOTs and acuses estado.json tells of.
const ultimos = 30

// An exhibicion is estado/ of one UNE, made from one moment of the store.
type exhibicion struct {
	parte   schema.Parte
	files   []store.Exhibicion
	base    baseDeEstado
	eventos int64 // how many the log had
}

// A baseDeEstado says what estado/ is made from: dictamenes.csv, which grows for years and
// changes on few days, and the rest.
type baseDeEstado struct{ dictamenes, resto string }

// todo is a base that none is like: all is made again.
var todo = baseDeEstado{}

func (b baseDeEstado) String() string { return b.dictamenes + "\n" + b.resto }

func parseBase(s string) (b baseDeEstado) {
	b.dictamenes, b.resto, _ = strings.Cut(s, "\n")
	return b
}

// Estado brings a UNE's folder estado/ up to date: what is pending, how it stands, and
// the keys with which seals are verified. All of it follows from the store and the day
// alone, and from the hour only where a term ends: where nothing of that changed,
// nothing is made. Días hábiles change at midnight: each UNE is told every few minutes,
// with the run that looks into CONDUSEF's folder, and when the daemon begins, which is
// soon enough.
//
// On an institution's own server there is no estado/: what we put there never
// changes its content.
func (c *Cycle) Estado(ctx context.Context, une schema.UNE) error {
	e, err := c.estado(ctx, une)
	if e != nil {
		err = errors.Join(err, c.exhibe(ctx, []*exhibicion{e}))
	}
	return err
}

// tellAll tells every institution how it stands: nothing of it is in the log, whose
// order is the same in whatever order they are told.
func (c *Cycle) tellAll(ctx context.Context) error {
	padron, err := c.padron(ctx)
	if err != nil {
		return err
	}
	unes := make([]schema.UNE, len(padron))
	for i, in := range padron {
		unes[i] = in.UNE
	}
	return c.Tell(ctx, unes)
}

// Tell is Estado for several, a few dozen in a transaction, of large ones fewer.
func (c *Cycle) Tell(ctx context.Context, unes []schema.UNE) error {
	_, done := c.leer()
	defer done()
	var errs []error
	var made []*exhibicion
	bytes := 0
	for some := range slices.Chunk(unes, aLaVez) {
		fresh := make([]*exhibicion, len(some))
		wrong := make([]error, len(some))
		var g errgroup.Group
		g.SetLimit(runtime.GOMAXPROCS(0))
		for i, une := range some {
			g.Go(func() error {
				fresh[i], wrong[i] = c.estado(ctx, une)
				return nil
			})
		}
		_ = g.Wait() // each keeps its error
		for i, e := range fresh {
			if wrong[i] != nil {
				errs = append(errs, &PartyError{some[i].Parte(), wrong[i]})
			}
			if e != nil {
				made, bytes = append(made, e), bytes+e.bytes()
			}
		}
		if len(made) >= porTransaccion || bytes >= juntoHasta {
			errs = append(errs, c.exhibe(ctx, made))
			made, bytes = made[:0], 0
		}
	}
	return errors.Join(append(errs, c.exhibe(ctx, made))...)
}

// How many UNEs are told at a time, and how many bytes wait to be shown together.
const (
	aLaVez     = 8
	juntoHasta = 1 << 20
)

// bytes is how much memory it takes.
func (e *exhibicion) bytes() (n int) {
	for _, f := range e.files {
		n += f.Ocupa()
	}
	return n
}

// exhibe shows what was made. What was made from a later moment meanwhile stays.
func (c *Cycle) exhibe(ctx context.Context, made []*exhibicion) error {
	if len(made) == 0 {
		return nil
	}
	err := c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error {
		for _, e := range made {
			_, eventos, err := tx.Base(e.parte)
			if err != nil {
				return err
			}
			if eventos > e.eventos {
				continue
			}
			for _, f := range e.files {
				if err := tx.Exhibit(e.parte, f); err != nil {
					return err
				}
			}
			if err := tx.SetBase(e.parte, e.base.String(), e.eventos); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("estado: %w", err)
	}
	return nil
}

// estado makes the files of estado/ that may have changed; nil where none has. With an
// error it gives those that could be made, and the next time makes all again.
func (c *Cycle) estado(ctx context.Context, une schema.UNE) (*exhibicion, error) {
	if !c.Route(une.Parte()).Propio {
		return nil, nil
	}
	regs, done := c.leer()
	defer done()
	var s situacion
	e := &exhibicion{parte: une.Parte()}
	var before baseDeEstado
	err := c.Store.View(ctx, func(v *store.View) (err error) {
		if e.base, e.eventos, err = c.base(v, une); err != nil {
			return err
		}
		text, _, err := v.Base(e.parte)
		if before = parseBase(text); before == e.base || err != nil {
			return err
		}
		if s, err = c.situacion(v, une); err != nil || before.dictamenes == e.base.dictamenes {
			return err
		}
		if s.dictamenes, err = v.DictamenesDe(une, maxDictamenes); err == nil {
			s.leerTextos(&lectores{regs: regs, v: v})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("estado: %w", err)
	}
	if before == e.base {
		return nil, nil
	}
	return e, e.make(&s, before)
}

// make makes the files that are not as they were made from a base before.
func (e *exhibicion) make(s *situacion, before baseDeEstado) error {
	whole := func(name string, content func() ([]byte, error)) func() (store.Exhibicion, error) {
		return func() (x store.Exhibicion, err error) {
			b, err := content()
			if err != nil {
				return x, err
			}
			return store.Exhibible(schema.CarpetaEstado, name, b)
		}
	}
	var errs []error
	for _, f := range []struct {
		name string
		make func() (store.Exhibicion, error)
		same bool
	}{
		{"pendientes.csv", s.pendientes.close, false},
		{"dictamenes.csv", s.dictamenesCSV, before.dictamenes == e.base.dictamenes},
		{"estado.json", whole("estado.json", s.json), false},
		{"llaves.txt", whole("llaves.txt", s.llavesTXT), false},
	} {
		if f.same {
			continue
		}
		x, err := f.make()
		if err != nil {
			errs = append(errs, fmt.Errorf("estado: %s: %w", f.name, err))
			e.base = todo
			continue
		}
		e.files = append(e.files, x)
	}
	for i, p := range s.puntos { // kept in archivo/, where CONDUSEF's are
		e.files = append(e.files, store.Exhibicion{Carpeta: schema.CarpetaEstado, Nombre: nombresPuntos[i],
			SHA256: huellaDe(p), Bytes: int64(len(p.Nota))})
	}
	return errors.Join(errs...)
}

// base says what estado/ of a UNE is made from.
func (c *Cycle) base(v *store.View, une schema.UNE) (b baseDeEstado, eventos int64, err error) {
	if eventos, err = v.Eventos(); err != nil {
		return b, 0, err
	}
	cal, err := v.Calendario()
	if err != nil {
		return b, 0, err
	}
	evento, dictamen, sello, err := v.Alcance(une)
	if err != nil {
		return b, 0, err
	}
	puntos, err := v.UltimosPuntos(1)
	if err != nil {
		return b, 0, err
	}
	var punto int64
	if len(puntos) > 0 {
		punto = puntos[0].Tamano
	}
	now := c.Now()
	b.dictamenes = fmt.Sprint(formaEstado, dictamen)
	b.resto = fmt.Sprint(schema.DiaDe(now), c.Plazos.Umbral(cal, now), cal.Version(), evento, sello, punto,
		c.AvisoLlave, c.Servidor)
	return b, eventos, nil
}

// formaEstado changes with what a program makes of the same facts.
const formaEstado = 1

// situacion is how an institution stands on a day.
type situacion struct {
	hoy        schema.Dia
	simulacro  bool
	une        store.Institucion
	pendientes *pendientesCSV
	dictamenes []store.Dictamen // the newest first; where they are made anew
	textos     []string         // of them
	sinTextos  error            // why they are not known
	lotes      []lote
	acuses     []store.AcuseVisible
	llaves     []llaveJSON
	aviso      int // days before the end of a key
	sellos     []store.LlaveDeSello
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
	s.pendientes = newPendientesCSV(s.simulacro)
	err = v.AsuntosAbiertos(une, func(a store.AsuntoAbierto) error {
		s.pendientes.add(newPendiente(a, cal, s.hoy, x), s.hoy)
		return nil
	})
	if err != nil {
		return s, err
	}
	if s.lotes, err = lotes(v, une.Parte()); err != nil {
		return s, err
	}
	if s.acuses, err = v.UltimosAcuses(une.Parte(), ultimos); err != nil {
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
