// Package bitacoratest writes logs in memory, for tests of what reads them: its
// events are made from the structs of their payloads, in parts where they are long,
// as the gateway makes its own. For tests of what writes them, Llenados says which
// fields no event ever fills.
package bitacoratest

import (
	"iter"
	"slices"
	"testing"
	"time"

	"buzon/store/bitacora"
)

// Dicho is what the log is told of.
type Dicho struct {
	Evento, Parte, Archivo, SHA256, Folio string

	Carga     any                 // without its renglones
	Renglones *bitacora.Renglones // nil: none
}

// Memoria is a log in memory; the zero value is an empty one. The events that it
// has may be changed, as somebody who tampers with a log would.
type Memoria struct {
	Eventos []*bitacora.Crudo
}

// Log appends an act at a moment, one event for each of its parts.
func (r *Memoria) Log(t testing.TB, at time.Time, a Dicho) {
	t.Helper()
	primero := int64(len(r.Eventos)) + 1
	err := bitacora.Partes(primero, a.Evento, a.Carga, "", a.Renglones, func(p bitacora.ParteDeActo) error {
		r.Eventos = append(r.Eventos, &bitacora.Crudo{N: int64(len(r.Eventos)) + 1, Momento: at.UnixMilli(),
			Evento: a.Evento, Parte: a.Parte, Archivo: a.Archivo, SHA256: a.SHA256, Folio: a.Folio,
			Detalle: p.Detalle})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Actos gives the events of some names whose moment is not after hasta, in the
// order of the log, as the store gives them. A zero hasta is all moments, no names
// are all events.
func (r *Memoria) Actos(hasta time.Time, nombres []string) iter.Seq2[*bitacora.Crudo, error] {
	return func(yield func(*bitacora.Crudo, error) bool) {
		for _, c := range r.Eventos {
			late := !hasta.IsZero() && c.Momento > hasta.UnixMilli()
			if late || len(nombres) > 0 && !slices.Contains(nombres, c.Evento) {
				continue
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

// Renglones makes the renglones of an act.
func Renglones[T any](t testing.TB, lista string, all ...T) *bitacora.Renglones {
	t.Helper()
	r, err := bitacora.De(lista, all)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}
