package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"buzon/exchange/expediente"
	"buzon/exchange/idatu"
	"buzon/exchange/puntaje"
	"buzon/schema"
	"buzon/store/bitacora"
)

// contestado is what stands of an answer: its days and its sentido, or nothing.
func contestado(p expediente.Prueba, none string) (dias, sentido string) {
	if p.Recibida.IsZero() {
		return none, none
	}
	return strconv.Itoa(p.Dias), strconv.Itoa(p.Sentido)
}

// dictados joins the dictámenes that stand, as a scenario writes them.
func dictados(p expediente.Prueba) string {
	var out []string
	for _, d := range p.Dictamenes {
		out = append(out, strconv.Itoa(d.Tipo))
	}
	return strings.Join(out, ";")
}

func printEvidence(w io.Writer, e *puntaje.Evidencia) error {
	printHead(w, e.Recuento, fmt.Sprintf("IDATU, método %s, GE, criterio %d: %s", e.Metodo, e.Regla.Numero, e.Regla.Nombre))
	fmt.Fprintf(w, "Numerador / denominador: %d / %d\n", e.Numerador, e.Denominador)
	if len(e.Pruebas) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "institución\tfolio\tvuelta\taporta\tdía 0\tlímite\tconcluido\tpor\tdías\tsentido\tdictámenes")
	for _, p := range e.Pruebas {
		dias, sentido := contestado(p, ninguno)
		fmt.Fprintf(t, "%s\t%s\t%d\t%d / 1\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.UNE, p.Folio, p.Vuelta, p.Numerador, orNone(p.Dia0.String(), ninguno),
			orNone(p.Vence.String(), ninguno), hourOf(p.Concluido), p.Por, dias, sentido, orNone(dictados(p), ninguno))
	}
	return t.Flush()
}

// printEvidenceCSV writes a table for spreadsheets, as printScoreCSV does.
func printEvidenceCSV(w io.Writer, e *puntaje.Evidencia) error {
	rows := [][]string{{"criterio", "institucion", "folio", "vuelta", "numerador", "denominador", "dia0", "limite", "prorroga",
		"concluido", "por", "recibida", "dias", "sentido", "dictamenes"}}
	for _, p := range e.Pruebas {
		dias, sentido := contestado(p, "")
		recibida := ""
		if !p.Recibida.IsZero() {
			recibida = string(schema.NewInstante(p.Recibida))
		}
		rows = append(rows, []string{strconv.Itoa(e.Regla.Numero), p.UNE.String(), bitacora.Celda(string(p.Folio)), strconv.Itoa(p.Vuelta),
			strconv.FormatInt(p.Numerador, 10), "1", p.Dia0.String(), p.Vence.String(), strconv.Itoa(p.Prorroga),
			string(schema.NewInstante(p.Concluido)), string(p.Por), recibida, dias, sentido, dictados(p)})
	}
	return writeTabla(w, rows, e.Recuento)
}

// The evidence as JSON: one object.
type (
	evidenceObject struct {
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

func printEvidenceJSON(w io.Writer, e *puntaje.Evidencia) error {
	out := evidenceObject{Method: e.Metodo, AsOf: puntaje.Momento(e.AsOf), From: e.Desde, To: e.Hasta, Calendar: e.Calendario.Version(), Process: idatu.GE,
		Criterion: e.Regla.Numero, Numerator: e.Numerador, Denominator: e.Denominador, Cases: []evidenceCase{}, Simulacro: e.Simulacro}
	for _, p := range e.Pruebas {
		x := evidenceCase{Institution: p.UNE.String(), Folio: p.Folio, Round: p.Vuelta, Numerator: p.Numerador, Day0: p.Dia0, Limit: p.Vence,
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
