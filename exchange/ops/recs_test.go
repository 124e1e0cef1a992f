package ops

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

// TestAvisosOfRECs: by its hour a REC is asked for, and told of where it came late or after
// a number that never came.
func TestAvisosOfRECs(t *testing.T) {
	t.Parallel()
	nine, corte := schema.Hora(9*3600), schema.Hora(20*3600)
	for name, c := range map[string]struct {
		files []string
		day   schema.Dia
		at    schema.Hora
		want  []string
	}{
		"before the hour":       {nil, lunes, nine - 1, nil},
		"at the hour":           {nil, lunes, nine, []string{"rec"}},
		"at the corte":          {nil, lunes, corte, []string{"rec"}},
		"on a day off":          {nil, lunes - 1, corte, nil},
		"it came":               {[]string{rec}, lunes, nine, nil},
		"two of them":           {[]string{rec, "GE_REC_20260302_002.txt"}, lunes, nine, nil},
		"a gap":                 {[]string{rec, "GE_REC_20260302_003.txt"}, lunes, nine, []string{"gap"}},
		"a gap of two":          {[]string{"GE_REC_20260302_003.txt"}, lunes, nine, []string{"gap", "gap"}},
		"of an earlier day":     {[]string{"GE_REC_20260227_001.txt"}, lunes, nine, []string{"late"}},
		"of a day off":          {[]string{"GE_REC_20260301_001.txt"}, lunes, nine, nil},
		"what has no such name": {[]string{"GE_REC.txt"}, lunes, nine, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, err := store.Open(t.Context(), t.TempDir()+"/buzon.db", store.Options{Now: ocho})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = st.Close() })
			for i, f := range c.files {
				a := store.Archivo{Parte: schema.ParteCONDUSEF, Nombre: f, SHA256: sha(string(rune('a' + i))),
					Tipo: schema.REC, Jornada: lunes, Recibido: ocho, K: i + 1}
				if err := st.Update(t.Context(), ocho, func(tx *store.Tx) error {
					in, err := tx.TakeIn(&a)
					if err != nil {
						return err
					}
					a.Resultado = schema.Aceptado
					return errors.Join(in.Judge(fmt.Sprintf("ACU-2026-0000000%d", i+1), "", 1), in.Close())
				}); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			err = st.View(t.Context(), func(v *store.View) error {
				e, err := EstadoDe(v, &Acuerdo{Plazos: exchange.Plazos{Corte: corte, Esperado: nine}}, c.day,
					c.day.At(c.at).Add(time.Millisecond), false)
				if err != nil {
					return err
				}
				for _, a := range e.Avisos {
					if slices.Contains([]string{"rec", "gap", "late"}, a.Clase) {
						got = append(got, a.Clase)
					}
				}
				return nil
			})
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q (%v)", got, c.want, err)
			}
		})
	}
}
