package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFolioByAgreement is for a pattern of its own: only then do length and
// pattern of a folio tell different things.
func TestFolioByAgreement(t *testing.T) {
	t.Parallel()
	r := testReglas()
	r.Folio = regexp.MustCompile(`^[A-Z]+$`)
	for n, want := range map[int][]string{50: {}, 51: {"2 RecFolioCondusef FMT-02"}} {
		for _, base := range []string{nameREC, nameRES, nameREP, nameDIC, nameACU, nameRCH} {
			d := newDraft(t, base).set(2, "RecFolioCondusef", strings.Repeat("F", n))
			for i := 3; i <= len(d.lines); i++ {
				if !strings.HasPrefix(d.lines[i-1], "03") {
					d.set(i, "RecFolioCondusef", strings.Repeat("G", i))
				}
			}
			_, _, found := checked(t, base, d.bytes(), r)
			if diff := cmp.Diff(want, places(found)); diff != "" {
				t.Errorf("%s, %d characters (-want +got)\n%s", base, n, diff)
			}
		}
	}
}

// TestSoftenedFolioStillIsOnce wants a folio twice to be DUP-01 where an agreement
// lets its pattern pass.
func TestSoftenedFolioStillIsOnce(t *testing.T) {
	t.Parallel()
	r := testReglas()
	r.Advertencias = map[string]bool{"RecFolioCondusef:FMT-02": true}
	for _, base := range []string{nameREC, nameRES} {
		d := newDraft(t, base).set(2, "RecFolioCondusef", "2026-090-1").set(3, "RecFolioCondusef",
			"2026-090-1")
		_, _, found := checked(t, base, d.bytes(), r)
		want := []string{"2 RecFolioCondusef FMT-02 A", "3 RecFolioCondusef DUP-01"}
		if diff := cmp.Diff(want, places(found)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", base, diff)
		}
	}
}

// TestFutureBeforeOperation reads a file that is dated after today: its dates are
// in order, and still in the future.
func TestFutureBeforeOperation(t *testing.T) {
	t.Parallel()
	r := testReglas()
	r.Hoy = NewDia(2026, 3, 1)
	d := newDraft(t, nameREC)
	d.lines = d.lines[:2]
	d.set(2, "RecFechaReclamacion", "02/03/2026")
	_, _, found := checked(t, d.name, d.bytes(), r)
	if diff := cmp.Diff([]string{"2 RecFechaReclamacion NEG-07"}, places(found)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestNumberOfAMillionthRecord judges it by itself: a file that long takes a while.
func TestNumberOfAMillionthRecord(t *testing.T) {
	t.Parallel()
	for n, good := range map[int]bool{999_999: true, 1_000_000: true, 9_999_999: true, 10_000_000: false} {
		for _, base := range []string{nameREC, nameRES, nameDIC, nameRCH} {
			d := newDraft(t, base)
			campo := "RecNumero"
			if base == nameRCH {
				campo = "RchNumero"
			}
			found := judgeAlone(t, d.set(2, campo, fmt.Sprint(n)), n)
			if len(found) == 0 != good {
				t.Errorf("%s %d: %v", base, n, places(found))
			}
		}
	}
}

// judgeAlone judges line 2 as the record at a place.
func judgeAlone(t *testing.T, d *draft, at int) []Hallazgo {
	t.Helper()
	c := newCheck(testReglas(), d.tipo())
	c.numero = at
	l := d.tipo().clase().layout(V0100)
	fields, _ := l.split(d.lines[1], nil)
	if fields == nil {
		t.Fatal("not a record")
	}
	return c.judge(l, fields, 2, "", nil)
}

// TestRollWithoutNames compares nothing with what the roll does not say.
func TestRollWithoutNames(t *testing.T) {
	t.Parallel()
	d := newDraft(t, nameREC).set(2, "RecSector", "SOFOM").set(2, "RecDenominacion", "Otra")
	for want, in := range map[string]Inscripcion{
		"":                           {Clave: 900001},
		"2 RecSector CAT-14 A":       {Clave: 900001, Sector: "Sociedades"},
		"2 RecDenominacion CAT-14 A": {Clave: 900001, Denominacion: "Una"},
	} {
		r := testReglas()
		r.Institucion = func(UNE) (Inscripcion, bool) { return in, true }
		d.lines = d.lines[:2]
		_, _, found := checked(t, d.name, d.bytes(), r)
		if got := strings.Join(places(found), ","); got != want {
			t.Errorf("%+v: %q, want %q", in, got, want)
		}
	}
}

// TestReceiverOfAnswers is for ACU and RCH, which go to a UNE or to CONDUSEF, as
// the name says; where that cannot be read either will do.
func TestReceiverOfAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, to, want string }{
		{"GE_ACU_REC_20260318_001.txt", CONDUSEF, ""},
		{"GE_ACU_DIC_20260318_001.txt", CONDUSEF, ""},
		{"GE_ACU_REC_20260318_001.txt", "00900001", "1 GeReceptor EST-10"},
		{nameACU, CONDUSEF, "1 GeReceptor EST-10"},
		{nameACU, "00900001", ""},
		{"acuse.txt", CONDUSEF, "0  EST-01"},
		{"acuse.txt", "00900001", "0  EST-01"},
		{"acuse.txt", Pasarela, "0  EST-01,1 GeReceptor EST-10"},
	} {
		_, _, found := checked(t, c.name, newDraft(t, nameACU).set(1, "GeReceptor", c.to).bytes(),
			testReglas())
		if got := strings.Join(places(found), ","); got != c.want {
			t.Errorf("%s to %s: %q, want %q", c.name, c.to, got, c.want)
		}
	}
	content := newDraft(t, nameRES).set(1, "GeTipoArchivo", "XYZ").bytes()
	if _, _, found := checked(t, "x.txt", content, testReglas()); slices.Contains(places(found),
		"1 GeReceptor EST-10") {
		t.Errorf("a file of no type has a wrong receiver: %v", places(found))
	}
}
