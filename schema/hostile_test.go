package schema

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// endless repeats a text for ever.
type endless struct{ text, rest string }

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		e.rest = e.text
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestEndlessFile(t *testing.T) {
	t.Parallel()
	header := newDraft(t, nameRES).lines[0] + "\r\n"
	for name, text := range map[string]string{"lines": "02|x\n", "one line": "0123456789", "NULs": "\x00",
		"empty lines": "\n"} {
		open := func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(header), &endless{text: text})), nil
		}
		r := testReglas()
		r.MaxBytes = map[Tipo]int64{RES: 1 << 20}
		e, err := Examine(nameRES, open, r)
		if err != nil {
			t.Fatal(err)
		}
		var found []Hallazgo
		count, err := e.Check(func(h Hallazgo) { found = append(found, h) })
		if err != nil || len(found) != 1 || found[0].Codigo != "EST-12" || count.Resultado != Rechazado {
			t.Errorf("%s: %v %+v %v", name, err, count, places(found))
		}
	}
}

func TestFileOfExactlyTheLimitIsRead(t *testing.T) {
	t.Parallel()
	b := good(t, nameRES)
	r := testReglas()
	r.MaxBytes = map[Tipo]int64{RES: int64(len(b))}
	r.MaxRegistros = map[Tipo]int64{RES: 2}
	if _, _, found := checked(t, nameRES, b, r); len(found) != 0 {
		t.Errorf("at the limit: %v", places(found))
	}
	r.MaxBytes[RES]--
	if _, _, found := checked(t, nameRES, b, r); len(found) != 1 || found[0].Codigo != "EST-12" {
		t.Errorf("one byte over: %v", places(found))
	}
}

func TestHostileLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line string
		want string
	}{
		"NULs":            {"\x00\x00\x00", "EST-09"},
		"million fields":  {"02" + strings.Repeat("|", 1_000_000), "EST-08"},
		"longest read":    {"02|" + strings.Repeat("x", maxLine-3), "EST-08"},
		"one byte longer": {"02|" + strings.Repeat("x", maxLine-2), "EST-08"},
		"ten mebibytes":   {"02|" + strings.Repeat("ñ", 5<<20), "EST-08"},
		"Ctrl-Z":          {"\x1a", "EST-09"},
		"02 alone":        {"02", "EST-08"},
		"not a type":      {"09x|", "EST-09"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDraft(t, nameRES)
			d.lines = append(d.lines, c.line)
			_, count, found := checked(t, d.name, d.bytes(), testReglas())
			if len(found) != 1 || found[0].Linea != 4 || found[0].Codigo != Codigo(c.want) {
				t.Errorf("%v, want %s in line 4", places(found), c.want)
			}
			if count != (Totales{Registros: 3, Aceptados: 2, Resultado: Parcial}) {
				t.Errorf("the other records: %+v", count)
			}
		})
	}
}

func TestLongestLineIsReadExactly(t *testing.T) {
	t.Parallel()
	for _, eol := range []string{"\n", "\r\n"} {
		for n, long := range map[int]bool{maxLine: false, maxLine + 1: true, maxLine + 2: true} {
			s, err := newScanner(strings.NewReader(strings.Repeat("ñ", n/2)+strings.Repeat("x", n%2)+eol+
				"next"+eol), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err = s.next(); err != nil || s.long != long || !s.isUTF8() || !long && len(s.text) != n {
				t.Errorf("%d bytes: long %v, %d kept, UTF-8 %v, %v", n, s.long, len(s.text), s.isUTF8(), err)
			}
			if _, err = s.next(); err != nil || string(s.text) != "next" || s.line != 2 {
				t.Errorf("after it: %q in line %d, %v", s.text, s.line, err)
			}
		}
	}
}

func TestMemoryStays(t *testing.T) { // not parallel: it measures
	const size = 64 << 20
	open := func() (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(&endless{text: "02|" + strings.Repeat("x", 997)}, size-1)), nil
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	e, err := Examine(nameRES, open, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Check(nil); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 8<<20 {
		t.Errorf("a line of %d bytes took %d bytes of memory", size, got)
	}
}

// TestLinesOutOfPlaceAreBounded is for a file that is nothing but headers, or
// seals: each is wrong, and what the first reading finds is kept in memory.
func TestLinesOutOfPlaceAreBounded(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{nameRES: "01|", nameACU: "03|"} {
		d := newDraft(t, name)
		for range 3 * maxMisplaced {
			d.lines = append(d.lines, line)
		}
		e, count, found := checked(t, name, d.bytes(), testReglas())
		if len(e.Hallazgos) > maxMisplaced+2 || len(found) != len(e.Hallazgos) ||
			count.Resultado != Rechazado {
			t.Errorf("%s: %d findings kept, %d told, %+v", name, len(e.Hallazgos), len(found), count)
		}
	}
}

// TestLongTextsOfOneCharacter repeats characters that some rule stumbles over: such
// a text fits nothing, and what is told of it fits an RCH.
func TestLongTextsOfOneCharacter(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"Ã", "Â", " ", "\x00", "9", "@", "\"", "(", "=?utf-8?q?", "ñ", "\xc3"} {
		for kind := range bases {
			long := strings.Repeat(unit, maxLine/len(unit))
			if form(kind[0], 4000, long) == sound {
				t.Errorf("%s of %d bytes of %q is sound", kind, len(long), unit)
			}
		}
		for _, base := range []string{nameREC, nameRES} {
			d := newDraft(t, base)
			for i, c := range d.tipo().clase().layout(V0100).columns {
				if i > 0 {
					d.set(2, c.name, strings.Repeat(unit, 2000))
				}
			}
			_, _, found := checked(t, base, d.bytes(), testReglas())
			for _, h := range found {
				mustBeReportable(t, h)
			}
		}
	}
}

func TestHugeSumDoesNotWrap(t *testing.T) {
	t.Parallel()
	d := newDraft(t, nameRES)
	row := d.lines[1]
	d.lines = d.lines[:1]
	for i := range 20 {
		d.lines = append(d.lines, row)
		d.set(i+2, "RecNumero", fmt.Sprint(i+1)).set(i+2, "RecFolioCondusef",
			fmt.Sprintf("2026/001/%d", i+1)).
			set(i+2, "RecImporteAbonado", "9999999999999.99")
	}
	d.after = replaceAll(d.summary(nil)[2], "0.00")
	if _, _, found := checked(t, d.name, d.bytes(), testReglas()); len(found) != 1 ||
		found[0].Codigo != "EST-06" {
		t.Errorf("%v", places(found))
	}
}

func TestSumStopsAboveItsField(t *testing.T) {
	t.Parallel()
	sum := Centavos(0)
	for range 40_000 { // enough to pass 2^63 four times
		if sum = addSaturating(sum, maxSuma); sum < maxSuma {
			t.Fatalf("wrapped to %d", sum)
		}
	}
}

func TestCRWithinLine(t *testing.T) {
	t.Parallel()
	d := newDraft(t, nameRES)
	d.lines[1] += "\r" // CR CR LF: one belongs to the line end
	if _, _, found := checked(t, d.name, d.bytes(), testReglas()); len(found) != 1 ||
		place(found[0]) != "2 ResAnexoHash NEG-09" {
		t.Errorf("%v", places(found))
	}
}

// mustBeReportable holds a finding to the layout of the RCH that will tell it.
func mustBeReportable(t testing.TB, h Hallazgo) {
	t.Helper()
	if !h.Codigo.Existe() {
		t.Errorf("code %q is in no table", h.Codigo)
	}
	l := layoutOf[Rechazo](V0100)
	r := Rechazo{"02", "1", NewEntero(int64(h.Linea)), h.Folio, h.Campo, h.Codigo, h.Severidad, h.Mensaje,
		h.Valor}
	fields, _ := l.split(string(AppendRecord(nil, &r, V0100)), nil)
	if fields == nil {
		t.Errorf("%+v: holds a separator", h)
		return
	}
	c := newCheck(&Reglas{}, RCH)
	if found := c.judge(l, fields, 1, "", nil); len(found) > 0 {
		t.Errorf("%+v: %v", h, places(found))
	}
}
