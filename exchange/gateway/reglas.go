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
