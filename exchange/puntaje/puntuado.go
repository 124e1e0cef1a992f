package puntaje

import (
	"fmt"
	"slices"
	"strings"

	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
	"buzon/schema"
)

// Puntuado is a score.
type Puntuado struct {
	Metodo        string
	Reglas        *idatu.Metodo
	Sectores      []SectorPuntuado     // those that were scored
	Instituciones []idatu.Calificacion // those that were asked for, by clave
	Archivos      []ficha.Aportado     // that were read
	Recuento      *Instantanea         // of the log; nil: counts of a file are of no moment of it
	Avisos        []string             // what a reader of it should know
}

// SectorPuntuado is the score of one sector, each measured by itself.
type SectorPuntuado struct {
	Nombre string // "" where nobody says
	*idatu.Calificaciones
}

// ErrPregunta is a mistake in what was asked for.
type ErrPregunta struct{ error }

func (e ErrPregunta) Unwrap() error { return e.error }

// SectorDe gives the sector of one that was scored.
func (p *Puntuado) SectorDe(une schema.UNE) *SectorPuntuado {
	for i := range p.Sectores {
		if slices.ContainsFunc(p.Sectores[i].Instituciones, func(x idatu.Calificacion) bool {
			return x.Institucion == une
		}) {
			return &p.Sectores[i]
		}
	}
	return nil
}

// DeArchivos scores the counts of a file alone: of whatever period and moment it was
// made for.
func DeArchivos(m *idatu.Metodo, counts, bounds string, une schema.UNE) (*Puntuado, error) {
	l, err := readScore(m, counts, bounds, nil)
	if err != nil {
		return nil, err
	}
	r, err := m.Score(l.conteos, l.limites)
	if err != nil {
		return nil, err
	}
	p := &Puntuado{Metodo: m.Version, Reglas: m, Archivos: l.archivos,
		Sectores: []SectorPuntuado{{Calificaciones: r}}}
	p.show(une)
	if len(p.Instituciones) == 0 {
		return nil, fmt.Errorf("%s: holds no counts of %s", counts, une)
	}
	p.avisa(len(l.limites) > 0)
	return p, nil
}

// show takes the institutions of all sectors, or one of them alone.
func (p *Puntuado) show(une schema.UNE) {
	for _, s := range p.Sectores {
		for _, in := range s.Instituciones {
			if une == 0 || in.Institucion == une {
				p.Instituciones = append(p.Instituciones, in)
			}
		}
	}
	slices.SortFunc(p.Instituciones, func(a, b idatu.Calificacion) int {
		return int(a.Institucion) - int(b.Institucion)
	})
}

// avisa says what a reader of the score should know.
func (p *Puntuado) avisa(bounded bool) {
	for _, in := range p.Instituciones {
		for _, x := range in.Procesos {
			if len(x.Faltan) > 0 {
				p.Avisos = append(p.Avisos,
					fmt.Sprintf("%s: %s has no counts of criteria %s: its total and the IDATU are unknown",
						in.Institucion, x.Proceso, strings.Trim(fmt.Sprint(x.Faltan), "[]")))
			}
		}
	}
	for _, s := range p.Sectores {
		if s.Sector == 1 && !bounded {
			name := s.Nombre
			if name != "" {
				name += ": "
			}
			p.Avisos = append(p.Avisos,
				name+"one institution alone is measured by itself: give counts of the rest of its sector, "+
					"or --bounds")
		}
	}
}
