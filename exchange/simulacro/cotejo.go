package simulacro

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"buzon/exchange/simulacro/escenario"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// Cotejo is a scenario held against the log of its rehearsal.
type Cotejo struct {
	Cumplidas int     // rows that came true
	Fallas    []Falla // of rows, in their order, then of the whole
}

// Falla is what did not come true. Without a folio it is of the rehearsal as a
// whole.
type Falla struct {
	Linea       int          `json:"line,omitempty"`
	Folio       schema.Folio `json:"folio,omitempty"`
	Institucion string       `json:"institution,omitempty"`
	Motivo      string       `json:"reason"`
}

// suceso is what the log tells of a row.
type suceso struct {
	entregada  bool
	dia0       schema.Dia
	prorroga   int
	respuestas int
	dias       int
	sentido    int
	dictamenes []escenario.Dictado
	rechazos   []string
}

// sucesos are those of a log, by folio and round.
type sucesos map[schema.Folio]map[int]*suceso

// Cotejar reads from the log what became of each row. It looks at what happened
// alone, never at what was sent.
func (e *Ensayo) Cotejar(ctx context.Context, sc *escenario.Escenario) (c Cotejo, err error) {
	err = e.Cycle.Store.View(ctx, func(v *store.View) (err error) {
		c, err = e.cotejar(v.Actos, sc)
		return err
	})
	if err != nil {
		err = fmt.Errorf("compare: %w", err)
	}
	return c, err
}

// actos gives the events of some names up to a moment, in the order of the log; a
// zero moment is all of them.
type actos func(hasta time.Time, nombres []string) iter.Seq2[*bitacora.Crudo, error]

func (e *Ensayo) cotejar(log actos, sc *escenario.Escenario) (c Cotejo, err error) {
	all := sucesos{}
	if err := all.read(log); err != nil {
		return c, err
	}
	for _, f := range sc.Filas {
		motivos := cotejar(f, all.of(f.Folio, f.Vuelta), f.Fechas(e.Cal, e.Termino))
		if len(motivos) == 0 {
			c.Cumplidas++
			continue
		}
		c.Fallas = append(c.Fallas,
			Falla{f.Linea, f.Folio, f.Institucion.String(), strings.Join(motivos, "; ")})
	}
	trouble, err := troubles(log)
	c.Fallas = append(c.Fallas, trouble...)
	return c, err
}

func (all sucesos) of(folio schema.Folio, vuelta int) *suceso {
	if all[folio] == nil {
		all[folio] = map[int]*suceso{}
	}
	s := all[folio][vuelta]
	if s == nil {
		s = &suceso{}
		all[folio][vuelta] = s
	}
	return s
}

// last is the latest round that was delivered: what is refused is of it, or of
// the one that should have come next.
func (all sucesos) last(folio schema.Folio) int {
	n := 0
	for vuelta, s := range all[folio] {
		if s.entregada {
			n = max(n, vuelta)
		}
	}
	return n
}

// each calls do for the events of these names, in the order of the log, and tells
// whether an event begins an act. An act that is not whole is an error.
func (log actos) each(names []string, do func(c *bitacora.Crudo, nuevo bool) error) error {
	var l bitacora.Lector
	for c, err := range log(time.Time{}, names) {
		if err != nil {
			return err
		}
		nuevo, _, err := l.Add(c)
		if err != nil {
			return err
		}
		if err := do(c, nuevo); err != nil {
			return err
		}
	}
	return l.Fin()
}

// read gathers what became of each record, in the order of the log.
func (all sucesos) read(log actos) error {
	var dia0 schema.Dia // of the folios of the LOT that is read
	names := []string{bitacora.ArchivoRecibido, bitacora.ArchivoPublicado}
	return log.each(names, func(c *bitacora.Crudo, nuevo bool) error {
		if nuevo && c.Evento == bitacora.ArchivoPublicado {
			p, err := bitacora.Leer[bitacora.CargaPublicado](c)
			if err != nil {
				return err
			}
			dia0 = p.Dia0
		}
		return bitacora.Lugares(c, 0, func(l bitacora.Lugar) error {
			vuelta := cmp.Or(l.Vuelta, max(all.last(l.Folio), 1))
			if l.Que == bitacora.ReclamacionRechazada { // it opened no round
				vuelta = all.last(l.Folio) + 1
			}
			if err := all.of(l.Folio, vuelta).take(&l, dia0); err != nil {
				return fmt.Errorf("event %d, place %d: %w", c.N, l.Lugar, err)
			}
			return nil
		})
	})
}

// take adds what an act did to a record of it; dia0 is that of its LOT.
func (s *suceso) take(l *bitacora.Lugar, dia0 schema.Dia) error {
	switch l.Que {
	case bitacora.ReclamacionAceptada: // whether it was delivered is what counts
	case bitacora.ReclamacionEntregada:
		f, err := renglon[bitacora.RenglonEntregada](l)
		s.entregada, s.dia0 = true, cmp.Or(f.Dia0, dia0)
		return err
	case bitacora.ProrrogaAceptada:
		r, err := renglon[bitacora.RenglonRespuesta](l)
		s.prorroga = r.Prorroga
		return err
	case bitacora.RespuestaAceptada:
		r, err := renglon[bitacora.RenglonRespuesta](l)
		s.respuestas++
		s.dias, s.sentido = 0, r.Sentido
		if r.Dias != nil {
			s.dias = *r.Dias
		}
		return err
	case bitacora.DictamenAceptado:
		d, err := renglon[bitacora.RenglonDictamen](l)
		s.dictamenes = append(s.dictamenes, escenario.Dictado{Tipo: d.Tipo, Fecha: d.Fecha, Anula: d.Anula})
		return err
	default:
		what, _, _ := strings.Cut(l.Que, "_rechaz")
		s.rechazos = append(s.rechazos, fmt.Sprintf("%s %s (%s)", what, l.Codigo, l.Codigo.Significado()))
	}
	return nil
}

// renglon decodes what an act did to one record.
func renglon[T any](l *bitacora.Lugar) (r T, err error) {
	err = json.Unmarshal(l.JSON, &r)
	return r, err
}

// cotejar gives what did not come true of a row.
func cotejar(f *escenario.Fila, s *suceso, d escenario.Fechas) (motivos []string) {
	say := func(format string, args ...any) { motivos = append(motivos, fmt.Sprintf(format, args...)) }
	for _, r := range s.rechazos {
		say("refused: %s", r)
	}
	if !s.entregada {
		say("never delivered")
		return motivos
	}
	if s.dia0 != d.Entrega {
		say("delivered on %s, want %s", s.dia0, d.Entrega)
	}
	switch {
	case f.Dias == escenario.Nunca && s.respuestas > 0:
		say("answered on día hábil %d, want never", s.dias)
	case f.Dias != escenario.Nunca && s.respuestas == 0:
		say("never answered, want día hábil %d", f.Dias)
	case s.respuestas > 1:
		say("answered %d times", s.respuestas)
	case f.Dias != escenario.Nunca && s.dias != f.Dias:
		say("answered on día hábil %d, want %d", s.dias, f.Dias)
	case f.Dias != escenario.Nunca && s.sentido != f.Sentido:
		say("answered with sentido %d, want %d", s.sentido, f.Sentido)
	}
	if s.prorroga != f.Prorroga {
		say("prórroga of %d días hábiles, want %d", s.prorroga, f.Prorroga)
	}
	want := slices.Clone(f.Dictamenes)
	for i := range want {
		want[i].Fecha = d.Dictamenes[i]
	}
	slices.SortStableFunc(want, func(a, b escenario.Dictado) int { return cmp.Compare(a.Fecha, b.Fecha) })
	if !slices.Equal(s.dictamenes, want) {
		say("dictámenes %s, want %s", dictados(s.dictamenes), dictados(want))
	}
	return motivos
}

// dictados writes dictámenes as a scenario does, and of an 11 what it undoes.
func dictados(all []escenario.Dictado) string {
	if len(all) == 0 {
		return "none"
	}
	text := make([]string, len(all))
	for i, d := range all {
		text[i] = fmt.Sprintf("%d@%s", d.Tipo, d.Fecha)
		if d.Anula != 0 {
			text[i] = fmt.Sprintf("%d(%d)@%s", d.Tipo, d.Anula, d.Fecha)
		}
	}
	return strings.Join(text, ";")
}

// troubles are what went wrong that is of no row: a run that failed, a day that
// could not be closed, a LOT that nobody fetched, a file that was refused whole.
func troubles(log actos) (all []Falla, err error) {
	names := []string{bitacora.CorridaFallida, bitacora.JornadaAbierta, bitacora.JornadaSinREC,
		bitacora.ServicioInterrumpido, bitacora.NoRecogido, bitacora.AcuseEmitido}
	say := func(c *bitacora.Crudo, format string, args ...any) {
		motivo := fmt.Sprintf("event %d: ", c.N) + strings.TrimSpace(fmt.Sprintf(format, args...))
		all = append(all, Falla{Institucion: c.Parte, Motivo: motivo})
	}
	err = log.each(names, func(c *bitacora.Crudo, nuevo bool) error {
		switch c.Evento {
		case bitacora.AcuseEmitido:
			d, err := bitacora.Leer[bitacora.CargaAcuse](c)
			if d.Resultado == schema.Rechazado.String() {
				say(c, "%s was refused whole", d.Contesta)
			}
			return err
		case bitacora.JornadaAbierta, bitacora.JornadaSinREC:
			d, err := bitacora.Leer[bitacora.CargaJornada](c)
			say(c, "%s %s", c.Evento, d.Jornada)
			return err
		}
		say(c, "%s", c.Evento)
		return nil
	})
	return all, err
}
