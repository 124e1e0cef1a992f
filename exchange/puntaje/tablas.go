package puntaje

import (
	"encoding/csv"
	"io"
	"math/big"
	"strconv"
	"strings"

	"buzon/exchange/expediente"
	"buzon/schema"
	"buzon/store/bitacora"
)

// WriteCSV writes a table for spreadsheets: UTF-8 with BOM, CRLF. Every cell
// is a number or a word of the method, so none can be taken for a formula.
// Behind the criteria of a process stand its total and its mark, behind the
// processes the IDATU.
func WriteCSV(w io.Writer, p *Puntuado) error {
	rows := [][]string{{"institucion", "proceso", "criterio", "concepto", "numerador", "denominador",
		"indice", "participacion", "puntos_indice", "puntos_participacion", "puntos"}}
	for _, in := range p.Instituciones {
		une := in.Institucion.String()
		for _, p := range in.Procesos {
			for _, x := range p.Criterios {
				rows = append(rows,
					[]string{une, string(p.Proceso), strconv.Itoa(x.Criterio), x.Nombre,
						strconv.FormatInt(x.Numerador, 10),
						strconv.FormatInt(x.Denominador, 10), celda(x.Indice), celda(x.Participacion),
						celda(x.PorIndice), celda(x.PorParticipacion), celda(x.Puntos)})
			}
			rows = append(rows,
				[]string{une, string(p.Proceso), "", "Total", "", "", "", "", celda(p.PorIndice),
					celda(p.PorParticipacion), celda(p.Total)},
				[]string{une, string(p.Proceso), "", "Calificación", "", "", "", "", "", "",
					celda(p.Calificacion())})
		}
		rows = append(rows, []string{une, "", "", "IDATU", "", "", "", "", "", "", celda(in.IDATU)})
	}
	return writeTabla(w, rows, p.Recuento)
}

// WriteEvidenciaCSV writes a table for spreadsheets, as that of a score.
func WriteEvidenciaCSV(w io.Writer, e *Evidencia) error {
	rows := [][]string{{"criterio", "institucion", "folio", "vuelta", "numerador", "denominador", "dia0",
		"limite", "prorroga",
		"concluido", "por", "recibida", "dias", "sentido", "dictamenes"}}
	for _, p := range e.Pruebas {
		dias, sentido := Respondido(p, "")
		recibida := ""
		if !p.Recibida.IsZero() {
			recibida = string(schema.NewInstante(p.Recibida))
		}
		rows = append(rows,
			[]string{strconv.Itoa(e.Regla.Numero), p.UNE.String(), bitacora.Celda(string(p.Folio)),
				strconv.Itoa(p.Vuelta),
				strconv.FormatInt(p.Numerador, 10), "1", p.Dia0.String(), p.Vence.String(),
				strconv.Itoa(p.Prorroga),
				string(schema.NewInstante(p.Concluido)), string(p.Por), recibida, dias, sentido, Dictados(p)})
	}
	return writeTabla(w, rows, e.Instantanea)
}

// Respondido is what stands of an answer: its days and its sentido, or nothing.
func Respondido(p expediente.Prueba, none string) (dias, sentido string) {
	if p.Recibida.IsZero() {
		return none, none
	}
	return strconv.Itoa(p.Dias), strconv.Itoa(p.Sentido)
}

// Dictados joins the dictámenes that stand, as a scenario writes them.
func Dictados(p expediente.Prueba) string {
	var out []string
	for _, d := range p.Dictamenes {
		out = append(out, strconv.Itoa(d.Tipo))
	}
	return strings.Join(out, ";")
}

// writeTabla writes rows for spreadsheets; a rehearsal's say so in a last column.
func writeTabla(w io.Writer, rows [][]string, k *Instantanea) error {
	if k != nil && k.Simulacro {
		rows[0] = append(rows[0], "simulacro")
		for i := range rows[1:] {
			rows[i+1] = append(rows[i+1], bitacora.Ensayo)
		}
	}
	if _, err := io.WriteString(w, "\uFEFF"); err != nil { // by which Excel knows that it is UTF-8
		return err
	}
	t := csv.NewWriter(w)
	t.UseCRLF = true
	return t.WriteAll(rows) // flushes
}

// celda is a number in a table for spreadsheets, empty where there is none.
func celda(r *big.Rat) string {
	if r == nil {
		return ""
	}
	return r.FloatString(2) // rounded half away from zero
}
