package puntaje

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"buzon/exchange/expediente"
	"buzon/exchange/idatu"
	"buzon/schema"
)

// Pregunta is what is asked of a log.
type Pregunta struct {
	Metodo         *idatu.Metodo
	Desde, Hasta   schema.Dia // the period, both included
	AsOf           time.Time  // zero: the source's now
	UNE            schema.UNE // 0: all
	Counts, Bounds string     // files, by path; "": none
}

// Instantanea is the log as of the moment of a score.
type Instantanea struct {
	*expediente.Expediente
	Simulacro    bool
	Desde, Hasta schema.Dia // the period, both included
}

// Read folds the log.
func (q *Pregunta) Read(src *Fuente) (k *Instantanea, err error) {
	asOf := q.AsOf
	if asOf.IsZero() {
		asOf = src.Ahora
	} else if err := src.Knows(asOf); err != nil {
		return nil, err
	}
	k = &Instantanea{Desde: q.Desde, Hasta: q.Hasta, Simulacro: src.Simulacro}
	if k.Expediente, err = expediente.Read(src.Eventos(asOf), asOf); err != nil {
		return nil, err
	}
	if len(k.Instituciones) == 0 {
		return nil, fmt.Errorf("no institution was in the roll at %s", schema.Momento(k.AsOf))
	}
	return k, nil
}

// InRoll tells whether the gateway sees an institution.
func (k *Instantanea) InRoll(une schema.UNE) bool {
	return slices.ContainsFunc(k.Instituciones, func(in expediente.Miembro) bool { return in.UNE == une })
}

// Score scores the sectors that are asked for, each by itself.
func (q *Pregunta) Score(k *Instantanea) (*Puntuado, error) {
	l, err := readScore(q.Metodo, q.Counts, q.Bounds, k.seen)
	if err != nil {
		return nil, err
	}
	sectors, err := q.sectores(k, l.conteos)
	if err != nil {
		return nil, err
	}
	p := &Puntuado{Metodo: q.Metodo.Version, Reglas: q.Metodo, Archivos: l.archivos, Recuento: k}
	conteos := append(k.Conteos(q.Desde, q.Hasta), l.conteos...)
	for _, s := range sectors {
		own := slices.DeleteFunc(slices.Clone(conteos), func(c idatu.Conteo) bool {
			return k.InRoll(c.Institucion) && !slices.Contains(s.UNEs, c.Institucion)
		})
		r, err := q.Metodo.Score(own, l.limites)
		if err != nil {
			return nil, fmt.Errorf("sector %s: %w", s.Nombre, err)
		}
		p.Sectores = append(p.Sectores, SectorPuntuado{s.Nombre, r})
	}
	p.show(q.UNE)
	p.avisa(len(l.limites) > 0)
	return p, nil
}

// seen finds rows that the log counts itself.
func (k *Instantanea) seen(conteos []idatu.Conteo) (bad []idatu.Mistake) {
	for i, c := range conteos {
		if c.Proceso == idatu.GE && k.InRoll(c.Institucion) {
			bad = append(bad, idatu.Mistake{Row: i, Column: "proceso", First: -1,
				Err: fmt.Errorf("GE of %s is counted from the log; leave it out", c.Institucion)})
		}
	}
	return bad
}

// sectores gives the sectors that are asked for. A file does not say of which
// sector its institutions are: they are of the one that is asked for, if it is
// one.
func (q *Pregunta) sectores(k *Instantanea, others []idatu.Conteo) ([]expediente.Sector, error) {
	foreign := ""
	named := false
	for _, c := range others {
		if !k.InRoll(c.Institucion) {
			foreign, named = c.Institucion.String(), named || c.Institucion == q.UNE
		}
	}
	asked := k.Sectores()
	switch {
	case k.InRoll(q.UNE):
		asked = slices.DeleteFunc(asked, func(s expediente.Sector) bool {
			return !slices.Contains(s.UNEs, q.UNE)
		})
	case q.UNE != 0 && !named:
		return nil, fmt.Errorf("institution %s was not in the roll at %s, and no file brings counts of it",
			q.UNE, schema.Momento(k.AsOf))
	}
	if foreign != "" && len(asked) > 1 {
		var names []string
		for _, s := range asked {
			names = append(names, s.Nombre)
		}
		return nil, ErrPregunta{
			fmt.Errorf("%s: %s is not in the roll, which has the sectors %s; name an institution of its "+
				"sector with --institution",
				q.Counts, foreign, strings.Join(names, ", "))}
	}
	return asked, nil
}
