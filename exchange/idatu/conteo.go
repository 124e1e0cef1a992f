package idatu

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"buzon/schema"
)

// Conteo is what an institution counted for one criterion of one process.
type Conteo struct {
	Institucion schema.UNE
	Proceso     Proceso
	Criterio    int
	Numerador   int64 // asuntos; días hábiles in all where the criterion is a mean time
	Denominador int64 // asuntos
}

// Limite are the bounds of one value of a criterion, in the value's own unit: %
// or días hábiles. They stand instead of the method's.
type Limite struct {
	Proceso  Proceso
	Criterio int
	Valor    Valor
	Min, Max *big.Rat
}

// A Mistake is a row of counts or bounds that cannot be scored.
type Mistake struct {
	Row    int    // its index
	Column string // of ColumnasConteo or ColumnasLimite
	First  int    // the index of the row that it repeats, or -1
	Err    error
}

// Error is column: what is wrong.
func (e Mistake) Error() string { return e.Column + ": " + e.Err.Error() }

// Unwrap gives what is wrong.
func (e Mistake) Unwrap() error { return e.Err }

// ColumnasConteo names the columns of a table of Conteo, in order.
func ColumnasConteo() []string {
	return []string{"institucion", "proceso", "criterio", "numerador", "denominador"}
}

// ColumnasLimite names the columns of a table of Limite, in order.
func ColumnasLimite() []string { return []string{"proceso", "criterio", "valor", "vmin", "vmax"} }

// clave tells the criteria of the three processes apart.
type clave struct {
	proceso  Proceso
	criterio int
}

// CheckConteos gives every mistake in the counts.
func (m *Metodo) CheckConteos(conteos []Conteo) []Mistake {
	type own struct {
		une schema.UNE
		clave
	}
	var bad []Mistake
	first := make(map[own]int)
	for i, c := range conteos {
		add := func(column string, err error) {
			if err != nil {
				bad = append(bad, Mistake{i, column, -1, err})
			}
		}
		if c.Institucion == 0 {
			add("institucion", errors.New("has no clave"))
		}
		r, column, err := m.regla(c.Proceso, c.Criterio)
		add(column, err)
		column, err = c.check(r)
		add(column, err)
		k := own{c.Institucion, clave{c.Proceso, c.Criterio}}
		if at, twice := first[k]; twice {
			bad = append(bad,
				Mistake{i, "criterio", at,
					fmt.Errorf("criterion %d of %s of %s stands already", c.Criterio, c.Proceso,
						c.Institucion)})
			continue
		}
		first[k] = i
	}
	return bad
}

// check looks at the two numbers. A share counts a part of what it divides by,
// and no time is spent on no asunto: the usual slip is to swap the two.
func (c Conteo) check(r *ReglaCriterio) (column string, err error) {
	switch {
	case c.Numerador < 0:
		return "numerador", fmt.Errorf("%d is negative", c.Numerador)
	case c.Denominador < 0:
		return "denominador", fmt.Errorf("%d is negative", c.Denominador)
	case r == nil:
	case r.Tiempo && c.Numerador > 0 && c.Denominador == 0:
		return "denominador", fmt.Errorf("%d días hábiles of no asunto", c.Numerador)
	case !r.Tiempo && c.Numerador > c.Denominador:
		return "numerador",
			fmt.Errorf("%d of %d: the numerator counts a part of the denominator", c.Numerador, c.Denominador)
	}
	return "", nil
}

// CheckLimites gives every mistake in the bounds.
func (m *Metodo) CheckLimites(limites []Limite) []Mistake {
	type own struct {
		clave
		valor Valor
	}
	var bad []Mistake
	first := make(map[own]int)
	for i, l := range limites {
		r, column, err := m.regla(l.Proceso, l.Criterio)
		if err != nil {
			bad = append(bad, Mistake{i, column, -1, err})
		}
		if column, err := l.check(r); err != nil {
			bad = append(bad, Mistake{i, column, -1, err})
		}
		k := own{clave{l.Proceso, l.Criterio}, l.Valor}
		if at, twice := first[k]; twice {
			bad = append(bad,
				Mistake{i, "valor", at,
					fmt.Errorf("%s of criterion %d of %s stands already", l.Valor, l.Criterio, l.Proceso)})
			continue
		}
		first[k] = i
	}
	return bad
}

func (l Limite) check(r *ReglaCriterio) (column string, err error) {
	switch {
	case l.Valor != Indice && l.Valor != Participacion:
		return "valor", fmt.Errorf("%q: want %s or %s", l.Valor, Indice, Participacion)
	case r != nil && r.Tiempo && l.Valor == Participacion:
		return "valor",
			fmt.Errorf("criterion %d of %s is a time: it has an index alone", l.Criterio, l.Proceso)
	case l.Min == nil || l.Max == nil:
		return "vmin", errors.New("a bound is missing")
	case l.Min.Sign() < 0:
		return "vmin", errors.New("is negative")
	case l.Min.Cmp(l.Max) > 0:
		return "vmax", errors.New("is below vmin")
	}
	return "", nil
}

// regla finds the rule of a criterion; the error says in which column there is none.
func (m *Metodo) regla(p Proceso, criterio int) (r *ReglaCriterio, column string, err error) {
	rules := m.Proceso(p)
	if rules == nil {
		var known []string
		for _, x := range m.Procesos {
			known = append(known, string(x.Proceso))
		}
		return nil, "proceso", fmt.Errorf("%q: want %s", p, strings.Join(known, ", "))
	}
	if r = rules.Criterio(criterio); r == nil {
		return nil, "criterio", fmt.Errorf("%d: %s has no criterion of this number", criterio, p)
	}
	return r, "", nil
}

// refuse makes one error of all mistakes, or nil.
func refuse(conteos, limites []Mistake) error {
	var all []error
	for _, e := range conteos {
		all = append(all, fmt.Errorf("count %d: %w", e.Row, e))
	}
	for _, e := range limites {
		all = append(all, fmt.Errorf("bound %d: %w", e.Row, e))
	}
	return errors.Join(all...)
}
