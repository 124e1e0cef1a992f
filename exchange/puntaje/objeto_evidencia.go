package puntaje

import (
	"encoding/json"
	"io"

	"buzon/exchange/expediente"
	"buzon/exchange/idatu"
	"buzon/schema"
)

// ObjetoEvidencia is the folios behind a criterion as JSON.
type (
	ObjetoEvidencia struct {
		Method      string         `json:"method"`
		AsOf        string         `json:"as_of"`
		From        schema.Dia     `json:"from"`
		To          schema.Dia     `json:"to"`
		Calendar    string         `json:"calendar"`
		Process     idatu.Proceso  `json:"process"`
		Criterion   int            `json:"criterion"`
		Numerator   int64          `json:"numerator"`
		Denominator int64          `json:"denominator"`
		Cases       []evidenceCase `json:"cases"`
		Simulacro   bool           `json:"simulacro,omitempty"`
	}
	evidenceCase struct {
		Institution string           `json:"institution"`
		Folio       schema.Folio     `json:"folio"`
		Round       int              `json:"round"`
		Numerator   int64            `json:"numerator"`
		Day0        schema.Dia       `json:"day_0"` // "": not delivered
		Limit       schema.Dia       `json:"limit"`
		Extension   int              `json:"prorroga"` // días hábiles
		Concluded   schema.Instante  `json:"concluded"`
		By          expediente.Causa `json:"by"`
		Answer      *evidenceAnswer  `json:"answer"` // null: none
		Dictamenes  []int            `json:"dictamenes"`
	}
	evidenceAnswer struct {
		Received schema.Instante `json:"received"`
		Days     int             `json:"days"`
		Sentido  int             `json:"sentido"`
	}
)

// WriteEvidenciaJSON writes one ObjetoEvidencia and nothing else.
func WriteEvidenciaJSON(w io.Writer, e *Evidencia) error {
	out := ObjetoEvidencia{Method: e.Metodo, AsOf: schema.Momento(e.AsOf), From: e.Desde, To: e.Hasta,
		Calendar: e.Calendario.Version(), Process: idatu.GE,
		Criterion: e.Regla.Numero, Numerator: e.Numerador, Denominator: e.Denominador,
		Cases: []evidenceCase{}, Simulacro: e.Simulacro}
	for _, p := range e.Pruebas {
		x := evidenceCase{Institution: p.UNE.String(), Folio: p.Folio, Round: p.Vuelta,
			Numerator: p.Numerador, Day0: p.Dia0, Limit: p.Vence,
			Extension: p.Prorroga, Concluded: schema.NewInstante(p.Concluido), By: p.Por, Dictamenes: []int{}}
		if !p.Recibida.IsZero() {
			x.Answer = &evidenceAnswer{schema.NewInstante(p.Recibida), p.Dias, p.Sentido}
		}
		for _, d := range p.Dictamenes {
			x.Dictamenes = append(x.Dictamenes, d.Tipo)
		}
		out.Cases = append(out.Cases, x)
	}
	return json.NewEncoder(w).Encode(out)
}
