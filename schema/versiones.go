package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"buzon/schema/internal/conocidas"
)

// Version is a version of the layout as GeVersion writes it: 01.00. Versions are
// in the order of their texts, so that < compares them. Each only adds fields,
// at the end of a record: the structs say from which version a field exists (desde),
// what a record without it reads as (sin), and whether it may be dropped on the way
// to an older version (quita).
type Version string

// V0100 is the first version, which holds wherever an agreement says nothing else.
const V0100 Version = "01.00"

// Versiones lists the versions that are known, the oldest first.
func Versiones() []Version {
	all := make([]Version, 0, len(conocidas.Todas()))
	for _, v := range conocidas.Todas() {
		all = append(all, Version(v))
	}
	return all
}

// Conocida tells whether the layout has that version.
func (v Version) Conocida() bool { return slices.Contains(conocidas.Todas(), string(v)) }

// ParseVersion reads a version that is known.
func ParseVersion(s string) (Version, error) {
	if v := Version(s); v.Conocida() {
		return v, nil
	}
	return "", fmt.Errorf("version %q: known are %s", s, strings.Join(conocidas.Todas(), ", "))
}

// isVersion tells whether s has the form of a version, known or not.
func isVersion(s string) bool { return shaped(s, "dd.dd") }

// Cabe tells whether version v can say what r says: ok is false where r holds
// something in a field that v lacks and that may not be dropped, and campo is the
// first such. A version that is not known can say nothing.
func Cabe[R Registro](r *R, v Version) (campo string, ok bool) {
	l := layoutOf[R](v)
	if l == nil {
		return "", false
	}
	for _, c := range l.lost(reflect.ValueOf(r).Elem()) {
		return c.name, false
	}
	return "", true
}
