package gateway

import (
	"context"
	"errors"
	"fmt"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// Retire takes finished uploads out of the sight of their UNEs, some días
// hábiles after they arrived: clients that verify after writing find them until
// then. What was taken in stays in the archive.
func (g *Gateway) Retire(ctx context.Context) error {
	cal, err := g.Cycle.Calendario(ctx)
	if err != nil {
		return err
	}
	before := habilesAntes(cal, schema.DiaDe(g.now()), g.Config.Server.KeepUploads).At(0)
	roll, err := g.roll(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, in := range roll {
		une := in.UNE.Parte()
		if !g.route(une).Propio {
			continue
		}
		swept, err := g.uploads.Sweep(une.String(), before)
		err = errors.Join(err, g.Store.Update(ctx, g.now(), func(tx *store.Tx) error {
			n, err := tx.RetireArribos(une, schema.CarpetaRespuestas, before)
			if n += swept; n == 0 || err != nil {
				return err
			}
			return tx.Log(store.Acto{Evento: bitacora.SubidasRetiradas, Parte: une,
				Carga: bitacora.CargaSubidas{Archivos: n, RecibidosAntesDe: schema.NewInstante(before)}})
		}))
		if err != nil {
			errs = append(errs, fmt.Errorf("une %s: retire uploads: %w", une, err))
		}
	}
	return errors.Join(errs...)
}

// habilesAntes gives the n-th día hábil before a day, or the first day of the
// calendar, before which there is none.
func habilesAntes(cal *schema.Calendario, dia schema.Dia, n int) schema.Dia {
	for n > 0 && dia > 1 {
		if dia--; cal.Habil(dia) {
			n--
		}
	}
	return dia
}
