package bitacora

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"buzon/schema"
)

// A renglón does not write what nearly all of its kind say: the first vuelta, an answer
// and not a prórroga, in time. Whoever reads a payload by Leer, or its records by
// Lugares, gets it filled in. Of a record that was refused nothing is filled in: what it
// lacks was not known.

// incompleto is a payload that has such renglones.
type incompleto interface{ completa() }

func (d *CargaRecibido) completa() {
	for i := range d.Reclamaciones {
		r := &d.Reclamaciones[i]
		completa(r.Codigo, &r.Vuelta)
	}
	for i := range d.Respuestas {
		r := &d.Respuestas[i]
		completa(r.Codigo, &r.Vuelta, &r.Tipo, &r.Oportunidad)
	}
	for i := range d.Dictamenes {
		r := &d.Dictamenes[i]
		completa(r.Codigo, &r.Vuelta)
	}
}

func (d *CargaRetorno) completa() {
	for i := range d.Respuestas {
		completa("", &d.Respuestas[i].Vuelta, &d.Respuestas[i].Tipo)
	}
}

func (d *CargaPublicado) completa() {
	for i := range d.Folios {
		completa("", &d.Folios[i].Vuelta)
	}
}

func (d *CargaAvisado) completa()   { completaPlazos(d.Folios) }
func (d *CargaMovido) completa()    { completaPlazos(d.Folios) }
func (d *CargaRecontado) completa() { completaPlazos(d.Folios) }

func completaPlazos(all []RenglonPlazo) {
	for i := range all {
		completa("", &all[i].Vuelta)
	}
}

// completa sets to 1 what is not told, where the record was not refused.
func completa(codigo schema.Codigo, fields ...*int) {
	if codigo != "" {
		return
	}
	for _, f := range fields {
		*f = cmp.Or(*f, 1)
	}
}

// completado gives a renglón with what it leaves out; r is what was read of it.
func completado(evento, lista, row string, r *renglon) json.RawMessage {
	row = strings.TrimSpace(row)
	// What a stranger made up may be no object, or have no member before the comma.
	inner, object := strings.CutPrefix(row, "{")
	if r.Codigo != "" || !object || strings.TrimSpace(strings.TrimSuffix(inner, "}")) == "" {
		return json.RawMessage(row)
	}
	b := append(make([]byte, 0, len(row)+40), row[:len(row)-1]...)
	usual := func(name string, n int) {
		if n == 0 {
			b = fmt.Appendf(b, `,%q:1`, name)
		}
	}
	usual("vuelta", r.Vuelta)
	if lista == "respuestas" {
		usual("tipo", r.Tipo)
		if evento == ArchivoRecibido {
			usual("oportunidad", r.Oportunidad)
		}
	}
	return append(b, '}')
}
