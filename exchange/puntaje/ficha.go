package puntaje

import (
	"slices"

	"buzon/exchange/expediente"
	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
)

// Hoja makes the sheet of an institution that was scored: by quarter where a log was,
// since counts of a file are of one period.
func (p *Puntuado) Hoja(own idatu.Calificacion) *ficha.Hoja {
	s := p.SectorDe(own.Institucion)
	h := &ficha.Hoja{Institucion: own.Institucion, Sector: s.Nombre, Metodo: p.Reglas, Integrantes: s.Sector,
		Calificacion: own, Medias: s.Medias, Archivos: p.Archivos}
	k := p.Recuento
	if k == nil {
		return h
	}
	h.Simulacro, h.Desde, h.Hasta, h.AsOf = k.Simulacro, k.Desde, k.Hasta, k.AsOf
	h.Calendario, h.Periodos = k.Calendario.Version(), ficha.Trimestres(k.Desde, k.Hasta)
	if i := slices.IndexFunc(k.Instituciones, func(in expediente.Miembro) bool {
		return in.UNE == own.Institucion
	}); i >= 0 {
		h.Denominacion = k.Instituciones[i].Denominacion
	}
	for i := range h.Periodos {
		q := &h.Periodos[i]
		q.Conteos = slices.DeleteFunc(k.Conteos(q.Desde, q.Hasta), func(c idatu.Conteo) bool {
			return c.Institucion != own.Institucion
		})
	}
	return h
}
