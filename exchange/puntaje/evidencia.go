package puntaje

import (
	"fmt"
	"slices"

	"buzon/exchange/expediente"
	"buzon/exchange/idatu"
	"buzon/schema"
)

// Evidencia are the folios behind a criterion of GE.
type Evidencia struct {
	*Instantanea
	Metodo                 string
	Regla                  *idatu.ReglaCriterio
	Numerador, Denominador int64
	Pruebas                []expediente.Prueba // those in the denominator
}

// Evidencia finds them for the institution that is asked for, or for all.
func (q *Pregunta) Evidencia(k *Instantanea, criterio int) (*Evidencia, error) {
	if q.UNE != 0 && !k.InRoll(q.UNE) {
		return nil, fmt.Errorf("institution %s was not in the roll at %s", q.UNE, schema.Momento(k.AsOf))
	}
	e := &Evidencia{Instantanea: k, Metodo: q.Metodo.Version,
		Regla: q.Metodo.Proceso(idatu.GE).Criterio(criterio)}
	e.Pruebas = slices.DeleteFunc(k.Evidencia(criterio, q.Desde, q.Hasta), func(p expediente.Prueba) bool {
		return q.UNE != 0 && p.UNE != q.UNE
	})
	for _, p := range e.Pruebas {
		e.Numerador, e.Denominador = e.Numerador+p.Numerador, e.Denominador+1
	}
	return e, nil
}
