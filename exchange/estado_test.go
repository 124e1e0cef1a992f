package exchange_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange"
	"buzon/exchange/spans"
	"buzon/schema"
	"buzon/store"
)

// estado gives a file of a UNE's folder estado/.
func (g *gateway) estado(parte schema.Parte, name string) string {
	g.t.Helper()
	b, ok := g.box(parte, schema.CarpetaEstado).Sees()[name]
	if !ok {
		g.t.Fatalf("%s has no %s", parte, name)
	}
	return string(b)
}

// pending gives the rows of pendientes.csv, without the header.
func (g *gateway) pending(parte schema.Parte) [][]string {
	g.t.Helper()
	text, ok := strings.CutPrefix(g.estado(parte, "pendientes.csv"), "\uFEFF")
	if !ok {
		g.t.Error("pendientes.csv does not begin with a BOM")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		g.t.Fatal(err)
	}
	return rows[1:]
}

type estadoJSON struct {
	Version                          int
	Simulacro                        *bool
	Institucion, Denominacion, Fecha string
	Folios                           map[string]int
	Lotes                            []struct {
		Archivo, SHA256, Publicado, Recogida string
		Bytes, Registros                     int
	}
	Acuses []struct{ Folio, Archivo, Resultado string }
	Llaves []struct{ Nombre, Huella, Desde, Hasta, Estado string }
	Avisos []string
}

func (g *gateway) estadoJSON(parte schema.Parte) (e estadoJSON) {
	g.t.Helper()
	if err := json.Unmarshal([]byte(g.estado(parte, "estado.json")), &e); err != nil {
		g.t.Fatal(err)
	}
	return e
}

func TestPendientes(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	cal := g.cal().Version()
	want := "\uFEFFfolio,vuelta,lote,fecha_turno,fecha_entrega,dia0,fecha_limite,dias_habiles_restantes," +
		"prorroga,calendario,situacion\r\n" +
		"2026/070/17,1,GE_LOT_00900003_20260302_001.txt,2026-03-02,2026-03-02,2026-03-02,2026-03-31,20,," +
		cal + ",a_tiempo\r\n"
	if got := g.estado(nandu, "pendientes.csv"); !strings.HasPrefix(got, want) {
		t.Errorf("pendientes.csv\n%q, want it to begin\n%q", got, want)
	}
	if got := g.estado(nandu,
		"dictamenes.csv"); got != "\uFEFFfolio,tipo,fecha,texto,vuelta,vigente,recibido\r\n" {
		t.Errorf("dictamenes.csv is %q", got)
	}
	g.send(norte, moment(3, "10:00:00"), 1, prorroga(folioMonto, "10"))
	for _, x := range []struct{ dia, sin, con string }{ // folioNorte to 2026-03-31, folioMonto to 2026-04-16
		{"2026-03-03", "19 a_tiempo", "29 a_tiempo"},
		{"2026-03-25", "4 a_tiempo", "14 a_tiempo"},
		{"2026-03-26", "3 por_vencer", "13 a_tiempo"},
		{"2026-03-29", "2 por_vencer", "12 a_tiempo"}, // a Sunday
		{"2026-03-31", "0 por_vencer", "10 a_tiempo"},
		{"2026-04-01", "-1 vencido", "9 a_tiempo"},
		{"2026-04-05", "-1 vencido", "9 a_tiempo"}, // Holy Week's Sunday
		{"2026-04-16", "-10 vencido", "0 por_vencer"},
		{"2026-04-17", "-11 vencido", "-1 vencido"},
	} {
		for _, hour := range []string{"00:01", "23:58"} {
			g.clock.Set(on(dia(t, x.dia), hour).UTC())
			g.mustVisit(norte)
			got := map[string]string{}
			for _, r := range g.pending(norte) {
				got[r[0]] = r[7] + " " + r[10] + " " + r[8]
			}
			if got[string(folioNorte)] != x.sin+" " || got[string(folioMonto)] != x.con+" 10" {
				t.Errorf("%s %s: %v, want %q and %q", x.dia, hour, got, x.sin, x.con)
			}
		}
	}
	if rows := g.pending(norte); len(rows) < 2 || !slices.IsSortedFunc(rows, func(a, b []string) int {
		return strings.Compare(a[6]+a[0], b[6]+b[0])
	}) {
		t.Errorf("not by limit and folio: %v", rows)
	}
	open := len(g.pending(norte))
	g.send(norte, on(dia(t, "2026-04-17"), "10:00"), 1, answer(folioMonto))
	if rows := g.pending(norte); len(rows) != open-1 {
		t.Errorf("after the answer %d of %d folios are pending", len(rows), open)
	}
}

// TestOverdueOnTheWeekend: the day after a Friday's limit is no día hábil, and
// overdue all the same.
func TestOverdueOnTheWeekend(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.clock.Set(moment(10, "09:00"))
	g.leave(schema.ParteCONDUSEF, "GE_REC_20260310_001.txt",
		rec(t, "GE_REC_20260310_001.txt", exampleREC(t)[:1]...))
	g.mustRun(moment(10, "09:05"))
	for d, want := range map[string]string{"2026-04-10": "0", "2026-04-11": "-1", "2026-04-12": "-1",
		"2026-04-13": "-1", "2026-04-14": "-2"} {
		g.clock.Set(on(dia(t, d), "12:00"))
		g.mustVisit(norte)
		if r := g.pending(norte)[0]; r[6] != "2026-04-10" || r[7] != want {
			t.Errorf("%s: limit %s, %s días hábiles left, want %s", d, r[6], r[7], want)
		}
	}
}

// TestNoFormula: a spreadsheet takes no text for a formula, and a negative number
// for what it is.
func TestNoFormula(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.cycle.Reglas.Folio = regexp.MustCompile(`^[=+@-].*$`)
	r := exampleREC(t)[:2]
	r[0].RecFolioCondusef, r[1].RecFolioCondusef = "=HYPERLINK(1)", "-1,5"
	g.leave(schema.ParteCONDUSEF, nameREC, rec(t, nameREC, r...))
	g.mustRun(corrida)
	g.clock.Set(on(dia(t, "2026-04-16"), "12:00"))
	g.mustVisit(norte)
	text := g.estado(norte, "pendientes.csv")
	if !strings.Contains(text, "\r\n'=HYPERLINK(1),") || !strings.Contains(text, "\r\n\"'-1,5\",") ||
		strings.Count(text, ",-10,") != 2 {
		t.Errorf("pendientes.csv:\n%s", text)
	}
}

// TestEstadoOnlyChangesWithTheState: a visit at another hour writes nothing.
func TestEstadoOnlyChangesWithTheState(t *testing.T) {
	t.Parallel()
	g := open(t)
	written := func() map[string]time.Time {
		files, err := g.box(norte, schema.CarpetaEstado).List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]time.Time{}
		for _, f := range files {
			at[f.Name()] = f.ModTime()
		}
		return at
	}
	g.deliverExample()
	before := written()
	if len(before) != 4 {
		t.Fatalf("in estado/: %v", before)
	}
	for _, hour := range []string{"18:30:00", "19:00:00", "23:59:59"} {
		g.clock.Set(moment(2, hour))
		g.mustVisit(norte)
	}
	if diff := cmp.Diff(before, written()); diff != "" {
		t.Errorf("written again on the same day:\n%s", diff)
	}
	g.clock.Set(moment(3, "00:00:00"))
	g.mustVisit(norte)
	for name, at := range written() {
		if changed := !at.Equal(before[name]); changed != (name == "pendientes.csv" ||
			name == "estado.json") {
			t.Errorf("%s on the next day: written %v, at first %v", name, at, before[name])
		}
	}
}

// A corte that fails leaves no UNE with what its estado/ told the day before.
func TestEstadoAfterFailedCorte(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	if err := os.RemoveAll(filepath.Join(g.dir, "archivo", "tmp")); err != nil {
		// where the REP would be written
		t.Fatal(err)
	}
	if _, err := g.runAt(moment(3, "20:00:00"), exchange.CausaAgenda); err == nil {
		t.Fatal("the corte went well")
	}
	if e := g.estadoJSON(norte); e.Fecha != "2026-03-03" {
		t.Errorf("estado.json is of %s", e.Fecha)
	}
}

func TestEstadoJSON(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.cycle.AvisoLlave = 30
	err := g.store.Update(t.Context(), llegada, func(tx *store.Tx) error {
		for _, k := range []store.Llave{
			{Fingerprint: "SHA256:pronto", Nombre: "pronto", Hasta: on(dia(t, "2026-05-02"), "00:00")},
			{Fingerprint: "SHA256:luego", Nombre: "luego", Desde: on(dia(t, "2026-05-01"), "00:00"),
				Hasta: on(dia(t, "2026-05-03"), "00:00")},
			{Fingerprint: "SHA256:fue", Nombre: "fue", Hasta: on(dia(t, "2026-03-01"), "00:00")},
			{Fingerprint: "SHA256:no", Nombre: "no", Hasta: on(dia(t, "2026-04-20"), "00:00")},
			{Fingerprint: "SHA256:sin fin", Nombre: "sin fin"},
		} {
			if err := tx.AddLlave(900001, k, store.Orden{}); err != nil {
				return err
			}
		}
		return tx.RevokeLlave(900001, "SHA256:no", store.Orden{})
	})
	if err != nil {
		t.Fatal(err)
	}
	g.deliverExample()
	name := "GE_LOT_" + norte.String() + "_20260302_001.txt"
	content := g.file(norte.String() + "/reclamaciones/" + name)
	e := g.estadoJSON(norte)
	if e.Version != 1 || e.Simulacro != nil || e.Institucion != norte.String() ||
		e.Denominacion != institutions[0].Denominacion || e.Fecha != "2026-03-02" {
		t.Errorf("estado.json begins %+v", e)
	}
	if len(e.Lotes) != 1 || e.Lotes[0].Archivo != name || e.Lotes[0].Bytes != len(content) ||
		e.Lotes[0].Publicado != "2026-03-02T18:07:40-06:00" ||
		e.Lotes[0].Recogida != "publicado" || e.Lotes[0].SHA256 != fmt.Sprintf("%x",
		sha256.Sum256(content)) || e.Lotes[0].Registros != e.Folios["abiertos"] || len(e.Avisos) != 0 {
		t.Errorf("estado.json of the first day %+v", e)
	}
	g.send(norte, moment(3, "10:00:00"), 1, answer("2026/099/1"))
	e = g.estadoJSON(norte)
	if len(e.Acuses) != 1 || e.Acuses[0].Archivo != "GE_RES_00900001_20260303_001.txt" ||
		e.Acuses[0].Resultado != "parcial" || e.Acuses[0].Folio != "ACU-2026-00000002" {
		t.Errorf("acuses %+v", e.Acuses)
	}
	if want := []string{"El lote " + name +
		", publicado el 2026-03-02, no se ha recogido completo."}; !slices.Equal(e.Avisos, want) {
		t.Errorf("avisos %q, want %q", e.Avisos, want)
	}
	g.pickUp(norte, name, len(content))
	g.clock.Set(on(dia(t, "2026-03-31"), "09:00"))
	g.mustVisit(norte)
	e = g.estadoJSON(norte)
	n := e.Folios["abiertos"]
	if e.Lotes[0].Recogida != "completo" || e.Folios["por_vencer"] != n || e.Folios["vencidos"] != 0 ||
		n == 0 {
		t.Errorf("on the last day %+v", e)
	}
	want := []string{fmt.Sprintf("Folios cuyo plazo termina hoy: %d. Vea pendientes.csv.", n)}
	if !slices.Equal(e.Avisos, want) { // the key ends in 31 days
		t.Errorf("avisos %q, want %q", e.Avisos, want)
	}
	var keys []string
	for _, k := range e.Llaves {
		keys = append(keys, strings.Join([]string{k.Nombre, k.Huella, k.Desde, k.Hasta, k.Estado}, "|"))
	}
	slices.Sort(keys)
	if want := []string{"fue|SHA256:fue||2026-02-28|vencida",
		"luego|SHA256:luego|2026-05-01|2026-05-02|futura", "no|SHA256:no||2026-04-19|revocada",
		"pronto|SHA256:pronto||2026-05-01|vigente", "sin fin|SHA256:sin fin|||vigente"}; !slices.Equal(keys,
		want) {
		t.Errorf("llaves %q", keys)
	}
	g.clock.Set(on(dia(t, "2026-04-01"), "09:00"))
	g.mustVisit(norte)
	want = []string{fmt.Sprintf("Folios vencidos sin respuesta: %d. Vea pendientes.csv.", n),
		"La llave pronto (SHA256:pronto) sirve hasta el 2026-05-01; solicite el alta de otra."}
	if got := g.estadoJSON(norte); !slices.Equal(got.Avisos, want) || got.Folios["vencidos"] != n ||
		got.Folios["por_vencer"] != 0 {
		t.Errorf("avisos %q, want %q; %v", got.Avisos, want, got.Folios)
	}
}

// TestKeysOnADay: a key serves on the whole of its first and last day, as far as
// a file can tell that does not know the hour.
func TestKeysOnADay(t *testing.T) {
	t.Parallel()
	g := open(t)
	err := g.store.Update(t.Context(), llegada, func(tx *store.Tx) error {
		for _, k := range []store.Llave{
			{Fingerprint: "SHA256:termina", Nombre: "termina", Hasta: on(lunes+1, "00:00")},
			{Fingerprint: "SHA256:empieza", Nombre: "empieza", Desde: on(lunes, "23:00")},
		} {
			if err := tx.AddLlave(900001, k, store.Orden{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		dia              schema.Dia
		termina, empieza string
	}{{lunes - 1, "vigente", "futura"}, {lunes, "vigente", "vigente"}, {lunes + 1, "vencida", "vigente"}} {
		g.clock.Set(on(x.dia, "12:00"))
		g.mustVisit(norte)
		got := map[string]string{}
		for _, k := range g.estadoJSON(norte).Llaves {
			got[k.Nombre] = k.Estado
		}
		if got["termina"] != x.termina || got["empieza"] != x.empieza {
			t.Errorf("%s: %v", x.dia, got)
		}
	}
}

// pickUp records that a party read all of a file.
func (g *gateway) pickUp(parte schema.Parte, name string, size int) {
	g.t.Helper()
	now := g.clock.Now()
	err := g.pickedUp(exchange.Lectura{Parte: parte, Carpeta: schema.CarpetaReclamaciones, Nombre: name,
		Cuenta: parte.String(), Abierta: now, Cerrada: now, Primero: now, Ultimo: now,
		Tramos: spans.Set{{From: 0, To: int64(size)}}, Cierre: true})
	if err != nil {
		g.t.Fatal(err)
	}
}

// TestEstadoTellsTheLast: of LOTs and acuses estado.json has the last thirty.
func TestEstadoTellsTheLast(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	for n := 1; n <= 32; n++ {
		g.send(norte, moment(3, "10:00:00").Add(time.Duration(n)*time.Minute), n, answer("2026/099/1"))
	}
	e := g.estadoJSON(norte)
	if len(e.Acuses) != 30 || e.Acuses[0].Folio != "ACU-2026-00000033" ||
		e.Acuses[29].Folio != "ACU-2026-00000004" {
		t.Errorf("%d acuses: %+v", len(e.Acuses), e.Acuses)
	}
	if other := g.estadoJSON(penon); len(other.Acuses) != 0 || len(other.Lotes) != 1 {
		t.Errorf("another UNE is told of %+v", other)
	}
}

func TestLlaves(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.cycle.Servidor = []string{"# Servidor SFTP: ed25519 SHA256:abc"}
	use := func(id, publica string) {
		if err := g.store.Update(t.Context(), g.clock.Now(), func(tx *store.Tx) error {
			return tx.UseSello(id, publica)
		}); err != nil {
			t.Fatal(err)
		}
		g.mustVisit(norte)
	}
	g.mustVisit(norte)
	g.clock.Set(moment(18, "23:30:00").UTC())
	use("ed25519:2026b", "Qg==")
	want := "# Llaves públicas (Ed25519) de los sellos de los acuses: identificador, llave en base64, " +
		"desde, hasta.\r\n" +
		"ed25519:2026a " + publica() +
		" 2026-03-02 2026-03-18\r\ned25519:2026b Qg== 2026-03-18 vigente\r\n# Servidor SFTP: ed25519 " +
		"SHA256:abc\r\n"
	if diff := cmp.Diff(want, g.estado(norte, "llaves.txt")); diff != "" {
		t.Errorf("llaves.txt (-want +got):\n%s", diff)
	}
}

// TestEstadoIsPrivate: nothing in estado/ is a person's data, nor another UNE's.
func TestEstadoIsPrivate(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	r := prorroga(folioMonto, "10")
	r.ResTexto = "La persona Ejemplar Inventada pide más tiempo"
	g.send(norte, moment(3, "10:00:00"), 1, r)
	private := secrets(r)
	for _, r := range exampleREC(t) {
		private = append(private, secrets(r)...)
	}
	for name, content := range g.box(norte, schema.CarpetaEstado).Sees() {
		for _, p := range private {
			if strings.Contains(string(content), p) {
				t.Errorf("%s tells %q", name, p)
			}
		}
		for _, other := range []string{"00900002", "00900003", string(folioPenon), string(folioNandu)} {
			if strings.Contains(string(content), other) {
				t.Errorf("%s tells of %s", name, other)
			}
		}
	}
	if len(private) < 10 {
		t.Fatalf("%d private values are too few to tell", len(private))
	}
}

// TestEstadoAfterAFault: where the text of a dictamen cannot be read the rest of estado/
// is shown all the same, and dictamenes.csv once it can, though nothing else happened.
func TestEstadoAfterAFault(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	g.clock.Set(moment(3, "09:00:00"))
	const name = "GE_DIC_20260303_001.txt"
	dic := write(t, name, dictamen(folioNorte, "6"))
	g.leave(schema.ParteCONDUSEF, name, dic)
	if err := g.cycle.Receive(t.Context(), dia(t, "2026-03-03"), nil); err != nil {
		t.Fatal(err)
	}
	found := g.lose(dic)
	if err := g.cycle.Estado(t.Context(), 900001); err == nil {
		t.Error("nothing tells that a text cannot be read")
	}
	if got := g.estado(norte, "pendientes.csv"); strings.Contains(got, string(folioNorte)) {
		t.Errorf("it is still pending:\n%s", got)
	}
	found()
	if err := g.cycle.Estado(t.Context(), 900001); err != nil {
		t.Error(err)
	}
	if got := g.estado(norte, "dictamenes.csv"); !strings.Contains(got, string(folioNorte)) {
		t.Errorf("it is still not told of:\n%s", got)
	}
}
