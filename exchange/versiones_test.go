package exchange_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange"
	"buzon/exchange/expediente"
	"buzon/exchange/idatu"
	"buzon/schema"
	"buzon/schema/prueba"
	"buzon/store"
)

const v0190 schema.Version = prueba.Version

// convenio is what agreements say of versions, as Cycle asks for it.
type convenio = func(parte schema.Parte, dia schema.Dia) ([]schema.Version, schema.Version)

// desde0190 has some parties get 01.90 from a day on, and send either version. The
// others, and all of them before it, have 01.00.
func desde0190(desde schema.Dia, partes ...schema.Parte) convenio {
	return func(parte schema.Parte, dia schema.Dia) ([]schema.Version, schema.Version) {
		if dia < desde || !slices.Contains(partes, parte) {
			return []schema.Version{schema.V0100}, schema.V0100
		}
		return []schema.Version{schema.V0100, v0190}, v0190
	}
}

// agree begins a new process with these agreements.
func (g *gateway) agree(c convenio) {
	g.t.Helper()
	g.configure = func(x *exchange.Cycle) { x.Versiones = c }
	g.restart()
}

// reglasDe are the receiver's rules for a file that it sees.
func (g *gateway) reglasDe(path string) *schema.Reglas {
	box, _, _ := strings.Cut(path, "/")
	n, err := schema.ParseNombre(path[strings.LastIndex(path, "/")+1:])
	if g.cycle.Versiones == nil || err != nil {
		return nil
	}
	_, v := g.cycle.Versiones(partyOf(g.t, box), n.Dia)
	return &schema.Reglas{Versiones: []schema.Version{v}}
}

// versionOf is that of a file's header; 01.00 where there is none.
func versionOf(content []byte) schema.Version {
	header, _, _ := strings.Cut(string(content), "\n")
	if fields := strings.Split(header, "|"); fields[0] == "01" && len(fields) > 2 {
		return schema.Version(fields[2])
	}
	return schema.V0100
}

// pruebas gives the field that 01.90 adds, in a file that must be of a version.
func pruebas[R schema.Registro](g *gateway, v schema.Version, path string, of func(R) string) (all []string) {
	g.t.Helper()
	content := g.file(path)
	if got := versionOf(content); got != v {
		g.t.Errorf("%s is of version %s, want %s", path, got, v)
	}
	for _, r := range lines[R](g.t, content) {
		all = append(all, of(r))
	}
	return all
}

func recPrueba(r schema.Reclamacion) string { return string(r.RecPrueba) }
func resPrueba(r schema.Retorno) string     { return string(r.RecFolioCondusef) + " " + r.ResPrueba }

// leaveREC leaves the records of the example REC in a version, as a REC of a name:
// with other folios, and these values of the field that 01.90 adds.
func (g *gateway) leaveREC(v schema.Version, name string, at time.Time, values ...string) {
	g.t.Helper()
	all := exampleREC(g.t)
	for i := range all {
		all[i].RecFolioCondusef = folioDe(i)
		if i < len(values) {
			all[i].RecPrueba = schema.Entero(values[i])
		}
	}
	n, err := schema.ParseNombre(name)
	if err != nil {
		g.t.Fatal(err)
	}
	g.clock.Set(at)
	g.leave(schema.ParteCONDUSEF, name, writeIn(g.t, v, n, schema.CONDUSEF, anys(all)...))
}

// folioDe is the folio of a row that leaveREC leaves: the first two are Norte's, then
// two of Peñón's and two of Ñandú's.
func folioDe(i int) schema.Folio { return schema.Folio(fmt.Sprintf("2026/300/%d", i+1)) }

// sendIn is send in a version; the answers are of the file's own day.
func (g *gateway) sendIn(v schema.Version, parte schema.Parte, at time.Time, nnn int,
	records ...schema.Respuesta) []byte {
	g.t.Helper()
	g.clock.Set(at)
	hoy := schema.DiaDe(at)
	for i := range records {
		records[i].RecFechaAtencion, records[i].RecFechaResolucion = hoy.Fecha(), hoy.Fecha()
	}
	n := schema.Nombre{Tipo: schema.RES, UNE: parte.UNE(), Dia: hoy, NNN: nnn}
	g.leave(parte, n.String(), writeIn(g.t, v, n, parte.String(), anys(records)...))
	g.mustVisit(parte)
	return g.file(parte.String() + "/acuses/" + n.Receipt(schema.ACU, 0).String())
}

// con says something in the field that 01.90 adds to an answer.
func con(text string, r schema.Respuesta) schema.Respuesta {
	r.ResPrueba = text
	return r
}

// receive takes in what CONDUSEF left, and delivers nothing of it.
func (g *gateway) receive() {
	g.t.Helper()
	err := g.cycle.Receive(context.Background(), g.jornada(g.clock.Now()), &exchange.Informe{})
	if err != nil {
		g.t.Fatal(err)
	}
}

// dayOfBefore leaves a store of 01.00 with a REC of which nothing was delivered, and
// an answer that did not go back.
func (g *gateway) dayOfBefore() {
	g.t.Helper()
	g.deliverExample()
	g.mustRun(corte)
	if got := verdict(g.t,
		g.sendIn(schema.V0100, norte, moment(2, "21:00:00"), 1, answer(folioNorte))); got[0] != 'A' {
		g.t.Fatal(got)
	}
	g.leaveREC(schema.V0100, "GE_REC_20260302_002.txt", moment(2, "21:30:00"))
	g.receive()
}

// dayAfter delivers, answers and returns on the day after it; Norte's answer is of a
// version, and says text where that can.
func (g *gateway) dayAfter(v schema.Version, text string) (counted []idatu.Conteo) {
	g.t.Helper()
	g.mustRun(moment(3, "09:00:00"))
	acu := g.sendIn(v, norte, moment(3, "10:00:00"), 1, con(text, answer(folioDe(1))))
	old := g.sendIn(schema.V0100, penon, moment(3, "11:00:00"), 1, answer(folioDe(2)))
	for _, acu := range [][]byte{acu, old} {
		if got := codes(g.t, acu); !slices.Equal(got, []string{"A"}) {
			g.t.Errorf("answers: %q", got)
		}
	}
	g.mustRun(moment(3, "20:00:00"))
	g.checkVisible()
	if d := g.delivered(); len(d) != 12 {
		g.t.Errorf("delivered %v", d)
	}
	x := view(g, func(v *store.View) (*expediente.Expediente, error) {
		return expediente.Read(v.Actos(g.clock.Now(), expediente.Sucesos), g.clock.Now())
	})
	return x.Conteos(lunes, lunes+30)
}

// TestStoreOfAnOlderVersion opens a store of 01.00 with a program whose agreements
// have 01.90, which is that with one more field in each record: what was not
// delivered and did not go back goes on, and the scores are counted from the same.
func TestStoreOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.dayOfBefore()
	g.agree(desde0190(lunes+1, schema.ParteCONDUSEF, norte, penon, nandu))
	got := g.dayAfter(v0190, "visto")
	lot := norte.String() + "/reclamaciones/GE_LOT_00900001_20260303_001.txt"
	if diff := cmp.Diff([]string{"0", "0"}, pruebas(g, v0190, lot, recPrueba)); diff != "" {
		t.Errorf("LOT of the REC from before (-want +got)\n%s", diff)
	}
	want := []string{string(folioNorte) + " ", string(folioDe(1)) + " visto", string(folioDe(2)) + " "}
	if diff := cmp.Diff(want,
		pruebas(g, v0190, "CONDUSEF/entrada/GE_REP_20260303_001.txt", resPrueba)); diff != "" {
		t.Errorf("REP (-want +got)\n%s", diff)
	}

	same := open(t)
	same.dayOfBefore()
	same.restart()
	if diff := cmp.Diff(same.dayAfter(schema.V0100, ""), got); diff != "" || len(got) == 0 {
		t.Errorf("counted (-in 01.00 +in 01.90)\n%s", diff)
	}
}

// TestTwoVersionsOnOneDay: one party has 01.00, another 01.90, and each gets its own
// of what the other sent.
func TestTwoVersionsOnOneDay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		condusef   schema.Version
		rec, lot   []string // what 01.90 adds: in the REC, in Norte's LOT
		rep        []string
		agreements convenio
	}{
		{v0190, []string{"1", "2", "0"}, []string{"1", "2"}, []string{" visto", " "},
			desde0190(0, schema.ParteCONDUSEF, norte)},
		{schema.V0100, nil, []string{"0", "0"}, []string{" ", " "}, desde0190(0, norte)},
	} {
		t.Run(string(test.condusef), func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.agree(test.agreements)
			g.leaveREC(test.condusef, nameREC, llegada, test.rec...)
			g.mustRun(corrida)
			if got := pruebas(g, v0190, norte.String()+"/reclamaciones/"+lotNorte,
				recPrueba); !slices.Equal(got, test.lot) {
				t.Errorf("LOT in 01.90: %q, want %q", got, test.lot)
			}
			old := penon.String() + "/reclamaciones/GE_LOT_00900002_20260302_001.txt"
			if got := pruebas(g, schema.V0100, old, recPrueba); !slices.Equal(got, []string{"0", "0"}) {
				t.Errorf("LOT in 01.00: %q", got)
			}
			g.sendIn(v0190, norte, moment(2, "19:00:00"), 1, con("visto", answer(folioDe(1))))
			g.sendIn(schema.V0100, penon, moment(2, "19:10:00"), 1, answer(folioDe(2)))
			g.mustRun(corte)
			rep := []string{string(folioDe(1)) + test.rep[0], string(folioDe(2)) + test.rep[1]}
			got := pruebas(g, test.condusef, "CONDUSEF/entrada/GE_REP_20260302_001.txt", resPrueba)
			if diff := cmp.Diff(rep, got); diff != "" {
				t.Errorf("REP (-want +got)\n%s", diff)
			}
			for path, v := range map[string]schema.Version{
				"CONDUSEF/entrada/GE_ACU_REC_20260302_001.txt":              test.condusef,
				norte.String() + "/acuses/GE_ACU_00900001_20260302_001.txt": v0190,
				penon.String() + "/acuses/GE_ACU_00900002_20260302_001.txt": schema.V0100,
			} {
				if got := versionOf(g.file(path)); got != v {
					t.Errorf("%s is of version %s, want %s", path, got, v)
				}
			}
			g.checkVisible()
			// The file's row says by which version its records are read.
			a := view(g, func(v *store.View) ([]store.Archivo, error) {
				return v.Contenidos(norte, "GE_RES_00900001_20260302_001.txt")
			})
			if len(a) != 1 || a[0].Version != string(v0190) {
				t.Errorf("the RES is kept as %+v", a)
			}
		})
	}
}

// TestOlderReceiverRefusedAtTheGate: what its institution's version cannot say is
// told to CONDUSEF at once; all others are delivered, and the day is closed.
func TestOlderReceiverRefusedAtTheGate(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.agree(desde0190(0, schema.ParteCONDUSEF, norte))
	g.leaveREC(v0190, nameREC, llegada, "1", "0", "2")
	g.mustRun(corrida)
	if got := codes(t, g.file("CONDUSEF/entrada/GE_ACU_REC_20260302_001.txt")); !slices.Equal(got,
		[]string{"A", "A", "NEG-09", "A", "A", "A"}) {
		t.Errorf("%q", got)
	}
	if got := found(t, g.file("CONDUSEF/entrada/GE_RCH_REC_20260302_001.txt")); !slices.Equal(got,
		[]string{"NEG-09 4"}) {
		t.Errorf("%q", got)
	}
	g.mustRun(corte)
	d := g.delivered()
	if c := view(g, func(v *store.View) (store.Balance, error) {
		return v.Balance(lunes)
	}); len(d) != 5 || d[folioDe(2)] != 0 || !c.Cuadra() {
		t.Errorf("delivered %v: %+v", d, c)
	}
	g.checkVisible()
}

// TestAnswerThatCONDUSEFCannotRead is refused when it comes, be its own party's version
// the newer one; after the agreement went back it alone waits.
func TestAnswerThatCONDUSEFCannotRead(t *testing.T) {
	t.Parallel()
	old, both := desde0190(0, norte), desde0190(0, schema.ParteCONDUSEF, norte)
	fija := func(r schema.Respuesta) schema.Respuesta {
		r.ResPruebaFija = "no se omite"
		return r
	}
	g := open(t)
	g.agree(old)
	g.leaveREC(schema.V0100, nameREC, llegada)
	g.mustRun(corrida)
	acu := g.sendIn(v0190, norte, moment(2, "18:30:00"), 1, fija(answer(folioDe(0))), answer(folioDe(1)))
	if got := codes(t, acu); len(got) != 2 || got[0] != "NEG-09" {
		t.Errorf("at the gate: %q", got)
	}
	g.agree(both)
	acu = g.sendIn(v0190, norte, moment(2, "18:40:00"), 2, fija(answer2(folioDe(0))))
	if got := codes(t, acu); !slices.Equal(got, []string{"A"}) {
		t.Errorf("which it can read: %q", got)
	}

	g.agree(old)
	_, err := g.runAt(corte, exchange.CausaAgenda)
	for _, want := range []string{"folio " + string(folioDe(0)), "ResPruebaFija", "version 01.00"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	if err != nil && strings.Contains(err.Error(), "no se omite") {
		t.Errorf("the error tells what the record says: %v", err)
	}
	rep := func(v schema.Version, nnn string) []string {
		return pruebas(g, v, "CONDUSEF/entrada/GE_REP_20260302_"+nnn+".txt", resPrueba)
	}
	if got := rep(schema.V0100, "001"); !slices.Equal(got, []string{string(folioDe(1)) + " "}) {
		t.Errorf("without it: %q", got)
	}
	g.agree(both)
	if _, err := g.runAt(moment(2, "20:30:00"), exchange.CausaManual); err != nil {
		t.Fatal(err)
	}
	if got := rep(v0190, "002"); !slices.Equal(got, []string{string(folioDe(0)) + " "}) {
		t.Errorf("once the agreement is mended: %q", got)
	}
}

// TestVersionNotAgreed: a party sends what its agreement has on the day on which the
// file came; what another party has is no matter.
func TestVersionNotAgreed(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.agree(desde0190(lunes+2, norte))
	g.deliverExample()
	for i, test := range []struct {
		v     schema.Version
		parte schema.Parte
		day   int
		folio schema.Folio
		found []string
	}{
		{v0190, norte, 3, folioNorte, []string{"EST-11 1"}},
		{v0190, penon, 4, folioPenon, []string{"EST-11 1"}},
		{v0190, norte, 4, folioNorte, nil},
	} {
		acu := g.sendIn(test.v, test.parte, moment(test.day, "10:00:00"), i+1, answer(test.folio))
		if got := codes(t, acu); slices.Equal(got, []string{"A"}) != (test.found == nil) {
			t.Errorf("%s on day %d: %q", test.parte, test.day, got)
		}
		if test.found != nil {
			rch := fmt.Sprintf("%s/rechazos/GE_RCH_%s_202603%02d_%03d.txt", test.parte, test.parte, test.day,
				i+1)
			if got := found(t, g.file(rch)); !slices.Equal(got, test.found) {
				t.Errorf("%s on day %d: %q", test.parte, test.day, got)
			}
		}
	}
	g.checkVisible()
}

// TestAgreementWentBack to a version that cannot say what was accepted: that LOT
// alone is held up, by name, until the agreement is mended.
func TestAgreementWentBack(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.agree(desde0190(0, schema.ParteCONDUSEF, norte, penon))
	g.leaveREC(v0190, nameREC, llegada, "0", "2", "1")
	g.receive()
	g.agree(desde0190(0, schema.ParteCONDUSEF, penon))
	_, err := g.runAt(corrida, exchange.CausaAgenda)
	for _, want := range []string{"une " + norte.String(), "folio " + string(folioDe(1)), "RecPrueba",
		"version 01.00"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	if err != nil &&
		(strings.Contains(err.Error(), "00900002") || strings.Contains(err.Error(), "00900003")) {
		t.Errorf("others are held up: %v", err)
	}
	if _, err := g.runAt(corte, exchange.CausaAgenda); err == nil {
		t.Error("it was told once, and forgotten")
	}
	if d := g.delivered(); len(d) != 4 || len(g.names(norte, schema.CarpetaReclamaciones)) != 0 {
		t.Errorf("delivered %v", d)
	}
	if j := g.day(lunes); !j.Cerrada.IsZero() {
		t.Errorf("the day is closed, and %s has nothing", norte)
	}

	g.agree(desde0190(0, schema.ParteCONDUSEF, norte, penon))
	g.mustRun(moment(2, "20:30:00"))
	for folio, n := range g.delivered() {
		if n != 1 {
			t.Errorf("%s is in %d LOTs", folio, n)
		}
	}
	if got := pruebas(g, v0190, norte.String()+"/reclamaciones/"+lotNorte, recPrueba); !slices.Equal(got,
		[]string{"0", "2"}) || g.day(lunes).Cerrada.IsZero() {
		t.Errorf("delivered with %q", got)
	}
	g.checkVisible()
}
