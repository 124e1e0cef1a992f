package exchange_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
	"buzon/store/bitacora/bitacoratest"
)

// primera is why a field is never filled that says 1 by its absence.
const primera = "these days have no second round and nothing late: store's TestSecondRound"

// nuncaLlenan are the fields that the writer of an event never fills: they are of
// another event with the same payload.
var nuncaLlenan = map[string]string{
	"archivo_publicado folios.vuelta":             primera,
	"archivo_recibido reclamaciones.vuelta":       primera,
	"archivo_recibido respuestas.vuelta":          primera,
	"archivo_recibido respuestas.oportunidad":     primera,
	"archivo_recibido dictamenes.vuelta":          primera,
	"plazo_a_tiempo folios.vuelta":                primera,
	"plazo_movido folios.vuelta":                  primera,
	"plazo_por_vencer folios.vuelta":              primera,
	"plazo_recontado folios.vuelta":               primera,
	"plazo_vencido folios.vuelta":                 primera,
	"retorno_formado respuestas.vuelta":           primera,
	"corrida_terminada error":                     "of one that failed",
	"jornada_sin_rec recibidas":                   "nothing came",
	"jornada_sin_rec entregadas":                  "nothing came",
	"jornada_sin_rec rechazadas":                  "nothing came",
	"llave_por_vencer uid":                        "nobody orders it",
	"llave_por_vencer desde":                      "it tells of the end alone",
	"llave_por_vencer motivo":                     "nobody orders it",
	"plazo_a_tiempo folios.limite_anterior":       "of one that moved",
	"plazo_a_tiempo folios.calendario_anterior":   "of one that was counted again",
	"plazo_por_vencer folios.limite_anterior":     "of one that moved",
	"plazo_por_vencer folios.calendario_anterior": "of one that was counted again",
	"plazo_vencido folios.limite_anterior":        "of one that moved",
	"plazo_vencido folios.calendario_anterior":    "of one that was counted again",
	"plazo_movido folios.calendario_anterior":     "of one that was counted again",
	"archivo_abierto primero":                     "nothing was read",
	"archivo_abierto ultimo":                      "nothing was read",
	"archivo_abierto cubiertos":                   "nothing was read",
	"archivo_abierto tramos":                      "nothing was read",
}

// TestLlenos: over the logs of some days that together have every event that this
// package and the store write, every field of every payload says something at least
// once. A writer that forgets one makes a log without it; what its bytes are is for
// bitacora's TestCargas.
func TestLlenos(t *testing.T) {
	t.Parallel()
	l, refused := bitacoratest.Llenados{}, map[string]bool{}
	st, err := store.OpenReadOnly(attack(t, newRegistro(t, 60, nil).db, func(*attacker) {}))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for _, s := range []*store.Store{st, diaDeExcepciones(t).store} {
		err := s.View(t.Context(), func(v *store.View) error {
			l.Add(t, v.Actos(time.Time{}, nil))
			return rechazados(v, refused)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	l.Check(t, bitacoratest.Otros(bitacoratest.DelServicio, bitacoratest.DeLaAPI), nuncaLlenan)
	for _, f := range []string{"reclamaciones.folio", "respuestas.folio", "respuestas.tipo",
		"dictamenes.folio"} {
		if !refused[f] {
			t.Errorf("nothing fills %q of a record that was refused", f)
		}
	}
}

// rechazados gathers what the renglones of refused records have: they have a writer of
// their own, and what the one of accepted records fills would hide what it forgets.
func rechazados(v *store.View, full map[string]bool) error {
	for c, err := range v.Actos(time.Time{}, []string{bitacora.ArchivoRecibido}) {
		if err != nil {
			return err
		}
		var a bitacora.CargaRecibido
		if err := json.Unmarshal([]byte(c.Detalle), &a); err != nil {
			return err
		}
		for _, r := range a.Reclamaciones {
			full["reclamaciones.folio"] = full["reclamaciones.folio"] || r.Codigo != "" && r.Folio != ""
		}
		for _, r := range a.Respuestas {
			full["respuestas.folio"] = full["respuestas.folio"] || r.Codigo != "" && r.Folio != ""
			full["respuestas.tipo"] = full["respuestas.tipo"] || r.Codigo != "" && r.Tipo != 0
		}
		for _, r := range a.Dictamenes {
			full["dictamenes.folio"] = full["dictamenes.folio"] || r.Codigo != "" && r.Folio != ""
		}
	}
	return nil
}

// diaDeExcepciones is a day with what the long log has not: rows of two days of
// turno in one LOT, a party on a server of its own, files refused whole, a run that
// failed, a day that stays open, terms that are in time again.
func diaDeExcepciones(t *testing.T) *gateway {
	t.Helper()
	g := open(t)
	g.configure = func(c *exchange.Cycle) { c.Plazos.DesdeTurno = true }
	g.reach = func(parte schema.Parte, p *exchange.Route) { p.Propio = p.Propio && parte != penon }
	g.restart()
	g.addBoxes(900004, schema.CarpetaReclamaciones, schema.CarpetaRespuestas, schema.CarpetaAcuses,
		schema.CarpetaRechazos, schema.CarpetaEstado)
	g.ordenes()
	records := exampleREC(t)[1:]
	records[0].RecFechaReclamacion, records[0].RecFechaTurno = "26/02/2026", "26/02/2026"
	records[1].RecInstitucionClave = records[0].RecInstitucionClave
	records[1].RecDenominacion, records[1].RecSector = records[0].RecDenominacion, records[0].RecSector
	records[4].RecInstitucionClave = "900009"
	g.clock.Set(llegada)
	g.leave(schema.ParteCONDUSEF, nameREC, rec(t, nameREC, records...))
	g.noBox = map[schema.Parte]error{penon: errFault}
	for _, at := range []time.Time{corrida, corte} { // the day stays open
		if _, err := g.runAt(at, exchange.CausaAgenda); !errors.Is(err, errFault) {
			t.Fatal(err)
		}
	}
	g.noBox = nil
	g.lee()
	g.cycle.Reglas.Latin1 = true
	g.leave(schema.ParteCONDUSEF, "GE_DIC_20260302_001.txt", []byte("basura"))
	const dic = "GE_DIC_20260302_002.txt"
	g.leave(schema.ParteCONDUSEF, dic, write(t, dic, dictamen("2026/999/9", "1")))
	g.mustRun(moment(3, "12:00:00"))
	k := view(g, func(v *store.View) (store.Asunto, error) { return v.UltimaVuelta(folioNorte) })
	g.mustRun(on(k.Limite, "12:00"))
	var days []schema.Inhabil
	for d := k.Limite; d < k.Limite+14; d++ {
		days = append(days, inhabil(d))
	}
	g.changeCalendar(days...)
	g.mustRun(on(k.Limite, "13:00"))
	g.mustRun(on(k.Limite+60, "12:00"))
	g.do(func(tx *store.Tx) error {
		return errors.Join(tx.CutDay(lunes), // a clock that was ahead did it before
			tx.CutDay(lunes-7), exchange.EndDay(tx, lunes-7, store.Orden{UID: 1000, Motivo: "oficio"}))
	})
	s := view(g, func(v *store.View) (store.Salida, error) { return v.SalidaPorNombre(norte, lotNorte) })
	if err := g.cycle.Missing(t.Context(), s.SHA256, true); err != nil {
		t.Fatal(err)
	}
	return g
}

// inhabil is a day that is none on which terms are counted.
func inhabil(d schema.Dia) schema.Inhabil {
	return schema.Inhabil{Fecha: d, Descripcion: "Suspensión", Origen: "DOF",
		Publicado: schema.NewDia(2026, 3, 1), AplicaGE: true}
}

// ordenes are those of an operator.
func (g *gateway) ordenes() {
	g.t.Helper()
	o := store.Orden{UID: 1000, Motivo: "convenio"}
	hoy := llegada.AddDate(0, 0, -1)
	llave := store.Llave{Fingerprint: "SHA256:breve", Publica: "ssh-ed25519 CCCC", Nombre: "breve",
		Desde: hoy,
		Hasta: llegada.AddDate(0, 0, 5)}
	g.do(func(tx *store.Tx) error {
		id, err := tx.StartRun(lunes, "manual")
		if err != nil {
			return err
		}
		in := institutions[0]
		in.UNE = 900004
		for d := range schema.Dia(2) {
			days := []schema.Inhabil{inhabil(lunes + 22 + d)}
			if _, err := g.cycle.Plazos.ChangeCalendar(tx, days, exchange.CalendarioOrden, &o); err != nil {
				return err
			}
		}
		return errors.Join(tx.EndRun(id, "un error"), tx.AddInstitucion(in, o), tx.AddLlave(900001, llave, o),
			tx.WarnExpiries(30*24*time.Hour), tx.RevokeLlave(900001, llave.Fingerprint, o))
	})
}

// lee opens a LOT, and reads a part of it, and twice the whole.
func (g *gateway) lee() {
	g.t.Helper()
	s := view(g, func(v *store.View) (store.Salida, error) { return v.SalidaPorNombre(norte, lotNorte) })
	for i, parts := range [][][2]int{nil, part(0, 3), all(), all()} {
		h := reading{3 * i, 3*i + 2, parts, "", false}.handle(s.Bytes)
		h.Algoritmos = "curve25519-sha256 ssh-ed25519"
		if err := g.pickedUp(h); err != nil {
			g.t.Fatal(err)
		}
	}
}
