package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/gateway"
	"buzon/exchange/puntaje"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
	"buzon/store/bitacora/bitacoratest"
)

// scoreSet is a working set whose store has a log that the test writes.
type scoreSet struct {
	set
	t *testing.T
}

func newScoreSet(t *testing.T, rehearsal bool) scoreSet {
	t.Helper()
	s := scoreSet{newSet(t), t}
	if err := os.Remove(gateway.StorePath(s.path("datos"))); err != nil {
		t.Fatal(err)
	}
	s.log("2026-01-02T09:00:00-06:00", rehearsal,
		s.joins(900001, "Uniones de Crédito"), s.joins(900002, "Banca de Desarrollo"),
		s.joins(900003, "UNIONES DE CREDITO"))
	return s
}

// log writes acts at a moment.
func (s scoreSet) log(at string, rehearsal bool, all ...bitacoratest.Dicho) {
	s.t.Helper()
	s.update(at, rehearsal, func(tx *store.Tx) error {
		for _, a := range all {
			if err := logActo(tx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// update changes the store at a moment.
func (s scoreSet) update(at string, rehearsal bool, fn func(*store.Tx) error) {
	s.t.Helper()
	now := moment(s.t, at)
	st, err := store.Open(s.t.Context(), gateway.StorePath(s.path("datos")),
		store.Options{Simulacro: rehearsal, Now: now})
	if err != nil {
		s.t.Fatal(err)
	}
	defer st.Close()
	if err := st.Update(s.t.Context(), now, fn); err != nil {
		s.t.Fatal(err)
	}
}

// logActo writes an act into a store, in as many events as it needs.
func logActo(tx *store.Tx, a bitacoratest.Dicho) error {
	var parte schema.Parte
	if err := parte.UnmarshalText([]byte(a.Parte)); err != nil {
		return err
	}
	return tx.Log(store.Acto{Evento: a.Evento, Parte: parte, Archivo: a.Archivo, Folio: schema.Folio(a.Folio),
		Carga: a.Carga, Renglones: a.Renglones})
}

func (s scoreSet) joins(une schema.UNE, sector string) bitacoratest.Dicho {
	return bitacoratest.Dicho{Evento: bitacora.InstitucionAlta, Parte: une.String(),
		Carga: bitacora.CargaInstitucion{Denominacion: "Inventada", Sector: sector, Termino: 20,
			Prorroga: 10}}
}

// delivers is a LOT of the first vueltas of folios.
func (s scoreSet) delivers(une schema.UNE, folios ...schema.Folio) bitacoratest.Dicho {
	all := &bitacora.Renglones{Lista: "folios"}
	for _, folio := range folios {
		s.add(all, bitacora.RenglonEntregada{Folio: folio, Vuelta: 1})
	}
	return bitacoratest.Dicho{Evento: bitacora.ArchivoPublicado, Parte: une.String(), Renglones: all,
		Carga: bitacora.CargaPublicado{Dia0: schema.NewDia(2026, time.March, 2),
			Limite: schema.NewDia(2026, time.March, 31)}}
}

// replies is a RES that was accepted whole.
func (s scoreSet) replies(une schema.UNE, recibido schema.Instante,
	respuestas ...bitacora.RenglonRespuesta) bitacoratest.Dicho {
	all := &bitacora.Renglones{Lista: "respuestas"}
	for _, r := range respuestas {
		r.Vuelta = 1
		s.add(all, r)
	}
	return bitacoratest.Dicho{Evento: bitacora.ArchivoRecibido, Parte: une.String(), Renglones: all,
		Carga: bitacora.CargaRecibido{Tipo: schema.RES, Recibido: recibido, Registros: len(respuestas),
			Aceptados: len(respuestas)}}
}

// dictates is a DIC that was accepted whole.
func (s scoreSet) dictates(dictamenes ...bitacora.RenglonDictamen) bitacoratest.Dicho {
	all := &bitacora.Renglones{Lista: "dictamenes"}
	for _, d := range dictamenes {
		d.Vuelta, d.Fecha = 1, schema.NewDia(2026, time.April, 6)
		s.add(all, d)
	}
	return bitacoratest.Dicho{Evento: bitacora.ArchivoRecibido, Parte: schema.CONDUSEF, Renglones: all,
		Carga: bitacora.CargaRecibido{Tipo: schema.DIC, Registros: len(dictamenes),
			Aceptados: len(dictamenes)}}
}

func (s scoreSet) add(all *bitacora.Renglones, renglon any) {
	s.t.Helper()
	if err := all.Add(renglon); err != nil {
		s.t.Fatal(err)
	}
}

// quarter writes what three institutions did from March on: 900001 answered a
// complaint that went to CO in vain, left one unanswered, had a prórroga and a
// desistimiento; 900003 refused one that was conciliated; 900002 answered one.
func (s scoreSet) quarter(rehearsal bool) {
	s.t.Helper()
	const a, b, c, d, e, f = "2026/090/1", "2026/090/2", "=2026/090/3", "2026/090/4", "2026/090/5",
		"2026/090/6"
	const first, second, third = 900001, 900003, 900002
	s.log("2026-03-02T09:00:00-06:00", rehearsal, s.delivers(first, a, b, c, d), s.delivers(second, e),
		s.delivers(third, f))
	limite := schema.NewDia(2026, time.March, 31)
	answer := func(folio schema.Folio, sentido int) bitacora.RenglonRespuesta {
		return bitacora.RenglonRespuesta{Folio: folio, Tipo: 1, Sentido: sentido, Limite: limite}
	}
	const at = "2026-03-18T16:00:00-06:00"
	s.log(at, rehearsal,
		s.replies(first, at, answer(a, 1),
			bitacora.RenglonRespuesta{Folio: c, Tipo: 2, Prorroga: 10,
				Limite: schema.NewDia(2026, time.April, 16)}),
		s.replies(second, at, answer(e, 2)), s.replies(third, at, answer(f, 3)),
		s.dictates(bitacora.RenglonDictamen{Folio: d, UNE: first, Tipo: 6}))
	dic := func(folio schema.Folio, une schema.UNE, tipo int) bitacora.RenglonDictamen {
		return bitacora.RenglonDictamen{Folio: folio, UNE: une, Tipo: tipo}
	}
	s.log("2026-04-16T23:00:00-06:00", rehearsal, s.replies(first, "2026-04-16T22:00:00-06:00", answer(c, 2)),
		s.dictates(dic(a, first, 3), dic(a, first, 5), dic(d, first, 3), dic(e, second, 3), dic(e, second, 4),
			dic(f, third, 1)))
}

// later writes what no score as of before it may show.
func (s scoreSet) later(rehearsal bool) {
	s.t.Helper()
	in := schema.Inhabil{Fecha: schema.NewDia(2026, time.March, 17), Descripcion: "Inventada", Origen: "DOF",
		AplicaGE: true}
	s.log("2026-05-06T12:00:00-06:00", rehearsal,
		s.replies(900001, "2026-05-06T11:00:00-06:00",
			bitacora.RenglonRespuesta{Folio: "2026/090/2", Tipo: 1, Sentido: 1,
				Limite: schema.NewDia(2026, time.March, 31)}),
		s.joins(900004, "Uniones de Crédito"),
		bitacoratest.Dicho{Evento: bitacora.CalendarioCambiado,
			Carga: bitacora.CargaCalendario{Causa: "orden",
				Calendario: schema.NewCalendario([]schema.Inhabil{in}).Version(),
				Dias:       []bitacora.DiaCalendario{bitacora.NewDiaCalendario(in)}}})
}

// score calls score for the period of the log.
func (s scoreSet) score(code int, args ...string) (out, errOut string) {
	s.t.Helper()
	return runScore(s.t, code,
		append([]string{"-c", s.config(), "--from", "2026-03-01", "--to", "2026-06-30"}, args...)...)
}

// scoreForms are the ways in which a score and its evidence are asked for, each
// with a file of testdata/score.
var scoreForms = map[string][]string{
	"bitacora.txt": nil, "bitacora.csv": {"--format", "csv"}, "bitacora.json": {"--json"},
	"evidencia4.txt": {"--evidence", "4"}, "evidencia4.csv": {"--evidence", "4", "--format", "csv"},
	"evidencia4.json": {"--evidence", "4", "--json"},
	"evidencia2.txt":  {"--evidence", "2", "--institution", "900001"},
}

// versionOf is the version of the calendar that every program has.
var versionOf = schema.NewCalendario(nil).Version()

// TestScoreLog prints a score and its evidence as they are to be, and the same
// bytes after later data and a later calendar.
func TestScoreLog(t *testing.T) {
	t.Parallel()
	s := newScoreSet(t, true)
	s.quarter(true)
	before := make(map[string]string)
	for name, args := range scoreForms {
		out, _ := s.score(exitDone, args...)
		before[name] = out
		want, err := os.ReadFile(scoreFile(name))
		if err != nil {
			t.Error(err)
		}
		got := strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(out, "\uFEFF"), "\r\n", "\n"),
			versionOf, "CALENDARIO")
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	s.later(true)
	for name, args := range scoreForms {
		if out, _ := s.score(exitDone,
			append(args, "--as-of", "2026-04-16T23:00:00-06:00")...); out != before[name] {
			t.Errorf("%s changed:\n%s\n%s", name, before[name], out)
		}
		if out, _ := s.score(exitDone, args...); out == before[name] {
			t.Errorf("%s is the same with all that came later", name)
		}
	}
	if out, _ := s.score(exitDone, "--as-of", "2026-04-17T05:00:00Z"); out != before["bitacora.txt"] {
		t.Errorf("the same moment in another zone:\n%s", out)
	}
}

// TestScoreLogTables are such as spreadsheets open as they are meant, and no folio
// is taken for a formula.
func TestScoreLogTables(t *testing.T) {
	t.Parallel()
	for _, rehearsal := range []bool{true, false} {
		s := newScoreSet(t, rehearsal)
		s.quarter(rehearsal)
		for _, args := range [][]string{nil, {"--evidence", "4"}} {
			out, _ := s.score(exitDone, append(args, "--format", "csv")...)
			text, bom := strings.CutPrefix(out, "\uFEFF")
			if !bom || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
				t.Errorf("want a BOM and CRLF:\n%q", out)
			}
			rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range rows {
				want := map[bool]string{true: "simulacro", false: "SIMULACRO"}[i == 0]
				if (row[len(row)-1] == want) != rehearsal ||
					strings.Contains(strings.ToUpper(row[len(row)-1]), "SIMULACRO") != rehearsal {
					t.Errorf("rehearsal %v: row %d ends with %q", rehearsal, i, row[len(row)-1])
				}
				if slices.ContainsFunc(row, func(cell string) bool {
					return cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0]))
				}) {
					t.Errorf("a spreadsheet takes a cell for a formula: %q", row)
				}
			}
		}
	}
}

// TestScoreLogJSON has one object with the keys that were agreed, and none else.
func TestScoreLogJSON(t *testing.T) {
	t.Parallel()
	for _, rehearsal := range []bool{true, false} {
		s := newScoreSet(t, rehearsal)
		s.quarter(rehearsal)
		var asOf []string
		if !rehearsal {
			asOf = []string{"--as-of", "2026-04-17T00:00:00-06:00"}
		}
		for _, x := range []struct {
			out  any
			args []string
		}{{&puntaje.Objeto{}, nil}, {&puntaje.ObjetoEvidencia{}, []string{"--evidence", "9"}}} {
			out, _ := s.score(exitDone, slices.Concat(x.args, asOf, []string{"--json"})...)
			d := json.NewDecoder(strings.NewReader(out))
			d.DisallowUnknownFields()
			if err := d.Decode(x.out); err != nil || d.More() {
				t.Fatalf("%v, more: %v", err, d.More())
			}
			if strings.Contains(out, `"simulacro":true`) != rehearsal ||
				!strings.HasPrefix(out, `{"method":"2018","as_of":"2026-04-1`) {
				t.Errorf("rehearsal %v:\n%s", rehearsal, out)
			}
		}
	}
}

// TestScoreAsOf knows no future, and writes moments so that they can be asked for
// again.
func TestScoreAsOf(t *testing.T) {
	t.Parallel()
	s := newScoreSet(t, true)
	s.quarter(true)
	s.log("2026-04-20T10:00:00.25-06:00", true,
		s.dictates(bitacora.RenglonDictamen{Folio: "2026/090/6", UNE: 900002, Tipo: 3}))
	last, _ := s.score(exitDone)
	if !strings.Contains(last, "según la bitácora al 2026-04-20T10:00:00.25-06:00,") {
		t.Errorf("now is not the last event:\n%s", last)
	}
	if out, _ := s.score(exitDone, "--as-of", "2026-04-20T10:00:00.25-06:00"); out != last {
		t.Errorf("what was printed gives another score:\n%s", out)
	}
	if out, _ := s.score(exitDone, "--as-of", "2026-04-20T10:00:00-06:00"); out == last ||
		strings.Contains(out, "00.25") {
		t.Errorf("a quarter of a second before:\n%s", out)
	}
	if out, _ := s.score(exitDone, "--as-of", "2026-04-20"); !strings.Contains(out,
		"al 2026-04-20T00:00:00-06:00,") {
		t.Errorf("a day begins at midnight:\n%s", out)
	}
	if out, _ := s.score(exitDone, "--as-of", "2026-04-21"); !strings.Contains(out,
		"al 2026-04-21T00:00:00-06:00,") {
		t.Errorf("a moment of the rehearsal's future:\n%s", out)
	}
	if _, errOut := s.score(exitUsage, "--as-of", "9999-01-01"); !strings.Contains(errOut,
		"--as-of 9999-01-01T00:00:00-06:00: the log cannot know; it is ") {
		t.Error(errOut)
	}
	if _, errOut := s.score(exitFailed, "--as-of", "2026-01-01"); !strings.Contains(errOut,
		"no institution was in the roll at 2026-01-01T00:00:00-06:00") {
		t.Error(errOut)
	}

	r := newScoreSet(t, false)
	r.quarter(false)
	begin := time.Now().Truncate(time.Millisecond)
	out, _ := r.score(exitDone)
	_, text, _ := strings.Cut(out, "según la bitácora al ")
	text, _, _ = strings.Cut(text, ",")
	if at := moment(t, text); at.Before(begin) || at.After(time.Now()) {
		t.Errorf("now is %s", text)
	}
	if _, errOut := r.score(exitUsage, "--as-of", "9999-01-01"); !strings.Contains(errOut,
		"the log cannot know") {
		t.Error(errOut)
	}
}

// TestScoreLogAndCounts brings other processes and institutions from a file.
func TestScoreLogAndCounts(t *testing.T) {
	t.Parallel()
	s := newScoreSet(t, true)
	s.quarter(true)
	file := func(rows ...string) string {
		path := s.path("conteos.csv")
		write(t, path, "institucion,proceso,criterio,numerador,denominador\n"+strings.Join(rows, "\n")+"\n")
		return path
	}
	co := func(une int) (rows []string) {
		for criterio := 1; criterio <= 4; criterio++ {
			rows = append(rows, fmt.Sprintf("%d,CO,%d,0,5", une, criterio))
		}
		return rows
	}
	// GE of the log and CO of the file make the IDATU; others stay without one.
	out, _ := s.score(exitDone, "--counts", file(co(900001)...), "--json")
	var got puntaje.Objeto
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if in := got.Institutions; len(in) != 3 || in[0].IDATU == nil || len(in[0].Processes) != 2 ||
		in[1].IDATU != nil || len(in[1].Processes) != 1 {
		t.Errorf("got %s", out)
	}
	// Another institution of the sector, with GE of its own, widens the sector of
	// the one that is asked for, and no other.
	foreign := file("900009,GE,1,9,10")
	out, _ = s.score(exitDone, "--counts", foreign, "--institution", "900001")
	for _, want := range []string{
		"Sector Uniones de Crédito, instituciones: 3\n",
		"\n1   Asuntos directos vencidos                             1 / 2   50.00 %     10.00 %        " +
			"5.00        9.00               7.00\n",
		"media del sector Uniones de Crédito (3 instituciones):",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Contains(out, "900009") || strings.Contains(out, "Banca") {
		t.Errorf("not asked for:\n%s", out)
	}
	_, errOut := s.score(exitUsage, "--counts", foreign)
	for _, want := range []string{
		"conteos.csv: 00900009 is not in the roll, which has the sectors Uniones de Crédito, Banca de " +
			"Desarrollo;", "--institution"} {
		if !strings.Contains(errOut, want) {
			t.Errorf("%q is not in\n%s", want, errOut)
		}
	}
	s.score(exitUsage, "--counts", foreign, "--institution", "900009") // of which sector?
	// What the log counts may not come from a file.
	bad := file("900001,CO,1,0,5", "900001,GE,1,0,5", "900009,GE,1,0,5", "900003,GE,2,0,5")
	out, errOut = s.score(exitFailed, "--counts", bad, "--institution", "900001")
	if want := fmt.Sprintf(
		"buzon: %[1]s:3:8: proceso: GE of 00900001 is counted from the log; leave it out\n%[1]s:5:8: "+
			"proceso: GE of 00900003 is counted from the log; leave it out\n", bad); out != "" ||
		errOut != want {
		t.Errorf("got %q, %q", out, errOut)
	}
	// Bounds stand instead of the sector's.
	limites := s.path("limites.csv")
	write(t, limites, "proceso,criterio,valor,vmin,vmax\nGE,1,indice,0,100\n")
	out, errOut = s.score(exitDone, "--bounds", limites, "--institution", "900001")
	if want := "1   Asuntos directos vencidos                             1 / 2   50.00 %     100.00 %    " +
		"   5.50        1.00               3.25\n"; !strings.Contains(out, want) || errOut != "" {
		t.Errorf("%q is not in\n%s%s", want, out, errOut)
	}
	_, errOut = s.score(exitFailed, "--institution", "900009")
	if !strings.Contains(errOut,
		"institution 00900009 was not in the roll at 2026-04-16T23:00:00-06:00, and no file brings counts "+
			"of it") {
		t.Error(errOut)
	}
	s.score(exitFailed, "--institution", "900009", "--evidence", "1")
}

// TestScoreLogForeign has one sector in the roll: institutions of a file are of it.
func TestScoreLogForeign(t *testing.T) {
	t.Parallel()
	s := newScoreSet(t, true)
	path := s.path("conteos.csv")
	write(t, path, "institucion,proceso,criterio,numerador,denominador\n900009,GE,1,9,10\n")
	if err := os.Remove(gateway.StorePath(s.path("datos"))); err != nil {
		t.Fatal(err)
	}
	s.log("2026-01-02T09:00:00-06:00", true, s.joins(900001, "Uniones de Crédito"))
	for _, x := range []struct {
		args []string
		want string
	}{{nil, "00900001 00900009"}, {[]string{"--institution", "900009"}, "00900009"}} {
		out, _ := s.score(exitDone, append(x.args, "--counts", path, "--json")...)
		var got puntaje.Objeto
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		var claves []string
		for _, in := range got.Institutions {
			claves = append(claves, in.Institution)
		}
		if strings.Join(claves, " ") != x.want {
			t.Errorf("%v: %s", x.args, out)
		}
	}
}
