package escenario

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
)

const cabeza = "folio,institucion,fecha_turno,dias_habiles,prorroga_dias,sentido,dictamenes\n"

func dia(t testing.TB, s string) schema.Dia {
	t.Helper()
	d, err := schema.ParseDia(s)
	check(t, err)
	return d
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	text := "\ufeff# de ejemplo\r\n" + strings.ReplaceAll(cabeza, "\n", "\r\n") +
		"2026/090/2,900002,2026-03-09,,10,1,6@2026-03-20;3\r\n" +
		"2026/090/1,900001,2026-03-02,0,,,\n" +
		"2026/090/1,00900001,2026-03-04,25,5,3,3;4;11;\"5\"\n"
	text = strings.ReplaceAll(text, `;"5"`, ";5")
	e, err := Read("e.csv", strings.NewReader(text), 10)
	check(t, err)
	want := []*Fila{
		{Linea: 4, Folio: "2026/090/1", Vuelta: 1, Institucion: 900001, Turno: dia(t, "2026-03-02"), Dias: 0,
			Sentido: 2},
		{Linea: 5, Folio: "2026/090/1", Vuelta: 2, Institucion: 900001, Turno: dia(t, "2026-03-04"), Dias: 25,
			Prorroga: 5, Sentido: 3,
			Dictamenes: []Dictado{{Tipo: 3}, {Tipo: 4}, {Tipo: 11, Anula: 4}, {Tipo: 5}}},
		{Linea: 3, Folio: "2026/090/2", Vuelta: 1, Institucion: 900002, Turno: dia(t, "2026-03-09"),
			Dias: Nunca, Prorroga: 10,
			Dictamenes: []Dictado{{Tipo: 6, Fecha: dia(t, "2026-03-20")}, {Tipo: 3}}},
	}
	if diff := cmp.Diff(want, e.Filas); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if got := e.Instituciones(); !cmp.Equal(got, []schema.UNE{900001, 900002}) {
		t.Errorf("institutions %v", got)
	}
	if e.Primero() != dia(t, "2026-03-02") {
		t.Errorf("begins on %s", e.Primero())
	}
}

// What is written is what is read, but for the lines.
func TestWriteEscenario(t *testing.T) {
	t.Parallel()
	e := Invent(Encargo{N: 40, Instituciones: inventor.Roll([]schema.UNE{900001, 900002, 900003}),
		Desde: dia(t, "2026-03-02"), Hasta: dia(t, "2026-03-31"), Seed: 3},
		schema.NewCalendario(nil), 20)
	e.Filas[0].Dictamenes = []Dictado{{Tipo: 3, Fecha: dia(t, "2026-04-01")}, {Tipo: 4}}
	var b bytes.Buffer
	check(t, e.Write(&b))
	got, err := Read("e.csv", bytes.NewReader(b.Bytes()), 10)
	check(t, err)
	if diff := cmp.Diff(e, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Every mistake is told at once, with its place.
func TestEscenarioMistakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"empty": {"",
			[]string{"e.csv: is empty; it begins with " +
				"folio,institucion,fecha_turno,dias_habiles,prorroga_dias,sentido,dictamenes"}},
		"no rows": {cabeza, []string{"e.csv: holds no rows"}},
		"head": {"folio,institucion\n",
			[]string{`e.csv:1:1: the first line is "folio,institucion", want ` + strings.TrimSpace(cabeza)}},
		"semicolons": {strings.ReplaceAll(cabeza, ",", ";"),
			[]string{`e.csv:1:1: the first line is "` + strings.ReplaceAll(strings.TrimSpace(cabeza), ",",
				";") +
				`", want ` + strings.TrimSpace(cabeza) + "; separate the columns with commas"}},
		"bare head": {"\"folio\n", []string{`e.csv:1:8: not CSV: extraneous or missing " in quoted-field`}},
		"cells": {cabeza + "1234/1,banco,2026-02-30,1000,100,4,12\n" +
			"2026/090/1,900001,2026-03-02,01,0,,0;3@ayer;4@2026-03-01\n" +
			"2026/090/2,900001,2026-03-02,-1,,2,\n2026/090/3,900001,2026-03-02,5,11,,\n2026/090/4,900001," +
			"2026-03-02,5,10,,\n", []string{
			`e.csv:2:1: folio: "1234/1": want dddd/ddd/d, up to seven digits at the end`,
			`e.csv:2:8: institucion: clave "banco": want 1 to 8 digits`,
			`e.csv:2:14: fecha_turno: date "2026-02-30": want an existing day as AAAA-MM-DD`,
			`e.csv:2:25: dias_habiles: "1000": want a number from 0 to 999, or nothing`,
			`e.csv:2:30: prorroga_dias: "100": want a number from 1 to 10, or nothing`,
			`e.csv:2:34: sentido: "4": want a number from 1 to 3, or nothing`,
			`e.csv:2:36: dictamenes: "12": want a tipo from 1 to 11, or tipo@AAAA-MM-DD`,
			`e.csv:3:30: dias_habiles: "01": want a number from 0 to 999, or nothing`,
			`e.csv:3:33: prorroga_dias: "0": want a number from 1 to 10, or nothing`,
			`e.csv:3:36: dictamenes: "0": want a tipo from 1 to 11, or tipo@AAAA-MM-DD`,
			`e.csv:3:38: dictamenes: "3@ayer": date "ayer": want an existing day as AAAA-MM-DD`,
			`e.csv:3:45: dictamenes: "4@2026-03-01": is before fecha_turno`,
			`e.csv:4:30: dias_habiles: "-1": want a number from 0 to 999, or nothing`,
			`e.csv:5:32: prorroga_dias: "11": want a number from 1 to 10, or nothing`,
		}},
		"columns": {cabeza + "2026/090/1,900001\n2026/090/2,900001,2026-03-02,1,,,,\n", []string{
			"e.csv:2:1: 2 columns, want 7", "e.csv:3:1: 8 columns, want 7"}},
		"quotes": {cabeza + "2026/090/1,9\"0,2026-03-02,1,,,\n2026/090/2,x,2026-03-02,1,,,\n", []string{
			`e.csv:2:13: not CSV: bare " in non-quoted-field`,
			`e.csv:3:12: institucion: clave "x": want 1 to 8 digits`}},
		"nothing to undo": {cabeza +
			"2026/090/1,900001,2026-03-02,1,,,11\n2026/090/2,900001,2026-03-02,1,,,3;11;11\n", []string{
			`e.csv:2:34: dictamenes: "11": the 11 at place 1 has no dictamen before it to undo`,
			`e.csv:3:34: dictamenes: "3;11;11": the 11 at place 3 has no dictamen before it to undo`}},
		"two institutions": {cabeza +
			"2026/090/1,900001,2026-03-02,1,,,\n2026/090/1,900002,2026-03-09,1,,,\n", []string{
			`e.csv:3:12: institucion: "900002": folio 2026/090/1 is of 900001 on line 2`}},
		"years": {cabeza +
			"2026/090/1,900001,0001-01-02,1,,,\n2026/090/2,900001,1999-12-31,1,,,\n2026/090/3,900001," +
			"2100-01-01,1,,,6@2100-01-02\n", []string{
			"e.csv:2:19: fecha_turno: 0001-01-02: want a day from 2000-01-01 to 2099-12-31",
			"e.csv:3:19: fecha_turno: 1999-12-31: want a day from 2000-01-01 to 2099-12-31",
			"e.csv:4:19: fecha_turno: 2100-01-01: want a day from 2000-01-01 to 2099-12-31"}},
		"a mistyped year": {cabeza +
			"2026/090/1,900001,2026-03-02,1,,,3@2029-03-02;4@2029-03-03\n2026/090/2,900001,2029-03-01,1,,," +
			"\n2026/090/3,900001,2026-03-01,1,,,3;4@2029-03-01\n" +
			"2026/090/4,900001,2028-03-01,1,,,3@2029-03-03;6@2030-03-02\n2026/090/5,900001,2029-03-02,1,,,\n",
			[]string{
				`e.csv:2:47: dictamenes: "4@2029-03-03": is more than 3 years after fecha_turno`,
				"e.csv:5:47: dictamenes: 2030-03-02 is more than 3 years after 2026-03-01, the first " +
					"fecha_turno, on line 4",
				"e.csv:6:19: fecha_turno: 2029-03-02 is more than 3 years after 2026-03-01, the first " +
					"fecha_turno, on line 4"}},
		"reversa of the same day": {cabeza +
			"2026/090/1,900001,2026-03-02,1,,,\n2026/090/1,900001,2026-03-02,1,,,\n", []string{
			"e.csv:3:1: fecha_turno: 2026-03-02: folio 2026/090/1 stands on line 2 with the same day; its " +
				"reversa comes later"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := Read("e.csv", strings.NewReader(c.text), 10)
			if err == nil {
				t.Fatalf("read %d rows, want mistakes", len(e.Filas))
			}
			if diff := cmp.Diff(c.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
			if all, ok := errors.AsType[Erratas](err); !ok || len(all) != len(c.want) {
				t.Errorf("%d mistakes of type %T", len(all), err)
			}
		})
	}
}

// broken gives some text and then an error of its own.
type broken struct{ text *strings.Reader }

var errDisk = errors.New("disk")

func (b broken) Read(p []byte) (int, error) {
	if n, err := b.text.Read(p); err == nil {
		return n, nil
	}
	return 0, errDisk
}

func TestReadBreaks(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", cabeza, cabeza + "2026/090/1,900001,2026-03-02,1,,,\n"} {
		if _, err := Read("e.csv", broken{strings.NewReader(text)}, 10); !errors.Is(err, errDisk) {
			t.Errorf("after %d bytes: %v", len(text), err)
		}
	}
	long := strings.NewReader(cabeza + strings.Repeat("# nada\n", maxEscenario/7))
	if _, err := Read("e.csv", long, 10); err == nil ||
		!strings.Contains(err.Error(), "e.csv: over 67108864 bytes") {
		t.Errorf("over the limit: %v", err)
	}
}

// A file that is wrong throughout is told in a hundred mistakes, and a row is not
// taken apart to be told that it has too many cells.
func TestEscenarioBounded(t *testing.T) {
	t.Parallel()
	_, err := Read("e.csv", strings.NewReader(cabeza+strings.Repeat("x\n", 1<<20)), 10)
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != schema.MaxErrores+1 || lines[0] != "e.csv:2:1: 1 columns, want 7" ||
		lines[schema.MaxErrores] != "and 1048476 more mistakes" {
		t.Errorf("%d lines, the first %q, the last %q", len(lines), lines[0], lines[len(lines)-1])
	}
	_, err = Read("e.csv", strings.NewReader(cabeza+strings.Repeat(",", 1<<20)+"\nx\n"), 10)
	want := "e.csv:2:1: not CSV: row of over 65536 bytes\ne.csv:3:1: 1 columns, want 7"
	if err == nil || err.Error() != want {
		t.Errorf("a long row: %.200v", err)
	}
	for _, text := range []string{strings.Repeat("x", 50_000) + "\n",
		cabeza + strings.Repeat("x", 50_000) + ",1,2026-03-02,,,,\n"} {
		if _, err = Read("e.csv", strings.NewReader(text), 10); err == nil ||
			len(err.Error()) > 2*schema.MaxErrata {
			t.Errorf("a long cell is told in %d bytes", len(err.Error()))
		}
	}
	_, err = Read("e.csv",
		strings.NewReader(cabeza+strings.Repeat("2026/090/1,900001,2026-03-02,,,,\n", maxFilas+2)), 10)
	if err == nil || !strings.Contains(err.Error(), "and 999900 more mistakes") {
		t.Errorf("more rows than are kept: %.200v", err)
	}
}
