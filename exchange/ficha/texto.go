package ficha

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"buzon/exchange/idatu"
	"buzon/schema"
)

const (
	sinDato    = "sin dato"  // unknown
	noAplica   = "—"         // what this criterion, process or institution cannot have
	enPalabras = "no aplica" // the same in a plot, which is read aloud too
)

// dos writes a number with two decimals, rounded half away from zero.
func dos(r *big.Rat) string {
	if r == nil {
		return sinDato
	}
	return r.FloatString(2)
}

// logrado writes points or a mark of a process, which may be one without any.
func logrado(r *big.Rat, m *idatu.Marca) string {
	if m.NadaConcluido {
		return noAplica
	}
	return dos(r)
}

// miles writes a count with its thousands apart: 12,345.
func miles(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// valor writes an index: a share in %, a time in días hábiles.
func valor(r *big.Rat, tiempo bool) string {
	switch {
	case r == nil:
		return sinDato
	case tiempo:
		return dos(r) + "\u00a0días"
	}
	return dos(r) + "\u00a0%"
}

var meses = [...]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio",
	"agosto", "septiembre", "octubre", "noviembre", "diciembre"}

func fecha(d schema.Dia) time.Time { return d.At(0) }

// diaLargo is 2 de marzo de 2026.
func diaLargo(d schema.Dia) string {
	if d == 0 {
		return sinDato
	}
	y, m, day := fecha(d).Date()
	return fmt.Sprintf("%d de %s de %d", day, meses[m-1], y)
}

// diaCorto is 02/03/2026.
func diaCorto(d schema.Dia) string { return fecha(d).Format("02/01/2006") }

// entre is a span of days in words.
func entre(desde, hasta schema.Dia) string {
	if desde == 0 || hasta == 0 {
		return sinDato
	}
	return diaLargo(desde) + " al " + diaLargo(hasta)
}

// momento is a moment as clocks in Mexico City show it, to the second: the whole
// of it stands in the command that prints the sheet again.
func momento(t time.Time) string {
	if t.IsZero() {
		return sinDato
	}
	t = t.In(schema.Zona)
	return diaLargo(schema.DiaDe(t)) + strings.ReplaceAll(t.Format(", 15:04:05 (UTC-07:00)"), "-", "−")
}

// enumera joins words as a sentence does: 2, 4 y 7.
func enumera(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " y " + words[last]
}

// renglones breaks a text into lines of at most width characters, as long as its
// words allow: text in a plot does not wrap by itself.
func renglones(s string, width int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case len([]rune(line+" "+word)) <= width:
			line += " " + word
		default:
			out, line = append(out, line), word
		}
	}
	return append(out, line)
}
