package expediente

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store"
)

// Expediente is what the log held at a moment: every asunto that was delivered
// by then, and the roll. It does not change, and needs the store no more.
type Expediente struct {
	AsOf          time.Time // to the millisecond, as the log's moments
	Calendario    *schema.Calendario
	Instituciones []Institucion // by clave
	Asuntos       []Asunto      // by clave, folio and vuelta
}

// Institucion is one of the roll, as its event says.
type Institucion struct {
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
	Dictamenes []Dictamen // that stand, in order
	Desistida  time.Time  // when a dictamen 6 was taken in, be it removed since
	Concluido  time.Time  // zero: it is open
	Por        Causa
}

// Dictamen is one that stands.
type Dictamen struct {
	Tipo  int // 1 to 10
	Fecha schema.Dia
}

// Read folds the log as it was at a moment.
func Read(v *store.View, asOf time.Time) (*Expediente, error) {
	x := &Expediente{AsOf: asOf.Truncate(time.Millisecond).In(schema.Zona)}
	var err error
	if x.Calendario, err = v.CalendarioEn(x.AsOf); err != nil {
		return nil, fmt.Errorf("expediente: %w", err)
	}
	p := newPliegue()
	if err := v.EventosHasta(x.AsOf, sucesos, p.add); err != nil {
		return nil, fmt.Errorf("expediente: %w", err)
	}
	x.Instituciones = slices.SortedFunc(maps.Values(p.instituciones), func(a, b Institucion) int { return cmp.Compare(a.UNE, b.UNE) })
	x.Asuntos = make([]Asunto, 0, len(p.asuntos))
	for _, a := range p.asuntos {
		x.Asuntos = append(x.Asuntos, *a)
	}
	slices.SortFunc(x.Asuntos, func(a, b Asunto) int {
		return cmp.Or(cmp.Compare(a.UNE, b.UNE), cmp.Compare(a.Folio, b.Folio), cmp.Compare(a.Vuelta, b.Vuelta))
	})
	return x, x.conclude(v, p.instituciones)
}

// conclude counts every term, and says what concluded each asunto.
func (x *Expediente) conclude(v *store.View, padron map[schema.UNE]Institucion) error {
	fines := make(map[schema.Dia]time.Time)
	for i := range x.Asuntos {
		a := &x.Asuntos[i]
		var fin time.Time
		if a.Dia0 != 0 {
			a.Vence = x.Calendario.Recontar(a.Dia0, padron[a.UNE].Termino+a.Prorroga, a.Limite)
			var known bool
			if fin, known = fines[a.Vence]; !known {
				var err error
				if fin, err = x.fin(v, a.Vence); err != nil {
					return fmt.Errorf("expediente: %w", err)
				}
				fines[a.Vence] = fin
			}
		}
		if !a.Recibida.IsZero() {
			a.Dias = x.Calendario.DiasHabiles(a.Dia0, schema.DiaDe(a.Recibida))
		}
		a.conclude(x.AsOf, fin)
	}
	return nil
}

// fin is the last second in time of a limit's day.
func (x *Expediente) fin(v *store.View, limite schema.Dia) (time.Time, error) {
	const last = 24*60*60 - 1
	held := limite.At(last)
	if held.After(x.AsOf) {
		held = x.AsOf
	}
	h, err := v.FinDePlazoEn(held)
	return limite.At(h), err
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
