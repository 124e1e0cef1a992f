package exchange_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

// send leaves a RES of one institution at a moment, has it visited at once, and
// gives the ACU.
func (g *gateway) send(parte schema.Parte, at time.Time, nnn int, records ...schema.Respuesta) []byte {
	g.t.Helper()
	g.clock.Set(at)
	of := fmt.Sprintf("%s_%s_%03d.txt", parte, schema.DiaDe(at).Compacta(), nnn)
	g.leave(parte, "GE_RES_"+of, write(g.t, "GE_RES_"+of, anys(records)...))
	g.mustVisit(parte)
	return g.file(parte.String() + "/acuses/GE_ACU_" + of)
}

// verdict is the first record of an ACU, as "A limit days opportunity" or
// "R code".
func verdict(t tb, acu []byte) string {
	t.Helper()
	return verdictOf(lines[schema.Acuse](t, acu)[0])
}

func verdictOf(r schema.Acuse) string {
	if r.AcuEstatus == "R" {
		return "R " + string(r.AcuCodigo)
	}
	return fmt.Sprintf("A %s %s %s", r.AcuFechaLimite, r.AcuDiasHabiles, r.AcuOportunidad)
}

// The folios of the example day, all delivered on 2026-03-02: their limit is
// 2026-03-31, and 2026-04-16 with a prórroga of ten días hábiles.
const (
	folioMonto = schema.Folio("2026/090/1325") // Norte, monetary
	folioNorte = schema.Folio("2026/190/88")   // Norte, not monetary
	folioPenon = schema.Folio("2026/140/402")
	folioNandu = schema.Folio("2026/070/17") // at most five días hábiles
	limite     = "2026-03-31"
)

func dia(t tb, s string) schema.Dia {
	t.Helper()
	d, err := schema.ParseDia(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestForeignFolio: whether a folio exists at another institution or nowhere
// must not show.
func TestForeignFolio(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	const nowhere = schema.Folio("2026/140/403")
	g.send(norte, moment(3, "10:00:00"), 1, answer(folioPenon), answer(nowhere),
		prorroga("2026/150/1190", "5"))
	acu := lines[schema.Acuse](t, g.file(norte.String()+"/acuses/GE_ACU_00900001_20260303_001.txt"))
	rch := lines[schema.Rechazo](t, g.file(norte.String()+"/rechazos/GE_RCH_00900001_20260303_001.txt"))
	if len(rch) != 3 || len(acu) != 3 {
		t.Fatalf("%v %v", acu, rch)
	}
	for i := range 2 {
		acu[i].AcuNumero, rch[i].RchNumero, rch[i].RchLinea = "", "", ""
		folio := acu[i].RecFolioCondusef
		acu[i].RecFolioCondusef, rch[i].RecFolioCondusef, rch[i].RchValor = "", "", ""
		rch[i].RchMensaje = strings.ReplaceAll(rch[i].RchMensaje, string(folio), "F")
	}
	if acu[0] != acu[1] || rch[0] != rch[1] || acu[0].AcuCodigo != "NEG-01" {
		t.Errorf("they differ: %+v %+v, %+v %+v", acu[0], acu[1], rch[0], rch[1])
	}
	if got := verdict(t,
		g.send(penon, moment(3, "11:00:00"), 1, answer2(folioPenon))); got != "A 31/03/2026 1 1" {
		t.Errorf("its own institution: %s", got)
	}
}

// answer2 is favourable, with an amount.
func answer2(folio schema.Folio) schema.Respuesta {
	r := answer(folio)
	r.RecSentidoResolucion, r.RecImporteAbonado, r.RecFechaAbonoImporte = "1", "100.00", "03/03/2026"
	return r
}

// TestAgainstTheClaim holds an answer against what was claimed.
func TestAgainstTheClaim(t *testing.T) {
	t.Parallel()
	noAmount, before, above := answer2(folioMonto), answer(folioMonto), answer2(folioMonto)
	noAmount.RecImporteAbonado, noAmount.RecFechaAbonoImporte = "", ""
	before.RecFechaAtencion, before.RecFechaResolucion = "27/02/2026", "01/03/2026"
	above.RecImporteAbonado = "12500.51"
	part, all, onTurno, notMonetary := noAmount, above, answer(folioMonto), answer2(folioNorte)
	part.RecSentidoResolucion, all.RecImporteAbonado = "3", "12500.50"
	onTurno.RecFechaAtencion, onTurno.RecFechaResolucion = "02/03/2026", "02/03/2026"
	notMonetary.RecImporteAbonado, notMonetary.RecFechaAbonoImporte = "", ""
	for name, test := range map[string]struct {
		res   schema.Respuesta
		want  string
		found []string
	}{
		"no amount":            {noAmount, "R NEG-03", []string{"NEG-03 E RecImporteAbonado"}},
		"no amount, in part":   {part, "R NEG-03", []string{"NEG-03 E RecImporteAbonado"}},
		"not monetary":         {notMonetary, "A 31/03/2026 1 1", nil},
		"all that was claimed": {all, "A 31/03/2026 1 1", nil},
		"dates of turno":       {onTurno, "A 31/03/2026 1 1", nil},
		"dates before turno": {before, "R NEG-02",
			[]string{"NEG-02 E RecFechaAtencion", "NEG-02 E RecFechaResolucion"}},
		"more than was claimed": {above, "A 31/03/2026 1 1", []string{"NEG-03 A RecImporteAbonado"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.deliverExample()
			if got := verdict(t, g.send(norte, moment(3, "10:00:00"), 1, test.res)); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			var found []string
			for _, name := range g.names(norte, "rechazos") {
				for _, r := range lines[schema.Rechazo](t, g.file(norte.String()+"/rechazos/"+name)) {
					found = append(found, fmt.Sprintf("%s %s %s", r.RchCodigo, r.RchSeveridad, r.RchCampo))
				}
			}
			if !slices.Equal(found, test.found) {
				t.Errorf("found %q, want %q", found, test.found)
			}
			g.checkVisible()
		})
	}
}

// reopen sends a REC with one record, as a reversa.
func (g *gateway) reopen(at time.Time, nnn int, folio schema.Folio) string {
	g.t.Helper()
	r := exampleREC(g.t)[1:2]
	r[0].RecFolioCondusef, r[0].RecReversa = folio, "1"
	of := fmt.Sprintf("%s_%03d.txt", schema.DiaDe(at).Compacta(), nnn)
	g.clock.Set(at)
	g.leave(schema.ParteCONDUSEF, "GE_REC_"+of, rec(g.t, "GE_REC_"+of, r...))
	g.mustRun(at)
	return codes(g.t, g.file("CONDUSEF/entrada/GE_ACU_REC_"+of))[0]
}

// TestReversa: it opens a new round of a folio that was answered, with a term
// and a prórroga anew.
func TestReversa(t *testing.T) {
	t.Parallel()
	g := openRemote(t, 0, 0)
	g.deliverExample()
	g.send(norte, moment(3, "10:00:00"), 1, prorroga(folioNorte, "10"))
	for nnn, test := range []struct {
		folio schema.Folio
		want  string
	}{{"2026/190/777", "NEG-01"}, {folioNorte, "DUP-02"}, {folioPenon, "NEG-01"}} {
		if got := g.reopen(moment(4, "10:00:00"), nnn+1, test.folio); got != test.want {
			t.Errorf("reversa of %s: %s, want %s", test.folio, got, test.want)
		}
	}
	g.send(norte, moment(5, "10:00:00"), 1, answer(folioNorte))
	g.clock.Set(moment(6, "09:00:00"))
	g.faults.failAt(norte.String() + "/reclamaciones put GE_LOT_00900001_20260306_001.txt #1")
	r := exampleREC(t)[1:2]
	r[0].RecReversa = "1"
	g.leave(schema.ParteCONDUSEF, "GE_REC_20260306_001.txt", rec(t, "GE_REC_20260306_001.txt", r...))
	if _, err := g.runAt(moment(6, "09:00:00"), exchange.CausaAgenda); err == nil {
		t.Fatal("the fault was not told")
	}
	g.faults.clear()
	g.mustRun(moment(9, "09:00:00"))
	lot := lines[schema.Reclamacion](t, g.file("00900001/reclamaciones/GE_LOT_00900001_20260309_001.txt"))
	want := schema.NewCalendario(nil).Vence(dia(t, "2026-03-09"), 20)
	if len(lot) != 1 || lot[0].RecFechaLimite != want.Fecha() {
		t.Errorf("LOT of the second round: %+v", lot)
	}
	if got := verdict(t,
		g.send(norte, moment(10, "10:00:00"), 1, prorroga(folioNorte, "5"))); !strings.HasPrefix(got, "A ") {
		t.Errorf("prórroga of the second round: %s", got)
	}
	if got := verdict(t,
		g.send(norte, moment(10, "11:00:00"), 2, answer(folioNorte))); !strings.HasPrefix(got, "A ") {
		t.Errorf("answer of the second round: %s", got)
	}
	rounds := view(g, func(v *store.View) ([]store.Asunto, error) { return v.Vueltas(folioNorte) })
	if len(rounds) != 2 || rounds[0].Respondida.IsZero() || rounds[1].Respondida.IsZero() {
		t.Errorf("rounds: %+v", rounds)
	}
	g.checkVisible()
}

// TestReversaOfAnUndeliveredRound: the second round is open before its LOT is
// visible.
func TestReversaOfAnUndeliveredRound(t *testing.T) {
	t.Parallel()
	g := openRemote(t, 0, 0)
	g.deliverExample()
	g.send(norte, moment(5, "10:00:00"), 1, answer(folioNorte))
	g.faults.failLike("reclamaciones put")
	r := exampleREC(t)[1:2]
	r[0].RecReversa = "1"
	for i, want := range []string{"A", "DUP-02"} {
		of := fmt.Sprintf("20260306_%03d.txt", i+1)
		g.clock.Set(moment(6, "09:00:00"))
		g.leave(schema.ParteCONDUSEF, "GE_REC_"+of, rec(t, "GE_REC_"+of, r...))
		if _, err := g.runAt(moment(6, "09:00:00"), exchange.CausaAgenda); err == nil {
			t.Fatal("the fault was not told")
		}
		if got := codes(t, g.file("CONDUSEF/entrada/GE_ACU_REC_"+of)); got[0] != want {
			t.Errorf("%d: %v, want %s", i, got, want)
		}
	}
}
