package schema

import (
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths of an RCH's texts, in characters.
const (
	maxMensaje = 300
	maxValor   = 40
	maxArchivo = 60
)

// reservados names the fields whose value no finding may show: personal data,
// and the name of an annex, in which parties write the names of people.
var reservados = func() map[string]bool {
	names := map[string]bool{"ResAnexo": true}
	for l := range maps.Values(layouts) {
		for _, c := range l.columns {
			if c.reserved {
				names[c.name] = true
			}
		}
	}
	return names
}()

// NewHallazgo makes the finding of a code with the code's own text and severity.
// linea is 0 for the file as a whole; folio, campo and valor may be empty. The
// finding holds no personal data: valor is masked where campo is Reservado, and
// a folio that does not look like one is left out.
func NewHallazgo(linea int, folio Folio, campo string, codigo Codigo, valor string) Hallazgo {
	text := codigo.Significado()
	if campo != "" {
		text = enCampo(campo, definiciones[codigo].predicado)
	}
	return hallazgo(linea, cleanFolio(folio), campo, codigo, text, valor)
}

func enFolio(f Folio) string { return " En el folio " + string(f) + "." }

func enCampo(campo, predicado string) string { return "El campo " + campo + " " + predicado }

// hallazgo is NewHallazgo with a text of its own, a sentence without its point,
// and a folio that may be shown.
func hallazgo(linea int, folio Folio, campo string, codigo Codigo, text, valor string) Hallazgo {
	text += "."
	if folio != "" {
		text += enFolio(folio)
	}
	return Hallazgo{
		Linea: linea, Folio: folio, Campo: campo, Codigo: codigo, Severidad: codigo.Severidad(),
		Mensaje: clean(text, maxMensaje), Valor: mask(campo, valor),
	}
}

// mask gives what a finding may show of a value.
func mask(campo, valor string) string {
	switch {
	case valor == "":
		return ""
	case reservados[campo]:
		return oculto
	case campo == "RecFolioCondusef":
		if shown := cleanFolio(Folio(valor)); shown != "" {
			return clean(string(shown), maxValor)
		}
		return oculto
	case campo == "GeTipoRegistro" && len(valor) > 2:
		return oculto // a text broken over two lines puts a person's words here
	}
	return clean(valor, maxValor)
}

// cleanFolio gives a folio that may be shown and kept in a log: digits between
// slashes or hyphens. Any other text in the place of a folio may be a name or an
// account that slipped a column; it becomes "".
func cleanFolio(f Folio) Folio {
	const maxFolio = 50
	s := string(f)
	if isDefaultFolio(s) { // as nearly all are
		return f
	}
	if len(s) > maxFolio || strings.Trim(s, "0123456789/-") != "" || !strings.ContainsAny(s, "/-") {
		return ""
	}
	return f
}

// clean makes any text fit for a field of at most n characters that passes its
// own check: no separator, no control characters, no blanks at the ends (shown
// as _), no mark of double encoding, valid UTF-8.
func clean(s string, n int) string {
	if isShown(s, n) {
		return s
	}
	return cleaned(s, n)
}

// isShown tells whether s is fit as it is. What it does not take may be so too.
func isShown(s string, n int) bool {
	return len(s) <= n && utf8.ValidString(s) && isClean(s) && !isDoubled(s) &&
		strings.IndexByte(s, separator[0]) < 0 && strings.IndexByte(s, replacement) < 0
}

// replacement begins U+FFFD, which stands for what could not be read, in UTF-8.
const replacement = 0xef

func cleaned(s string, n int) string {
	var b strings.Builder
	for at, r := range s {
		if n--; n < 0 {
			break
		}
		switch {
		case r == utf8.RuneError, r == '|', unicode.IsControl(r),
			(r == 'Â' || r == 'Ã') && doubledAt(s[at:min(len(s), at+8)]) == 0:
			b.WriteByte('?')
		default:
			b.WriteRune(r)
		}
	}
	return showEnds(b.String())
}

// showEnds shows the blanks at both ends of s.
func showEnds(s string) string {
	right := strings.TrimRightFunc(s, unicode.IsSpace)
	core := strings.TrimLeftFunc(right, unicode.IsSpace)
	return strings.Repeat("_", utf8.RuneCountInString(right)-utf8.RuneCountInString(core)) + core +
		strings.Repeat("_", utf8.RuneCountInString(s)-utf8.RuneCountInString(right))
}

// CleanArchivo writes the name of a file that is answered as AcuArchivo and
// GeArchivoReferencia do: characters outside [A-Za-z0-9._-] as _, cut at 60.
func CleanArchivo(nombre string) string {
	var b strings.Builder
	n := 0
	for _, r := range nombre {
		if n++; n > maxArchivo {
			break
		}
		if r < utf8.RuneSelf &&
			(r == '.' || r == '_' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		} else {
			b.WriteByte('_')
		}
	}
	return b.String()
}
