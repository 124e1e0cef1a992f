package bitacora

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// sinCompletar is a renglón up to what was filled in, as the payload has it.
func sinCompletar(row string) string {
	bare := strings.TrimSuffix(row, "}")
	for _, usual := range []string{`,"oportunidad":1`, `,"tipo":1`, `,"vuelta":1`} {
		bare = strings.TrimSuffix(bare, usual)
	}
	return bare
}

// FuzzLugares reads payloads that someone made up: nothing panics, the places are
// numbered one by one, and what one place says is a part of the payload.
func FuzzLugares(f *testing.F) {
	for _, s := range []string{
		`{}`, `null`, `[]`, `{"folios":[null,{},1]}`,
		`{"parte":2,"de":3,"primero":7,"desde":2147483647,"folios":[{},{}]}`,
		`{"reclamaciones":[{"folio":"2026/090/1","une":900001,"codigo":"EST-04"}],"primera_linea":-1}`,
		`{"respuestas":[{"tipo":2}],"dictamenes":[{"vuelta":9223372036854775807}]}`, `{"Parte":1,"DE":2}`,
	} {
		f.Add(ArchivoRecibido, "00900001", s, 2)
	}
	f.Add(ArchivoPublicado, "00900001", `{"folios":[null,{ },{"folio":"x"}]}`, 0)
	f.Add(PlazoVencido, "", `{"folios":[{"folio":"2026/090/1","vuelta":1,"limite":"2026-03-02"}]}`, 0)
	f.Fuzz(func(t *testing.T, evento, parte, detalle string, primera int) {
		c := &Crudo{N: 5, Evento: evento, Parte: parte, Detalle: detalle}
		PrimeraLinea(c)
		last := 0
		_ = Lugares(c, primera, func(x Lugar) error {
			if last != 0 && x.Lugar != last+1 || x.Lugar < 1 || !json.Valid(x.JSON) ||
				!strings.Contains(detalle, sinCompletar(string(x.JSON))) ||
				primera <= 0 && x.Linea != primera {
				t.Fatalf("place %d after %d, line %d: %s", x.Lugar, last, x.Linea, x.JSON)
			}
			last = x.Lugar
			return nil
		})
	})
}

// FuzzMiembros holds the quick walk over JSON against encoding/json: of any object
// it gives the same members, the last one where a name is there twice, and of any
// list the same elements.
func FuzzMiembros(f *testing.F) {
	for _, s := range []string{
		`{}`, ` { "a" : 1 , "b":[1,{"c":"}\\\""}] } `, `{"a":"\\","b":{"":{}}}`, `{"a\u0062":1,"x":null}`,
		`[]`, `[ ]`,
		`[1, "a,b" ,[],{}]`, `{"a":1}x`, `{"a":1,}`, `{"a" 1}`, `{:1}`, `{"a":tru}`,
		`"`, `{"a":"`, `[1 2]`, `{"a":1 2}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := map[string]string{}
		err := miembros(&Crudo{Detalle: s}, func(name, value string) { got[name] = value })
		var want map[string]json.RawMessage
		if json.Unmarshal([]byte(s), &want) == nil {
			if err != nil || len(got) != len(want) && utf8.ValidString(s) {
				t.Fatalf("%q: %v, %v", s, got, err)
			}
			for name, value := range want {
				if utf8.ValidString(s) && got[name] != string(value) {
					t.Fatalf("%q: %q is %q, not %q", s, name, got[name], value)
				}
			}
		}
		rows, err := renglones(s)
		var list []json.RawMessage
		if json.Unmarshal([]byte(s), &list) != nil {
			return
		}
		if err != nil || len(rows) != len(list) {
			t.Fatalf("%q: %q, %v", s, rows, err)
		}
		for i := range list {
			if rows[i] != string(list[i]) {
				t.Fatalf("%q: element %d is %q, not %q", s, i, rows[i], list[i])
			}
		}
	})
}

// FuzzLector reads two events of any payload: an act is never told whole where a
// part says that another follows.
func FuzzLector(f *testing.F) {
	f.Add(`{"parte":1,"de":2}`, `{"parte":2,"de":2,"primero":1,"desde":2}`)
	f.Add(`{"parte":1,"de":3}`, `{"parte":2,"de":3,"primero":1,"desde":5}`)
	f.Add(`{"desde":"turno"}`, `{"primero":"x"}`)
	f.Add(`{"parte":1e0,"de":2}`, `{"parte":null}`)
	f.Fuzz(func(t *testing.T, first, second string) {
		var l Lector
		open := false
		for i, detalle := range []string{first, second} {
			nuevo, desde, err := l.Add(&Crudo{N: int64(i + 1), Detalle: detalle})
			if err != nil {
				return
			}
			if nuevo == open || desde < 1 || l.Primero() < 1 || l.Primero() > int64(i+1) {
				t.Fatalf("%s: new %v after an open act %v, from %d", detalle, nuevo, open, desde)
			}
			open = l.Fin() != nil
		}
	})
}

// TestCSV: a reader of CSV sees every event in its row, whatever its texts are, and
// no cell that a spreadsheet would reckon with.
func TestCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		simulacro := rapid.Bool().Draw(t, "simulacro")
		texts := rapid.SliceOfN(rapid.OneOf(
			rapid.SampledFrom([]string{"", "=1+1", "+1", "-1", "@x", "\tx", "x,y", `"`, "é", " =1", "a\nb"}),
			rapid.StringMatching(`[ -~]{0,20}`),
		), 7, 7)
		var out bytes.Buffer
		table := NewCSV(&out)
		var want [][]string
		for i := range rapid.IntRange(0, 5).Draw(t, "rows") {
			x := texts.Draw(t, "texts")
			c := &Crudo{N: int64(i + 1), Momento: 1772496300123, Evento: x[1], Parte: x[2], Archivo: x[3],
				SHA256: x[4], Folio: x[5], Detalle: x[6]}
			if err := table.WriteCrudo(c, simulacro); err != nil {
				t.Fatal(err)
			}
			x[0] = "2026-03-02T18:05:00.123-06:00"
			row := []string{string(rune('1' + i))}
			for _, s := range x {
				row = append(row, Celda(s))
			}
			if simulacro {
				row = append(row, Ensayo)
			}
			want = append(want, row)
		}
		if err := table.Flush(); err != nil {
			t.Fatal(err)
		}
		checkCSV(t, out.String(), want)
	})
}

func checkCSV(t *rapid.T, text string, want [][]string) {
	body, ok := strings.CutPrefix(text, bom)
	if !ok || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Fatalf("no BOM, or a line end that is not CRLF: %q", text)
	}
	got, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || len(got) == 0 || got[0][0] != "n" || len(got) != len(want)+1 {
		t.Fatalf("%q: %v", text, err)
	}
	for i, row := range got[1:] {
		if !slices.Equal(row, want[i]) {
			t.Fatalf("got %q\nwant %q", row, want[i])
		}
		for _, cell := range row {
			if cell != "" && strings.ContainsRune(formulaStarts, rune(cell[0])) {
				t.Fatalf("%q begins as a formula does", cell)
			}
		}
	}
}

// TestCSVLeido: an event that was read has the row that it has in an export.
func TestCSVLeido(t *testing.T) {
	t.Parallel()
	c := Crudo{N: 7, Momento: 1772496300123, Evento: AlmacenCreado, Parte: "00900001",
		Detalle: `{"simulacro":true}`}
	e, err := c.Leido()
	if err != nil {
		t.Fatal(err)
	}
	e.Simulacro = true
	write := func(add func(*CSV) error) string {
		var out bytes.Buffer
		table := NewCSV(&out)
		if err := errors.Join(add(table), table.Flush()); err != nil {
			t.Error(err)
		}
		return out.String()
	}
	exported := write(func(table *CSV) error { return table.WriteCrudo(&c, true) })
	asked := write(func(table *CSV) error { return table.Write(e) })
	if asked != exported || !strings.Contains(asked, ",2026-03-02T18:05:00.123-06:00,") {
		t.Errorf("%q, exported %q", asked, exported)
	}
}

// TestCSVReturn: a carriage return before a formula does not hide it, though the
// table's writer drops it.
func TestCSVReturn(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	table := NewCSV(&out)
	if err := table.WriteCrudo(&Crudo{N: 1, Archivo: "\r=1+1"}, false); err != nil {
		t.Fatal(err)
	}
	if err := table.Flush(); err != nil || !strings.Contains(out.String(), "'=1+1") {
		t.Errorf("%q (%v)", out.String(), err)
	}
}

// TestCanonico holds the canonical bytes against the example of docs/bitacora.md.
func TestCanonico(t *testing.T) {
	c := Crudo{N: 1, Momento: 1772496300000, Evento: AlmacenCreado, Detalle: `{"simulacro":false}`}
	const want = `1:1,13:1772496300000,14:almacen_creado,0:,0:,0:,0:,19:{"simulacro":false},`
	if string(c.Canonico()) != want {
		t.Errorf("%s", c.Canonico())
	}
	all := Crudo{1, -2, "e", "p", "a", "s", "f", "é"}
	if got := string(all.Canonico()); got != "1:1,2:-2,1:e,1:p,1:a,1:s,1:f,2:é," {
		t.Errorf("%s", got)
	}
}

// TestLeido: what people read of an event has no commitments, and the numbers and
// texts of its payload.
func TestLeido(t *testing.T) {
	c := Crudo{N: 7, Momento: 1772496300000, Evento: "x", Detalle: `{"filas":{"a":{"n":1}},"k":1}`}
	e, err := c.Leido()
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(e)
	const want = `{"n":7,"time":"2026-03-02T18:05:00-06:00","event":"x","party":"","file":"","sha256":"",` +
		`"folio":"","details":{"k":1}}`
	if err != nil || string(b) != want {
		t.Errorf("%s: %v", b, err)
	}
}

// TestLeidoRenglones: what an act did to records is read as it is written, and an
// event is written for programs as if all of it had been read.
func TestLeidoRenglones(t *testing.T) {
	t.Parallel()
	for evento, tipo := range CargaDe {
		f, ok := lista(evento)
		if !ok {
			continue
		}
		for _, f := range reflect.VisibleFields(tipo) {
			if deRenglones(f) && porRegistro(f.Type.Elem()) {
				if listas[clave(f)] == nil {
					t.Errorf("%s: what it did to a record has no place in history: add %q to listas, "+
						"in lugares.go", evento, clave(f))
				}
				c := Crudo{N: 1, Evento: evento, Detalle: `{"a":"\"` + clave(f) + `\":[","filas":{"x":1},"` +
					clave(f) + `":[{"folio":"1"},{"folio":"]}"}]}`}
				e, err := c.Leido()
				rows, raw := e.Detalle[clave(f)].(json.RawMessage)
				if err != nil || !raw || string(rows) != `[{"folio":"1"},{"folio":"]}"}]` ||
					len(e.Detalle) != 2 || e.Bytes != len(c.Detalle) {
					t.Errorf("%s: %v (%v)", evento, e.Detalle, err)
				}
			}
		}
		empty := Crudo{N: 1, Evento: evento, Detalle: `{"` + clave(f) + `":[]}`}
		if e, err := empty.Leido(); err != nil || string(e.Detalle[clave(f)].(json.RawMessage)) != "[]" {
			t.Errorf("%s: %v (%v)", evento, e.Detalle, err)
		}
	}
}
