package gateway

import (
	"buzon/config"
	"buzon/schema"
)

// RulesFor gives the rules by which a file of a name is read on a day beside the
// exchange: what only the store knows is in none. The name is zero where it is wrong.
func RulesFor(cfg *config.Config, hoy schema.Dia) func(schema.Nombre) *schema.Reglas {
	roll := map[schema.UNE]schema.Inscripcion{}
	for _, in := range cfg.Padron {
		roll[in.Clave] = schema.Inscripcion{Clave: in.Clave, Denominacion: in.Denominacion, Sector: in.Sector}
	}
	versions := cfg.Layout.Versions
	return func(n schema.Nombre) *schema.Reglas {
		r := Rules(cfg)
		r.Hoy, r.MaxBytes, r.MaxRegistros = hoy, cfg.Layout.MaxBytes, cfg.Layout.MaxRecords
		r.Escribe = WrittenTo(versions, hoy)
		if n.Tipo.Llega() {
			r.Versiones, _ = versions.Of(n.Parte(), hoy)
		} else { // ours, and maybe of a day on which another version was in force
			r.Versiones = schema.Versiones()
		}
		r.Institucion = func(u schema.UNE) (schema.Inscripcion, bool) {
			in, ok := roll[u]
			return in, ok
		}
		return &r
	}
}

// Rules gives what the agreement sets about the reading of files.
func Rules(cfg *config.Config) schema.Reglas {
	r := schema.Reglas{Folio: cfg.Layout.Folio, Latin1: cfg.Layout.Latin1, ProrrogaMax: cfg.Terms.ProrrogaMax,
		Anexos: cfg.Layout.Annexes, Advertencias: map[string]bool{}, Catalogos: cfg.Catalogos}
	for _, in := range cfg.Padron { // an institution's own is judged with its folio
		r.ProrrogaMax = max(r.ProrrogaMax, in.Prorroga)
	}
	for _, w := range cfg.Layout.Warnings {
		r.Advertencias[w.Campo+":"+string(w.Codigo)] = true
	}
	return r
}

// WrittenTo gives the version in which each party gets its files on a day, as
// schema.Reglas asks for it.
func WrittenTo(v config.Versions, day schema.Dia) func(schema.Parte) schema.Version {
	return func(p schema.Parte) schema.Version {
		_, written := v.Of(p, day)
		return written
	}
}
