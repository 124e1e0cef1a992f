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

	"buzon/schema"
	"buzon/store"
)

// scoreSet is a working set whose store has a log that the test writes.
type scoreSet struct {
	set
	t *testing.T
}

func newScoreSet(t *testing.T, rehearsal bool) scoreSet {
	t.Helper()
	s := scoreSet{newSet(t), t}
	if err := os.Remove(storePath(s.path("datos"))); err != nil {
		t.Fatal(err)
	}
	s.log("2026-01-02T09:00:00-06:00", rehearsal,
		s.joins(900001, "Uniones de Crédito"), s.joins(900002, "Banca de Desarrollo"), s.joins(900003, "UNIONES DE CREDITO"))
	return s
}

// log writes events at a moment.
func (s scoreSet) log(at string, rehearsal bool, all ...store.Evento) {
	s.t.Helper()
	now := moment(s.t, at)
	st, err := store.Open(s.t.Context(), storePath(s.path("datos")), store.Options{Simulacro: rehearsal, Now: now})
	if err != nil {
		s.t.Fatal(err)
	}
	defer st.Close()
	err = st.Update(s.t.Context(), now, func(tx *store.Tx) error {
		for _, e := range all {
			if err := tx.Log(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s scoreSet) joins(une schema.UNE, sector string) store.Evento {
	return store.Evento{Evento: store.InstitucionAlta, Parte: une.String(), Detalle: store.Detalle{"denominacion": "Inventada", "sector": sector, "termino": 20, "prorroga": 10}}
}

// of makes an event of the first vuelta of a folio.
func (s scoreSet) of(evento string, une schema.UNE, folio schema.Folio, d store.Detalle) store.Evento {
	d["vuelta"] = 1
	return store.Evento{Evento: evento, Parte: une.String(), Folio: folio, Detalle: d}
}

// quarter writes what three institutions did from March on: 900001 answered a
// complaint that went to CO in vain, left one unanswered, had a prórroga and a
// desistimiento; 900003 refused one that was conciliated; 900002 answered one.
func (s scoreSet) quarter(rehearsal bool) {
	s.t.Helper()
	const a, b, c, d, e, f = "2026/090/1", "2026/090/2", "=2026/090/3", "2026/090/4", "2026/090/5", "2026/090/6"
	const first, second, third = 900001, 900003, 900002
	owner := map[schema.Folio]schema.UNE{a: first, b: first, c: first, d: first, e: second, f: third}
	var all []store.Evento
	for _, folio := range []schema.Folio{a, b, c, d, e, f} {
		all = append(all, s.of(store.ReclamacionEntregada, owner[folio], folio, store.Detalle{"dia0": "2026-03-02", "limite": "2026-03-31"}))
	}
	s.log("2026-03-02T09:00:00-06:00", rehearsal, all...)
	answer := func(folio schema.Folio, recibida string, sentido int) store.Evento {
		return s.of(store.RespuestaAceptada, owner[folio], folio, store.Detalle{"recibida": recibida, "sentido": sentido, "limite": "2026-03-31"})
	}
	dic := func(folio schema.Folio, tipo int) store.Evento {
		return s.of(store.DictamenAceptado, owner[folio], folio, store.Detalle{"tipo": tipo, "fecha": "2026-04-06"})
	}
	s.log("2026-03-18T16:00:00-06:00", rehearsal,
		answer(a, "2026-03-18T16:00:00-06:00", 1), answer(e, "2026-03-18T16:00:00-06:00", 2), answer(f, "2026-03-18T16:00:00-06:00", 3),
		s.of(store.ProrrogaAceptada, first, c, store.Detalle{"prorroga": 10, "limite": "2026-04-16", "recibida": "2026-03-18T16:00:00-06:00"}), dic(d, 6))
	s.log("2026-04-16T23:00:00-06:00", rehearsal, answer(c, "2026-04-16T22:00:00-06:00", 2),
		dic(a, 3), dic(a, 5), dic(d, 3), dic(e, 3), dic(e, 4), dic(f, 1))
}

// later writes what no score as of before it may show.
func (s scoreSet) later(rehearsal bool) {
	s.t.Helper()
	cal := schema.NewCalendario([]schema.Inhabil{{Fecha: schema.NewDia(2026, time.March, 17), Descripcion: "Inventada", Origen: "DOF", AplicaGE: true}})
	s.log("2026-05-06T12:00:00-06:00", rehearsal,
		s.of(store.RespuestaAceptada, 900001, "2026/090/2", store.Detalle{"recibida": "2026-05-06T11:00:00-06:00", "sentido": 1, "limite": "2026-03-31"}),
		s.joins(900004, "Uniones de Crédito"),
		store.Evento{Evento: store.CalendarioCambiado, Detalle: store.Detalle{"calendario": cal.Version(), "anterior": "", "causa": "orden", "dias": []any{
			map[string]any{"fecha": "2026-03-17", "descripcion": "Inventada", "origen": "DOF", "publicado": "", "aplica_ge": "SI"}}}})
}

// score calls score for the period of the log.
func (s scoreSet) score(code int, args ...string) (out, errOut string) {
	s.t.Helper()
	return runScore(s.t, code, append([]string{"-c", s.config(), "--from", "2026-03-01", "--to", "2026-06-30"}, args...)...)
}

// scoreForms are the ways in which a score and its evidence are asked for, each
// with a file of testdata/score.
var scoreForms = map[string][]string{
	"bitacora.txt": nil, "bitacora.csv": {"--format", "csv"}, "bitacora.json": {"--json"},
	"evidencia4.txt": {"--evidence", "4"}, "evidencia4.csv": {"--evidence", "4", "--format", "csv"}, "evidencia4.json": {"--evidence", "4", "--json"},
	"evidencia2.txt": {"--evidence", "2", "--institution", "900001"},
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
		got := strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(out, "\uFEFF"), "\r\n", "\n"), versionOf, "CALENDARIO")
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	s.later(true)
	for name, args := range scoreForms {
		if out, _ := s.score(exitDone, append(args, "--as-of", "2026-04-16T23:00:00-06:00")...); out != before[name] {
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
				if (row[len(row)-1] == want) != rehearsal || strings.Contains(strings.ToUpper(row[len(row)-1]), "SIMULACRO") != rehearsal {
					t.Errorf("rehearsal %v: row %d ends with %q", rehearsal, i, row[len(row)-1])
				}
				if slices.ContainsFunc(row, func(cell string) bool { return cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) }) {
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
		}{{&scoreObject{}, nil}, {&evidenceObject{}, []string{"--evidence", "9"}}} {
			out, _ := s.score(exitDone, slices.Concat(x.args, asOf, []string{"--json"})...)
			d := json.NewDecoder(strings.NewReader(out))
			d.DisallowUnknownFields()
			if err := d.Decode(x.out); err != nil || d.More() {
				t.Fatalf("%v, more: %v", err, d.More())
			}
			if strings.Contains(out, `"simulacro":true`) != rehearsal || !strings.HasPrefix(out, `{"method":"2018","as_of":"2026-04-1`) {
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
	s.log("2026-04-20T10:00:00.25-06:00", true, s.of(store.DictamenAceptado, 900002, "2026/090/6", store.Detalle{"tipo": 3, "fecha": "2026-04-20"}))
	last, _ := s.score(exitDone)
	if !strings.Contains(last, "según la bitácora al 2026-04-20T10:00:00.25-06:00,") {
		t.Errorf("now is not the last event:\n%s", last)
	}
	if out, _ := s.score(exitDone, "--as-of", "2026-04-20T10:00:00.25-06:00"); out != last {
		t.Errorf("what was printed gives another score:\n%s", out)
	}
	if out, _ := s.score(exitDone, "--as-of", "2026-04-20T10:00:00-06:00"); out == last || strings.Contains(out, "00.25") {
		t.Errorf("a quarter of a second before:\n%s", out)
	}
	if out, _ := s.score(exitDone, "--as-of", "2026-04-20"); !strings.Contains(out, "al 2026-04-20T00:00:00-06:00,") {
		t.Errorf("a day begins at midnight:\n%s", out)
	}
	if out, _ := s.score(exitDone, "--as-of", "2026-04-21"); !strings.Contains(out, "al 2026-04-21T00:00:00-06:00,") {
		t.Errorf("a moment of the rehearsal's future:\n%s", out)
	}
	if _, errOut := s.score(exitUsage, "--as-of", "9999-01-01"); !strings.Contains(errOut, "--as-of 9999-01-01T00:00:00-06:00: the log cannot know; it is ") {
		t.Error(errOut)
	}
	if _, errOut := s.score(exitFailed, "--as-of", "2026-01-01"); !strings.Contains(errOut, "no institution was in the roll at 2026-01-01T00:00:00-06:00") {
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
	if _, errOut := r.score(exitUsage, "--as-of", "9999-01-01"); !strings.Contains(errOut, "the log cannot know") {
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
	var got scoreObject
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if in := got.Institutions; len(in) != 3 || in[0].IDATU == nil || len(in[0].Processes) != 2 || in[1].IDATU != nil || len(in[1].Processes) != 1 {
		t.Errorf("got %s", out)
	}
	// Another institution of the sector, with GE of its own, widens the sector of
	// the one that is asked for, and no other.
	foreign := file("900009,GE,1,9,10")
	out, _ = s.score(exitDone, "--counts", foreign, "--institution", "900001")
	for _, want := range []string{
		"Sector Uniones de Crédito, instituciones: 3\n",
		"\n1   Asuntos directos vencidos                             1 / 2   50.00 %     10.00 %        5.00        9.00               7.00\n",
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
	for _, want := range []string{"conteos.csv: 00900009 is not in the roll, which has the sectors Uniones de Crédito, Banca de Desarrollo;", "--institution"} {
		if !strings.Contains(errOut, want) {
			t.Errorf("%q is not in\n%s", want, errOut)
		}
	}
	s.score(exitUsage, "--counts", foreign, "--institution", "900009") // of which sector?
	// What the log counts may not come from a file.
	bad := file("900001,CO,1,0,5", "900001,GE,1,0,5", "900009,GE,1,0,5", "900003,GE,2,0,5")
	out, errOut = s.score(exitFailed, "--counts", bad, "--institution", "900001")
	if want := fmt.Sprintf("buzon: %[1]s:3:8: proceso: GE of 00900001 is counted from the log; leave it out\n%[1]s:5:8: proceso: GE of 00900003 is counted from the log; leave it out\n", bad); out != "" || errOut != want {
		t.Errorf("got %q, %q", out, errOut)
	}
	// Bounds stand instead of the sector's.
	limites := s.path("limites.csv")
	write(t, limites, "proceso,criterio,valor,vmin,vmax\nGE,1,indice,0,100\n")
	out, errOut = s.score(exitDone, "--bounds", limites, "--institution", "900001")
	if want := "1   Asuntos directos vencidos                             1 / 2   50.00 %     100.00 %       5.50        1.00               3.25\n"; !strings.Contains(out, want) || errOut != "" {
		t.Errorf("%q is not in\n%s%s", want, out, errOut)
	}
	_, errOut = s.score(exitFailed, "--institution", "900009")
	if !strings.Contains(errOut, "institution 00900009 was not in the roll at 2026-04-16T23:00:00-06:00, and no file brings counts of it") {
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
	if err := os.Remove(storePath(s.path("datos"))); err != nil {
		t.Fatal(err)
	}
	s.log("2026-01-02T09:00:00-06:00", true, s.joins(900001, "Uniones de Crédito"))
	for _, x := range []struct {
		args []string
		want string
	}{{nil, "00900001 00900009"}, {[]string{"--institution", "900009"}, "00900009"}} {
		out, _ := s.score(exitDone, append(x.args, "--counts", path, "--json")...)
		var got scoreObject
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
