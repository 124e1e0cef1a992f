package idatu

import (
	"math/big"

	"buzon/schema"
)

// Calificaciones is the score of every institution of a sector. Its numbers are not
// rounded, and nil where they are unknown.
type Calificaciones struct {
	Metodo        string         // its version
	Sector        int            // how many institutions were measured by each other
	Instituciones []Calificacion // by clave
	// Medias are the sector's mean marks, from 0 to 10. In GE whoever has not
	// joined counts as 0; whoever concluded nothing in a process does not count
	// there. A process of which a mark is unknown, or that nobody has, is absent.
	Medias map[Proceso]*big.Rat
}

// Calificacion is the score of an institution.
type Calificacion struct {
	Institucion schema.UNE
	Procesos    []Marca  // those with rows, in the method's order
	IDATU       *big.Rat // 0 to 10; nil where GE or CO has no mark, or one is unknown
}

// Marca is what an institution reached in a process.
type Marca struct {
	Proceso          Proceso
	Nombre           string
	Criterios        []Puntaje // those with a row, by number
	Faltan           []int     // criteria without a row: then the totals are unknown
	Total            *big.Rat  // 100 at most
	PorIndice        *big.Rat  // the total by index alone
	PorParticipacion *big.Rat  // the total by participation, without the times
	// NadaConcluido tells that the process does not apply: there are counts, but
	// neither points nor totals nor a mark, and no row is missing.
	NadaConcluido bool
}

// Puntaje is what an institution reached in a criterion; its points are nil where
// the process concluded nothing.
type Puntaje struct {
	Conteo
	Nombre           string
	Tiempo           bool
	Indice           *big.Rat // %, or días hábiles of a time
	Participacion    *big.Rat // %; nil of a time
	PorIndice        *big.Rat // points
	PorParticipacion *big.Rat // points; nil of a time
	Puntos           *big.Rat
	// The bounds that the points were given within: the sector's, the method's or
	// those that stood instead; a time has none of participation.
	LimiteIndice, LimiteParticipacion *Limite
}

// Proceso gives the mark of a process, or nil where the institution has none.
func (c *Calificacion) Proceso(p Proceso) *Marca {
	for i := range c.Procesos {
		if c.Procesos[i].Proceso == p {
			return &c.Procesos[i]
		}
	}
	return nil
}

// CalificacionEn is the mark of a process, or nil where it is unknown or there is
// none. Without rows of GE an institution has not joined, and has 0 there.
func (c *Calificacion) CalificacionEn(p Proceso) *big.Rat {
	own := c.Proceso(p)
	switch {
	case own != nil:
		return own.Calificacion()
	case p == GE:
		return new(big.Rat)
	}
	return nil
}

// Calificacion is the mark of the process, the tenth of its total, from 0 to 10, or
// nil where there is no total.
func (p *Marca) Calificacion() *big.Rat {
	if p.Total == nil {
		return nil
	}
	return new(big.Rat).Quo(p.Total, big.NewRat(10, 1))
}
