package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"text/tabwriter"

	"buzon/exchange/idatu"
	"buzon/schema"
)

// ninguno stands where there is no number.
const ninguno = "-"

// dos writes a number with two decimals, rounded half away from zero.
func dos(r *big.Rat) string {
	if r == nil {
		return ninguno
	}
	return r.FloatString(2)
}

// printScore writes the score as the fichas lay theirs out.
func printScore(w io.Writer, r *idatu.Resultado) error {
	fmt.Fprintf(w, "IDATU, método %s\n", r.Metodo)
	for _, in := range r.Instituciones {
		fmt.Fprintf(w, "\nInstitución %s\n", in.Institucion)
		for _, p := range in.Procesos {
			fmt.Fprintf(w, "\n%s (%s)\n", p.Nombre, p.Proceso)
			if err := printMarca(w, p); err != nil {
				return err
			}
		}
		if in.Proceso(idatu.GE) == nil {
			fmt.Fprintln(w, "\nGestión Electrónica (GE): no adherida, 0.00")
		}
		if _, err := fmt.Fprintf(w, "\nIDATU  %s\n", dos(in.IDATU)); err != nil {
			return err
		}
	}
	if r.Sector > 1 {
		fmt.Fprintf(w, "\nCalificación media del sector (%d instituciones):", r.Sector)
		for _, p := range []idatu.Proceso{idatu.GE, idatu.GO, idatu.CO} {
			fmt.Fprintf(w, "  %s %s", p, dos(r.Medias[p]))
		}
		fmt.Fprintln(w)
	}
	return nil
}

// printMarca writes the table of a process.
func printMarca(w io.Writer, p idatu.Marca) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\tcriterio\tdato\tvalor\tparticipación\tpor índice\tpor participación\tpuntos")
	for _, x := range p.Criterios {
		value, share := dos(x.Indice)+" %", dos(x.Participacion)+" %"
		if x.Tiempo {
			value, share = dos(x.Indice)+" días", ninguno
		}
		fmt.Fprintf(t, "%d\t%s\t%d / %d\t%s\t%s\t%s\t%s\t%s\n", x.Criterio, x.Nombre, x.Numerador, x.Denominador,
			value, share, dos(x.PorIndice), dos(x.PorParticipacion), dos(x.Puntos))
	}
	fmt.Fprintf(t, "\tTotal\t\t\t\t%s\t%s\t%s\n", dos(p.PorIndice), dos(p.PorParticipacion), dos(p.Total))
	fmt.Fprintf(t, "\tCalificación\t\t\t\t\t\t%s\n", dos(p.Calificacion()))
	return t.Flush()
}

// printScoreCSV writes a table for spreadsheets: UTF-8 with BOM, CRLF. Every cell
// is a number or a word of the method, so none can be taken for a formula.
// Behind the criteria of a process stand its total and its mark, behind the
// processes the IDATU.
func printScoreCSV(w io.Writer, r *idatu.Resultado) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil { // by which Excel knows that it is UTF-8
		return err
	}
	t := csv.NewWriter(w)
	t.UseCRLF = true
	rows := [][]string{{"institucion", "proceso", "criterio", "concepto", "numerador", "denominador",
		"indice", "participacion", "puntos_indice", "puntos_participacion", "puntos"}}
	for _, in := range r.Instituciones {
		une := in.Institucion.String()
		for _, p := range in.Procesos {
			for _, x := range p.Criterios {
				rows = append(rows, []string{une, string(p.Proceso), strconv.Itoa(x.Criterio), x.Nombre, strconv.FormatInt(x.Numerador, 10),
					strconv.FormatInt(x.Denominador, 10), celda(x.Indice), celda(x.Participacion), celda(x.PorIndice), celda(x.PorParticipacion), celda(x.Puntos)})
			}
			rows = append(rows,
				[]string{une, string(p.Proceso), "", "Total", "", "", "", "", celda(p.PorIndice), celda(p.PorParticipacion), celda(p.Total)},
				[]string{une, string(p.Proceso), "", "Calificación", "", "", "", "", "", "", celda(p.Calificacion())})
		}
		rows = append(rows, []string{une, "", "", "IDATU", "", "", "", "", "", "", celda(in.IDATU)})
	}
	return t.WriteAll(rows) // flushes
}

// celda is a number in a table for spreadsheets, empty where there is none.
func celda(r *big.Rat) string {
	if r == nil {
		return ""
	}
	return dos(r)
}

// The score as JSON. Numbers are the nearest float64 of the exact ones; null is
// unknown, or what a time does not have.
type (
	scoreObject struct {
		Method       string             `json:"method"`
		AsOf         *schema.Instante   `json:"as_of"` // null: counts of a file are of no moment of the log
		Institutions []scoreInstitution `json:"institutions"`
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

// printScoreJSON writes one object and nothing else.
func printScoreJSON(w io.Writer, r *idatu.Resultado) error {
	out := scoreObject{Method: r.Metodo, Institutions: []scoreInstitution{}}
	for _, in := range r.Instituciones {
		one := scoreInstitution{in.Institucion.String(), nearest(in.IDATU), make(map[idatu.Proceso]scoreProcess)}
		for _, p := range in.Procesos {
			x := scoreProcess{Total: nearest(p.Total), Mark: nearest(p.Calificacion()), Criteria: []scoreCriterion{}}
			for _, c := range p.Criterios {
				x.Criteria = append(x.Criteria, scoreCriterion{c.Criterio, c.Numerador, c.Denominador, nearest(c.Indice), nearest(c.Participacion),
					nearest(c.PorIndice), nearest(c.PorParticipacion), nearest(c.Puntos)})
			}
			one.Processes[p.Proceso] = x
		}
		out.Institutions = append(out.Institutions, one)
	}
	return json.NewEncoder(w).Encode(out)
}
