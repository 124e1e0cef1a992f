package puntaje

import (
	"encoding/json"
	"io"
	"math/big"

	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
	"buzon/schema"
)

// Objeto is a score as JSON. Numbers are the nearest float64 of the exact ones; null is
// unknown, or what a time, or a process that concluded nothing, does not have.
type (
	Objeto struct {
		Method       string             `json:"method"`
		AsOf         *string            `json:"as_of"` // null: counts of a file are of no moment of the log
		Files        []scoreInput       `json:"files,omitempty"`
		Institutions []scoreInstitution `json:"institutions"`
		Simulacro    bool               `json:"simulacro,omitempty"`
	}
	scoreInput struct {
		Kind   ficha.TipoArchivo `json:"kind"`
		Name   string            `json:"name"`
		SHA256 string            `json:"sha256"`
	}
	scoreInstitution struct {
		Institution string                         `json:"institution"`
		IDATU       *float64                       `json:"idatu"`
		Processes   map[idatu.Proceso]scoreProcess `json:"processes"`
	}
	scoreProcess struct {
		Total    *float64         `json:"total"`
		Mark     *float64         `json:"mark"`
		Criteria []scoreCriterion `json:"criteria"`
	}
	scoreCriterion struct {
		Criterion           int      `json:"criterion"`
		Numerator           int64    `json:"numerator"`
		Denominator         int64    `json:"denominator"`
		Index               *float64 `json:"index"`
		Participation       *float64 `json:"participation"`
		PointsIndex         *float64 `json:"points_index"`
		PointsParticipation *float64 `json:"points_participation"`
		Points              *float64 `json:"points"`
	}
)

// nearest is the float64 nearest to a number, nil where there is none.
func nearest(r *big.Rat) *float64 {
	if r == nil {
		return nil
	}
	f, _ := r.Float64() // exact or not, it is the nearest
	return &f
}

// WriteJSON writes one Objeto and nothing else.
func WriteJSON(w io.Writer, p *Puntuado) error {
	out := Objeto{Method: p.Metodo, Institutions: []scoreInstitution{}}
	if p.Recuento != nil {
		asOf := schema.Momento(p.Recuento.AsOf)
		out.AsOf, out.Simulacro = &asOf, p.Recuento.Simulacro
	}
	for _, a := range p.Archivos {
		out.Files = append(out.Files, scoreInput{a.Tipo, a.Nombre, a.SHA256})
	}
	for _, in := range p.Instituciones {
		one := scoreInstitution{in.Institucion.String(), nearest(in.IDATU),
			make(map[idatu.Proceso]scoreProcess)}
		for _, p := range in.Procesos {
			x := scoreProcess{Total: nearest(p.Total), Mark: nearest(p.Calificacion()),
				Criteria: []scoreCriterion{}}
			for _, c := range p.Criterios {
				x.Criteria = append(x.Criteria,
					scoreCriterion{c.Criterio, c.Numerador, c.Denominador, nearest(c.Indice),
						nearest(c.Participacion),
						nearest(c.PorIndice), nearest(c.PorParticipacion), nearest(c.Puntos)})
			}
			one.Processes[p.Proceso] = x
		}
		out.Institutions = append(out.Institutions, one)
	}
	return json.NewEncoder(w).Encode(out)
}
