package store

import (
	"errors"
	"fmt"
	"testing"

	"buzon/schema"
	"buzon/store/bitacora"
)

// retrato is all that a View shows of the files that are taken in.
func retrato(t *testing.T, s *Store) (out []string) {
	t.Helper()
	say := func(all ...any) {
		out = append(out, fmt.Sprintf("%+v", all))
		for _, v := range all {
			if err, ok := v.(error); ok && err != nil {
				t.Errorf("a question fails: %v", err)
			}
		}
	}
	view(t, s, func(v *View) error {
		folios := []schema.Folio{"2026/080/1", "2026/090/1", "2026/090/2", "2026/091/1"}
		for _, f := range folios {
			last, err := v.UltimaVuelta(f)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			rounds, err1 := v.Vueltas(f)
			trace, err2 := v.Trace(f)
			say(f, last, rounds, len(trace), errors.Join(err1, err2))
			for _, x := range trace {
				say(x.Respuestas, x.Dictamenes)
			}
			say(v.lugares(f))
			var places []string
			say(places, v.History(Consulta{Folio: f}, func(e bitacora.Evento) error {
				say(De(e), e.Que)
				return nil
			}))
			for _, c := range rounds {
				a, err := v.Respuestas(c.ID)
				b, err2 := v.Dictamenes(c.ID)
				say(a, b, errors.Join(err, err2))
			}
		}
		for _, u := range []schema.UNE{900001, 900002} {
			lots, err := v.SinLote(u)
			say(lots, err)
			for rec := range int64(6) {
				say(v.DelREC(u, rec, func(c FilaDeREC) error { say(c); return nil }))
			}
			d, err := v.DictamenesDe(u, 10)
			say(d, err)
			say(v.AsuntosAbiertos(u, func(a AsuntoAbierto) error { say(a); return nil }))
			p, err := v.PlazosPorAvisar(u, Umbral{hoy + 99, hoy + 99})
			say(p, err)
		}
		say(v.PorDevolver(func(p Respuesta) error { say(p); return nil }))
		say(v.HayPorDevolver())
		say(v.Avances(hoy))
		say(v.Balance(hoy))
		say(v.Abiertas())
		say(v.PlazosAbiertos())
		say(v.Vencimientos(Umbral{hoy, hoy}))
		say(v.AsuntosRespondidos(hoy-9, hoy+9))
		say(v.ArchivosDe(hoy, schema.REC))
		say(v.Rehusados(hoy))
		say(v.JornadasPorCerrar(now))
		say(v.Eventos())
		for _, name := range []string{"GE_REC_20260302_001.txt", "res", "dic"} {
			files, err := v.TraceFile(name)
			say(len(files), err)
			for _, f := range files {
				say(v.FoliosDe(f, 0, 0, func(x FolioDeArchivo) error { say(x); return nil }))
			}
		}
		return nil
	})
	return out
}
