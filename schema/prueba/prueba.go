// Package prueba makes the layout 01.90 known, which no agreement has: 01.00 with
// RecPrueba in REC and LOT, and ResPrueba and ResPruebaFija in RES and REP, of which
// an older version may drop the first alone. Tests import it to have two versions in
// force; the program never does, and there 01.90 is as unknown as any other. A file
// of 01.90 is still refused where its rules do not accept it.
package prueba

import "buzon/schema/internal/conocidas"

// Version is the test layout's, as a schema.Version.
const Version = "01.90"

func init() { conocidas.Agrega(Version) }
