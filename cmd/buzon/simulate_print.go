package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"buzon/exchange/simulacro"
	"buzon/schema"
)

// simulateReport says what came of a rehearsal.
type simulateReport struct {
	Simulacro    bool              `json:"simulacro"`
	Scenario     string            `json:"scenario"`
	Config       string            `json:"config"`
	Rows         int               `json:"rows"`
	CameTrue     int               `json:"came_true"`
	Institutions int               `json:"institutions"`
	First        schema.Dia        `json:"first_day"`
	Last         schema.Dia        `json:"last_day"`
	BusinessDays int               `json:"business_days"`
	Files        int64             `json:"files"` // received and published
	Events       int64             `json:"events"`
	Seconds      float64           `json:"seconds"`  // of the machine's clock
	Problems     []simulacro.Falla `json:"problems"` // all that did not come true
}

// maxProblems is how many problems a person is shown.
const maxProblems = 50

func (r *simulateReport) print(w io.Writer, asJSON bool) error {
	if asJSON {
		if r.Problems == nil {
			r.Problems = []simulacro.Falla{}
		}
		return json.NewEncoder(w).Encode(r)
	}
	fmt.Fprintf(w, "SIMULACRO: everything here is invented.\n\n")
	fmt.Fprintf(w, "scenario   %s: %d rows, %d institutions\n", r.Scenario, r.Rows, r.Institutions)
	fmt.Fprintf(w, "played     %s to %s, %d días hábiles, in %v\n", r.First, r.Last, r.BusinessDays,
		time.Duration(r.Seconds*float64(time.Second)).Round(time.Millisecond))
	fmt.Fprintf(w, "log        %d events, %d files\n", r.Events, r.Files)
	_, err := fmt.Fprintf(w, "came true  %d of %d rows\n", r.CameTrue, r.Rows)
	for i, p := range r.Problems {
		if i == maxProblems {
			_, err = fmt.Fprintf(w, "and %d more; --json has them all\n", len(r.Problems)-i)
			break
		}
		if p.Folio == "" {
			_, err = fmt.Fprintf(w, "FAIL       %s %s\n", p.Institucion, p.Motivo)
			continue
		}
		_, err = fmt.Fprintf(w, "FAIL       line %d, %s of %s: %s\n", p.Linea, p.Folio, p.Institucion, p.Motivo)
	}
	if err != nil || len(r.Problems) > 0 {
		return err
	}
	_, err = fmt.Fprintf(w, "\nAsk what happened:\n\n  buzon status --config %[1]s\n  buzon history --config %[1]s\n  buzon verify --config %[1]s\n", r.Config)
	return err
}
