package schema

import (
	_ "embed" // the states
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

// numEntidades is the number of states; their claves are 1 to 32 in the order of
// INEGI.
const numEntidades = 32

// nacidoFuera stands in a CURP where the others have the key of a state.
const nacidoFuera = "NE"

type entidad struct {
	nombre, curp     string
	cpDesde, cpHasta int // first two digits of its postal codes
	municipios       int
}

//go:embed entidades.csv
var entidadesCSV string

// entidades holds the states by clave; place 0 is empty.
var entidades = mustEntidades(entidadesCSV)

// municipiosMax is the highest clave of a municipio of each state, by INEGI.
var municipiosMax = [numEntidades]int{
	11, 7, 9, 13, 38, 10, 125, 67, 17, 39, 46, 85, 84, 125, 125, 113,
	36, 20, 51, 570, 217, 18, 11, 59, 20, 72, 17, 43, 60, 212, 106, 58,
}

func mustEntidades(text string) [numEntidades + 1]entidad {
	all, err := readEntidades(text)
	if err != nil {
		panic("schema: the embedded table is part of the program, yet: " + err.Error())
	}
	return all
}

func readEntidades(text string) (all [numEntidades + 1]entidad, err error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return all, fmt.Errorf("read entidades: %w", err)
	}
	if len(rows) != numEntidades+1 || len(rows[0]) != 5 {
		return all, fmt.Errorf("read entidades: %d lines, want %d of 5 fields", len(rows), numEntidades+1)
	}
	for i, row := range rows[1:] {
		var n [3]int
		for j, s := range []string{row[0], row[3], row[4]} {
			if n[j], err = strconv.Atoi(s); err != nil {
				return all, fmt.Errorf("read entidades: line %d: %w", i+2, err)
			}
		}
		if n[0] != i+1 {
			return all, fmt.Errorf("read entidades: line %d: clave %d, want %d", i+2, n[0], i+1)
		}
		all[n[0]] = entidad{nombre: row[1], curp: row[2], cpDesde: n[1], cpHasta: n[2],
			municipios: municipiosMax[i]}
	}
	return all, nil
}

// entidadDe gives the state, or an empty one that has nothing.
func entidadDe(n int) entidad {
	if n < 1 || n > numEntidades {
		return entidad{cpDesde: 1}
	}
	return entidades[n]
}

// NombreEntidad gives the name of the state with that clave, 1 to 32, or "".
func NombreEntidad(n int) string { return entidadDe(n).nombre }

// ClaveEntidadCURP gives the two letters that stand for the state in a CURP, or
// "".
func ClaveEntidadCURP(n int) string { return entidadDe(n).curp }

// Municipios gives the highest clave of a municipio of the state, 0 where there
// is no such state. Nearly every clave from 1 up to it exists; Ciudad de México
// begins with 2, Baja California Sur has no 4 to 7, Chiapas no 95.
func Municipios(entidad int) int { return entidadDe(entidad).municipios }

// EntidadDeCP tells whether a postal code of five digits lies in the state, which
// its first two digits tell.
func EntidadDeCP(cp string, entidad int) bool {
	if len(cp) != 5 || !digits(cp) {
		return false
	}
	prefix := int(cp[0]-'0')*10 + int(cp[1]-'0')
	e := entidadDe(entidad)
	return e.cpDesde <= prefix && prefix <= e.cpHasta
}

// claveCURPConocida tells whether a CURP may bear two capital letters as its state.
func claveCURPConocida(s string) bool {
	return clavesCURP[s[0]-'A'][s[1]-'A']
}

// clavesCURP has the pairs of letters that stand for a state, or for none.
var clavesCURP = func() (all [26][26]bool) {
	for _, e := range entidades[1:] {
		all[e.curp[0]-'A'][e.curp[1]-'A'] = true
	}
	all[nacidoFuera[0]-'A'][nacidoFuera[1]-'A'] = true
	return all
}()
