package simulacro

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"buzon/schema"
	"buzon/store"
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
	dictamenes []Dictado
	rechazos   []string
}

// sucesos are those of a log, by folio and round.
type sucesos map[schema.Folio]map[int]*suceso

// Cotejar reads from the log what became of each row. It looks at what happened
// alone, never at what was sent.
func (e *Ensayo) Cotejar(ctx context.Context, sc *Escenario) (c Cotejo, err error) {
	err = e.Cycle.Store.View(ctx, func(v *store.View) (err error) {
		c, err = e.cotejar(v, sc)
		return err
	})
	if err != nil {
		err = fmt.Errorf("compare: %w", err)
	}
	return c, err
}

func (e *Ensayo) cotejar(v *store.View, sc *Escenario) (c Cotejo, err error) {
	all := sucesos{}
	if err := all.read(v); err != nil {
		return c, err
	}
	for _, f := range sc.Filas {
		motivos := f.cotejar(all.of(f.Folio, f.Vuelta), f.Fechas(e.Cal, e.Termino))
		if len(motivos) == 0 {
			c.Cumplidas++
			continue
		}
		c.Fallas = append(c.Fallas, Falla{f.Linea, f.Folio, f.Institucion.String(), strings.Join(motivos, "; ")})
	}
	trouble, err := troubles(v)
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

// detalle is what an event tells of a folio or a file.
type detalle struct {
	Vuelta    int        `json:"vuelta"`
	Dia0      schema.Dia `json:"dia0"`
	Prorroga  int        `json:"prorroga"`
	Dias      int        `json:"dias"`
	Sentido   int        `json:"sentido"`
	Tipo      int        `json:"tipo"`
	Fecha     schema.Dia `json:"fecha"`
	Anula     int        `json:"anula"`
	Codigo    string     `json:"codigo"`
	Jornada   string     `json:"jornada"`
	Contesta  string     `json:"contesta"`
	Resultado string     `json:"resultado"`
}

// each calls do for the events of these names, in the order of the log.
func each(v *store.View, names []string, do func(store.Crudo, *detalle)) error {
	n, err := v.Eventos()
	if err != nil {
		return err
	}
	return v.Crudos(1, n, func(c store.Crudo) error {
		if !slices.Contains(names, c.Evento) {
			return nil
		}
		var d detalle
		if err := json.Unmarshal([]byte(c.Detalle), &d); err != nil {
			return fmt.Errorf("event %d: %w", c.N, err)
		}
		do(c, &d)
		return nil
	})
}

// read gathers the events of folios, in the order of the log.
func (all sucesos) read(v *store.View) error {
	return each(v, []string{store.ReclamacionEntregada, store.ReclamacionRechazada, store.ProrrogaAceptada, store.ProrrogaRechazada,
		store.RespuestaAceptada, store.RespuestaRechazada, store.DictamenAceptado, store.DictamenRechazado}, func(c store.Crudo, d *detalle) {
		folio := schema.Folio(c.Folio)
		vuelta := cmp.Or(d.Vuelta, max(all.last(folio), 1))
		if c.Evento == store.ReclamacionRechazada { // it opened no round
			vuelta = all.last(folio) + 1
		}
		all.of(folio, vuelta).take(c.Evento, d)
	})
}

func (s *suceso) take(evento string, d *detalle) {
	switch evento {
	case store.ReclamacionEntregada:
		s.entregada, s.dia0 = true, d.Dia0
	case store.ProrrogaAceptada:
		s.prorroga = d.Prorroga
	case store.RespuestaAceptada:
		s.respuestas++
		s.dias, s.sentido = d.Dias, d.Sentido
	case store.DictamenAceptado:
		s.dictamenes = append(s.dictamenes, Dictado{d.Tipo, d.Fecha, d.Anula})
	default:
		what, _, _ := strings.Cut(evento, "_rechaz")
		s.rechazos = append(s.rechazos, fmt.Sprintf("%s %s (%s)", what, d.Codigo, schema.Codigo(d.Codigo).Significado()))
	}
}

// cotejar gives what did not come true of a row.
func (f *Fila) cotejar(s *suceso, d Fechas) (motivos []string) {
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
	case f.Dias == Nunca && s.respuestas > 0:
		say("answered on día hábil %d, want never", s.dias)
	case f.Dias != Nunca && s.respuestas == 0:
		say("never answered, want día hábil %d", f.Dias)
	case s.respuestas > 1:
		say("answered %d times", s.respuestas)
	case f.Dias != Nunca && s.dias != f.Dias:
		say("answered on día hábil %d, want %d", s.dias, f.Dias)
	case f.Dias != Nunca && s.sentido != f.Sentido:
		say("answered with sentido %d, want %d", s.sentido, f.Sentido)
	}
	if s.prorroga != f.Prorroga {
		say("prórroga of %d días hábiles, want %d", s.prorroga, f.Prorroga)
	}
	want := slices.Clone(f.Dictamenes)
	for i := range want {
		want[i].Fecha = d.Dictamenes[i]
	}
	slices.SortStableFunc(want, func(a, b Dictado) int { return cmp.Compare(a.Fecha, b.Fecha) })
	if !slices.Equal(s.dictamenes, want) {
		say("dictámenes %s, want %s", dictados(s.dictamenes), dictados(want))
	}
	return motivos
}

// dictados writes dictámenes as a scenario does, and of an 11 what it undoes.
func dictados(all []Dictado) string {
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
func troubles(v *store.View) (all []Falla, err error) {
	err = each(v, []string{store.CorridaFallida, store.JornadaAbierta, store.JornadaSinREC, store.ServicioInterrumpido, store.NoRecogido,
		store.AcuseEmitido}, func(c store.Crudo, d *detalle) {
		switch {
		case c.Evento != store.AcuseEmitido:
			all = append(all, Falla{Institucion: c.Parte, Motivo: strings.TrimSpace(fmt.Sprintf("event %d: %s %s", c.N, c.Evento, d.Jornada))})
		case d.Resultado == schema.Rechazado.String():
			all = append(all, Falla{Institucion: c.Parte, Motivo: fmt.Sprintf("event %d: %s was refused whole", c.N, d.Contesta)})
		}
	})
	return all, err
}
