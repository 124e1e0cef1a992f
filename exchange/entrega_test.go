package exchange_test

import (
	"errors"
	"testing"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// TestDayZero: a term is counted from the day on which the LOT became visible, or,
// where the agreement wants that, from the day that CONDUSEF assigned the folio;
// our delay never counts against the UNE, and CONDUSEF's is not ours.
func TestDayZero(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		desdeTurno           bool
		turno, came, visible string // days of 2026
		dia0, limite         string
		dias                 string // hábiles on which an answer of the 20th of March comes
	}{
		"at once":                      {false, "03-02", "03-02", "03-02", "03-02", "03-31", "13"},
		"assigned before":              {false, "02-27", "03-02", "03-02", "03-02", "03-31", "13"},
		"made again":                   {false, "03-02", "03-02", "03-04", "03-04", "04-06", "11"},
		"visible on a Saturday":        {false, "03-06", "03-06", "03-07", "03-07", "04-08", "9"},
		"by turno":                     {true, "02-27", "03-02", "03-02", "02-27", "03-30", "14"},
		"by turno, a day late":         {true, "02-27", "03-02", "03-03", "03-02", "03-31", "13"},
		"by turno, two days late":      {true, "02-27", "03-02", "03-04", "03-03", "04-01", "12"},
		"by turno, over a weekend":     {true, "03-06", "03-06", "03-09", "03-09", "04-09", "8"},
		"by turno, over a day off":     {true, "03-13", "03-13", "03-17", "03-17", "04-16", "3"},
		"by turno, on a Saturday":      {true, "02-27", "03-06", "03-07", "02-27", "03-30", "14"},
		"by turno, the REC came late":  {true, "02-27", "03-04", "03-04", "02-27", "03-30", "14"},
		"by turno, both were late":     {true, "02-27", "03-04", "03-05", "03-02", "03-31", "13"},
		"by turno, assigned on Sunday": {true, "03-01", "03-02", "03-02", "03-01", "03-30", "14"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openRemote(t, 0, 0) // where a file may wait to be shown
			g.configure = func(p *exchange.Cycle) { p.Plazos.DesdeTurno = c.desdeTurno }
			g.restart()
			r := exampleREC(t)[1:2]
			r[0].RecFechaReclamacion = dia(t, "2026-"+c.turno).Fecha()
			r[0].RecFechaTurno = r[0].RecFechaReclamacion
			came, visible := dia(t, "2026-"+c.came), dia(t, "2026-"+c.visible)
			file := "GE_REC_" + came.Compacta() + "_001.txt"
			g.clock.Set(on(came, "09:00"))
			g.leave(schema.ParteCONDUSEF, file, rec(t, file, r...))
			for d := came; d < visible; d++ {
				g.faults.failLike("reclamaciones put")
				if _, err := g.runAt(on(d, "10:00"), exchange.CausaAgenda); !errors.Is(err, errFault) {
					t.Fatal(err)
				}
			}
			g.faults.clear()
			g.mustRun(on(visible, "10:00"))
			k := view(g, func(v *store.View) (store.Asunto, error) { return v.UltimaVuelta(folioNorte) })
			e := g.events(bitacora.ReclamacionEntregada)
			if mes(k.Dia0) != c.dia0 || mes(k.Limite) != c.limite || len(e) != 1 ||
				e[0].Detalle["dia0"] != "2026-"+c.dia0 || e[0].Detalle["limite"] != "2026-"+c.limite {
				t.Errorf("day 0 %s, limit %s, want %s, %s; told %+v", k.Dia0, k.Limite, c.dia0, c.limite, e)
			}
			if schema.DiaDe(k.Entregada) != visible || mes(k.Turno) != c.turno {
				t.Errorf("delivered %v, assigned %s", k.Entregada, k.Turno)
			}
			lot := lines[schema.Reclamacion](t,
				g.file(norte.String()+"/reclamaciones/GE_LOT_"+norte.String()+"_"+visible.Compacta()+
					"_001.txt"))
			if len(lot) != 1 || lot[0].RecFechaLimite != k.Limite.Fecha() ||
				lot[0].RecFechaTurno != r[0].RecFechaTurno {
				t.Errorf("LOT %+v", lot)
			}
			res := answer(folioNorte)
			res.RecFechaAtencion, res.RecFechaResolucion = "20/03/2026", "20/03/2026"
			want := "A " + string(k.Limite.Fecha()) + " " + c.dias + " 1"
			if got := verdict(t, g.send(norte, on(dia(t, "2026-03-20"), "10:00"), 1, res)); got != want {
				t.Errorf("answered: %s, want %s", got, want)
			}
			g.checkVisible()
		})
	}
}

// TestReversas: whose folio opens a new round, and what counts in it.
func TestReversas(t *testing.T) {
	t.Parallel()
	const answered = "03-05 10:00:00 R = A 31/03/2026 3 1; 03-06 10:00:00 V = A; "
	lineas(t, openDelivered, map[string]string{
		"open":                 "03-04 10:00:00 V = DUP-02; 03-31 23:59:59 R = A 31/03/2026 20 1",
		"open with a prórroga": "03-04 10:00:00 P5 = A 09/04/2026 2 1; 04-01 10:00:00 V = DUP-02",
		"open and overdue":     "04-01 10:00:00 V = DUP-02",
		"answered":             answered + "04-08 23:59:59 R = A 08/04/2026 20 1",
		"and late":             answered + "04-09 00:00:00 R = A 08/04/2026 21 2",
		"answered late": "04-01 10:00:00 R = A 31/03/2026 21 2; 04-01 11:00:00 V = A; 04-01 " +
			"12:00:00 R = A 04/05/2026 0 1",
		"desistida": "03-05 10:00:00 D6 = A; 03-06 10:00:00 V = A; 03-06 11:00:00 R = A " +
			"08/04/2026 0 1",
		"answered and desistida": "03-05 10:00:00 R = A 31/03/2026 3 1; 03-05 11:00:00 D6 = A; 03-06 " +
			"10:00:00 V = A; 03-06 11:00:00 R = A 08/04/2026 0 1",
		"undone, still closed": "03-05 10:00:00 D6 = A; 03-05 11:00:00 D11/6 = A; 03-05 12:00:00 R = R " +
			"NEG-06; 03-06 10:00:00 V = A",
		"while it is open again": answered + "03-07 10:00:00 V = DUP-02",
		"a third round": answered +
			"03-09 10:00:00 R = A 08/04/2026 1 1; 03-10 10:00:00 V = A; 03-10 11:00:00 P5 = A 17/04/2026 0 1",
		"prórroga anew": "03-04 09:00:00 P10 = A 16/04/2026 2 1; " +
			answered[:len("03-05 10:00:00 R = A ")] +
			"16/04/2026 3 1; 03-06 10:00:00 V = A; 03-06 11:00:00 P5 = A 15/04/2026 0 1; 03-06 12:00:00 " +
			"P5 = R NEG-04",
		"dictámenes anew": "03-05 10:00:00 R = A 31/03/2026 3 1; 03-05 11:00:00 D3 = A; 03-06 " +
			"10:00:00 V = A; 03-06 11:00:00 D4 = NEG-02; 03-06 11:00:02 D1 = NEG-02; 03-06 11:00:04 D3 = A",
		"recounted by its own": answered +
			"03-20 10:00:00 +03-17 = 04-08 > 04-09; 04-09 23:59:59 R = A 09/04/2026 20 1",
	})
}
