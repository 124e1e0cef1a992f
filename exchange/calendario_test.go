package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// TestCalendarPublishedLate: a suspension that is published after it took effect,
// at each point of a folio's way; a limit that was told never becomes earlier.
func TestCalendarPublishedLate(t *testing.T) {
	t.Parallel()
	lineas(t, openDelivered, map[string]string{
		"within the term": "03-20 10:00:00 +03-17 = 03-31 > 04-01; 04-01 23:59:59 R = A " +
			"01/04/2026 20 1",
		"and then late": "03-20 10:00:00 +03-17 = 03-31 > 04-01; 04-06 00:00:00 R = A " +
			"01/04/2026 21 2",
		"the last day itself": "03-31 10:00:00 +03-31 = 03-31 > 04-01; 04-01 23:59:59 R = A " +
			"01/04/2026 20 1",
		"the day of delivery":     "03-20 10:00:00 +03-02 = -; 03-31 23:59:59 R = A 31/03/2026 20 1",
		"the day after the limit": "03-20 10:00:00 +04-01 = -; 04-01 00:00:00 R = A 31/03/2026 20 2",
		"a Saturday":              "03-20 10:00:00 +03-14 = -; 03-31 23:59:59 R = A 31/03/2026 20 1",
		"two, one at a time": "03-20 10:00:00 +03-17 = 03-31 > 04-01; 03-21 10:00:00 +03-18 = " +
			"04-01 > 04-06; 04-06 10:00:00 R = A 06/04/2026 20 1",
		"the same again": "03-20 10:00:00 +03-17 = 03-31 > 04-01; 03-21 10:00:00 +03-17 = -",
		"after the limit": "04-01 10:00:00 visit = vencido; 04-01 10:01:00 +03-17 = 03-31 > " +
			"04-01; 04-01 10:02:00 visit = por_vencer; 04-01 10:03:00 R = A 01/04/2026 20 1",
		"after the limit, prórroga": "04-01 10:00:00 P5 = R NEG-05; 04-01 10:01:00 +03-17 = 03-31 > " +
			"04-01; 04-01 10:02:00 P5 = A 10/04/2026 20 1",
		"after a late answer": "04-01 10:00:00 R = A 31/03/2026 21 2; 04-08 10:00:00 +03-17 = 21 " +
			"of 03-31 late > 20 of 04-01 in time",
		"after an answer in time": "03-31 10:00:00 R = A 31/03/2026 20 1; 04-08 10:00:00 +03-17 = 20 " +
			"of 03-31 in time > 19 of 04-01 in time",
		"after an answer before it": "03-10 10:00:00 R = A 31/03/2026 6 1; 04-08 10:00:00 +03-17 = -",
		"between answer and limit": "03-10 10:00:00 R = A 31/03/2026 6 1; 03-11 10:00:00 +03-12 = -; " +
			"03-11 11:00:00 +03-05 = 6 of 03-31 in time > 5 of 04-06 in time",
		"after a late one, prórroga": "03-30 10:00:00 P5 = A 09/04/2026 19 1; 04-10 10:00:00 R = A " +
			"09/04/2026 26 2; 04-13 10:00:00 +03-17 = 26 of 04-09 late > 25 of 04-10 in time",
		"taken back": "03-20 10:00:00 +03-17 = 03-31 > 04-01; 03-23 10:00:00 -03-17 = -; " +
			"04-01 23:59:59 R = A 01/04/2026 21 1",
		"taken back, then prórroga": "03-20 10:00:00 +03-17 = 03-31 > 04-01; 03-23 10:00:00 -03-17 = -; " +
			"03-24 10:00:00 P5 = A 09/04/2026 15 1",
		"taken back after prórroga": "03-20 10:00:00 +03-17 = 03-31 > 04-01; 03-21 10:00:00 P5 = A " +
			"10/04/2026 12 1; 03-23 10:00:00 -03-17 = -; 04-10 10:00:00 R = A 10/04/2026 26 1",
		"taken back, a short one": "03-20 10:00:00 +03-17 = 03-31 > 04-01; 03-20 10:01:00 +03-18 = 04-01 " +
			"> 04-06; 03-23 10:00:00 -03-17 = -; 03-23 10:01:00 -03-18 = -; 03-24 10:00:00 P1 = A " +
			"06/04/2026 15 1",
		"taken back once closed": "03-20 10:00:00 +03-17 = 03-31 > 04-01; 04-01 10:00:00 R = A 01/04/2026 " +
			"20 1; 04-08 10:00:00 -03-17 = 20 of 04-01 in time > 21 of 04-01 in time",
		"prórroga, then recount": "03-20 10:00:00 P10 = A 16/04/2026 13 1; 03-23 10:00:00 +03-17 = 04-16 " +
			"> 04-17; 04-17 23:59:59 R = A 17/04/2026 30 1",
		"recount, then prórroga": "03-20 10:00:00 +03-17 = 03-31 > 04-01; 03-23 10:00:00 P10 = A " +
			"17/04/2026 13 1; 04-20 00:00:00 R = A 17/04/2026 31 2",
		"in the prórroga alone": "03-20 10:00:00 P10 = A 16/04/2026 13 1; 04-07 10:00:00 +04-06 = 04-16 " +
			"> 04-17",
		"beyond it, no prórroga": "03-20 10:00:00 +04-06 = -; 03-23 10:00:00 P10 = A 17/04/2026 14 1",
		"of a desistida":         "03-05 10:00:00 D6 = A; 03-20 10:00:00 +03-17 = -",
	})
}

// TestSeveralDaysAtOnce: one table may change days before, within and after a term.
func TestSeveralDaysAtOnce(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	g.send(norte, moment(31, "10:00:00"), 1, answer(folioNorte))
	g.clock.Set(on(dia(t, "2026-04-08"), "10:00"))
	var days []schema.Inhabil
	for _, d := range []string{"2026-05-20", "2026-03-17", "2026-02-10", "2026-03-14"} {
		// the last is a Saturday
		days = append(days,
			schema.Inhabil{Fecha: dia(t, d), Descripcion: "Suspensión", Origen: "CONDUSEF", AplicaGE: true})
	}
	r := g.changeCalendar(days...)
	if got := recount(r, folioNorte); got != "20 of 03-31 in time > 19 of 04-01 in time" {
		t.Errorf("answered: %s", got)
	}
	if got := recount(r, folioMonto); got != "03-31 > 04-01" || len(r.Movidos) != 5 || len(r.Cerrados) != 1 {
		t.Errorf("open: %s; %d moved, %d closed", got, len(r.Movidos), len(r.Cerrados))
	}
	if n := len(g.events(bitacora.CalendarioCambiado)); n != 2 { // the first is of the start
		t.Errorf("%d versions", n)
	}
}

// TestAcuseStands: what an acuse told of a count, and with which calendar, stays
// whatever calendar comes later; the folio's two rounds count each by its own.
func TestAcuseStands(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	first := g.cal().Version()
	acu := g.send(norte, moment(31, "10:00:00"), 1, answer(folioNorte))
	g.follow(folioNorte, "04-08 10:00:00 +03-17 = 20 of 03-31 in time > 19 of 04-01 in time")
	g.mustVisit(norte)
	if again := g.file("00900001/acuses/GE_ACU_00900001_20260331_001.txt"); string(again) != string(acu) {
		t.Error("the acuse changed")
	}
	k := view(g, func(v *store.View) (store.Asunto, error) { return v.UltimaVuelta(folioNorte) })
	all := view(g, func(v *store.View) ([]store.Respuesta, error) { return v.Respuestas(k.ID) })
	if len(all) != 1 || all[0].Calendario != first || all[0].Limite != dia(t, limite) || all[0].Dias != 20 ||
		k.Limite != dia(t, limite) || k.Calendario != first {
		t.Errorf("the answer %+v of %+v", all, k)
	}
	if e := g.events(bitacora.RespuestaAceptada); len(e) != 1 || e[0].Detalle["calendario"] != first ||
		len(g.events(bitacora.PlazoRecontado)) == 0 {
		t.Errorf("told %+v", e)
	}
	for _, e := range g.events(bitacora.PlazoRecontado) {
		if d := e.Detalle; e.Folio == folioNorte || d["calendario"] != g.cal().Version() ||
			d["calendario_anterior"] != first ||
			d["limite"] != "2026-04-01" || d["limite_anterior"] != limite ||
			d["vuelta"] != int64(1) && d["vuelta"] != 1.0 {
			t.Errorf("recounted: %s %+v", e.Folio, d)
		}
	}
}

// TestBothWays: an answer is counted by the calendar of its moment, and by the one
// of now, at the moment at which it came.
func TestBothWays(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	g.send(norte, on(dia(t, "2026-04-01"), "00:00:00"), 1, answer(folioNorte))
	both := func() string {
		k := view(g, func(v *store.View) (store.Asunto, error) { return v.UltimaVuelta(folioNorte) })
		var was, now exchange.Computo
		view(g, func(v *store.View) (_ any, err error) {
			was, now, err = g.cycle.Plazos.BothWays(v, k)
			return nil, err
		})
		return cuenta(was) + " > " + cuenta(now)
	}
	if got := both(); got != "21 of 03-31 late > 21 of 03-31 late" {
		t.Error(got)
	}
	g.follow(folioNorte, "04-08 10:00:00 +03-17 = 21 of 03-31 late > 20 of 04-01 in time")
	if got := both(); got != "21 of 03-31 late > 20 of 04-01 in time" {
		t.Error(got)
	}
}

// TestBothWaysOffAnInhabil: the limit that was told, and has become inhábil, goes on
// to the next día hábil for an answered folio as it does for an open one.
func TestBothWaysOffAnInhabil(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	g.follow(folioNorte,
		"03-20 10:00:00 +03-30 = 03-31 > 04-01; 03-20 10:01:00 -03-30 = -; 04-06 08:00:00 R = A "+
			"01/04/2026 22 2; 04-07 10:00:00 +04-01 = 22 of 04-01 late > 21 of 04-06 in time")
}

// TestCalendarWhileALOTWaits: a LOT that was made with one calendar and became
// visible under a later one has its terms counted by the later one.
func TestCalendarWhileALOTWaits(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		fails string // what the first try comes to
		next  string // when it is tried again
		want  string
	}{
		"not visible":                     {"put", "2026-03-02 19:00:00", "2026-04-01"},
		"visible, unrecorded":             {"after put", "2026-03-02 19:00:00", "2026-04-01"},
		"visible, unrecorded, next day":   {"after put", "2026-03-03 19:00:00", "2026-04-01"},
		"not visible, so made once again": {"put", "2026-03-03 19:00:00", "2026-04-06"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openRemote(t, norte, 0) // where a file may wait to be shown
			g.leaveExample()
			g.faults.failLike(norte.String() + "/reclamaciones " + x.fails)
			if _, err := g.runAt(corrida, exchange.CausaAgenda); !errors.Is(err, errFault) {
				t.Fatal(err)
			}
			g.faults.clear()
			g.changeCalendar(schema.Inhabil{Fecha: dia(t, "2026-03-17"), Descripcion: "Suspensión",
				Origen: "CONDUSEF", AplicaGE: true})
			day, hour, _ := strings.Cut(x.next, " ")
			g.mustRun(on(dia(t, day), hour))
			k := view(g, func(v *store.View) (store.Asunto, error) { return v.UltimaVuelta(folioNorte) })
			if k.Limite != dia(t, x.want) || k.Calendario != g.cal().Version() {
				t.Errorf("limit %s by %s, want %s by %s", k.Limite, k.Calendario, x.want, g.cal().Version())
			}
		})
	}
}

// TestProgramWithOtherDays: at the start every open term is counted again, also
// where the operator's table has nothing new, and each version is told once.
func TestProgramWithOtherDays(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	change := func(causa string) (r exchange.Recuento) {
		t.Helper()
		err := g.store.Update(context.Background(), g.clock.Now(), func(tx *store.Tx) (err error) {
			r, err = g.cycle.Plazos.ChangeCalendar(tx, nil, causa, nil)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for range 2 {
		if r := change(exchange.CalendarioArranque); len(r.Movidos) != 0 || r.Antes != r.Ahora {
			t.Errorf("%+v", r)
		}
	}
	if n := len(g.events(bitacora.CalendarioCambiado)); n != 1 {
		t.Errorf("%d versions are told", n)
	}
	g.sql(fmt.Sprintf(`UPDATE estados SET limite = %d, calendario = '000000000000'
		WHERE reclamacion = (SELECT id FROM reclamaciones
		WHERE folio = '%s')`, dia(t, "2026-03-30"), folioNorte)) // by an older program
	r := change(exchange.CalendarioArranque)
	if i := slices.IndexFunc(r.Movidos, func(m exchange.Movido) bool {
		return m.Folio == folioNorte
	}); i != 0 || len(r.Movidos) != 1 {
		t.Errorf("moved: %+v", r.Movidos)
	}
	if got := g.told(folioNorte); got != "recontado 03-31" {
		t.Errorf("told %q", got)
	}
}
