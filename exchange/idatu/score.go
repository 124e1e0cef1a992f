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
func (m *Metodo) Score(conteos []Conteo, limites []Limite) (*Resultado, error) {
	if err := refuse(m.CheckConteos(conteos), m.CheckLimites(limites)); err != nil {
		return nil, err
	}
	s := m.newSector(conteos, limites)
	out := &Resultado{Metodo: m.Version, Sector: len(s.conteos), Medias: make(map[Proceso]*big.Rat)}
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
	slices.SortFunc(out.Instituciones, func(a, b Calificacion) int { return cmp.Compare(a.Institucion, b.Institucion) })
	for _, p := range m.Procesos {
		if mean := media(p.Proceso, out.Instituciones); mean != nil {
			out.Medias[p.Proceso] = mean
		}
	}
	return out, nil
}

// marca scores a process; has is false where the institution has no row of it.
func (s *sector) marca(r *ReglaProceso, own map[clave]Conteo) (p Marca, has bool) {
	p = Marca{Proceso: r.Proceso, Nombre: r.Nombre}
	total, byIndex, byShare := new(big.Rat), new(big.Rat), new(big.Rat)
	for i := range r.Criterios {
		c, ok := own[clave{r.Proceso, r.Criterios[i].Numero}]
		if !ok {
			p.Faltan = append(p.Faltan, r.Criterios[i].Numero)
			continue
		}
		x := s.puntaje(&r.Criterios[i], c)
		total.Add(total, x.Puntos)
		byIndex.Add(byIndex, x.PorIndice)
		if x.PorParticipacion != nil {
			byShare.Add(byShare, x.PorParticipacion)
		}
		p.NadaConcluido = p.NadaConcluido || c.Criterio == r.Concluidos && c.Denominador == 0
		p.Criterios = append(p.Criterios, x)
	}
	if len(p.Faltan) == 0 {
		p.Total, p.PorIndice, p.PorParticipacion = total, byIndex, byShare
	}
	return p, len(p.Criterios) > 0
}

// puntaje scores a criterion.
func (s *sector) puntaje(r *ReglaCriterio, c Conteo) Puntaje {
	k := clave{c.Proceso, c.Criterio}
	x := Puntaje{Conteo: c, Nombre: r.Nombre, Tiempo: r.Tiempo, Indice: r.Indice(c)}
	x.LimiteIndice = s.limite(Indice, k)
	x.PorIndice = puntos(r.Puntos, x.Indice, x.LimiteIndice)
	x.Puntos = x.PorIndice
	if !r.Tiempo {
		x.Participacion = s.participacion(c)
		x.LimiteParticipacion = s.limite(Participacion, k)
		x.PorParticipacion = puntos(r.Puntos, x.Participacion, x.LimiteParticipacion)
		x.Puntos = new(big.Rat).Add(x.PorIndice, x.PorParticipacion)
		x.Puntos.Quo(x.Puntos, big.NewRat(2, 1))
	}
	return x
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

// idatu weighs the marks of an institution; nil where one is unknown.
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

// media is the mean mark of a sector in a process, or nil: see Resultado.
func media(name Proceso, all []Calificacion) *big.Rat {
	sum, n := new(big.Rat), int64(0)
	for i := range all {
		p := all[i].Proceso(name)
		if p == nil && name != GE || p != nil && name == GO && p.NadaConcluido {
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
