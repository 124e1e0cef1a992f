package expediente

import (
	"buzon/exchange/idatu"
	"buzon/schema"
)

// criterios is how many criteria GE has, numbered from 1.
const criterios = 10

// Conteos counts the asuntos that were concluded in a period, its first and last
// day included, as days of Mexico City: for every institution of the roll every
// criterion of GE, 0 of 0 where there is nothing to count. Periods that adjoin
// count each asunto once, so that quarters add up to their year.
func (x *Expediente) Conteos(desde, hasta schema.Dia) []idatu.Conteo {
	out := make([]idatu.Conteo, 0, len(x.Instituciones)*criterios)
	at := make(map[schema.UNE]int, len(x.Instituciones)) // where its criteria begin
	for _, in := range x.Instituciones {
		at[in.UNE] = len(out)
		for criterio := 1; criterio <= criterios; criterio++ {
			out = append(out, idatu.Conteo{Institucion: in.UNE, Proceso: idatu.GE, Criterio: criterio})
		}
	}
	for i := range x.Asuntos {
		a := &x.Asuntos[i]
		if !a.concludedIn(desde, hasta) {
			continue
		}
		own := out[at[a.UNE]:]
		for criterio := 1; criterio <= criterios; criterio++ {
			n, d := a.Aporte(criterio)
			own[criterio-1].Numerador += n
			own[criterio-1].Denominador += d
		}
	}
	return out
}

// Prueba is an asunto behind a criterion.
type Prueba struct {
	*Asunto
	Numerador int64 // what it adds: 0 or 1; días hábiles where the criterion is a mean time
}

// Evidencia gives the asuntos that a criterion of GE divides by in a period, and
// what each adds to the numerator, by clave, folio and vuelta.
func (x *Expediente) Evidencia(criterio int, desde, hasta schema.Dia) (all []Prueba) {
	for i := range x.Asuntos {
		a := &x.Asuntos[i]
		if n, d := a.Aporte(criterio); d > 0 && a.concludedIn(desde, hasta) {
			all = append(all, Prueba{a, n})
		}
	}
	return all
}

// Aporte is what an asunto adds to the numerator and to the denominator of a
// criterion of GE, by its number in the method of 2018. One that is open, and a
// number that is no criterion's, add nothing.
func (a *Asunto) Aporte(criterio int) (numerador, denominador int64) {
	if a.Por == "" {
		return 0, 0
	}
	vencido := a.Por == PorLimite
	marcado := a.has(incongruente) || a.has(incompleta)
	switch criterio {
	case 1:
		return share(a.Directo(), vencido)
	case 2:
		return a.days(a.Directo())
	case 3:
		return share(a.Directo(), marcado)
	case 4:
		return share(true, a.ConProrroga())
	case 5:
		return share(a.ConProrroga(), vencido)
	case 6:
		return a.days(a.ConProrroga())
	case 7:
		return share(a.ConProrroga(), marcado)
	case 8:
		return share(a.has(pasoACO), a.Favorable())
	case 9:
		return share(a.has(pasoACO) && a.Favorable(), a.has(noConciliado))
	case 10:
		return share(a.has(pasoACO) && a.Sentido == desfavorable, a.has(conciliado))
	}
	return 0, 0
}

// share counts an asunto in the numerator only where the denominator has it.
func share(of, part bool) (numerador, denominador int64) {
	switch {
	case !of:
		return 0, 0
	case part:
		return 1, 1
	}
	return 0, 1
}

// days divides by those that were answered.
func (a *Asunto) days(of bool) (numerador, denominador int64) {
	if !of || a.Recibida.IsZero() {
		return 0, 0
	}
	return int64(a.Dias), 1
}

// desfavorable is the sentido that is not favourable.
const desfavorable = 2

// Favorable tells whether it was answered in the user's favour, in whole or in
// part. One without an answer is neither favourable nor not.
func (a *Asunto) Favorable() bool { return a.Sentido != 0 && a.Sentido != desfavorable }

// Directo tells whether it was concluded by an answer or its limit, and had no
// prórroga.
func (a *Asunto) Directo() bool { return a.attended() && a.Prorroga == 0 }

// ConProrroga tells whether it was concluded by an answer or its limit, and had a
// prórroga.
func (a *Asunto) ConProrroga() bool { return a.attended() && a.Prorroga != 0 }

func (a *Asunto) attended() bool { return a.Por == PorRespuesta || a.Por == PorLimite }

func (a *Asunto) concludedIn(desde, hasta schema.Dia) bool {
	if a.Por == "" {
		return false
	}
	d := schema.DiaDe(a.Concluido)
	return desde <= d && d <= hasta
}
