package main

import (
	"errors"
	"io"
	"slices"

	"buzon/exchange/expediente"
	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
	"buzon/exchange/puntaje"
)

// errFicha says what a page is not printed without.
var errFicha = errors.New("--format html is the sheet of one institution: name it with --institution, and leave --evidence out")

// printFicha writes the score of the one institution that was asked for as a page:
// by quarter where a log was scored, since counts of a file are of one period.
func printFicha(w io.Writer, p *puntaje.Puntuado) error {
	if len(p.Instituciones) != 1 {
		return usageError{errFicha}
	}
	own := p.Instituciones[0]
	s := p.SectorDe(own.Institucion)
	h := &ficha.Hoja{Institucion: own.Institucion, Sector: s.Nombre, Metodo: p.Reglas, Integrantes: s.Sector, Calificacion: own, Medias: s.Medias, Archivos: p.Archivos}
	k := p.Recuento
	if k == nil {
		return ficha.Write(w, h)
	}
	h.Simulacro, h.Desde, h.Hasta, h.AsOf = k.Simulacro, k.Desde, k.Hasta, k.AsOf
	h.Calendario, h.Periodos = k.Calendario.Version(), ficha.Trimestres(k.Desde, k.Hasta)
	if i := slices.IndexFunc(k.Instituciones, func(in expediente.Institucion) bool { return in.UNE == own.Institucion }); i >= 0 {
		h.Denominacion = k.Instituciones[i].Denominacion
	}
	for i := range h.Periodos {
		q := &h.Periodos[i]
		q.Conteos = slices.DeleteFunc(k.Conteos(q.Desde, q.Hasta), func(c idatu.Conteo) bool { return c.Institucion != own.Institucion })
	}
	return ficha.Write(w, h)
}
