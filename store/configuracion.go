package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Configure records the settings that count from now on, where they are not those
// that counted before.
func (tx *Tx) Configure(d bitacora.CargaConfiguracion) error {
	now, err := bitacora.Cargar(bitacora.ConfiguracionCambiada, d)
	if err != nil {
		return fmt.Errorf("store: settings: %w", err)
	}
	was, err := tx.configuracion(tx.now)
	if err != nil || was == string(now) {
		return err
	}
	return tx.Log(Acto{Evento: bitacora.ConfiguracionCambiada, Carga: d})
}

// configuracion gives the settings as the log had them at a moment, "" for none.
func (v *View) configuracion(t time.Time) (detail string, err error) {
	err = v.get(`SELECT detalle FROM bitacora WHERE evento = ? AND momento <= ? ORDER BY n DESC LIMIT 1`,
		[]any{bitacora.ConfiguracionCambiada, ms(t)}, &detail)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return detail, err
}

// FinDePlazoEn gives the time of day until which the last day of a term counted at
// a moment, as the log had it; without a word on it that is 23:59:59.
func (v *View) FinDePlazoEn(t time.Time) (schema.Hora, error) {
	const whole schema.Hora = 24*3600 - 1
	detail, err := v.configuracion(t)
	if err != nil || detail == "" {
		return whole, err
	}
	var d struct {
		Fin string `json:"fin_de_plazo"`
	}
	if err := json.Unmarshal([]byte(detail), &d); err != nil {
		return 0, fmt.Errorf("store: settings: %w", err)
	}
	if d.Fin == "" {
		return whole, nil
	}
	return schema.ParseHora(d.Fin)
}
