package escenario

import (
	"math"

	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
	"buzon/store"
)

// Encargo says what a scenario that is invented is to be like.
type Encargo struct {
	N             int                  // reclamaciones of each día hábil
	Instituciones []schema.Inscripcion // the roll
	Desde, Hasta  schema.Dia           // of the turnos
	Seed          uint64
}

// How institutions answer in a scenario that is invented; see the doc of the
// package. A negligent one is late or silent up to three times as often.
const (
	shareNunca         = 0.015
	shareTarde         = 0.030
	shareDesistimiento = 0.010
	shareProrroga      = 0.12
	shareMarcada       = 0.02 // of the answers: incongruente or incompleta
	shareConciliacion  = 0.08 // of the answers that are not favourable in full
	shareConciliado    = 0.55
	shareSilencio      = 0.60 // of the cases without an answer go to conciliación
	shareSinEfecto     = 0.05 // of the marks are taken back
	diasMedios         = 11.0 // días hábiles to an answer
	diasDesvio         = 4.5
)

// Invent makes a scenario. The same order gives the same rows.
func Invent(o Encargo, cal *schema.Calendario, termino int) *Escenario {
	in := inventor.New(o.Seed)
	a := inventor.NewAzar(o.Seed, 1<<32) // apart from that of the people
	e := &Escenario{}
	for dia := o.Desde; dia <= o.Hasta; dia++ {
		if !cal.Habil(dia) {
			continue
		}
		for _, of := range in.Reparto(inventor.Pedido{N: o.N, Instituciones: o.Instituciones}) {
			f := &Fila{Folio: in.Folio(dia.Year()), Institucion: of.Clave, Turno: dia}
			conducta(a, f, negligencia(o.Seed, of.Clave), termino)
			e.Filas = append(e.Filas, f)
		}
	}
	e.order()
	for i, f := range e.Filas {
		f.Linea = i + 2 // as Write writes it
	}
	return e
}

// negligencia is how much more often than others an institution is late: the same
// on every day.
func negligencia(seed uint64, clave schema.UNE) float64 {
	return math.Exp(inventor.NewAzar(seed^1<<40, uint64(clave)).Float64()*2*math.Log(3) - math.Log(3))
}

// conducta decides what becomes of a row.
func conducta(a inventor.Azar, f *Fila, negligencia float64, termino int) {
	f.Dias = Nunca
	if a.Chance(shareDesistimiento) {
		f.Dictamenes = []Dictado{{Tipo: store.DicDesistimiento}}
		return
	}
	limite := termino
	if a.Chance(shareProrroga) {
		f.Prorroga = inventor.Pick(a, []int{5, 10, 10})
		limite += f.Prorroga
	}
	switch p := a.Float64() / negligencia; {
	case p < shareNunca:
	case p < shareNunca+shareTarde:
		f.Dias = limite + 1 + min(int(a.ExpFloat64()*4), termino/2)
	case f.Prorroga > 0: // asked for because the term did not do
		f.Dias = termino - 2 + a.IntN(f.Prorroga+3)
	default:
		f.Dias = min(max(int(math.Round(diasMedios+diasDesvio*a.NormFloat64())), 0), termino)
	}
	if f.Dias != Nunca {
		f.Sentido = a.Sentido()
	}
	f.Dictamenes = desenlace(a, f)
	standing(f.Dictamenes)
}

// desenlace gives what CONDUSEF decides after the answer, or after none came.
func desenlace(a inventor.Azar, f *Fila) (all []Dictado) {
	say := func(tipo int) { all = append(all, Dictado{Tipo: tipo}) }
	if f.Dias != Nunca && a.Chance(shareMarcada) {
		say(1 + a.IntN(2))
		if a.Chance(shareSinEfecto) {
			say(store.DicSinEfecto)
		}
	}
	goes := shareConciliacion
	switch {
	case f.Dias == Nunca:
		goes = shareSilencio
	case f.Sentido == inventor.Favorable:
		goes /= 8
	}
	if !a.Chance(goes) {
		return all
	}
	say(3) // pasó a conciliación
	if a.Chance(0.2) {
		say(7) // audiencia diferida
	}
	if !a.Chance(shareConciliado) {
		say(5)
		return all
	}
	say(4)
	if a.Chance(0.5) {
		say(9) // convenio celebrado
		if a.Chance(0.05) {
			say(10) // its incumplimiento
		}
	}
	return all
}
