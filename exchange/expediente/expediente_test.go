package expediente_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/expediente"
	"buzon/schema"
	"buzon/store/bitacora"
)

// A complaint that is delivered on 2026-03-02 has until 2026-03-31; with ten days
// more until 2026-04-16.
var entrega = entry{"2026-03-02 09:00:00", delivered("2026-03-02", "2026-03-31")}

// TestConclusion has one asunto in each log, and what is to be known of it at
// some moments.
func TestConclusion(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		log  []entry
		want map[string]string // by moment
	}{
		"nobody answers": {nil, map[string]string{
			"2026-03-02 09:00:00":     "open, limit 2026-03-31",
			"2026-03-31 23:59:59":     "open, limit 2026-03-31",
			"2026-03-31 23:59:59.999": "open, limit 2026-03-31",
			"2026-04-01 00:00:00":     "limite 2026-03-31 23:59:59, limit 2026-03-31",
		}},
		"answered on the day of delivery": {[]entry{{"2026-03-02 10:00:00",
			answered("2026-03-02 10:00:00", 1)}}, map[string]string{
			"2026-03-02 09:59:59": "open, limit 2026-03-31",
			"2026-03-02 10:00:00": "respuesta 2026-03-02 10:00:00, limit 2026-03-31, sentido 1 on day 0",
		}},
		"answered in the last second, told after it": {[]entry{{"2026-04-01 00:10:00",
			answered("2026-03-31 23:59:59", 2)}}, map[string]string{
			"2026-04-01 00:09:59": "limite 2026-03-31 23:59:59, limit 2026-03-31",
			"2026-04-01 00:10:00": "respuesta 2026-03-31 23:59:59, limit 2026-03-31, sentido 2 on day 20",
		}},
		"answered one second later": {[]entry{{"2026-04-01 00:00:00.250",
			answered("2026-04-01 00:00:00", 3)}}, map[string]string{
			"2026-04-01 00:00:00.249": "limite 2026-03-31 23:59:59, limit 2026-03-31",
			"2026-04-01 00:00:00.250": "limite 2026-03-31 23:59:59, limit 2026-03-31, sentido 3 on day 21",
		}},
		"prórroga": {[]entry{
			{"2026-03-31 20:00:00", extended("2026-04-16", 10)},
			{"2026-04-16 23:00:00", answered("2026-04-16 22:59:00", 1)},
		}, map[string]string{
			"2026-03-31 19:59:59": "open, limit 2026-03-31",
			"2026-04-01 00:00:00": "open, limit 2026-04-16, prórroga 10",
			"2026-04-16 23:00:00": "respuesta 2026-04-16 22:59:00, limit 2026-04-16, prórroga 10, sentido " +
				"1 on day 30",
		}},
		"prórroga that nobody used": {[]entry{{"2026-03-31 20:00:00", extended("2026-04-16", 10)}},
			map[string]string{
				"2026-04-16 23:59:59": "open, limit 2026-04-16, prórroga 10",
				"2026-04-17 00:00:00": "limite 2026-04-16 23:59:59, limit 2026-04-16, prórroga 10",
			}},
		"desistimiento in the limit's last second": {[]entry{{"2026-03-31 23:59:59.999", dictamen(6)}},
			map[string]string{
				"2026-03-31 23:59:59.998": "open, limit 2026-03-31",
				"2026-04-02 00:00:00":     "desistimiento 2026-03-31 23:59:59, limit 2026-03-31, DIC 6",
			}},
		"desistimiento after the limit": {[]entry{{"2026-04-01 00:00:00", dictamen(6)}}, map[string]string{
			"2026-04-02 00:00:00": "limite 2026-03-31 23:59:59, limit 2026-03-31, DIC 6",
		}},
		"desistimiento after the answer": {[]entry{
			{"2026-03-10 10:00:00.500", answered("2026-03-10 10:00:00", 1)},
			{"2026-03-10 10:00:00.600", dictamen(6)},
		}, map[string]string{
			"2026-03-11": "respuesta 2026-03-10 10:00:00, limit 2026-03-31, sentido 1 on day 6, DIC 6"}},
		"desistimiento before the answer": {[]entry{
			{"2026-03-10 10:00:00", dictamen(6)}, {"2026-03-10 10:00:05", answered("2026-03-10 10:00:01", 1)},
		}, map[string]string{
			"2026-03-11": "desistimiento 2026-03-10 10:00:00, limit 2026-03-31, sentido 1 on day 6, DIC 6"}},
		"desistimiento, then the limit passes": {[]entry{{"2026-03-10 10:00:00", dictamen(6)}},
			map[string]string{
				"2026-05-01": "desistimiento 2026-03-10 10:00:00, limit 2026-03-31, DIC 6",
			}},
		"desistimiento that was undone concludes all the same": {[]entry{
			{"2026-03-10 10:00:00", dictamen(6)}, {"2026-03-11 10:00:00", undone(6)},
			{"2026-03-12 10:00:00", dictamen(6)},
		}, map[string]string{
			"2026-03-11": "desistimiento 2026-03-10 10:00:00, limit 2026-03-31",
			"2026-05-01": "desistimiento 2026-03-10 10:00:00, limit 2026-03-31, DIC 6",
		}},
		"dictámenes stand in their order until they are undone": {[]entry{
			{"2026-03-10 10:00:00", answered("2026-03-10 10:00:00", 2)}, {"2026-03-11", dictamen(1)},
			{"2026-03-12", dictamen(3)},
			{"2026-03-13", dictamen(4)}, {"2026-03-17", undone(4)}, {"2026-03-18", dictamen(5)},
			{"2026-03-19", undone(1)}, {"2026-03-20", dictamen(1)},
		}, map[string]string{
			"2026-03-13 12:00:00": "respuesta 2026-03-10 10:00:00, limit 2026-03-31, sentido 2 on day 6, " +
				"DIC 1, DIC 3, DIC 4",
			"2026-03-17 12:00:00": "respuesta 2026-03-10 10:00:00, limit 2026-03-31, sentido 2 on day 6, " +
				"DIC 1, DIC 3",
			"2026-03-19 12:00:00": "respuesta 2026-03-10 10:00:00, limit 2026-03-31, sentido 2 on day 6, " +
				"DIC 3, DIC 5",
			"2026-03-21 12:00:00": "respuesta 2026-03-10 10:00:00, limit 2026-03-31, sentido 2 on day 6, " +
				"DIC 3, DIC 5, DIC 1",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newRegistro(t)
			b.write(append([]entry{entrega}, c.log...))
			for moment, want := range c.want {
				same(t, moment, tells(b.read(moment)), []string{want})
			}
		})
	}
}

// TestLimit moves the limit by what comes after the delivery.
func TestLimit(t *testing.T) {
	t.Parallel()
	late := answered("2026-04-01 08:00:00", 1)
	for name, c := range map[string]struct {
		log  []entry
		want map[string]string
	}{
		"a day that is published late makes a late answer one in time": {[]entry{
			{"2026-04-01 08:00:00", late}, {"2026-04-06", inhabil("2026-03-27", "DOF", "SI")},
		}, map[string]string{
			"2026-04-06 11:59:59": "limite 2026-03-31 23:59:59, limit 2026-03-31, sentido 1 on day 21",
			"2026-04-06 12:00:00": "respuesta 2026-04-01 08:00:00, limit 2026-04-01, sentido 1 on day 20",
		}},
		"a calendar with more días hábiles makes no told limit earlier": {[]entry{
			{"2026-03-31 08:00:00", answered("2026-03-31 08:00:00", 1)},
			{"2026-04-06", inhabil("2026-03-16", "LFT74", "NO")},
		}, map[string]string{
			"2026-04-06 11:59:59": "respuesta 2026-03-31 08:00:00, limit 2026-03-31, sentido 1 on day 20",
			"2026-04-06 12:00:00": "respuesta 2026-03-31 08:00:00, limit 2026-03-31, sentido 1 on day 21",
		}},
		"a recount that was told stands, whatever the calendar says now": {[]entry{
			{"2026-03-20", recounted("2026-04-01")},
			{"2026-04-01 08:00:00", late},
		}, map[string]string{
			"2026-04-02": "respuesta 2026-04-01 08:00:00, limit 2026-04-01, sentido 1 on day 21"}},
		"our server was down at the end of the limit": {[]entry{
			{"2026-04-01 07:00:00", moved("2026-04-01")},
			{"2026-04-01 08:00:00", late},
		}, map[string]string{
			"2026-04-01 06:59:59": "limite 2026-03-31 23:59:59, limit 2026-03-31",
			"2026-04-01 07:00:00": "open, limit 2026-04-01",
			"2026-04-01 08:00:00": "respuesta 2026-04-01 08:00:00, limit 2026-04-01, sentido 1 on day 21",
		}},
		"the day to which it was moved becomes inhábil": {[]entry{
			{"2026-04-01 07:00:00", moved("2026-04-01")},
			{"2026-04-06 08:00:00", answered("2026-04-06 08:00:00", 1)},
			{"2026-04-07", inhabil("2026-04-01", "DOF", "SI")},
		}, map[string]string{
			"2026-04-07 11:59:59": "limite 2026-04-01 23:59:59, limit 2026-04-01, sentido 1 on day 22",
			"2026-04-07 12:00:00": "respuesta 2026-04-06 08:00:00, limit 2026-04-06, sentido 1 on day 21",
		}},
		"the limit that an event repeats makes none earlier": {[]entry{
			{"2026-03-20", extended("2026-04-16", 10)}, {"2026-04-10", answered("2026-04-10 08:00:00", 1)},
		}, map[string]string{
			"2026-04-11": "respuesta 2026-04-10 08:00:00, limit 2026-04-16, prórroga 10, sentido 1 on day " +
				"26"}},
		"a recount with a prórroga": {[]entry{
			{"2026-03-20", extended("2026-04-16", 10)}, {"2026-04-07", inhabil("2026-03-27", "DOF", "SI")},
		}, map[string]string{"2026-04-08": "open, limit 2026-04-17, prórroga 10"}},
		"an earlier end of the day": {[]entry{
			{"2026-03-03", fin("18:00:00")}, {"2026-03-31 18:00:05", answered("2026-03-31 18:00:01", 1)},
		}, map[string]string{
			"2026-03-31 18:00:00": "open, limit 2026-03-31",
			"2026-03-31 18:00:01": "limite 2026-03-31 18:00:00, limit 2026-03-31",
			"2026-04-10":          "limite 2026-03-31 18:00:00, limit 2026-03-31, sentido 1 on day 20",
		}},
		"an earlier end of the day, from the limit's own day on": {[]entry{{"2026-03-31 13:00:00",
			fin("12:00:00")}}, map[string]string{
			"2026-03-31 12:59:59": "open, limit 2026-03-31",
			"2026-03-31 13:00:00": "limite 2026-03-31 12:00:00, limit 2026-03-31",
		}},
		"an earlier end of the day, from after the limit on": {[]entry{
			{"2026-03-31 18:00:01", answered("2026-03-31 18:00:01", 1)},
			{"2026-04-01 00:00:00", fin("18:00:00")},
		}, map[string]string{
			"2026-04-10": "respuesta 2026-03-31 18:00:01, limit 2026-03-31, sentido 1 on day 20"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newRegistro(t)
			b.write(append([]entry{entrega}, c.log...))
			for moment, want := range c.want {
				same(t, moment, tells(b.read(moment)), []string{want})
			}
		})
	}
}

// TestRounds has a folio that came again: each vuelta is an asunto of its own.
func TestRounds(t *testing.T) {
	t.Parallel()
	b := newRegistro(t)
	b.write([]entry{
		entrega,
		{"2026-03-05 10:00:00", answered("2026-03-05 10:00:00", 2)},
		{"2026-03-06", dictamen(1)},
		{"2026-03-09 09:00:00", second(delivered("2026-03-09", "2026-04-09"))},
		{"2026-03-10 09:00:00", second(extended("2026-04-23", 10))},
		{"2026-03-11 10:00:00", second(answered("2026-03-11 10:00:00", 1))},
		{"2026-03-12", second(dictamen(3))},
	})
	same(t, "rounds", tells(b.read("2026-03-13")), []string{
		"respuesta 2026-03-05 10:00:00, limit 2026-03-31, sentido 2 on day 3, DIC 1",
		"respuesta 2026-03-11 10:00:00, limit 2026-04-23, prórroga 10, sentido 1 on day 2, DIC 3",
	})
}

// TestUndelivered has a desistimiento of a folio that waits for its LOT.
func TestUndelivered(t *testing.T) {
	t.Parallel()
	b := newRegistro(t)
	b.write([]entry{{"2026-03-02 08:00:00", dictamen(6)}, entrega})
	same(t, "before", tells(b.read("2026-03-02 08:59:59")),
		[]string{"desistimiento 2026-03-02 08:00:00, limit , DIC 6"})
	same(t, "after", tells(b.read("2026-03-02 09:00:00")),
		[]string{"desistimiento 2026-03-02 08:00:00, limit 2026-03-31, DIC 6"})
}

// TestMoments chooses events by their moments, also where a clock was set back.
func TestMoments(t *testing.T) {
	t.Parallel()
	b := newRegistro(t)
	b.write([]entry{
		entrega,
		{"2026-03-05 10:00:00", dictamen(3)},
		{"2026-03-05 09:00:00", dictamen(7)}, // an hour earlier, and later in the log
	})
	same(t, "before", tells(b.read("2026-03-05 09:30:00")), []string{"open, limit 2026-03-31, DIC 7"})
	same(t, "after", tells(b.read("2026-03-05 10:00:00")), []string{"open, limit 2026-03-31, DIC 3, DIC 7"})
	if x := b.read("2017-11-30"); len(x.Asuntos)+len(x.Instituciones) != 0 {
		t.Errorf("before the log there was %+v", x)
	}
}

// TestHoldsStill reads as of a moment before and after more came.
func TestHoldsStill(t *testing.T) {
	t.Parallel()
	b := newRegistro(t)
	b.write([]entry{entrega, {"2026-03-31 20:00:00", answered("2026-03-31 20:00:00", 1)}})
	const moment = "2026-04-01 00:00:00.500"
	before := b.read(moment)
	b.write([]entry{
		{"2026-04-01 00:00:00.501", dictamen(3)},
		{"2026-04-02", inhabil("2026-03-27", "DOF", "SI")},
		{"2026-04-02", fin("12:00:00")},
		{"2026-04-02", second(delivered("2026-04-06", "2026-05-05"))},
	})
	b.joins("2026-04-02 13:00:00", 900002, "Uniones de Crédito")
	after := b.read(moment)
	same(t, "version", after.Calendario.Version(), before.Calendario.Version())
	after.Calendario, before.Calendario = nil, nil
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("it changed (-before +after):\n%s", diff)
	}
	now := b.read("2026-04-03")
	same(t, "now", tells(now), []string{
		"respuesta 2026-03-31 20:00:00, limit 2026-04-01, sentido 1 on day 19, DIC 3",
		"open, limit 2026-05-05"})
	same(t, "the roll now", len(now.Instituciones), 2)
}

// TestRefused has logs that contradict themselves: nothing is guessed.
func TestRefused(t *testing.T) {
	t.Parallel()
	other := func(e suceso, change func(*suceso)) suceso { change(&e); return e }
	dic := func(e suceso, change func(*bitacora.RenglonDictamen)) suceso {
		d := e.fila.(bitacora.RenglonDictamen)
		change(&d)
		e.fila = d
		return e
	}
	file := func(e suceso, change func(*bitacora.CargaRecibido)) suceso {
		d := e.carga.(bitacora.CargaRecibido)
		change(&d)
		e.carga = d
		return e
	}
	ofNone := other(dictamen(4), func(e *suceso) { e.Parte = "" })
	noFolios := of(bitacora.PlazoRecontado, bitacora.CargaRecontado{}, nil)
	joins := func(sector string, termino int) suceso {
		return suceso{Evento: bitacora.InstitucionAlta, Parte: "00900003",
			carga: bitacora.CargaInstitucion{Sector: sector, Termino: termino}}
	}
	for _, c := range []struct {
		want string
		e    suceso
	}{
		{"place 1, folio 2026/090/1: is delivered already", delivered("2026-03-03", "2026-03-31")},
		{"says no dia0 or no limite", second(delivered("", "2026-03-31"))},
		{"says no dia0 or no limite", second(delivered("2026-03-03", ""))},
		{"says no folio or no vuelta", other(delivered("2026-03-03", "2026-03-31"), func(e *suceso) {
			e.Vuelta = -1
		})},
		{"says no folio or no vuelta", other(dictamen(4), func(e *suceso) { e.Folio = "" })},
		{"institution 00900003 is not in the roll by then", other(second(dictamen(4)), func(e *suceso) {
			e.Parte = "00900003"
		})},
		{"folio 2026/090/1, vuelta 1, is of 00900001", other(dictamen(4), func(e *suceso) {
			e.Parte = "00900002"
		})},
		{"says no une", ofNone},
		{`clave "CONDUSEF"`, other(answered("2026-03-04", 1), func(e *suceso) { e.Parte = "CONDUSEF" })},
		{`clave "CONDUSEF"`, other(second(delivered("2026-03-03", "2026-03-31")), func(e *suceso) {
			e.Parte = "CONDUSEF"
		})},
		{`clave "CONDUSEF"`, other(moved("2026-04-01"), func(e *suceso) { e.Parte = "CONDUSEF" })},
		{"place 1, folio 2026/090/1: is answered already", answered("2026-03-04", 1)},
		{"has a prórroga already", extended("2026-04-16", 10)},
		{"of a folio that was not delivered by then", second(answered("2026-03-03", 1))},
		{"of a folio that was not delivered by then", second(extended("2026-04-16", 10))},
		{"of a folio that was not delivered by then", second(moved("2026-04-01"))},
		{"says no limite", recounted("")},
		{"says no limite", moved("")},
		{"says no folios", noFolios},
		{"says no folios", of(bitacora.PlazoMovido, bitacora.CargaMovido{}, nil)},
		{"place 1, folio 2026/090/1: leaves dictamen 4 without effect, which does not stand", undone(4)},
		{"leaves dictamen 0 without effect, which does not stand",
			dic(undone(3), func(d *bitacora.RenglonDictamen) { d.Anula = 0 })},
		{"dictamen 3 stands already", dictamen(3)},
		{"says no tipo", dictamen(12)},
		{"says no tipo", dictamen(0)},
		{"says no termino or no sector", joins("", 20)},
		{"says no termino or no sector", joins("Uniones de Crédito", 0)},
		{"says that 1 records were accepted, and tells of 0",
			dic(dictamen(4), func(d *bitacora.RenglonDictamen) { d.Codigo = "CAT-01" })},
		{"says that 0 records were accepted, and tells of 1",
			file(dictamen(4), func(d *bitacora.CargaRecibido) { d.Resultado, d.Aceptados = "rechazado", 0 })},
		{`tells of records that are not of a file of tipo "REC"`,
			file(dictamen(4), func(d *bitacora.CargaRecibido) { d.Tipo = schema.REC })},
		{`tells of records that are not of a file of tipo "DIC"`,
			file(answered("2026-03-04", 1), func(d *bitacora.CargaRecibido) { d.Tipo = schema.DIC })},
		{`tells of records that are not of a file of tipo ""`,
			file(answered("2026-03-04", 1), func(d *bitacora.CargaRecibido) { d.Tipo = "" })},
		{`hour "tarde"`, fin("tarde")},
	} {
		t.Run(c.want, func(t *testing.T) {
			t.Parallel()
			b := newRegistro(t)
			b.joins("2026-03-01", 900002, "Uniones de Crédito")
			b.write([]entry{entrega, {"2026-03-03", answered("2026-03-03", 1)},
				{"2026-03-03", extended("2026-04-16", 10)}, {"2026-03-03", dictamen(3)}})
			b.refuses(c.e, "event 8, "+c.e.Evento+": ", c.want)
		})
	}
	nobody := file(answered("2026-03-03", 1), func(d *bitacora.CargaRecibido) { d.Recibido = "" })
	kindless := answered("2026-03-03", 1)
	kindless.fila = bitacora.RenglonRespuesta{Tipo: 3, Sentido: 1, Limite: day("2026-03-31")}
	for _, e := range []suceso{
		answered("2026-03-03", 0), answered("2026-03-03", 4), nobody, extended("2026-04-16", 0),
		extended("", 10), kindless,
	} {
		b := newRegistro(t)
		b.write([]entry{entrega})
		b.refuses(e, "event 4, "+e.Evento+": place 1, folio 2026/090/1: says no ")
	}
}

// TestUnreadable has payloads that are not what their events have.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(c *bitacora.Crudo){
		`event 3, archivo_publicado: date "ayer"`: func(c *bitacora.Crudo) {
			c.Detalle = strings.Replace(c.Detalle, `"2026-03-02"`, `"ayer"`, 1)
		},
		"event 3, archivo_publicado: says a term and no folios": func(c *bitacora.Crudo) {
			c.Detalle = strings.Replace(c.Detalle, `"folios"`, `"folio"`, 1)
		},
		"event 3, archivo_publicado: invalid character": func(c *bitacora.Crudo) { c.Detalle = "ayer" },
	} {
		b := newRegistro(t)
		b.write([]entry{entrega})
		change(b.Eventos[2])
		if _, err := b.tryRead("2026-03-03"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	b := newRegistro(t)
	e := inhabil("2026-03-27", "DOF", "SI")
	cal := e.carga.(bitacora.CargaCalendario)
	cal.Calendario = "0123456789ab"
	e.carga = cal
	b.write([]entry{entrega, {"2026-03-03", e}})
	b.read("2026-03-02")
	if _, err := b.tryRead("2026-03-04"); err == nil ||
		!strings.Contains(err.Error(),
			"calendar 0123456789ab of 2026-03-04T12:00:00-06:00: this program makes ") {
		t.Errorf("another program's calendar: %v", err)
	}
	if _, err := expediente.Read(b.Actos(time.Time{}, nil), time.Time{}); err == nil {
		t.Error("as of no moment")
	}
}

// refuses writes an event, which must be told of with all these words, and only
// from its moment on.
func (b registro) refuses(e suceso, words ...string) {
	b.t.Helper()
	b.log("2026-03-04", e)
	_, err := b.tryRead("2026-03-05")
	for _, want := range words {
		if err == nil || !strings.Contains(err.Error(), want) {
			b.t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := b.tryRead("2026-03-03"); err != nil {
		b.t.Errorf("before it: %v", err)
	}
}

// TestOrder gives asuntos and institutions in the same order each time.
func TestOrder(t *testing.T) {
	t.Parallel()
	b := newRegistro(t)
	b.joins("2026-03-01", 900002, "Uniones de Crédito")
	var log []suceso
	var want []string
	for _, une := range []string{"00900002", "00900001"} {
		for n := 19; n >= 10; n-- {
			for _, e := range []suceso{second(delivered("2026-03-02", "2026-03-31")),
				delivered("2026-03-02", "2026-03-31")} {
				e.Parte, e.Folio = une, schema.Folio(fmt.Sprintf("2026/%s/%d", une, n))
				log = append(log, e)
				want = append(want, fmt.Sprint(e.Folio, e.Vuelta))
			}
		}
	}
	slices.Reverse(want)
	b.log("2026-03-02", log...)
	x := b.read("2026-03-03")
	var got []string
	for _, a := range x.Asuntos {
		got = append(got, fmt.Sprint(a.Folio, a.Vuelta))
	}
	same(t, "order", got, want)
	same(t, "roll", x.Instituciones, []expediente.Miembro{
		{UNE: 900001, Denominacion: "Inventada 00900001", Sector: "Uniones de Crédito", Termino: 20},
		{UNE: 900002, Denominacion: "Inventada 00900002", Sector: "Uniones de Crédito", Termino: 20}})
}

// TestSectores groups what is spelled in several ways.
func TestSectores(t *testing.T) {
	t.Parallel()
	b := newRegistro(t)
	b.joins("2026-03-01", 900004, "UNIONES  DE CREDITO")
	b.joins("2026-03-01", 900003, "Banca de Desarrollo")
	b.joins("2026-03-01", 900002, "Uniones-de credito.")
	b.joins("2026-03-02", 900005, "Uniones de Credito II")
	same(t, "sectors", b.read("2026-03-03").Sectores(), []expediente.Sector{
		{Nombre: "Uniones de Crédito", UNEs: []schema.UNE{900001, 900002, 900004}},
		{Nombre: "Banca de Desarrollo", UNEs: []schema.UNE{900003}},
		{Nombre: "Uniones de Credito II", UNEs: []schema.UNE{900005}},
	})
	same(t, "sectors before", len(b.read("2026-03-01").Sectores()), 2)
}
