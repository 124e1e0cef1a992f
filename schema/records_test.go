package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestFirstGoodOneStays is DUP-01: a refused folio may come again in the file, be
// it the layout or the consumer that refused it.
func TestFirstGoodOneStays(t *testing.T) {
	t.Parallel()
	d := newDraft(t, nameRES)
	row := d.lines[1]
	d.lines = d.lines[:1]
	for i := range 4 {
		d.lines = append(d.lines, row)
		d.set(i+2, "RecNumero", fmt.Sprint(i+1))
	}
	d.set(2, "RecNivelAtencion", "9") // the first is no good
	_, count, found := checked(t, d.name, d.bytes(), testReglas())
	want := []string{"2 RecNivelAtencion CAT-08", "4 RecFolioCondusef DUP-01", "5 RecFolioCondusef DUP-01"}
	if diff := cmp.Diff(want, places(found)); diff != "" || count.Aceptados != 1 {
		t.Errorf("%+v (-want +got)\n%s", count, diff)
	}
	e, err := Examine(d.name, opener(d.bytes()), testReglas())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	count, err = Walk(e, func(l *Linea[Respuesta]) error {
		if l.Numero == 2 {
			l.Refuse(l.NewHallazgo("RecFolioCondusef", "NEG-01", string(l.Registro.RecFolioCondusef)))
		}
		return nil
	}, func(h Hallazgo) error { got = append(got, place(h)); return nil })
	want = []string{"2 RecNivelAtencion CAT-08", "3 RecFolioCondusef NEG-01", "5 RecFolioCondusef DUP-01"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" || count.Aceptados != 1 {
		t.Errorf("%v %+v (-want +got)\n%s", err, count, diff)
	}
}

func TestFolioMayRepeatInREPAndDIC(t *testing.T) {
	t.Parallel()
	d := newDraft(t, nameREP).do(func(d *draft) {
		d.set(3, "RecFolioCondusef", d.get(2, "RecFolioCondusef"))
	})
	if _, _, found := checked(t, d.name, d.bytes(), testReglas()); len(found) != 0 {
		t.Errorf("%v", places(found))
	}
}

func TestRefuseKeepsOneFindingAFieldInOrder(t *testing.T) {
	t.Parallel()
	var l Linea[Respuesta]
	l.Legible = true
	l.Refuse(l.NewHallazgo("ResAnexo", "NEG-11", ""))
	warning := l.NewHallazgo("RecImporteAbonado", "NEG-03", "")
	warning.Severidad = Advertencia
	l.Refuse(warning)
	l.Refuse(l.NewHallazgo("RecFolioCondusef", "NEG-06", ""))
	l.Refuse(l.NewHallazgo("RecFolioCondusef", "NEG-04", "")) // the first one stays
	l.Refuse(l.NewHallazgo("RecImporteAbonado", "NEG-03", ""))
	l.Refuse(l.NewHallazgo("", "DUP-02", ""))
	want := []string{"0 RecFolioCondusef NEG-06", "0 RecImporteAbonado NEG-03", "0 ResAnexo NEG-11",
		"0  DUP-02"}
	if diff := cmp.Diff(want, places(l.Hallazgos)); diff != "" || l.Codigo() != "NEG-06" || l.Bueno() {
		t.Errorf("%s", diff)
	}
}

func TestWalkStopsWhereItIsTold(t *testing.T) {
	t.Parallel()
	e, err := Examine(nameRES, opener(good(t, nameRES)), nil)
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	n := 0
	if _, err = Walk(e, func(*Linea[Respuesta]) error {
		n++
		return enough
	}, nil); !errors.Is(err, enough) || n != 1 {
		t.Errorf("%v after %d records", err, n)
	}
}

func TestAdvertencias(t *testing.T) {
	t.Parallel()
	edit := func(d *draft) {
		d.set(2, "RecEdad", "0").set(3, "RecMontoReclamado", "1.00").set(4, "RecNumero", "9")
	}
	d := newDraft(t, nameREC).do(edit)
	r := testReglas()
	r.Advertencias = map[string]bool{"RecEdad:FMT-03": true, "RecMontoReclamado:NEG-03": true}
	_, count, found := checked(t, d.name, d.bytes(), r)
	// NEG cannot be softened
	want := []string{"2 RecEdad FMT-03 A", "3 RecMontoReclamado NEG-03", "4 RecNumero FMT-03"}
	if diff := cmp.Diff(want, places(found)); diff != "" || count.Aceptados != 4 {
		t.Errorf("%+v (-want +got)\n%s", count, diff)
	}
	d = newDraft(t, nameREC).set(1, "GeFechaHoraGeneracion", "ayer")
	r.Advertencias = map[string]bool{"GeFechaHoraGeneracion:FMT-04": true}
	if _, count, _ := checked(t, d.name, d.bytes(), r); count.Resultado != Rechazado {
		t.Error("a mistake in the header was softened")
	}
}

func TestLatin1ByAgreement(t *testing.T) {
	t.Parallel()
	d := newDraft(t, nameREC)
	for i, line := range d.lines {
		var b strings.Builder
		for _, r := range line {
			b.WriteByte(byte(r))
		}
		d.lines[i] = b.String()
	}
	r := testReglas()
	r.Latin1 = true
	e, _, found := checked(t, d.name, d.bytes(), r)
	if len(found) != 0 {
		t.Fatalf("%v", places(found))
	}
	for l := range Records[Reclamacion](e) {
		if l.Registro != readAll[Reclamacion](t, nameREC)[l.Numero-1] {
			t.Errorf("record %d reads otherwise than in UTF-8", l.Numero)
		}
	}
	// UTF-8 from a party that agreed on ISO-8859-1 is doubled by the reading.
	if _, _, found := checked(t, nameREC, good(t, nameREC), r); !slices.Contains(places(found),
		"2 RecSector EST-02") {
		t.Errorf("%v", places(found))
	}
}

func TestCatalogosAndLimits(t *testing.T) {
	t.Parallel()
	r := testReglas()
	r.Catalogos.Municipio = func(e, m int) bool { return e == 9 && m == 14 }
	d := newDraft(t, nameREC)
	_, _, found := checked(t, d.name, d.bytes(), r)
	for _, h := range found {
		if h.Codigo != "CAT-02" || h.Linea == 2 {
			t.Errorf("%s", place(h))
		}
	}
	if len(found) != 5 { // the first of six fits
		t.Errorf("%v", places(found))
	}
	if !r.ValidAnexo("Carta de Peñón (1).PDF") || r.ValidAnexo("../x.pdf") || r.ValidAnexo(".x.pdf") ||
		r.ValidAnexo("x.exe") || r.ValidAnexo("pdf") ||
		r.ValidAnexo("ǎ.pdf") || r.ValidAnexo("1ª.pdf") || r.ValidAnexo("a×b.pdf") || !r.ValidAnexo("ſ.pdf") {
		t.Error("names of annexes")
	}
}

func TestFolioSet(t *testing.T) {
	t.Parallel()
	forms := []string{"2026/%03d/%d", "2026/%03d/%07d", "2026-%d-%d"}
	rapid.Check(t, func(t *rapid.T) {
		set, model := newFolioSet(), map[string]bool{}
		for range rapid.IntRange(0, 2000).Draw(t, "n") {
			f := fmt.Sprintf(rapid.SampledFrom(forms).Draw(t, "form"), rapid.IntRange(0, 99).Draw(t, "a"),
				rapid.IntRange(0, 30).Draw(t, "b"))
			if set.has(f) != model[f] {
				t.Fatalf("%s: has %v", f, !model[f])
			}
			if rapid.Bool().Draw(t, "add") {
				set.add(f)
				model[f] = true
			}
		}
		if used := int(set.plain.GetCardinality()) + len(set.other); used != len(model) {
			t.Fatalf("%d used for %d", used, len(model))
		}
	})
}

// TestFolioSetIsSmall: a year of an office's folios takes bits, not words.
func TestFolioSetIsSmall(t *testing.T) {
	t.Parallel()
	set := newFolioSet()
	const n = 300_000
	for i := range n {
		set.add(fmt.Sprintf("2026/090/%d", 1_000_000+i))
	}
	if size := set.plain.GetSizeInBytes(); size > n/4 {
		t.Errorf("%d bytes for %d folios", size, n)
	}
}

// TestPackFolioIsExact reads the folio back from its number: a hash may be wrong
// once in a while, this may not.
func TestPackFolioIsExact(t *testing.T) {
	t.Parallel()
	folio := rapid.StringMatching(`[0-9]{4}/[0-9]{3}/[0-9]{1,7}`)
	rapid.Check(t, func(t *rapid.T) {
		f := folio.Draw(t, "folio")
		head, tail := packFolio(f)/100_000_000, fmt.Sprint(packFolio(f)%100_000_000)
		if back := fmt.Sprintf("%04d/%03d/%s", head/1000, head%1000, tail[1:]); back != f {
			t.Fatalf("%s comes back as %s", f, back)
		}
	})
	for _, f := range []string{"", "2026/090/", "2026/090/12345678", "2026-090-1", "2026/090/1a"} {
		if packFolio(f) != 0 {
			t.Errorf("%q is packed", f)
		}
	}
}
