// Package conocidas holds which versions of the layout the program knows. It
// stands apart so that buzon/schema/prueba can add one that only tests have, and
// nothing outside buzon/schema can.
package conocidas

import "slices"

var todas = []string{"01.00"}

// Todas are the versions, the oldest first.
func Todas() []string { return todas }

// Agrega makes a further version known. It is for init functions: nothing may
// read at the same time.
func Agrega(version string) {
	if !slices.Contains(todas, version) {
		todas = append(slices.Clone(todas), version)
		slices.Sort(todas)
	}
}
