package main

import (
	"errors"
	"io"
	"slices"

	"buzon/exchange/expediente"
	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
)

// errFicha says what a page is not printed without.
var errFicha = errors.New("--format html is the sheet of one institution, from the log: name it with --institution, and leave --evidence out")

// printFicha writes the score of the one institution that was asked for as a page.
func printFicha(w io.Writer, p *puntuado) error {
	if p.Corte == nil || len(p.Instituciones) != 1 {
		return usageError{errFicha}
	}
	k, own := p.Corte, p.Instituciones[0]
	s := p.sectorDe(own.Institucion)
	h := &ficha.Hoja{Simulacro: k.Simulacro, Institucion: own.Institucion, Sector: s.Nombre, Desde: k.Desde, Hasta: k.Hasta, AsOf: k.AsOf,
		Metodo: p.metodo, Calendario: k.Calendario.Version(), Integrantes: s.Sector, Periodos: ficha.Trimestres(k.Desde, k.Hasta),
		Calificacion: own, Medias: s.Medias, Archivos: p.Archivos}
	if i := slices.IndexFunc(k.Instituciones, func(in expediente.Institucion) bool { return in.UNE == own.Institucion }); i >= 0 {
		h.Denominacion = k.Instituciones[i].Denominacion
	}
	for i := range h.Periodos {
		q := &h.Periodos[i]
		q.Conteos = slices.DeleteFunc(k.Conteos(q.Desde, q.Hasta), func(c idatu.Conteo) bool { return c.Institucion != own.Institucion })
	}
	return ficha.Write(w, h)
}
