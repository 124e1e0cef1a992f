package exchangetest

import (
	"encoding/json"
	"maps"
	"strings"
	"time"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// Sucesos gives what the log tells, in its order: each act, and after it what it
// did to each record, as an event of its own that is named by that (Que) and has
// the party that the record is of. Its Detalle holds what the act says once for all
// of them, and over it what differs: a test reads one record at a time.
func Sucesos(v *store.View) (all []bitacora.Evento, err error) {
	var primera int
	var comun bitacora.Detalle
	for c, err := range v.Actos(time.Time{}, nil) {
		if err != nil {
			return nil, err
		}
		e, err := c.Leido()
		if err != nil {
			return nil, err
		}
		if parte, _ := e.Detalle["parte"].(float64); parte <= 1 {
			primera, comun = bitacora.PrimeraLinea(c), common(e.Detalle)
			e.Detalle = comun
			if !strings.HasPrefix(e.Evento, "plazo_") { // of terms each folio tells it all
				all = append(all, e)
			}
		}
		err = bitacora.Lugares(c, primera, func(x bitacora.Lugar) error {
			s := e
			s.Evento, s.Folio, s.Lugar, s.Que, s.Detalle = x.Que, x.Folio, x.Lugar, x.Que, maps.Clone(comun)
			if x.UNE != 0 && x.Codigo == "" {
				s.Parte = x.UNE.Parte()
			}
			var own bitacora.Detalle
			if err := json.Unmarshal(x.JSON, &own); err != nil {
				return err
			}
			maps.Copy(s.Detalle, own)
			if recibido, ok := comun["recibido"]; ok {
				s.Detalle["recibida"] = recibido
			}
			if x.Linea > 0 {
				s.Detalle["linea"] = float64(x.Linea)
			}
			if x.Que == bitacora.RespuestaDevuelta {
				s.Parte = schema.ParteCONDUSEF
			}
			all = append(all, s)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// common is a payload without its lists of records.
func common(d bitacora.Detalle) bitacora.Detalle {
	out := maps.Clone(d)
	for _, list := range []string{"reclamaciones", "respuestas", "dictamenes", "folios"} {
		delete(out, list)
	}
	return out
}
