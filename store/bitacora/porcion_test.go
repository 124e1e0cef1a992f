package bitacora_test

import (
	"testing"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
	"buzon/store/bitacora/bitacoratest"
)

var ayer = time.Date(2026, time.March, 2, 9, 0, 0, 0, schema.Zona)

// TestWordsOfParts: desde and primero are words of some payloads too, and then say
// nothing of parts.
func TestWordsOfParts(t *testing.T) {
	t.Parallel()
	at := schema.NewInstante(ayer)
	var r bitacoratest.Memoria
	for _, a := range []bitacoratest.Dicho{
		{Evento: bitacora.ConfiguracionCambiada, Carga: bitacora.CargaConfiguracion{Desde: "entrega"}},
		{Evento: bitacora.LlaveAlta, Parte: "00900001", Carga: bitacora.CargaLlave{Desde: at}},
		{Evento: bitacora.AccesoRehusado, Carga: bitacora.CargaAcceso{Desde: at}},
		{Evento: bitacora.ArchivoRecogido, Parte: "00900001",
			Carga: bitacora.CargaRecogida{Primero: at, Ultimo: at}},
	} {
		r.Log(t, ayer, a)
	}
	var l bitacora.Lector
	for _, c := range r.Eventos {
		if nuevo, desde, err := l.Add(c); !nuevo || desde != 1 || err != nil {
			t.Errorf("%s: %v, %d, %v", c.Evento, nuevo, desde, err)
		}
		if err := bitacora.Lugares(c, 0, func(bitacora.Lugar) error {
			t.Errorf("%s has a record", c.Evento)
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
	if err := l.Fin(); err != nil {
		t.Error(err)
	}
	for _, detalle := range []string{`{"parte":2,"de":2}`, `{"parte":2,"de":2,"primero":"x","desde":1}`,
		`{"parte":2,"de":2,"primero":1,"desde":"x"}`, `[]`, ``} {
		if _, _, err := new(bitacora.Lector).Add(&bitacora.Crudo{N: 2, Evento: bitacora.ArchivoRecibido,
			Detalle: detalle}); err == nil {
			t.Errorf("%s is a part", detalle)
		}
	}
}
