package main

import (
	"fmt"
	"io"
	"math/big"
	"strings"
	"text/tabwriter"
	"unicode"

	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
	"buzon/exchange/puntaje"
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
func printHead(w io.Writer, k *puntaje.Instantanea, title string) {
	markRehearsal(w, k != nil && k.Simulacro)
	fmt.Fprintln(w, title)
	if k != nil {
		fmt.Fprintf(w, "Periodo %s a %s, según la bitácora al %s, calendario %s\n", k.Desde, k.Hasta,
			schema.Momento(k.AsOf), k.Calendario.Version())
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
func printMedias(w io.Writer, s *puntaje.SectorPuntuado) {
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
		fmt.Fprintf(t, "%d\t%s\t%d / %d\t%s\t%s\t%s\t%s\t%s\n", x.Criterio, x.Nombre, x.Numerador,
			x.Denominador,
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

// printEvidence lists the folios behind a criterion.
func printEvidence(w io.Writer, e *puntaje.Evidencia) error {
	printHead(w, e.Instantanea,
		fmt.Sprintf("IDATU, método %s, GE, criterio %d: %s", e.Metodo, e.Regla.Numero, e.Regla.Nombre))
	fmt.Fprintf(w, "Numerador / denominador: %d / %d\n", e.Numerador, e.Denominador)
	if len(e.Pruebas) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t,
		"institución\tfolio\tvuelta\taporta\tdía 0\tlímite\tconcluido\tpor\tdías\tsentido\tdictámenes")
	for _, p := range e.Pruebas {
		dias, sentido := puntaje.Respondido(p, ninguno)
		fmt.Fprintf(t, "%s\t%s\t%d\t%d / 1\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.UNE, p.Folio, p.Vuelta,
			p.Numerador, orNone(p.Dia0.String(), ninguno),
			orNone(p.Vence.String(), ninguno), hourOf(p.Concluido), p.Por, dias, sentido,
			orNone(puntaje.Dictados(p), ninguno))
	}
	return t.Flush()
}
