package main

import (
	"time"

	"buzon/config"
	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

// readTerms counts open folios by how their terms stand.
func (e *estado) readTerms(v *store.View, x store.Umbral) error {
	all, err := v.Vencimientos(x)
	for _, n := range all {
		e.Due = append(e.Due, estadoPlazos{n.UNE.String(), n.ATiempo, n.PorVencer, n.Vencido})
		e.Soon += n.PorVencer
		e.Overdue += n.Vencido
	}
	return err
}

// readDue lists the folios that are due soon or overdue, by institution and limit.
func (e *estado) readDue(v *store.View, cfg *config.Config, now time.Time) error {
	cal, err := v.Calendario()
	if err != nil {
		return err
	}
	x := exchange.Plazos{FinDePlazo: cfg.Schedule.FinDePlazo, PorVencer: cfg.Terms.PorVencer}.Umbral(cal, now)
	e.DueFolios = []estadoPlazo{}
	for _, d := range e.Due {
		une, err := schema.ParseUNE(d.Institution)
		if err != nil {
			return err
		}
		if err := v.AbiertosDe(une, func(a store.Abierto) error {
			if state := x.Estado(a.Limite); state != store.PlazoATiempo {
				e.DueFolios = append(e.DueFolios, estadoPlazo{d.Institution, a.Folio, a.Vuelta, a.Limite, exchange.Restan(cal, schema.DiaDe(now), a.Limite, state), state})
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
