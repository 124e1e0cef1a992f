package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// The verdicts, and with them the exit codes 0, 1 and 2.
const (
	correcto   = "correcto"
	noCorrecto = "NO CORRECTO"
	noSeJuzga  = "no se puede juzgar"
)

// A sinJuicio is an error that says nothing about what is verified: something
// needed for it is missing. Every other error is a verdict against it.
type sinJuicio struct{ error }

func (e sinJuicio) Unwrap() error { return e.error }

// A tramo is a run of events, both ends included; none if ultimo < primero.
type tramo struct {
	Primero int64 `json:"primero"`
	Ultimo  int64 `json:"ultimo"`
}

// A resumen is a checkpoint whose signature was good, for the reader.
type resumen struct {
	Tamano  int64    `json:"tamano"`
	Raiz    string   `json:"raiz"`
	Momento string   `json:"momento"`
	Llaves  []string `json:"llaves"`
}

// An informe is all that is said about one file; with -json it is the output.
type informe struct {
	Archivo       string   `json:"archivo"`
	Tipo          string   `json:"tipo,omitempty"`
	Simulacro     bool     `json:"simulacro"`
	Eventos       *tramo   `json:"eventos,omitempty"`
	Punto         *resumen `json:"punto,omitempty"`
	Viejo         *resumen `json:"viejo,omitempty"`
	Comprobado    []string `json:"comprobado"`
	Observaciones []string `json:"observaciones"`
	Veredicto     string   `json:"veredicto"`
	Motivo        string   `json:"motivo,omitempty"`
}

func (i *informe) checked(format string, args ...any) {
	i.Comprobado = append(i.Comprobado, short(fmt.Sprintf(format, args...)))
}

func (i *informe) observed(format string, args ...any) {
	i.Observaciones = append(i.Observaciones, short(fmt.Sprintf(format, args...)))
}

// resumen tells of a checkpoint and keeps it for -json.
func (i *informe) resumen(what string, p punto) *resumen {
	raiz := base64.StdEncoding.EncodeToString(p.raiz[:])
	i.checked("%s: tamaño %d, raíz %s, firmado por %s, momento %s.",
		what, p.tamano, raiz, strings.Join(p.firmas, " y "), p.texto)
	return &resumen{p.tamano, raiz, p.texto, p.firmas}
}

// tellEventos tells what the events of an export turned out to be.
func (i *informe) tellEventos(c consulta, n cuenta, nuevo punto) {
	i.Eventos = &tramo{c.primero, c.ultimo}
	if c.ultimo < c.primero {
		i.checked("La exportación no trae eventos; las raíces que trae cubren la bitácora de tamaño %d.",
			nuevo.tamano)
	} else {
		i.checked("Eventos %d–%d (%d), sin huecos, ninguno cambiado ni de más: llevan a la raíz de tamaño "+
			"%d.",
			c.primero, c.ultimo, c.ultimo-c.primero+1, nuevo.tamano)
	}
	if n.partes > 0 {
		i.checked("De ellos, %d son las partes de %d actos; ningún acto está cortado.", n.partes, n.actos)
	}
	asked := "Se pidió"
	if c.desde != nil {
		asked += " desde " + showTime(*c.desde)
	}
	if c.hasta != nil {
		asked += " hasta " + showTime(*c.hasta)
	}
	if c.desde == nil && c.hasta == nil {
		asked += " sin límites de tiempo"
	}
	i.observed("%s, el %s, según consulta.json, que nadie firma.", asked, showTime(*c.momento))
	if before, after := c.primero-1, nuevo.tamano-c.ultimo; before > 0 || after > 0 {
		i.observed("En la bitácora hay %d eventos antes de los mostrados y %d después. Que ninguno de "+
			"ellos sea de lo "+
			"que se pidió no se prueba con esta exportación; se ve en una de toda la bitácora.", before,
			after)
	}
	if n.fuera > 0 {
		i.observed("%d eventos de en medio tienen un momento fuera de lo que se pidió: el reloj se atrasó "+
			"o se adelantó.", n.fuera)
	}
	if n.retrocede > 0 {
		i.observed("%d veces un evento tiene un momento anterior al del evento que le precede: el reloj "+
			"se atrasó.", n.retrocede)
	}
}

// conclude writes the verdict that follows from err down, and returns the exit code.
func (i *informe) conclude(err error) int {
	var unable sinJuicio
	switch {
	case err == nil:
		i.Veredicto = correcto
		return 0
	case errors.As(err, &unable):
		i.Veredicto, i.Motivo = noSeJuzga, short(err.Error())
		return 2
	}
	i.Veredicto, i.Motivo = noCorrecto, short(err.Error())
	return 1
}

// write prints the report as text.
func (i *informe) write(w io.Writer) error {
	var b strings.Builder
	title := "Verificación de " + i.Archivo
	if i.Simulacro {
		title = "SIMULACRO: esto es un ensayo, no un intercambio real. " + title
	}
	fmt.Fprintln(&b, clean(title))
	for _, line := range i.Comprobado {
		fmt.Fprintln(&b, clean("  comprobado   "+line))
	}
	for _, line := range i.Observaciones {
		fmt.Fprintln(&b, clean("  observación  "+line))
	}
	verdict := "VEREDICTO: " + i.Veredicto
	if i.Motivo != "" {
		verdict += ": " + i.Motivo
	}
	fmt.Fprintln(&b, clean(verdict))
	_, err := io.WriteString(w, b.String())
	return err
}

// writeJSON prints the report as one object on one line.
func (i *informe) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(i)
}

// clean takes out what could steer a terminal or fake a line of the report:
// names and reasons come from the file that is judged.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '�'
		}
		return r
	}, s)
}

// short cuts a text that quotes a file at 1,000 bytes or a little less.
func short(s string) string {
	const limit = 1000
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

func showTime(t time.Time) string { return t.Format(time.RFC3339Nano) }

// showMilli shows an event's momento in UTC, so that no machine's zone matters.
func showMilli(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339Nano) }

func parteName(parte string) string {
	if parte == "" {
		return "la pasarela"
	}
	return parte
}
