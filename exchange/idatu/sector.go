package idatu

import (
	"math/big"

	"buzon/schema"
)

// rango are the bounds of a value.
type rango struct{ min, max *big.Rat }

// sector is what an institution is measured by, and the counts of all.
type sector struct {
	conteos map[schema.UNE]map[clave]Conteo
	suma    map[clave]*big.Rat // of the numerators
	rangos  map[Valor]map[clave]rango
}

// newSector takes counts and bounds that were checked.
func (m *Metodo) newSector(conteos []Conteo, limites []Limite) *sector {
	s := &sector{
		conteos: make(map[schema.UNE]map[clave]Conteo),
		suma:    make(map[clave]*big.Rat),
		rangos:  map[Valor]map[clave]rango{Indice: {}, Participacion: {}},
	}
	for _, c := range conteos {
		k := clave{c.Proceso, c.Criterio}
		if s.conteos[c.Institucion] == nil {
			s.conteos[c.Institucion] = make(map[clave]Conteo)
		}
		s.conteos[c.Institucion][k] = c
		if s.suma[k] == nil {
			s.suma[k] = new(big.Rat)
		}
		s.suma[k].Add(s.suma[k], new(big.Rat).SetInt64(c.Numerador))
	}
	for _, c := range conteos {
		s.widen(m.Proceso(c.Proceso).Criterio(c.Criterio), c)
	}
	for _, l := range limites {
		s.rangos[l.Valor][clave{l.Proceso, l.Criterio}] = rango{l.Min, l.Max}
	}
	return s
}

// widen takes an institution's values into the bounds of the sector.
func (s *sector) widen(r *ReglaCriterio, c Conteo) {
	k := clave{c.Proceso, c.Criterio}
	low, high := big.NewRat(r.VMin, 1), r.Indice(c)
	if r.VMax > 0 {
		high = big.NewRat(r.VMax, 1)
	}
	s.rangos[Indice][k] = larger(s.rangos[Indice][k], rango{low, high})
	s.rangos[Participacion][k] = larger(s.rangos[Participacion][k], rango{new(big.Rat), s.participacion(c)})
}

// larger gives the range with the larger max; the zero rango has none.
func larger(a, b rango) rango {
	if a.max == nil || b.max.Cmp(a.max) > 0 {
		return b
	}
	return a
}

// limite are the bounds of a value in this sector.
func (s *sector) limite(v Valor, k clave) *Limite {
	r := s.rangos[v][k]
	return &Limite{k.proceso, k.criterio, v, r.min, r.max}
}

// participacion is numerator ÷ the sector's numerator, in %.
func (s *sector) participacion(c Conteo) *big.Rat {
	sum := s.suma[clave{c.Proceso, c.Criterio}]
	if sum.Sign() == 0 {
		return new(big.Rat)
	}
	v := new(big.Rat).SetInt64(c.Numerador)
	return v.Mul(v, big.NewRat(100, 1)).Quo(v, sum)
}
