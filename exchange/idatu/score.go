package idatu

import (
	"cmp"
	"math/big"
	"slices"
)

// Score scores a sector: all institutions that the counts name, within the
// bounds of the method or those of limites. The order of the rows does not
// matter. The error joins every Mistake of CheckConteos and CheckLimites; then
// there is no result.
func (m *Metodo) Score(conteos []Conteo, limites []Limite) (*Calificaciones, error) {
	if err := refuse(m.CheckConteos(conteos), m.CheckLimites(limites)); err != nil {
		return nil, err
	}
	s := m.newSector(conteos, limites)
	out := &Calificaciones{Metodo: m.Version, Sector: len(s.conteos), Medias: make(map[Proceso]*big.Rat)}
	for une, own := range s.conteos {
		c := Calificacion{Institucion: une}
		for i := range m.Procesos {
			if p, has := s.marca(&m.Procesos[i], own); has {
				c.Procesos = append(c.Procesos, p)
			}
		}
		c.IDATU = m.idatu(&c)
		out.Instituciones = append(out.Instituciones, c)
	}
	slices.SortFunc(out.Instituciones, func(a, b Calificacion) int {
		return cmp.Compare(a.Institucion, b.Institucion)
	})
	for _, p := range m.Procesos {
		if mean := media(p.Proceso, out.Instituciones); mean != nil {
			out.Medias[p.Proceso] = mean
		}
	}
	return out, nil
}

// marca scores a process; has is false where the institution has no row of it. Of
// a process that concluded nothing the counts stand alone: 0 of 0 would have every
// point, and who did nothing would be the best of its sector.
func (s *sector) marca(r *ReglaProceso, own map[clave]Conteo) (p Marca, has bool) {
	concluidos, known := own[clave{r.Proceso, r.Concluidos}]
	p = Marca{Proceso: r.Proceso, Nombre: r.Nombre, NadaConcluido: known && concluidos.Denominador == 0}
	for i := range r.Criterios {
		rule := &r.Criterios[i]
		c, ok := own[clave{r.Proceso, rule.Numero}]
		switch {
		case ok:
			x := s.valores(rule, c)
			if !p.NadaConcluido {
				x.puntua(rule.Puntos)
			}
			p.Criterios = append(p.Criterios, x)
		case !p.NadaConcluido:
			p.Faltan = append(p.Faltan, rule.Numero)
		}
	}
	if len(p.Faltan) == 0 && !p.NadaConcluido {
		p.suma()
	}
	return p, len(p.Criterios) > 0
}

// suma makes the totals of the points.
func (p *Marca) suma() {
	p.Total, p.PorIndice, p.PorParticipacion = new(big.Rat), new(big.Rat), new(big.Rat)
	for _, x := range p.Criterios {
		p.Total.Add(p.Total, x.Puntos)
		p.PorIndice.Add(p.PorIndice, x.PorIndice)
		if x.PorParticipacion != nil {
			p.PorParticipacion.Add(p.PorParticipacion, x.PorParticipacion)
		}
	}
}

// valores are the values of a criterion and their bounds, without points yet.
func (s *sector) valores(r *ReglaCriterio, c Conteo) Puntaje {
	k := clave{c.Proceso, c.Criterio}
	x := Puntaje{Conteo: c, Nombre: r.Nombre, Tiempo: r.Tiempo}
	x.Indice, x.LimiteIndice = r.Indice(c), s.limite(Indice, k)
	if !r.Tiempo {
		x.Participacion, x.LimiteParticipacion = s.participacion(c), s.limite(Participacion, k)
	}
	return x
}

// puntua gives the points of the values.
func (x *Puntaje) puntua(most int64) {
	x.PorIndice = puntos(most, x.Indice, x.LimiteIndice)
	x.Puntos = x.PorIndice
	if !x.Tiempo {
		x.PorParticipacion = puntos(most, x.Participacion, x.LimiteParticipacion)
		x.Puntos = new(big.Rat).Add(x.PorIndice, x.PorParticipacion)
		x.Puntos.Quo(x.Puntos, big.NewRat(2, 1))
	}
}

// puntos is max − (max − 1)·(vmin − v)/(vmin − vmax), from max down to 1.
func puntos(most int64, v *big.Rat, l *Limite) *big.Rat {
	switch {
	case l.Min.Cmp(l.Max) == 0 || v.Cmp(l.Min) <= 0:
		return big.NewRat(most, 1)
	case v.Cmp(l.Max) >= 0:
		return big.NewRat(1, 1)
	}
	lost := new(big.Rat).Sub(l.Min, v)
	lost.Quo(lost, new(big.Rat).Sub(l.Min, l.Max))
	lost.Mul(lost, big.NewRat(most-1, 1))
	return lost.Sub(big.NewRat(most, 1), lost)
}

// idatu weighs the marks of an institution; nil where there is none, or one is
// unknown.
func (m *Metodo) idatu(c *Calificacion) *big.Rat {
	sum := new(big.Rat)
	for name, weight := range m.PesosDe(c) {
		mark := c.CalificacionEn(name)
		if mark == nil {
			return nil
		}
		sum.Add(sum, new(big.Rat).Mul(mark, big.NewRat(weight, 100)))
	}
	return sum
}

// PesosDe are the weights that an institution's marks have: without GO where it
// concluded nothing there, or has no rows of it.
func (m *Metodo) PesosDe(c *Calificacion) map[Proceso]int64 {
	if p := c.Proceso(GO); p == nil || p.NadaConcluido {
		return m.PesosSinGO
	}
	return m.Pesos
}

// media is the mean mark of a sector in a process, or nil: see Calificaciones.
func media(name Proceso, all []Calificacion) *big.Rat {
	sum, n := new(big.Rat), int64(0)
	for i := range all {
		p := all[i].Proceso(name)
		if p == nil && name != GE || p != nil && p.NadaConcluido {
			continue
		}
		mark := all[i].CalificacionEn(name)
		if mark == nil {
			return nil
		}
		sum.Add(sum, mark)
		n++
	}
	if n == 0 {
		return nil
	}
	return sum.Quo(sum, big.NewRat(n, 1))
}
