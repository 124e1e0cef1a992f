package escenario

import (
	"buzon/schema"
	"buzon/store"
)

// Fechas are the days on which a row's things are to happen; 0 is never.
type Fechas struct {
	Entrega    schema.Dia // of the LOT: the turno, or the next día hábil
	Prorroga   schema.Dia // on which the prórroga is asked for
	Respuesta  schema.Dia
	Dictamenes []schema.Dia
	Limite     schema.Dia // that passes unanswered; 0 where an answer or a DIC 6 comes
}

// Days between the things that a row leaves open.
const (
	hastaDictamen = 5 // días hábiles from delivery to the first dictamen, where no answer comes
	antesDe       = 2 // días hábiles by which a prórroga is asked for before the answer, a DIC 6 or the limit
)

// Fechas counts a row's days with a calendar and the institution's term in días
// hábiles.
func (f *Fila) Fechas(cal *schema.Calendario, termino int) Fechas {
	d := Fechas{Entrega: cal.HabilDesde(f.Turno)}
	if f.Dias != Nunca {
		d.Respuesta = cal.Vence(d.Entrega, f.Dias)
	}
	hasta := termino // the día hábil before which a prórroga has a use
	if f.Dias != Nunca {
		hasta = min(hasta, f.Dias)
	}
	next := cal.Vence(d.Entrega, hastaDictamen)
	if f.Dias != Nunca {
		next = cal.Siguiente(d.Respuesta)
	}
	withdrawn := false
	for _, x := range f.Dictamenes {
		if x.Fecha != 0 {
			next = x.Fecha
		}
		d.Dictamenes = append(d.Dictamenes, next)
		if x.Tipo == store.DicDesistimiento {
			withdrawn = true
			hasta = min(hasta, cal.DiasHabiles(d.Entrega, next))
		}
		next = cal.Siguiente(next)
	}
	if f.Prorroga > 0 {
		d.Prorroga = cal.Vence(d.Entrega, max(hasta-antesDe, 0))
	}
	if f.Dias == Nunca && !withdrawn {
		d.Limite = cal.Vence(d.Entrega, termino+f.Prorroga)
	}
	return d
}
