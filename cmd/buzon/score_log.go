package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"buzon/exchange/expediente"
	"buzon/exchange/idatu"
	"buzon/schema"
)

// pedidoScore is what is asked of the log.
type pedidoScore struct {
	metodo         *idatu.Metodo
	desde, hasta   schema.Dia
	asOf           time.Time  // zero: now
	une            schema.UNE // 0: all
	evidence       int        // 0: the score
	counts, bounds string
}

// corte is the log as of the moment of a score.
type corte struct {
	*expediente.Expediente
	Simulacro    bool
	Desde, Hasta schema.Dia // the period, both included
}

// pedido reads the flags of a score from the log.
func (f *scoreFlags) pedido(c *cobra.Command, m *idatu.Metodo) (q *pedidoScore, err error) {
	q = &pedidoScore{metodo: m, evidence: f.evidence, counts: f.counts, bounds: f.bounds}
	if q.desde, q.hasta, err = f.periodo(); err != nil {
		return nil, err
	}
	if q.asOf, err = momentFlag("as-of", f.asOf); err != nil {
		return nil, err
	}
	switch {
	case !c.Flags().Changed("evidence"):
	case m.Proceso(idatu.GE).Criterio(q.evidence) == nil:
		return nil, usageError{fmt.Errorf("--evidence %d: GE has no criterion of this number", q.evidence)}
	case f.counts != "" || f.bounds != "":
		return nil, usageError{errors.New("--evidence lists folios of the log: leave --counts and --bounds out")}
	}
	return q, nil
}

// periodo reads the days of a score, both included.
func (f *scoreFlags) periodo() (desde, hasta schema.Dia, err error) {
	if f.from == "" || f.to == "" {
		return 0, 0, usageError{errPeriod}
	}
	if desde, err = schema.ParseDia(f.from); err != nil {
		return 0, 0, usageError{fmt.Errorf("--from: %w", err)}
	}
	if hasta, err = schema.ParseDia(f.to); err != nil {
		return 0, 0, usageError{fmt.Errorf("--to: %w", err)}
	}
	if desde > hasta {
		return 0, 0, usageError{fmt.Errorf("--from %s is after --to %s", desde, hasta)}
	}
	return desde, hasta, nil
}

// read folds the log.
func (q *pedidoScore) read(src *fuente) (k *corte, err error) {
	asOf := q.asOf
	if asOf.IsZero() {
		asOf = src.ahora
	} else if err := src.knows(asOf); err != nil {
		return nil, err
	}
	k = &corte{Desde: q.desde, Hasta: q.hasta, Simulacro: src.simulacro}
	if k.Expediente, err = expediente.Read(src.eventos(asOf), asOf); err != nil {
		return nil, err
	}
	if len(k.Instituciones) == 0 {
		return nil, fmt.Errorf("no institution was in the roll at %s", momento(k.AsOf))
	}
	return k, nil
}

// latest is the last moment that can be asked for: a rehearsal stands at its last
// event, and may be asked for any moment of its future that is past for us.
func latest(now time.Time) time.Time {
	if t := time.Now(); t.After(now) {
		return t
	}
	return now
}

// momento writes a moment whole, so that it can be asked for again.
func momento(t time.Time) string { return t.In(schema.Zona).Format("2006-01-02T15:04:05.999-07:00") }

// inRoll tells whether the gateway sees an institution.
func (k *corte) inRoll(une schema.UNE) bool {
	return slices.ContainsFunc(k.Instituciones, func(in expediente.Institucion) bool { return in.UNE == une })
}

// score scores the sectors that are asked for, each by itself.
func (q *pedidoScore) score(warn io.Writer, k *corte) (*puntuado, error) {
	l, err := readScore(q.metodo, q.counts, q.bounds, k.seen)
	if err != nil {
		return nil, err
	}
	sectors, err := q.sectores(k, l.conteos)
	if err != nil {
		return nil, err
	}
	p := &puntuado{Metodo: q.metodo.Version, metodo: q.metodo, Archivos: l.archivos, Corte: k}
	conteos := append(k.Conteos(q.desde, q.hasta), l.conteos...)
	for _, s := range sectors {
		own := slices.DeleteFunc(slices.Clone(conteos), func(c idatu.Conteo) bool {
			return k.inRoll(c.Institucion) && !slices.Contains(s.UNEs, c.Institucion)
		})
		r, err := q.metodo.Score(own, l.limites)
		if err != nil {
			return nil, fmt.Errorf("sector %s: %w", s.Nombre, err)
		}
		p.Sectores = append(p.Sectores, sectorPuntuado{s.Nombre, r})
	}
	p.show(q.une)
	p.warn(warn, len(l.limites) > 0)
	return p, nil
}

// seen finds rows that the log counts itself.
func (k *corte) seen(conteos []idatu.Conteo) (bad []idatu.Mistake) {
	for i, c := range conteos {
		if c.Proceso == idatu.GE && k.inRoll(c.Institucion) {
			bad = append(bad, idatu.Mistake{Row: i, Column: "proceso", First: -1,
				Err: fmt.Errorf("GE of %s is counted from the log; leave it out", c.Institucion)})
		}
	}
	return bad
}

// sectores gives the sectors that are asked for. A file does not say of which
// sector its institutions are: they are of the one that is asked for, if it is
// one.
func (q *pedidoScore) sectores(k *corte, others []idatu.Conteo) ([]expediente.Sector, error) {
	foreign := ""
	named := false
	for _, c := range others {
		if !k.inRoll(c.Institucion) {
			foreign, named = c.Institucion.String(), named || c.Institucion == q.une
		}
	}
	asked := k.Sectores()
	switch {
	case k.inRoll(q.une):
		asked = slices.DeleteFunc(asked, func(s expediente.Sector) bool { return !slices.Contains(s.UNEs, q.une) })
	case q.une != 0 && !named:
		return nil, fmt.Errorf("institution %s was not in the roll at %s, and no file brings counts of it", q.une, momento(k.AsOf))
	}
	if foreign != "" && len(asked) > 1 {
		var names []string
		for _, s := range asked {
			names = append(names, s.Nombre)
		}
		return nil, usageError{fmt.Errorf("%s: %s is not in the roll, which has the sectors %s; name an institution of its sector with --institution",
			q.counts, foreign, strings.Join(names, ", "))}
	}
	return asked, nil
}
