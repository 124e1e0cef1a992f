package store

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// TestSecondRound has all happen to a round that is not the first, late: what is left
// out where it is usual is written here by each writer, and history says it; and of a
// first round in time history says it all the same.
func TestSecondRound(t *testing.T) {
	t.Parallel()
	for _, vuelta := range []int{1, 2} {
		s, _ := open(t)
		vive(t, s, vuelta)
		full := map[string]bool{}
		view(t, s, func(v *View) error {
			for c, err := range v.Actos(time.Time{}, nil) {
				if err != nil {
					return err
				}
				names, err := bitacora.Llenos(c)
				if err != nil {
					return err
				}
				for _, f := range names {
					full[c.Evento+" "+f] = true
				}
			}
			return nil
		})
		for _, f := range []string{
			"archivo_recibido reclamaciones.vuelta", "archivo_publicado folios.vuelta",
			"archivo_recibido respuestas.vuelta",
			"archivo_recibido respuestas.oportunidad", "archivo_recibido dictamenes.vuelta",
			"plazo_vencido folios.vuelta",
			"plazo_por_vencer folios.vuelta", "plazo_a_tiempo folios.vuelta", "plazo_movido folios.vuelta",
			"plazo_recontado folios.vuelta", "retorno_formado respuestas.vuelta",
		} {
			if full[f] != (vuelta == 2) {
				t.Errorf("round %d: %s is written: %v", vuelta, f, full[f])
			}
		}
		tipos := map[string]float64{bitacora.RespuestaAceptada: 1, bitacora.ProrrogaAceptada: 2}
		seen := map[string]bool{}
		for _, e := range history(t, s, Consulta{Folio: "2026/090/1"}) {
			seen[e.Que] = true
			if e.Detalle["vuelta"] != float64(vuelta) {
				t.Errorf("round %d: %s says %v", vuelta, e.Que, e.Detalle)
			}
			if want, ok := tipos[e.Que]; ok &&
				(e.Detalle["tipo"] != want || e.Detalle["oportunidad"] != float64(vuelta)) {
				t.Errorf("round %d: %s says %v", vuelta, e.Que, e.Detalle)
			}
		}
		if len(seen) != 11 {
			t.Errorf("round %d: history has %v", vuelta, seen)
		}
		if _, err := s.Verify(t.Context(), nil, nil); err != nil {
			t.Error(err)
		}
	}
}

// vive has all happen to one round of a folio; a second one is late.
func vive(t *testing.T, s *Store, vuelta int) {
	t.Helper()
	casos := []Asunto{{Folio: "2026/090/1", Vuelta: vuelta, UNE: 900001}}
	rec, res := recibido(schema.ParteCONDUSEF, "rec", schema.REC, 1), recibido(900001, "res", schema.RES, 2)
	dic := recibido(schema.ParteCONDUSEF, "dic", schema.DIC, 1)
	res.Calendario = "v2"
	do := func(fn func(tx *Tx, k *Asunto) error) {
		t.Helper()
		update(t, s, func(tx *Tx) error {
			k, err := tx.UltimaVuelta(casos[0].Folio)
			return errors.Join(err, fn(tx, &k))
		})
	}
	update(t, s, func(tx *Tx) error { return errors.Join(siembra(tx, 1), recibeREC(tx, &rec, casos)) })
	do(func(tx *Tx, _ *Asunto) error { _, err := entrega(tx, 900001, rec.ID, 1, 1); return err })
	for _, estado := range []string{PlazoVencido, PlazoPorVencer, PlazoATiempo} {
		do(func(tx *Tx, k *Asunto) error { return tx.WarnTerms(k.UNE, []Asunto{*k}, estado) })
	}
	do(func(tx *Tx, k *Asunto) error {
		return tx.MoveTerms(k.UNE, []NuevoLimite{{k, k.Limite + 1}}, bitacora.CargaMovido{})
	})
	do(func(tx *Tx, k *Asunto) error { return tx.Recount(k.UNE, []NuevoLimite{{k, k.Limite + 1}}, "v2") })
	do(func(tx *Tx, k *Asunto) error {
		return recibe(tx, &res, func(in *Ingreso) error {
			for i, tipo := range []int{TipoProrroga, TipoRespuesta} {
				p := Respuesta{Tipo: tipo, Numero: i + 1, Posicion: Posicion{int64(i) * 400, 399},
					Oportunidad: vuelta,
					Limite:      k.Limite + 14, Acuse: "ACU-2026-00000001", Sentido: 2 - i, Prorroga: 10}
				if err := in.AddRespuesta(k, &p); err != nil {
					return err
				}
			}
			return nil
		})
	})
	do(func(tx *Tx, k *Asunto) error {
		return recibe(tx, &dic, func(in *Ingreso) error {
			return in.AddDictamen(k, &Dictamen{Tipo: 4, Fecha: hoy, Numero: 1})
		})
	})
	update(t, s, func(tx *Tx) error {
		var all []Respuesta
		err := tx.PorDevolver(func(p Respuesta) error { all = append(all, p); return nil })
		rep := salida(schema.ParteCONDUSEF, schema.REP, 1, len(all), 0)
		return errors.Join(err, tx.AddREP(&rep, all))
	})
}

// TestLimitOfAnAnswer tells the limit of an answer only where it is another one than it
// was.
func TestLimitOfAnAnswer(t *testing.T) {
	t.Parallel()
	for more, want := range map[schema.Dia]bool{0: false, 1: true} {
		s, _, k := enDos(t)
		res := recibido(900001, "res", schema.RES, 1)
		update(t, s, func(tx *Tx) error {
			return recibe(tx, &res, func(in *Ingreso) error {
				return in.AddRespuesta(&k,
					&Respuesta{Tipo: TipoRespuesta, Oportunidad: 1, Limite: k.Limite + more,
						Sentido: 1, Numero: 1})
			})
		})
		all := history(t, s, Consulta{Evento: bitacora.ArchivoRecibido, Parte: 900001})
		b, err := json.Marshal(all[0].Detalle["respuestas"])
		var rows []map[string]any
		if err = errors.Join(err, json.Unmarshal(b, &rows)); err != nil || len(rows) != 1 {
			t.Fatalf("%s, %v", b, err)
		}
		if _, told := rows[0]["limite"]; told != want {
			t.Errorf("a limit of %d more days: %s", more, b)
		}
		if _, told := rows[0]["tipo"]; told || len(all) != 1 {
			t.Errorf("%d events; the first: %s", len(all), b)
		}
	}
}
