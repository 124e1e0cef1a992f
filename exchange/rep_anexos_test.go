package exchange_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store/bitacora"
)

// reps gives the REPs that CONDUSEF sees.
func (g *gateway) reps() (all []string) {
	for _, name := range g.names(schema.ParteCONDUSEF, schema.CarpetaEntrada) {
		if strings.HasPrefix(name, "GE_REP_") {
			all = append(all, name)
		}
	}
	return all
}

// checkREPs: of each REP that is visible each annex that it names is visible too,
// by its acuse and content, and was before it; and nothing was shown twice.
func (g *gateway) checkREPs() {
	g.t.Helper()
	there := map[string]bool{}
	check := func(rep string) {
		for _, r := range lines[schema.Retorno](g.t, g.file("CONDUSEF/entrada/"+rep)) {
			if r.ResAnexo != "" && !there[r.AcuFolio+" "+string(r.ResAnexoHash)] {
				g.t.Errorf("%s was visible without the annex of folio %s", rep, r.RecFolioCondusef)
			}
		}
	}
	shown := map[string]bool{}
	for _, e := range g.events(bitacora.ArchivoPublicado) {
		what := e.Archivo + " " + string(e.SHA256)
		if shown[e.Parte.String()+what] {
			g.t.Errorf("%s was shown twice", e.Archivo)
		}
		shown[e.Parte.String()+what], there[what] = true, true
		if strings.HasPrefix(e.Archivo, "GE_REP_") {
			check(e.Archivo)
		}
	}
	clear(there) // an annex may be recorded and not be there
	for name, content := range g.box(schema.ParteCONDUSEF, schema.CarpetaAnexos).Sees() {
		acuse, _, _ := strings.Cut(name, "_")
		there[acuse+" "+string(sha(content))] = true
	}
	for _, rep := range g.reps() {
		check(rep)
	}
}

// toReturn has Norte answer a folio with an annex, and Peñón one without, so that
// the corte of the third of March has a REP to show. Of the REC of that day there
// is an ACU, and for Ñandú an empty LOT.
func (g *gateway) toReturn() {
	g.t.Helper()
	g.deliverExample()
	g.mustRun(corte)
	g.clock.Set(moment(3, "09:00:00"))
	g.leave(norte, carta, cartaPDF)
	g.send(norte, moment(3, "10:00:00"), 1, conAnexo(folioNorte, carta, cartaPDF))
	g.send(penon, moment(3, "10:01:00"), 1, answer(folioPenon))
	g.leave(schema.ParteCONDUSEF, "GE_REC_20260303_001.txt", rec(g.t, "GE_REC_20260303_001.txt"))
}

// TestREPWaitsForItsAnnex: a REP is not shown before the annex that it names; what
// the corte made beside it is. Whatever looks for CONDUSEF's files next shows it.
func TestREPWaitsForItsAnnex(t *testing.T) {
	t.Parallel()
	const rep = "GE_REP_20260303_001.txt"
	for _, fault := range []string{"anexos put", "anexos after put"} {
		for name, again := range map[string]func(g *gateway) error{
			"run": func(g *gateway) error {
				_, err := g.runAt(moment(3, "20:05:00"), exchange.CausaAgenda)
				return err
			},
			"by hand": func(g *gateway) error {
				_, err := g.runAt(moment(3, "20:05:00"), exchange.CausaManual)
				return err
			},
			"corte": func(g *gateway) error {
				_, err := g.runAt(moment(4, "20:00:00"), exchange.CausaAgenda)
				return err
			},
			"publication": func(g *gateway) error {
				g.clock.Set(moment(3, "20:05:00"))
				return g.cycle.Receive(t.Context(), g.jornada(g.clock.Now()), nil)
			},
		} {
			t.Run(fault+" "+name, func(t *testing.T) {
				t.Parallel()
				g := open(t)
				g.toReturn()
				g.faults.failLike(fault)
				for range 3 { // each time it waits
					_, err := g.runAt(moment(3, "20:00:00"), exchange.CausaAgenda)
					if !errors.Is(err, errFault) || !strings.Contains(err.Error(), rep) ||
						strings.Contains(err.Error(), "Marta") {
						t.Errorf("%v", err)
					}
					if got := g.reps(); !slices.Equal(got, []string{"GE_REP_20260302_001.txt"}) {
						t.Errorf("REPs %q", got)
					}
				}
				g.checkREPs()
				g.file("CONDUSEF/entrada/GE_ACU_REC_20260303_001.txt")
				g.file(nandu.String() + "/reclamaciones/GE_LOT_" + nandu.String() + "_20260303_001.txt")
				g.faults.clear()
				if err := again(g); err != nil {
					t.Fatal(err)
				}
				g.file("CONDUSEF/entrada/" + rep)
				g.checkREPs()
				g.checkAnexos([]string{carta})
				if got := g.returned(); len(got) != 2 {
					t.Errorf("returned %v", got)
				}
			})
		}
	}
}

// TestOtherREPsDoNotWait: a REP waits for its own annexes alone, be the others made
// on another day or of the same RES.
func TestOtherREPsDoNotWait(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.toReturn()
	g.faults.failLike("put ACU-2026-00000002_")
	if _, err := g.runAt(moment(3, "20:00:00"), exchange.CausaAgenda); !errors.Is(err, errFault) {
		t.Fatal(err)
	}
	g.leave(norte, carta, cartaPDF) // another acuse's, with the same content
	g.send(norte, moment(4, "10:00:00"), 1, conAnexo(folioMonto, carta, cartaPDF))
	if _, err := g.runAt(moment(4, "20:00:00"), exchange.CausaAgenda); !errors.Is(err, errFault) {
		t.Fatal(err)
	}
	if got := g.reps(); !slices.Equal(got, []string{"GE_REP_20260302_001.txt", "GE_REP_20260304_001.txt"}) {
		t.Errorf("REPs %q", got)
	}
	g.faults.clear()
	g.mustRun(moment(5, "09:00:00"))
	if got := g.reps(); len(got) != 3 {
		t.Errorf("REPs %q", got)
	}
	g.checkREPs()
}

// TestREPsOfOneRES: of the two REPs into which one RES goes, for its amounts, each
// waits for the annex of its own record.
func TestREPsOfOneRES(t *testing.T) {
	t.Parallel()
	for missing, shown := range map[string]string{"a.pdf": "002", "b.pdf": "001"} {
		g := open(t)
		g.deliverOn(lunes, 3)
		g.mustRun(corte)
		g.clock.Set(moment(3, "09:00:00"))
		var records []schema.Respuesta
		for i, name := range []string{"", "a.pdf", "b.pdf"} {
			r := answer2(folioOf(i))
			r.RecImporteAbonado = "4000000000000.00" // two of them fill a REP
			if content := []byte("%PDF-1.4 " + name); name != "" {
				g.leave(norte, name, content)
				r.ResAnexo, r.ResAnexoHash = name, sha(content)
			}
			records = append(records, r)
		}
		g.send(norte, moment(3, "10:00:00"), 1, records[0])
		g.send(norte, moment(3, "10:01:00"), 2, records[1:]...)
		g.faults.failLike("_" + missing)
		if _, err := g.runAt(moment(3, "20:00:00"), exchange.CausaAgenda); !errors.Is(err, errFault) {
			t.Fatal(err)
		}
		if got, want := g.reps(),
			[]string{"GE_REP_20260302_001.txt", "GE_REP_20260303_" + shown + ".txt"}; !slices.Equal(got,
			want) {
			t.Errorf("without %s: REPs %q, want %q", missing, got, want)
		}
		g.checkREPs()
		g.faults.clear()
		g.mustRun(moment(3, "20:05:00"))
		if got := g.reps(); len(got) != 3 {
			t.Errorf("after %s: REPs %q", missing, got)
		}
		g.checkREPs()
	}
}

// TestREPAfterAKill: at whatever step of the corte the process fails or dies, no REP
// is visible without its annexes, and the next process shows each once.
func TestREPAfterAKill(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.toReturn()
	g.faults.clear()
	g.mustRun(moment(3, "20:00:00"))
	entrada := func(g *gateway) map[string]string {
		all := texts(g.visible())
		maps.DeleteFunc(all, func(path, _ string) bool {
			return !strings.HasPrefix(path, "CONDUSEF/entrada/")
		})
		return all
	}
	want, steps := entrada(g), g.faults.steps()
	for _, step := range steps {
		for kind, meet := range map[string]func(g *gateway){
			"fails": func(g *gateway) { g.faults.failAt(step) },
			"dies":  func(g *gateway) { g.faults.dieAt(step, func() { _ = g.store.Close() }) },
		} {
			if kind == "fails" && strings.HasPrefix(step, "now ") {
				continue
			}
			t.Run(kind+" "+step, func(t *testing.T) {
				t.Parallel()
				g := open(t)
				g.toReturn()
				meet(g)
				if _, err := g.runAt(moment(3, "20:00:00"), exchange.CausaAgenda); err == nil {
					t.Error("the fault was told to nobody")
				}
				g.restart()
				g.checkREPs()
				g.mustRun(moment(3, "20:00:00"))
				g.checkREPs()
				if diff := cmp.Diff(want, entrada(g)); diff != "" {
					t.Errorf("files (-want +got):\n%s", diff)
				}
			})
		}
	}
}
