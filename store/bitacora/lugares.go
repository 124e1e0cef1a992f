package bitacora

import (
	"encoding/json"
	"fmt"

	"buzon/schema"
)

// Lugar is what an act did to one record.
type Lugar struct {
	Lugar  int    // in the act, from 1
	Linea  int    // of the file; 0 where the act is of none
	Que    string // what became of it
	Folio  schema.Folio
	Vuelta int        // 0 where no round of it is known
	UNE    schema.UNE // 0 where it is not told
	Codigo schema.Codigo
	JSON   json.RawMessage // its part of the payload
}

// renglon is what every kind of renglón may say.
type renglon struct {
	Folio  schema.Folio  `json:"folio"`
	Vuelta int           `json:"vuelta"`
	UNE    schema.UNE    `json:"une"`
	Tipo   int           `json:"tipo"`
	Codigo schema.Codigo `json:"codigo"`
}

// listas are the lists that a payload may have.
type listas struct {
	Desde         int               `json:"desde"`
	Reclamaciones []json.RawMessage `json:"reclamaciones"`
	Respuestas    []json.RawMessage `json:"respuestas"`
	Dictamenes    []json.RawMessage `json:"dictamenes"`
	Folios        []json.RawMessage `json:"folios"`
}

// Lugares calls each for the records of an event, in their order. primera is the
// line of the act's first record, as its first event says.
func Lugares(c *Crudo, primera int, each func(Lugar) error) error {
	var all listas
	if err := json.Unmarshal([]byte(c.Detalle), &all); err != nil {
		return fmt.Errorf("event %d, %s: %w", c.N, c.Evento, err)
	}
	une, _ := schema.ParseUNE(c.Parte) // 0 for CONDUSEF's
	lugar := max(all.Desde, 1)
	for _, list := range []struct {
		rows []json.RawMessage
		que  func(r *renglon) string
	}{
		{all.Reclamaciones, func(r *renglon) string { return verdict(r, ReclamacionAceptada, ReclamacionRechazada) }},
		{all.Respuestas, func(r *renglon) string { return respuesta(c.Evento, r) }},
		{all.Dictamenes, func(r *renglon) string { return verdict(r, DictamenAceptado, DictamenRechazado) }},
		{all.Folios, func(*renglon) string { return folio(c.Evento) }},
	} {
		for _, raw := range list.rows {
			var r renglon
			if err := json.Unmarshal(raw, &r); err != nil {
				return fmt.Errorf("event %d, %s: %w", c.N, c.Evento, err)
			}
			x := Lugar{Lugar: lugar, Que: list.que(&r), Folio: r.Folio, Vuelta: r.Vuelta, UNE: r.UNE, Codigo: r.Codigo, JSON: raw}
			if une != 0 {
				x.UNE = une
			}
			if primera > 0 {
				x.Linea = primera + lugar - 1
			}
			lugar++
			if err := each(x); err != nil {
				return err
			}
		}
	}
	return nil
}

func verdict(r *renglon, accepted, refused string) string {
	if r.Codigo != "" {
		return refused
	}
	return accepted
}

func respuesta(evento string, r *renglon) string {
	switch {
	case evento == RetornoFormado:
		return RespuestaDevuelta
	case r.Tipo == 2:
		return verdict(r, ProrrogaAceptada, ProrrogaRechazada)
	}
	return verdict(r, RespuestaAceptada, RespuestaRechazada)
}

// folio names what an act did to a folio of its list.
func folio(evento string) string {
	if evento == ArchivoPublicado {
		return ReclamacionEntregada
	}
	return evento
}

// PrimeraLinea is the line of the first record of an act, by its first event; 0
// where it is of no file.
func PrimeraLinea(c *Crudo) int {
	switch c.Evento {
	case ArchivoPublicado, RetornoFormado:
		return 2
	case ArchivoRecibido:
		var d struct {
			Primera int `json:"primera_linea"`
		}
		_ = json.Unmarshal([]byte(c.Detalle), &d) // an event that cannot be read is told of by Lugares
		return d.Primera
	}
	return 0
}
