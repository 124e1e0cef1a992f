package idatu

import "math/big"

// Proceso is one of the ways in which a complaint is attended.
type Proceso string

// The three processes.
const (
	GE Proceso = "GE" // Gestión Electrónica
	GO Proceso = "GO" // Gestión Ordinaria
	CO Proceso = "CO" // Conciliación
)

// Valor names one of the two values of a criterion.
type Valor string

// The two values.
const (
	Indice        Valor = "indice"        // numerator ÷ denominator
	Participacion Valor = "participacion" // numerator ÷ the sector's numerator
)

// Metodo is one version of the method, as data.
type Metodo struct {
	Version    string
	Procesos   []ReglaProceso // in the order of the fichas
	Pesos      map[Proceso]int64
	PesosSinGO map[Proceso]int64 // where nothing was concluded in GO; both in hundredths, 100 in all
}

// ReglaProceso says what a process is scored by.
type ReglaProceso struct {
	Proceso    Proceso
	Nombre     string
	Concluidos int // the criterion whose denominator is the asuntos concluded
	Criterios  []ReglaCriterio
}

// ReglaCriterio is one criterion of a process.
type ReglaCriterio struct {
	Numero int // in the process's own list; GO keeps GE's numbers
	Nombre string
	Puntos int64 // the most; the least is 1
	Tiempo bool  // a mean of días hábiles instead of a share in %: index alone
	// VMin and VMax bound the index where no Limite does, in its own unit. A
	// VMax of 0 is the largest value of the sector. Participation goes from 0 to
	// the sector's largest.
	VMin, VMax int64
}

// Proceso gives the rules of a process, or nil.
func (m *Metodo) Proceso(p Proceso) *ReglaProceso {
	for i := range m.Procesos {
		if m.Procesos[i].Proceso == p {
			return &m.Procesos[i]
		}
	}
	return nil
}

// Criterio gives the rule of a number, or nil; a nil process has none.
func (p *ReglaProceso) Criterio(numero int) *ReglaCriterio {
	if p == nil {
		return nil
	}
	for i := range p.Criterios {
		if p.Criterios[i].Numero == numero {
			return &p.Criterios[i]
		}
	}
	return nil
}

// Indice is numerator ÷ denominator, 0 where there is nothing to divide by: in %,
// of a time in días hábiles.
func (r *ReglaCriterio) Indice(c Conteo) *big.Rat {
	if c.Denominador == 0 {
		return new(big.Rat)
	}
	v := big.NewRat(c.Numerador, c.Denominador)
	if !r.Tiempo {
		v.Mul(v, big.NewRat(100, 1))
	}
	return v
}
