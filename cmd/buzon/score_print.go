package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
	"buzon/exchange/puntaje"
	"buzon/store/bitacora"
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
func printScore(w io.Writer, p *puntaje.Puntuado) error {
	printHead(w, p.Recuento, fmt.Sprintf("IDATU, método %s", p.Metodo))
	for _, a := range p.Archivos {
		fmt.Fprintf(w, "Archivo de %s %s, SHA-256 %s\n", a.Tipo.Nombre(), printable(a.Nombre), a.SHA256)
	}
	for _, s := range p.Sectores {
		if s.Nombre != "" {
			fmt.Fprintf(w, "Sector %s, instituciones: %d\n", s.Nombre, s.Sector)
		}
	}
	for _, in := range p.Instituciones {
		sector := ""
		if len(p.Sectores) > 1 {
			sector = ", " + p.SectorDe(in.Institucion).Nombre
		}
		fmt.Fprintf(w, "\nInstitución %s%s\n", in.Institucion, sector)
		for _, x := range in.Procesos {
			fmt.Fprintf(w, "\n%s (%s)\n", x.Nombre, x.Proceso)
			if err := printMarca(w, x); err != nil {
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
	for _, s := range p.Sectores {
		printMedias(w, &s)
	}
	return nil
}

// printHead begins a table: what it is, and of which moment of the log.
func printHead(w io.Writer, k *puntaje.Recuento, title string) {
	markRehearsal(w, k != nil && k.Simulacro)
	fmt.Fprintln(w, title)
	if k != nil {
		fmt.Fprintf(w, "Periodo %s a %s, según la bitácora al %s, calendario %s\n", k.Desde, k.Hasta, puntaje.Momento(k.AsOf), k.Calendario.Version())
		if partial := ficha.Parcial(k.Hasta, k.AsOf); partial != "" {
			fmt.Fprintln(w, "Periodo sin concluir, "+partial)
		}
	}
}

// printable shows a name on one line, whatever it holds.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, name)
}

// printMedias writes the means of a sector of several.
func printMedias(w io.Writer, s *puntaje.Sector) {
	if s.Sector < 2 {
		return
	}
	name := ""
	if s.Nombre != "" {
		name = " " + s.Nombre
	}
	fmt.Fprintf(w, "\nCalificación media del sector%s (%d instituciones):", name, s.Sector)
	for _, p := range []idatu.Proceso{idatu.GE, idatu.GO, idatu.CO} {
		fmt.Fprintf(w, "  %s %s", p, dos(s.Medias[p]))
	}
	fmt.Fprintln(w)
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
	if err := t.Flush(); err != nil {
		return err
	}
	if p.NadaConcluido {
		fmt.Fprintln(w, "No aplica: no concluyó ningún asunto")
	}
	return nil
}

// printScoreCSV writes a table for spreadsheets: UTF-8 with BOM, CRLF. Every cell
// is a number or a word of the method, so none can be taken for a formula.
// Behind the criteria of a process stand its total and its mark, behind the
// processes the IDATU.
func printScoreCSV(w io.Writer, p *puntaje.Puntuado) error {
	rows := [][]string{{"institucion", "proceso", "criterio", "concepto", "numerador", "denominador",
		"indice", "participacion", "puntos_indice", "puntos_participacion", "puntos"}}
	for _, in := range p.Instituciones {
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
	return writeTabla(w, rows, p.Recuento)
}

// writeTabla writes rows for spreadsheets; a rehearsal's say so in a last column.
func writeTabla(w io.Writer, rows [][]string, k *puntaje.Recuento) error {
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
	return dos(r)
}
