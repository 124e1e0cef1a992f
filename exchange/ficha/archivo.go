package ficha

import (
	"regexp"
	"strings"
)

// Aportado is a file whose numbers stand beside those of the log.
type Aportado struct {
	Tipo   TipoArchivo
	Nombre string // without its folder
	SHA256 string // of its bytes, in hex
}

// TipoArchivo is what a file brings; it is the flag by which it is given.
type TipoArchivo string

// Files that a score is made with.
const (
	Conteos TipoArchivo = "counts"
	Limites TipoArchivo = "bounds"
)

// Nombre is what people call it: conteos, límites.
func (t TipoArchivo) Nombre() string {
	if t == Limites {
		return "límites"
	}
	return "conteos"
}

// llano is a word that a shell takes as it stands.
var llano = regexp.MustCompile(`^[A-Za-z0-9_.,=/][A-Za-z0-9_.,=/-]*$`)

// orden are the flags that give the files.
func (h *Hoja) orden() string {
	var b strings.Builder
	for _, a := range h.Archivos {
		name := a.Nombre
		if !llano.MatchString(name) {
			name = "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
		}
		b.WriteString(" --" + string(a.Tipo) + "=" + name)
	}
	return b.String()
}
