package exchange

import (
	"bytes"
	"fmt"
	"time"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// llaveJSON is a key of the UNE as estado.json tells of it.
type llaveJSON struct {
	Nombre string     `json:"nombre"`
	Huella string     `json:"huella"`
	Desde  schema.Dia `json:"desde"` // "" from the moment on at which it was added
	Hasta  schema.Dia `json:"hasta"` // the last day on which it serves; "" no end
	Estado string     `json:"estado"`
}

// The states of a key on a day.
const (
	llaveVigente  = "vigente"
	llaveFutura   = "futura"
	llaveVencida  = "vencida"
	llaveRevocada = "revocada"
)

// llavesDe gives a UNE's keys as they stand on a day.
func llavesDe(v *store.View, une schema.UNE, hoy schema.Dia) ([]llaveJSON, error) {
	all, err := v.Llaves(une)
	out := make([]llaveJSON, len(all))
	for i, k := range all {
		out[i] = newLlave(k, hoy)
	}
	return out, err
}

func newLlave(k store.Llave, hoy schema.Dia) llaveJSON {
	l := llaveJSON{Nombre: k.Nombre, Huella: k.Fingerprint, Estado: llaveVigente}
	if !k.Desde.IsZero() {
		l.Desde = schema.DiaDe(k.Desde)
	}
	if !k.Hasta.IsZero() {
		l.Hasta = schema.DiaDe(k.Hasta.Add(-time.Millisecond)) // the first moment at which it does not serve
	}
	switch {
	case !k.Revocada.IsZero():
		l.Estado = llaveRevocada
	case l.Hasta != 0 && l.Hasta < hoy:
		l.Estado = llaveVencida
	case l.Desde > hoy:
		l.Estado = llaveFutura
	}
	return l
}

// llavesTXT is llaves.txt: every key that ever sealed an acuse here, a line each:
// its name, its 32 bytes in base64, and the days from which and until which it
// was used. An acuse outlives its key. A rehearsal's begins by saying so.
func (s *situacion) llavesTXT() ([]byte, error) {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	if s.simulacro {
		line("# %s", bitacora.Ensayo)
	}
	line("# Llaves públicas (Ed25519) de los sellos de los acuses: identificador, llave en base64, desde, " +
		"hasta.")
	for _, k := range s.sellos {
		hasta := "vigente"
		if !k.Hasta.IsZero() {
			hasta = schema.DiaDe(k.Hasta).String()
		}
		line("%s %s %s %s", k.ID, k.Publica, schema.DiaDe(k.Desde), hasta)
	}
	for _, l := range s.servidor {
		line("%s", l)
	}
	return b.Bytes(), nil
}
