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
	porcionJSON
	Reclamaciones []json.RawMessage `json:"reclamaciones"`
	Respuestas    []json.RawMessage `json:"respuestas"`
	Dictamenes    []json.RawMessage `json:"dictamenes"`
	Folios        []json.RawMessage `json:"folios"`
}

// Lugares calls each for the records of an event, in their order. primera is the
// line of the act's first record, as its first event says.
func Lugares(c *Crudo, primera int, each func(Lugar) error) error {
	var all listas
	p, err := leerCarga(c, &all, &all.porcionJSON)
	if err != nil {
		return err
	}
	next := Lugar{Lugar: max(p.desde, 1), Linea: primera}
	if primera > 0 {
		next.Linea += next.Lugar - 1
	}
	for _, list := range []struct {
		rows []json.RawMessage
		que  func(evento string, r *renglon) string
	}{
		{all.Reclamaciones, reclamacion}, {all.Respuestas, respuesta},
		{all.Dictamenes, dictamen}, {all.Folios, folio},
	} {
		for _, raw := range list.rows {
			x, err := next.leer(c, raw, list.que)
			if err != nil {
				return err
			}
			if err := each(x); err != nil {
				return err
			}
			next.Lugar++
			if primera > 0 {
				next.Linea++
			}
		}
	}
	return nil
}

// leer gives a place that has its number and its line what its renglón says.
func (x Lugar) leer(c *Crudo, raw json.RawMessage, que func(string, *renglon) string) (Lugar, error) {
	var r renglon
	if err := json.Unmarshal(raw, &r); err != nil {
		return x, fmt.Errorf("event %d, %s, place %d: %w", c.N, c.Evento, x.Lugar, err)
	}
	x.Que, x.JSON = que(c.Evento, &r), raw
	x.Folio, x.Vuelta, x.UNE, x.Codigo = r.Folio, r.Vuelta, r.UNE, r.Codigo
	if une, err := schema.ParseUNE(c.Parte); err == nil { // not of CONDUSEF's, which name it in each
		x.UNE = une
	}
	return x, nil
}

func verdict(r *renglon, accepted, refused string) string {
	if r.Codigo != "" {
		return refused
	}
	return accepted
}

func reclamacion(_ string, r *renglon) string {
	return verdict(r, ReclamacionAceptada, ReclamacionRechazada)
}

func dictamen(_ string, r *renglon) string { return verdict(r, DictamenAceptado, DictamenRechazado) }

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
func folio(evento string, _ *renglon) string {
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
