package simulacro

import (
	"buzon/exchange/simulacro/escenario"
	"buzon/schema"
)

// jornada is what happens on one day, in the order of the scenario.
type jornada struct {
	recs       []*escenario.Fila
	prorrogas  porUNE
	respuestas porUNE
	dictamenes [][]dictado // by DIC: a folio stands once in each
	veces      map[schema.Folio]int
}

// porUNE are the rows of a day that each institution answers.
type porUNE map[schema.UNE][]*escenario.Fila

type dictado struct {
	fila *escenario.Fila
	escenario.Dictado
}

// plan is what happens on each day, and from when until when days are played.
type plan struct {
	dias            map[schema.Dia]*jornada
	primero, ultimo schema.Dia
	habiles         int
}

// newPlan spreads a scenario over its days. The last one is a día hábil after
// all that it brings.
func newPlan(e *escenario.Escenario, cal *schema.Calendario, termino int) *plan {
	p := &plan{dias: map[schema.Dia]*jornada{}, primero: e.Primero()}
	for _, f := range e.Filas {
		d := f.Fechas(cal, termino)
		p.dia(d.Entrega).recs = append(p.dia(d.Entrega).recs, f)
		if d.Prorroga != 0 {
			p.dia(d.Prorroga).prorrogas[f.Institucion] = append(p.dia(d.Prorroga).prorrogas[f.Institucion], f)
		}
		if d.Respuesta != 0 {
			p.dia(d.Respuesta).respuestas[f.Institucion] = append(
				p.dia(d.Respuesta).respuestas[f.Institucion], f)
		}
		for i, fecha := range d.Dictamenes {
			p.dia(fecha).dictar(dictado{f, f.Dictamenes[i]})
		}
		p.ultimo = max(p.ultimo, ultimoDe(d))
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

// ultimoDe is the last of a row's days.
func ultimoDe(d escenario.Fechas) schema.Dia {
	last := max(d.Entrega, d.Prorroga, d.Respuesta, d.Limite)
	for _, x := range d.Dictamenes {
		last = max(last, x)
	}
	return last
}
