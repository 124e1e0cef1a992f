package expediente

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Expediente is what the log held at a moment: every asunto that was delivered
// by then, and the roll. It does not change, and needs the log no more.
type Expediente struct {
	AsOf          time.Time // to the millisecond, as the log's moments
	Calendario    *schema.Calendario
	Instituciones []Miembro // by clave
	Asuntos       []Asunto  // by clave, folio and vuelta
}

// Miembro is one of the roll, as its event says.
type Miembro struct {
	UNE          schema.UNE
	Denominacion string
	Sector       string
	Termino      int // días hábiles
}

// Causa is what concluded an asunto.
type Causa string

// The causes; "" is an asunto that is open.
const (
	PorRespuesta     Causa = "respuesta"
	PorLimite        Causa = "limite"
	PorDesistimiento Causa = "desistimiento"
)

// Asunto is one vuelta of a folio, as it stood at the moment of its Expediente.
type Asunto struct {
	UNE        schema.UNE
	Folio      schema.Folio
	Vuelta     int
	Entregada  time.Time  // when its delivery was recorded; zero where a dictamen came before
	Dia0       schema.Dia // the day that the term is counted from
	Limite     schema.Dia // that was told last
	Vence      schema.Dia // the limit that counts: Limite, or later by the calendar
	Prorroga   int        // días hábiles granted; 0 none
	Recibida   time.Time  // the answer, to the second; zero none
	Sentido    int        // of the answer: 1, 2 or 3
	Dias       int        // días hábiles from Dia0 to the answer
	Dictamenes []Vigente  // that stand, in order
	Desistida  time.Time  // when a dictamen 6 was taken in, be it removed since
	Concluido  time.Time  // zero: it is open
	Por        Causa
}

// Vigente is one that stands.
type Vigente struct {
	Tipo  int // 1 to 10
	Fecha schema.Dia
}

// Sucesos are the names of the events that an expediente is made from.
var Sucesos = []string{
	bitacora.InstitucionAlta, bitacora.CalendarioCambiado, bitacora.ConfiguracionCambiada,
	bitacora.ArchivoRecibido,
	bitacora.ArchivoPublicado, bitacora.PlazoRecontado, bitacora.PlazoMovido,
}

// Read folds the log as it was at a moment. It takes the events in the order of the
// log, all of them or those of Sucesos up to the moment: it passes the others over.
// An act whose parts are not all there is an error.
func Read(events iter.Seq2[*bitacora.Crudo, error], asOf time.Time) (*Expediente, error) {
	if asOf.IsZero() {
		return nil, errors.New("expediente: as of which moment?")
	}
	x := &Expediente{AsOf: asOf.Truncate(time.Millisecond).In(schema.Zona)}
	p := newFold()
	if err := p.read(events, x.AsOf); err != nil {
		return nil, fmt.Errorf("expediente: %w", err)
	}
	var err error
	if x.Calendario, err = bitacora.CalendarioEn(p.calendarios, x.AsOf); err != nil {
		return nil, fmt.Errorf("expediente: %w", err)
	}
	byUNE := func(a, b Miembro) int { return cmp.Compare(a.UNE, b.UNE) }
	x.Instituciones = slices.SortedFunc(maps.Values(p.instituciones), byUNE)
	x.Asuntos = make([]Asunto, 0, len(p.asuntos))
	for _, a := range p.asuntos {
		x.Asuntos = append(x.Asuntos, *a)
	}
	slices.SortFunc(x.Asuntos, func(a, b Asunto) int {
		return cmp.Or(cmp.Compare(a.UNE, b.UNE), cmp.Compare(a.Folio, b.Folio),
			cmp.Compare(a.Vuelta, b.Vuelta))
	})
	x.conclude(p)
	return x, nil
}

// conclude counts every term, and says what concluded each asunto.
func (x *Expediente) conclude(p *fold) {
	fines := make(map[schema.Dia]time.Time)
	for i := range x.Asuntos {
		a := &x.Asuntos[i]
		var fin time.Time
		if a.Dia0 != 0 {
			a.Vence = x.Calendario.Recontar(a.Dia0, p.instituciones[a.UNE].Termino+a.Prorroga, a.Limite)
			var known bool
			if fin, known = fines[a.Vence]; !known {
				fin = p.fin(a.Vence)
				fines[a.Vence] = fin
			}
		}
		if !a.Recibida.IsZero() {
			a.Dias = x.Calendario.DiasHabiles(a.Dia0, schema.DiaDe(a.Recibida))
		}
		a.conclude(x.AsOf, fin)
	}
}

// conclude finds what came first. fin is the zero time where there is no limit
// yet.
func (a *Asunto) conclude(asOf, fin time.Time) {
	passed := func(at time.Time) bool { return !fin.IsZero() && at.Truncate(time.Second).After(fin) }
	inTime := !a.Recibida.IsZero() && !passed(a.Recibida)
	switch {
	case !a.Desistida.IsZero() && !passed(a.Desistida) && !(inTime && !a.Recibida.After(a.Desistida)):
		a.Concluido, a.Por = a.Desistida, PorDesistimiento
	case inTime:
		a.Concluido, a.Por = a.Recibida, PorRespuesta
	case passed(asOf):
		a.Concluido, a.Por = fin, PorLimite
	}
}
