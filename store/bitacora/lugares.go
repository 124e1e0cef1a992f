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
	JSON   json.RawMessage // its part of the payload, with what that leaves out
}

// renglon is what every kind of renglón may say.
type renglon struct {
	Folio       schema.Folio  `json:"folio"`
	Vuelta      int           `json:"vuelta"`
	UNE         schema.UNE    `json:"une"`
	Tipo        int           `json:"tipo"`
	Oportunidad int           `json:"oportunidad"`
	Codigo      schema.Codigo `json:"codigo"`
}

// listas are the lists that a payload may have, and what names the act in each.
var listas = map[string]func(evento string, r *renglon) string{
	"reclamaciones": reclamacion, "respuestas": respuesta, "dictamenes": dictamen, "folios": folio,
}

// Lugares calls each for the records of an event, in their order. primera is the
// line of the act's first record, as its first event says.
func Lugares(c *Crudo, primera int, each func(Lugar) error) error {
	return lugares(c, primera, 0, each)
}

// LugarEn calls each for the record of an event at one place, where it has it.
func LugarEn(c *Crudo, primera, lugar int, each func(Lugar) error) error {
	return lugares(c, primera, lugar, each)
}

// lugares reads every record of an event, or with only the one at that place.
func lugares(c *Crudo, primera, only int, each func(Lugar) error) error {
	var list, nombre string
	var que func(string, *renglon) string
	p, err := leerPorcion(c, func(name, value string) {
		if f := listas[name]; f != nil { // a payload has one of them
			list, nombre, que = value, name, f
		}
	})
	if err != nil || que == nil {
		return err
	}
	first := max(p.desde, 1)
	rows, err := renglones(list)
	if only > 0 && err == nil {
		if only < first || only >= first+len(rows) {
			return nil
		}
		rows, first = rows[only-first:only-first+1], only
		list = "[" + string(rows[0]) + "]"
	}
	var read []renglon // at once: one by one they cost twice as much
	if err == nil {
		err = json.Unmarshal([]byte(list), &read)
	}
	if err == nil && len(read) != len(rows) {
		err = fmt.Errorf("%d or %d of them", len(rows), len(read))
	}
	if err != nil {
		return fmt.Errorf("event %d, %s: its renglones cannot be read: %w", c.N, c.Evento, err)
	}
	une, _ := schema.ParseUNE(c.Parte) // 0 for CONDUSEF, whose renglones name it each
	next := Lugar{Lugar: first, Linea: primera}
	if primera > 0 {
		next.Linea += next.Lugar - 1
	}
	for i, r := range read {
		next.Que, next.JSON = que(c.Evento, &r), completado(c.Evento, nombre, rows[i], &r)
		completa(r.Codigo, &r.Vuelta)
		next.Folio, next.Vuelta, next.UNE, next.Codigo = r.Folio, r.Vuelta, r.UNE, r.Codigo
		if une != 0 {
			next.UNE = une
		}
		if err := each(next); err != nil {
			return err
		}
		next.Lugar++
		if primera > 0 {
			next.Linea++
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

// DeRegistro tells whether a name is that of what an act does to one record, and of
// no event.
func DeRegistro(name string) bool {
	switch name {
	case ReclamacionAceptada, ReclamacionRechazada, ReclamacionEntregada, RespuestaAceptada,
		RespuestaRechazada,
		ProrrogaAceptada, ProrrogaRechazada, DictamenAceptado, DictamenRechazado, RespuestaDevuelta:
		return true
	}
	return false
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
		head, _, _ := c.partido()
		_ = json.Unmarshal([]byte(head), &d) // an event that cannot be read is told of by Lugares
		return d.Primera
	}
	return 0
}
