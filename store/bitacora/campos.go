package bitacora

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// Campos gives the names of the fields that the payload of an event may have, those
// of a renglón as lista.campo. Whoever writes events holds what it wrote in its
// tests against them: a field that Llenos never gives is one that a writer lost.
func Campos(evento string) (names []string) {
	t, ok := CargaDe[evento]
	if !ok {
		return nil
	}
	for _, f := range campos(t) {
		names = append(names, clave(f))
		if !deRenglones(f) {
			continue
		}
		for _, g := range campos(f.Type.Elem()) {
			names = append(names, clave(f)+"."+clave(g))
		}
	}
	return names
}

// Llenos gives the fields of an event's payload that say something, named as Campos
// names them, each once, sorted.
func Llenos(c *Crudo) (names []string, err error) {
	t, ok := CargaDe[c.Evento]
	if !ok {
		return nil, fmt.Errorf("event %d: %q is none of the log", c.N, c.Evento)
	}
	v := reflect.New(t)
	if err := json.Unmarshal([]byte(c.Detalle), v.Interface()); err != nil {
		return nil, fmt.Errorf("event %d, %s: %w", c.N, c.Evento, err)
	}
	for _, f := range campos(t) {
		x := v.Elem().FieldByIndex(f.Index)
		if x.IsZero() {
			continue
		}
		names = append(names, clave(f))
		if !deRenglones(f) {
			continue
		}
		for i := range x.Len() {
			names = append(names, llenosDe(clave(f), x.Index(i))...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func llenosDe(lista string, row reflect.Value) (names []string) {
	for _, f := range campos(row.Type()) {
		if !row.FieldByIndex(f.Index).IsZero() {
			names = append(names, lista+"."+clave(f))
		}
	}
	return names
}

// campos are the fields of a payload or of a renglón, those that it has from
// another struct as its own.
func campos(t reflect.Type) (all []reflect.StructField) {
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous {
			all = append(all, f)
		}
	}
	return all
}

// deRenglones tells whether a field is a list of structs.
func deRenglones(f reflect.StructField) bool {
	return f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct
}
