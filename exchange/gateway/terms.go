package gateway

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"buzon/config"
	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// todoONada gives the types of which one bad record refuses the whole file.
func todoONada(cfg *config.Config) map[schema.Tipo]bool {
	all := map[schema.Tipo]bool{}
	for _, t := range cfg.Layout.TodoONada {
		all[schema.Tipo(t)] = true
	}
	return all
}

// UseTerms records by what terms are counted from now on: the settings, and the
// days of the configuration that the calendar does not have yet. Where this program
// computes other days than the one before it, that is a new version of the calendar
// too.
func (g *Gateway) UseTerms(ctx context.Context) error {
	p := g.Cycle.Plazos
	todo := []string{}
	for _, t := range slices.Sorted(maps.Keys(g.Cycle.TodoONada)) {
		todo = append(todo, string(t))
	}
	err := g.Store.Update(ctx, g.now(), func(tx *store.Tx) error {
		return tx.Configure(bitacora.CargaConfiguracion{Corte: p.Corte.String(),
			FinDePlazo: p.FinDePlazo.String(), Desde: g.Config.Terms.Desde,
			PorVencer: p.PorVencer, VentanaSegundos: int64(p.Ventana.Seconds()),
			AnexosSegundos: int64(g.Cycle.Anexos.Seconds()),
			TodoONada:      todo})
	})
	if err != nil {
		return err
	}
	return g.Store.Update(ctx, g.now(), func(tx *store.Tx) error {
		have, err := tx.Inhabiles(time.Time{})
		if err != nil {
			return err
		}
		fresh, differs := newInhabiles(have, g.Config.Terms.Inhabiles)
		for _, d := range differs {
			g.log.Warn("the calendar in the store differs from the configuration; the store's counts",
				zap.String("difference", d))
		}
		r, err := p.ChangeCalendar(tx, fresh, exchange.CalendarioArranque, nil)
		if len(r.Movidos) > 0 {
			g.log.Info("open terms were counted again", zap.Int("folios", len(r.Movidos)),
				zap.String("calendar", r.Ahora))
		}
		return err
	})
}

// newInhabiles gives the days of the configuration that the store does not know,
// and tells of those that it knows otherwise.
func newInhabiles(have, want []schema.Inhabil) (fresh []schema.Inhabil, differs []string) {
	for _, in := range want {
		i := slices.IndexFunc(have, func(h schema.Inhabil) bool {
			return h.Fecha == in.Fecha && h.Origen == in.Origen
		})
		switch {
		case i < 0:
			fresh = append(fresh, in)
		case have[i] != in:
			differs = append(differs, fmt.Sprintf("%s of %s", in.Fecha, in.Origen))
		}
	}
	return fresh, differs
}

// calendario is the calendar that counts now, which a command may change beside the
// daemon; where the store cannot tell, the last one that it told.
func (g *Gateway) calendario() *schema.Calendario {
	cal, err := g.Cycle.Calendario(context.Background())
	if err != nil {
		g.log.Error("the plan goes on by the calendar of before", zap.Error(err))
		return g.lastCal.Load()
	}
	g.lastCal.Store(cal)
	return cal
}
