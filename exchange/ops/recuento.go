package ops

import (
	"buzon/exchange"
	"buzon/schema"
)

// CambioCalendario is what a change of the calendar did.
type CambioCalendario struct {
	Simulacro bool            `json:"simulacro,omitempty"`
	DryRun    bool            `json:"dry_run"`
	Before    string          `json:"before"` // versions
	Calendar  string          `json:"calendar"`
	Moved     []PlazoMovido   `json:"open_moved"`
	Closed    []CierreContado `json:"closed_counted_otherwise"`
}

// PlazoMovido is an open folio that has a later limit.
type PlazoMovido struct {
	Institution string       `json:"institution"`
	Folio       schema.Folio `json:"folio"`
	Round       int          `json:"round"`
	Before      schema.Dia   `json:"limit_before"`
	Limit       schema.Dia   `json:"limit"`
}

// CierreContado is an answered folio that counts otherwise now than was told.
type CierreContado struct {
	Institution string           `json:"institution"`
	Folio       schema.Folio     `json:"folio"`
	Round       int              `json:"round"`
	Told        exchange.Computo `json:"told"`
	Now         exchange.Computo `json:"now"`
}

// NewRecuento shows it; dry is that nothing was kept of it.
func NewRecuento(r exchange.Recuento, simulacro, dry bool) CambioCalendario {
	out := CambioCalendario{Simulacro: simulacro, DryRun: dry, Before: r.Antes, Calendar: r.Ahora,
		Moved: []PlazoMovido{}, Closed: []CierreContado{}}
	for _, m := range r.Movidos {
		out.Moved = append(out.Moved, PlazoMovido{m.UNE.String(), m.Folio, m.Vuelta, m.Antes, m.Limite})
	}
	for _, k := range r.Cerrados {
		out.Closed = append(out.Closed, CierreContado{k.UNE.String(), k.Folio, k.Vuelta, k.Antes, k.Ahora})
	}
	return out
}
