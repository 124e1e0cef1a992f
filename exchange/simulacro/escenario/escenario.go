package escenario

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"buzon/schema"
	"buzon/store"
)

// Escenario is what is to happen in a rehearsal of months: the reclamaciones of
// CONDUSEF, by the moment at which each is assigned, with what its institution
// does about it and what becomes of it afterwards.
type Escenario struct {
	Filas []*Fila // by Turno, then as they came
}

// Fila is one reclamación in one of its rounds.
type Fila struct {
	Linea       int // in the file; 0 of one that was invented
	Folio       schema.Folio
	Vuelta      int // from 1; a further one is a reversa
	Institucion schema.UNE
	Turno       schema.Dia
	Dias        int // días hábiles from delivery to the answer, or Nunca
	Prorroga    int // días hábiles that are asked for; 0 none
	Sentido     int // of the answer; 0 none
	Dictamenes  []Dictado
}

// Nunca is in Fila.Dias that no answer comes.
const Nunca = -1

// Dictado is a dictamen that CONDUSEF gives.
type Dictado struct {
	Tipo  int
	Fecha schema.Dia // 0: the next in order
	Anula int        // the tipo that an 11 leaves without effect; 0 otherwise
}

// columnas are those of the file, in order.
var columnas = []string{"folio", "institucion", "fecha_turno", "dias_habiles", "prorroga_dias", "sentido",
	"dictamenes"}

// Write writes the scenario as Read reads it.
func (e *Escenario) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	out := csv.NewWriter(b)
	if err := out.Write(columnas); err != nil {
		return fmt.Errorf("write scenario: %w", err)
	}
	for _, f := range e.Filas {
		if err := out.Write(f.celdas()); err != nil {
			return fmt.Errorf("write scenario: %w", err)
		}
	}
	out.Flush()
	if err := cmp.Or(out.Error(), b.Flush()); err != nil {
		return fmt.Errorf("write scenario: %w", err)
	}
	return nil
}

func (f *Fila) celdas() []string {
	number := func(n, none int) string {
		if n == none {
			return ""
		}
		return strconv.Itoa(n)
	}
	dictados := make([]string, len(f.Dictamenes))
	for i, d := range f.Dictamenes {
		dictados[i] = strconv.Itoa(d.Tipo)
		if d.Fecha != 0 {
			dictados[i] += "@" + d.Fecha.String()
		}
	}
	return []string{string(f.Folio), string(f.Institucion.Clave()), f.Turno.String(), number(f.Dias, Nunca),
		number(f.Prorroga, 0),
		number(f.Sentido, 0), strings.Join(dictados, ";")}
}

// Instituciones are those that the scenario names, by clave.
func (e *Escenario) Instituciones() (all []schema.UNE) {
	for _, f := range e.Filas {
		all = append(all, f.Institucion)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Primero is the day of the first reclamación; 0 where there is none.
func (e *Escenario) Primero() schema.Dia {
	if len(e.Filas) == 0 {
		return 0
	}
	return e.Filas[0].Turno
}

// order puts the rows in the order in which they happen and counts the rounds of
// each folio.
func (e *Escenario) order() {
	slices.SortStableFunc(e.Filas, func(a, b *Fila) int { return cmp.Compare(a.Turno, b.Turno) })
	vueltas := make(map[schema.Folio]int, len(e.Filas))
	for _, f := range e.Filas {
		vueltas[f.Folio]++
		f.Vuelta = vueltas[f.Folio]
	}
}

// standing gives for each 11 the tipo that it undoes: that of the last dictamen
// before it that stands. It gives the index of the first that has none, or -1.
func standing(all []Dictado) int {
	var stand []int
	for i := range all {
		if all[i].Tipo != store.DicSinEfecto {
			stand = append(stand, all[i].Tipo)
			continue
		}
		if len(stand) == 0 {
			return i
		}
		all[i].Anula = stand[len(stand)-1]
		stand = stand[:len(stand)-1]
	}
	return -1
}
