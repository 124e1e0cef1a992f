package gateway

import (
	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/ops"
	"buzon/schema"
	"buzon/store"
)

// Acuerdo gives what a configuration sets about how a day, a term and a key stand. Whether
// a store is behind is for who asks beside the daemon, which does not start on such a one.
func Acuerdo(cfg *config.Config) *ops.Acuerdo {
	a := &ops.Acuerdo{Plazos: plazosDe(cfg), AvisoLlave: KeyWarning(cfg), Claves: cfg.Server.Passwords,
		Servidores: map[schema.UNE]string{}, Catalogos: cfg.Catalogos, Salto: cfg.Schedule.MaxGap,
		Carpetas: func(v *store.View) error { return CheckFolders(v, cfg.Data) }}
	for _, r := range cfg.RemoteUNEs {
		a.Servidores[r.UNE] = r.Address
	}
	return a
}

// plazosDe gives the hours and terms of a configuration.
func plazosDe(cfg *config.Config) exchange.Plazos {
	return exchange.Plazos{
		Corte: cfg.Schedule.Corte, FinDePlazo: cfg.Schedule.FinDePlazo, Recogida: cfg.Schedule.PickupBy,
		Esperado:   cfg.Schedule.ExpectBy,
		DesdeTurno: cfg.Terms.Desde == config.DesdeTurno, PorVencer: cfg.Terms.PorVencer,
		Ventana: cfg.Terms.Ventana,
	}
}
