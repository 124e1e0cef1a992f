package exchange_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

const lotNorte = "GE_LOT_00900001_20260302_001.txt"

// leaveExample leaves the example REC at the clock's time.
func (g *gateway) leaveExample() {
	g.t.Helper()
	g.leave(schema.ParteCONDUSEF, nameREC, example(g.t, "in/CONDUSEF/salida/"+nameREC))
}

// TestLOTNotVisibleOnItsDay: its limits were counted from a day on which nobody
// could see it, so it is made again, under another name.
func TestLOTNotVisibleOnItsDay(t *testing.T) {
	t.Parallel()
	g := openRemote(t, 0, 0)
	g.leaveExample()
	g.faults.failLike(norte.String() + "/reclamaciones put")
	if _, err := g.runAt(corrida, exchange.CausaAgenda); !errors.Is(err, errFault) {
		t.Fatal(err)
	}
	g.restart()
	g.mustRun(moment(3, "09:00:00"))
	if got := g.names(norte, schema.CarpetaReclamaciones); !slices.Equal(got,
		[]string{"GE_LOT_00900001_20260303_001.txt"}) {
		t.Fatalf("visible: %q", got)
	}
	want := schema.NewCalendario(nil).Vence(dia(t, "2026-03-03"), 20).Fecha()
	for _, r := range lines[schema.Reclamacion](t,
		g.file(norte.String()+"/reclamaciones/GE_LOT_00900001_20260303_001.txt")) {
		if r.RecFechaLimite != want {
			t.Errorf("limit %s, want %s", r.RecFechaLimite, want)
		}
	}
	if e := g.events(bitacora.LoteAnulado); len(e) != 1 || e[0].Archivo != lotNorte {
		t.Errorf("annulled: %+v", e)
	}
	k := view(g, func(v *store.View) ([]store.Asunto, error) { return v.Vueltas(folioNorte) })[0]
	if k.Dia0 != dia(t, "2026-03-03") || k.Limite.Fecha() != want ||
		!k.Entregada.Equal(moment(3, "09:00:00")) {
		t.Errorf("%+v", k)
	}
	// The number of the annulled one is not given again, be it asked on its day.
	next := view(g, func(v *store.View) (int, error) { return v.NextNNN(norte, schema.LOT, lunes, 1) })
	if next != 2 {
		t.Errorf("next number of the annulled LOT's day: %d", next)
	}
	g.checkVisible()
}

// TestLOTVisibleUnrecorded: a kill between the Put and its record. On the next
// day it was visible since its own day, and is not made again.
func TestLOTVisibleUnrecorded(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]int{"same day": 2, "next day": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openRemote(t, 0, 0)
			g.leaveExample()
			g.faults.failLike(norte.String() + "/reclamaciones after put")
			if _, err := g.runAt(corrida, exchange.CausaAgenda); !errors.Is(err, errFault) {
				t.Fatal(err)
			}
			g.restart()
			before := g.file(norte.String() + "/reclamaciones/" + lotNorte)
			g.mustRun(moment(next, "19:00:00"))
			if got := g.names(norte, schema.CarpetaReclamaciones); !slices.Equal(got, []string{lotNorte}) {
				t.Errorf("visible: %q", got)
			}
			if diff := cmp.Diff(string(before),
				string(g.file(norte.String()+"/reclamaciones/"+lotNorte))); diff != "" {
				t.Error(diff)
			}
			k := view(g, func(v *store.View) ([]store.Asunto, error) { return v.Vueltas(folioNorte) })[0]
			if schema.DiaDe(k.Entregada) != lunes || k.Limite != dia(t, limite) ||
				len(g.events(bitacora.LoteAnulado)) != 0 {
				t.Errorf("%+v", k)
			}
			if next == 3 && !k.Entregada.Equal(corrida) {
				t.Errorf("delivered at %v, and it was visible since %v", k.Entregada, corrida)
			}
		})
	}
}

// TestMidnight: near it nothing is made nor shown, since the name and the limits
// would be those of a day that is over when it can be seen.
func TestMidnight(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.clock.Set(moment(2, "23:58:00"))
	g.leaveExample()
	if _, err := g.runAt(moment(2, "23:59:30"), exchange.CausaManual); err == nil ||
		!strings.Contains(err.Error(), "midnight") {
		t.Errorf("%v", err)
	}
	if n := len(g.events(bitacora.LoteFormado)); n != 0 || len(g.delivered()) != 0 {
		t.Errorf("%d LOTs were made", n)
	}
	g.mustRun(moment(3, "00:00:00"))
	if got := g.names(norte, schema.CarpetaReclamaciones); !slices.Equal(got,
		[]string{"GE_LOT_00900001_20260303_001.txt"}) {
		t.Errorf("visible: %q", got)
	}

	g = openRemote(t, 0, 0) // one made before, and not visible yet
	g.leaveExample()
	g.faults.failLike("reclamaciones put")
	if _, err := g.runAt(corrida, exchange.CausaAgenda); err == nil {
		t.Fatal("the fault was not told")
	}
	g.faults.clear()
	if _, err := g.runAt(moment(2, "23:59:01"), exchange.CausaManual); err == nil || len(g.delivered()) != 0 {
		t.Errorf("shown near midnight: %v", err)
	}
	if _, err := g.runAt(moment(3, "23:59:30"), exchange.CausaManual); err == nil || len(g.delivered()) != 0 {
		t.Errorf("made again near midnight: %v", err)
	}
	g.mustRun(moment(4, "09:00:00"))
	if len(g.delivered()) != 6 {
		t.Errorf("delivered %v", g.delivered())
	}
}

// TestMidnightMeanwhile: it comes near, or goes by, while a LOT is written and synced.
func TestMidnightMeanwhile(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.clock.Set(moment(2, "23:57:00"))
	g.leaveExample()
	if err := g.cycle.Receive(context.Background(), lunes, nil); err != nil {
		t.Fatal(err)
	}
	took := time.Duration(0)
	g.archivo.OnStep(func(step string) {
		if strings.HasPrefix(step, "rename archivo/") {
			g.clock.Advance(took)
		}
	})
	g.clock.Set(moment(2, "23:58:30"))
	took = time.Minute
	if err := g.visit(norte); err == nil || !strings.Contains(err.Error(), "midnight") ||
		len(g.delivered()) != 0 {
		t.Errorf("shown near midnight: %v, %v", g.delivered(), err)
	}
	g.clock.Set(moment(2, "23:58:30"))
	took = 2 * time.Minute
	g.mustVisit(penon)
	if got := g.names(penon, schema.CarpetaReclamaciones); !slices.Equal(got,
		[]string{"GE_LOT_00900002_20260303_001.txt"}) {
		t.Errorf("visible: %q", got)
	}
	for _, e := range g.events(bitacora.ArchivoPublicado) {
		if e.Parte == penon && e.Momento.Before(moment(3, "00:02:30")) {
			t.Errorf("visible at %v", e.Momento)
		}
	}
}

// TestOneInstitutionFails: the others go on, and the error says who did not.
func TestOneInstitutionFails(t *testing.T) {
	t.Parallel()
	for name, breakIt := range map[string]func(g *gateway){
		"no mailbox": func(g *gateway) { g.noBox = map[schema.Parte]error{penon: errFault} },
		"list":       func(g *gateway) { g.faults.failLike(penon.String() + "/respuestas list") },
		"put":        func(g *gateway) { g.faults.failLike(penon.String() + "/reclamaciones put") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openRemote(t, penon, 0)
			g.leaveExample()
			breakIt(g)
			_, err := g.runAt(corrida, exchange.CausaAgenda)
			if !errors.Is(err, errFault) || !strings.Contains(err.Error(), "une "+penon.String()) ||
				strings.Contains(err.Error(), "00900001") || strings.Contains(err.Error(), "00900003") {
				t.Errorf("error: %v", err)
			}
			for _, une := range []schema.Parte{norte, nandu} {
				if got := g.names(une, schema.CarpetaReclamaciones); len(got) != 1 {
					t.Errorf("%s sees %q", une, got)
				}
			}
			if e := g.events(bitacora.CorridaFallida); len(e) != 1 {
				t.Errorf("failed runs: %+v", e)
			}
			g.noBox = nil
			g.faults.clear()
			g.mustRun(corte)
			if d := g.delivered(); len(d) != 6 {
				t.Errorf("delivered %v", d)
			}
		})
	}
}

// TestOneFileFails: the party's other files are taken, and it is not forgotten.
func TestOneFileFails(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	g.clock.Set(moment(3, "10:00:00"))
	const bad, good = "GE_RES_00900001_20260303_001.txt", "GE_RES_00900001_20260303_002.txt"
	g.leave(norte, bad, write(t, bad, answer(folioNorte)))
	g.leave(norte, good, write(t, good, answer2(folioMonto)))
	found := g.lose(write(t, bad, answer(folioNorte)))
	if err := g.visit(norte); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), bad) {
		t.Errorf("%v", err)
	}
	if got := g.names(norte, schema.CarpetaAcuses); !slices.Equal(got,
		[]string{"GE_ACU_00900001_20260303_002.txt"}) {
		t.Errorf("acuses: %q", got)
	}
	found()
	g.clock.Set(moment(20, "10:00:00"))
	g.mustVisit(norte)
	acu := g.file(norte.String() + "/acuses/GE_ACU_00900001_20260303_001.txt")
	if got := lines[schema.Acuse](t, acu)[0].AcuFechaHoraRecepcion.Time(); !got.Equal(moment(3, "10:00:00")) {
		t.Errorf("the moment that counts: %v", got)
	}
}
