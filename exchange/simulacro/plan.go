package simulacro

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

// ultimo is the last of the days.
func (d Fechas) ultimo() schema.Dia {
	last := max(d.Entrega, d.Prorroga, d.Respuesta, d.Limite)
	for _, x := range d.Dictamenes {
		last = max(last, x)
	}
	return last
}

// jornada is what happens on one day, in the order of the scenario.
type jornada struct {
	recs       []*Fila
	prorrogas  porUNE
	respuestas porUNE
	dictamenes [][]dictado // by DIC: a folio stands once in each
	veces      map[schema.Folio]int
}

// porUNE are the rows of a day that each institution answers.
type porUNE map[schema.UNE][]*Fila

type dictado struct {
	fila *Fila
	Dictado
}

// plan is what happens on each day, and from when until when days are played.
type plan struct {
	dias            map[schema.Dia]*jornada
	primero, ultimo schema.Dia
	habiles         int
}

// newPlan spreads a scenario over its days. The last one is a día hábil after
// all that it brings.
func newPlan(e *Escenario, cal *schema.Calendario, termino int) *plan {
	p := &plan{dias: map[schema.Dia]*jornada{}, primero: e.Primero()}
	for _, f := range e.Filas {
		d := f.Fechas(cal, termino)
		p.dia(d.Entrega).recs = append(p.dia(d.Entrega).recs, f)
		if d.Prorroga != 0 {
			p.dia(d.Prorroga).prorrogas[f.Institucion] = append(p.dia(d.Prorroga).prorrogas[f.Institucion], f)
		}
		if d.Respuesta != 0 {
			p.dia(d.Respuesta).respuestas[f.Institucion] = append(p.dia(d.Respuesta).respuestas[f.Institucion], f)
		}
		for i, fecha := range d.Dictamenes {
			p.dia(fecha).dictar(dictado{f, f.Dictamenes[i]})
		}
		p.ultimo = max(p.ultimo, d.ultimo())
	}
	p.ultimo = cal.Siguiente(p.ultimo)
	for dia := p.primero; dia <= p.ultimo; dia++ {
		if cal.Habil(dia) {
			p.habiles++
		}
	}
	return p
}

func (p *plan) dia(d schema.Dia) *jornada {
	j := p.dias[d]
	if j == nil {
		j = &jornada{prorrogas: porUNE{}, respuestas: porUNE{}, veces: map[schema.Folio]int{}}
		p.dias[d] = j
	}
	return j
}

// dictar puts a dictamen into the first DIC of the day that comes after those
// with the same folio: a folio stands once in a file, and order matters.
func (j *jornada) dictar(d dictado) {
	at := j.veces[d.fila.Folio]
	j.veces[d.fila.Folio]++
	if at == len(j.dictamenes) {
		j.dictamenes = append(j.dictamenes, nil)
	}
	j.dictamenes[at] = append(j.dictamenes[at], d)
}
