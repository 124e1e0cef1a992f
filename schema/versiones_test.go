package schema

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"buzon/schema/prueba"
)

const v0190 Version = prueba.Version

// TestVersionTags wants the three tags of a later field whole: what the readers of
// files take for granted of them.
func TestVersionTags(t *testing.T) {
	t.Parallel()
	later := 0
	for l := range maps.Values(layouts) {
		for _, c := range l.columns {
			if c.desde == V0100 {
				continue
			}
			later++
			f, _ := l.typ.FieldByName(c.name)
			if !isVersion(string(c.desde)) || !slices.Contains([]string{"si", "no"}, f.Tag.Get("quita")) {
				t.Errorf("%s.%s: desde %q, quita %q", l.typ.Name(), c.name, c.desde, f.Tag.Get("quita"))
			}
			if required := c.tags[0].name == "req"; required != (c.sin != "") {
				t.Errorf("%s.%s: required %v, and without it reads as %q", l.typ.Name(), c.name, required,
					c.sin)
			}
		}
		for _, v := range l.versions {
			if v.columns[0].name != "GeTipoRegistro" || len(v.columns)+len(v.lacks) != len(l.columns) {
				t.Errorf("%s from %s: %d columns, lacks %d", l.typ.Name(), v.desde, len(v.columns),
					len(v.lacks))
			}
		}
	}
	if later == 0 {
		t.Error("no field is of a later version")
	}
}

func TestParseVersion(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]Version{V0100, v0190}, Versiones()); diff != "" {
		t.Errorf("with the test layout (-want +got)\n%s", diff)
	}
	for _, s := range []string{"01.00", "01.90"} {
		if v, err := ParseVersion(s); err != nil || string(v) != s {
			t.Errorf("%s: %q, %v", s, v, err)
		}
	}
	for _, s := range []string{"", "1.00", "01.91", "01.00 ", "02.00"} {
		if v, err := ParseVersion(s); err == nil {
			t.Errorf("%q is read as %q", s, v)
		}
	}
}

// TestLaterFieldsStandLast: a REP is a RES with five fields behind it, and what a
// version adds to RES comes behind these.
func TestLaterFieldsStandLast(t *testing.T) {
	t.Parallel()
	for tipo, want := range map[Tipo]string{REC: "34 RecPrueba", LOT: "34 RecPrueba", RES: "20 ResPruebaFija",
		REP: "25 ResPruebaFija", DIC: "6 DicTexto"} {
		campos := Layout(tipo, v0190)[1].Campos
		last := campos[len(campos)-1]
		if got := fmt.Sprint(last.Posicion, " ", last.Nombre); got != want {
			t.Errorf("%s ends in %s, want %s", tipo, got, want)
		}
		old := Layout(tipo, V0100)[1].Campos
		if diff := cmp.Diff(old, campos[:len(old)]); diff != "" {
			t.Errorf("%s: the older fields differ\n%s", tipo, diff)
		}
	}
	if Layout(REC, "01.50") != nil {
		t.Error("a version that does not exist has a layout")
	}
}

// anyRecord fills the fields that version v has with texts without separators, and
// the others with what their absence means.
func anyRecord[R Registro](t *rapid.T, v Version) R {
	l := layoutOf[R](v)
	fields := make([]string, len(l.columns))
	for i := range fields {
		fields[i] = rapid.StringOfN(rapid.RuneFrom([]rune("aÑ0 .€")), 0, 6, -1).Draw(t, l.columns[i].name)
	}
	fields[0] = "02"
	r, ok := ParseRecord[R](strings.Join(fields, separator), v)
	if !ok {
		t.Fatalf("%d fields are no record of %s", len(fields), v)
	}
	return r
}

func TestReadIsTheReverseOfWriteInEachVersion(t *testing.T) {
	t.Parallel()
	t.Run("REC", rapid.MakeCheck(eachVersion[Reclamacion]))
	t.Run("RES", rapid.MakeCheck(eachVersion[Respuesta]))
	t.Run("REP", rapid.MakeCheck(eachVersion[Retorno]))
	t.Run("ACU", rapid.MakeCheck(eachVersion[Acuse]))
	t.Run("RCH", rapid.MakeCheck(eachVersion[Rechazo]))
	t.Run("DIC", rapid.MakeCheck(eachVersion[Dictamen]))
}

func eachVersion[R Registro](t *rapid.T) {
	v := rapid.SampledFrom(Versiones()).Draw(t, "v")
	r := anyRecord[R](t, v)
	line := string(AppendRecord(nil, &r, v))
	if n := strings.Count(line, separator) + 1; n != len(layoutOf[R](v).columns) {
		t.Fatalf("%d fields in %s", n, v)
	}
	if back, ok := ParseRecord[R](line, v); !ok || back != r {
		t.Fatalf("%s of %s came back as %+v", line, v, back)
	}
	// From an older version to a newer one and back nothing is lost.
	newer := rapid.SampledFrom(Versiones()[slices.Index(Versiones(), v):]).Draw(t, "newer")
	there, ok := ParseRecord[R](string(AppendRecord(nil, &r, newer)), newer)
	if !ok || there != r {
		t.Fatalf("%+v came to %s as %+v", r, newer, there)
	}
	if campo, ok := Cabe(&there, v); !ok {
		t.Fatalf("what came from %s does not go back for %s", v, campo)
	}
	if again := string(AppendRecord(nil, &there, v)); again != line {
		t.Fatalf("%s came back as %s", line, again)
	}
}

// TestCabe holds what may go against a second account of it: reading what was
// written gives the same record, but for what may be dropped.
func TestCabe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := anyRecord[Reclamacion](t, v0190)
		r.RecPrueba = Entero(rapid.SampledFrom([]string{"0", "1", "2"}).Draw(t, "RecPrueba"))
		back, _ := ParseRecord[Reclamacion](string(AppendRecord(nil, &r, V0100)), V0100)
		if _, ok := Cabe(&r, V0100); ok != (back == r) {
			t.Fatalf("RecPrueba %s: goes %v", r.RecPrueba, ok)
		}
		w, err := NewWriter(&bytes.Buffer{}, encabezado(REC, CONDUSEF, Pasarela, "02/03/2026", ""))
		if err != nil {
			t.Fatal(err)
		}
		r.RecMontoReclamado = ""
		if err := w.Write(r); (err == nil) != (back.RecPrueba == r.RecPrueba) {
			t.Fatalf("RecPrueba %s is written: %v", r.RecPrueba, err)
		}
	})
	res := Respuesta{ResPrueba: "algo"}
	if _, ok := Cabe(&res, V0100); !ok {
		t.Error("what may be dropped holds its record up")
	}
	rep := Retorno{Respuesta: Respuesta{ResPruebaFija: "algo"}}
	if campo, ok := Cabe(&rep, V0100); ok || campo != "ResPruebaFija" {
		t.Errorf("what may not be dropped is: %q, %v", campo, ok)
	}
	if _, ok := Cabe(&res, "01.50"); ok {
		t.Error("a version that does not exist can say something")
	}
	none := Reclamacion{} // made by code that does not know the field
	if _, ok := Cabe(&none, V0100); !ok {
		t.Error("an empty field holds its record up")
	}
}

// newer turns a good file into one of 01.90, with extra as what that adds to its
// records, of RES and REP the first field or both; the last of extra goes on for the
// rest.
func newer(t testing.TB, name string, extra ...string) *draft {
	t.Helper()
	d := newDraft(t, name).set(1, "GeVersion", "01.90")
	for i := range d.lines[1:] {
		more := extra[min(i, len(extra)-1)]
		if (d.tipo() == RES || d.tipo() == REP) && !strings.Contains(more, separator) {
			more += separator
		}
		d.lines[i+1] += separator + more
	}
	return d
}

func both(r *Reglas) *Reglas { r.Versiones = []Version{V0100, v0190}; return r }

func TestFileIsReadByItsVersion(t *testing.T) {
	t.Parallel()
	for name, extra := range map[string]string{nameREC: "2", nameLOT: "1", nameRES: "", nameREP: ""} {
		d := newer(t, name, extra)
		e, count, found := checked(t, name, d.bytes(), both(testReglas()))
		if len(found) != 0 || count.Resultado != Aceptado || e.Version != v0190 ||
			e.Encabezado.GeVersion != v0190 {
			t.Errorf("%s of 01.90: read by %s, %+v, %v", name, e.Version, count, places(found))
		}
		if got := rewriteAny(t, e); !bytes.Equal(got, d.bytes()) {
			t.Errorf("%s of 01.90 is written again as\n%s", name, got)
		}
		e, count, found = checked(t, name, good(t, name), both(testReglas()))
		if len(found) != 0 || count.Resultado != Aceptado || e.Version != V0100 {
			t.Errorf("%s of 01.00: read by %s, %+v, %v", name, e.Version, count, places(found))
		}
	}
}

// TestVersionsAreNotMixed is for a header that says one version over lines of the
// other, and for a version that is known and not agreed.
func TestVersionsAreNotMixed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		make   func() *draft
		reglas *Reglas
		want   []string
	}{
		{"older lines", func() *draft {
			return newDraft(t, nameDIC).set(1, "GeVersion", "01.90")
		}, both(testReglas()), []string{}},
		{"older lines that lack a field", func() *draft {
			return newDraft(t, nameRES).set(1, "GeVersion", "01.90")
		}, both(testReglas()),
			[]string{"2  EST-08", "3  EST-08"}},
		{"newer lines", func() *draft {
			return newer(t, nameRES, "").set(1, "GeVersion", "01.00")
		}, both(testReglas()),
			[]string{"2  EST-08", "3  EST-08"}},
		{"rules of the newer", func() *draft {
			return newer(t, nameRES, " x", strings.Repeat("ñ", 21))
		}, both(testReglas()),
			[]string{"2 ResPrueba FMT-06", "3 ResPrueba NEG-09"}},
		{"a repeated folio stands before what is newer", func() *draft {
			d := newer(t, nameREC, "0", "7", "0")
			return d.set(3, "RecFolioCondusef", d.get(2, "RecFolioCondusef"))
		}, both(testReglas()), []string{"3 RecFolioCondusef DUP-01", "3 RecPrueba FMT-03"}},
		{"not agreed", func() *draft {
			return newer(t, nameRES, "")
		}, testReglas(), []string{"1 GeVersion EST-11"}},
		{"01.00 no longer agreed", func() *draft {
			return newDraft(t, nameRES)
		}, &Reglas{Versiones: []Version{v0190}},
			[]string{"1 GeVersion EST-11"}},
		{"agreed but not known", func() *draft {
			return newDraft(t, nameRES).set(1, "GeVersion", "02.00")
		}, &Reglas{Versiones: []Version{"02.00"}},
			[]string{"1 GeVersion EST-11"}},
		{"not known", func() *draft {
			return newer(t, nameRES, "").set(1, "GeVersion", "01.95")
		}, both(testReglas()), []string{"1 GeVersion EST-11"}},
	} {
		d := c.make()
		_, _, found := checked(t, d.name, d.bytes(), c.reglas)
		if diff := cmp.Diff(c.want, places(found)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

// TestRefusedVersionIsStillRead: the acuse of a file whose version is known and
// not agreed names its records.
func TestRefusedVersionIsStillRead(t *testing.T) {
	t.Parallel()
	d := newer(t, nameRES, "")
	e, err := Examine(d.name, opener(d.bytes()), testReglas())
	if err != nil {
		t.Fatal(err)
	}
	for l, err := range Records[Respuesta](e) {
		if err != nil || !l.Legible {
			t.Errorf("line %d: legible %v, %v", l.Linea, l.Legible, err)
		}
	}
	_, _, found := checked(t, d.name, d.bytes(), both(testReglas()))
	_, _, other := checked(t, d.name, newer(t, nameRES, "").set(1, "GeVersion", "02.00").bytes(),
		both(testReglas()))
	if len(found) != 0 || len(other) != 1 ||
		other[0].Mensaje != "El campo GeVersion debe ser 01.00 o 01.90." {
		t.Errorf("%v, %v", found, other)
	}
}

func TestMissingLaterFieldIsNotJudged(t *testing.T) {
	t.Parallel()
	e, err := Examine(nameREC, opener(good(t, nameREC)), both(testReglas()))
	if err != nil {
		t.Fatal(err)
	}
	for l, err := range Records[Reclamacion](e) {
		if err != nil || !l.Bueno() || l.Registro.RecPrueba != "0" {
			t.Errorf("line %d: %v, RecPrueba %q, %v", l.Linea, l.Hallazgos, l.Registro.RecPrueba, err)
		}
	}
}

// TestLackIsNotJudged, and a rule that reads it reads what the absence means.
func TestLackIsNotJudged(t *testing.T) {
	t.Parallel()
	l, line := layoutOf[Reclamacion](V0100), newDraft(t, nameREC).lines[1]
	fields, _ := l.split(line, nil)
	c := newCheck(testReglas(), REC)
	if found := c.judge(l, fields, 2, "", nil); len(found) != 0 {
		t.Errorf("%v", places(found))
	}
	for value, holds := range map[string]bool{"0": true, "1": false} {
		s := l.newStep(0, tag{"req_si", "RecPrueba " + value})
		if c.holds(probe{&s, ""}) != holds {
			t.Errorf("another rule reads %q, not 0", c.other(probe{&s, ""}))
		}
	}
}

func TestWriterWantsAVersion(t *testing.T) {
	t.Parallel()
	for _, v := range []Version{"", "01.50", "1.00"} {
		h := encabezado(DIC, CONDUSEF, Pasarela, "19/03/2026", "")
		h.GeVersion = v
		if _, err := NewWriter(&bytes.Buffer{}, h); err == nil {
			t.Errorf("a file of version %q was begun", v)
		}
	}
	if _, ok := ParseRecord[Dictamen]("02|1|2026/090/1325|3|19/03/2026|", "01.50"); ok {
		t.Error("a record of an unknown version was read")
	}
}
