package schema

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

const secret = "Secreta Persona 5512345678"

func mustHideSecret(t testing.TB, found []Hallazgo) {
	t.Helper()
	for _, h := range found {
		for _, part := range []string{"Secreta", "Persona", "5512345678"} {
			if strings.Contains(fmt.Sprintf("%+v", h), part) {
				t.Errorf("finding shows personal data: %+v", h)
			}
		}
	}
}

// TestFindingsHidePersonalData puts a person's data, wrong in every way, wherever
// it may stand or slip to.
func TestFindingsHidePersonalData(t *testing.T) {
	t.Parallel()
	for _, base := range []string{nameREC, nameLOT, nameRES, nameREP, nameDIC} {
		l := newDraft(t, base).tipo().clase().layout(V0100)
		for _, c := range l.columns {
			if !c.reserved && c.name != "ResAnexo" && c.name != "RecFolioCondusef" &&
				c.name != "GeTipoRegistro" {
				continue
			}
			for _, value := range []string{secret, " " + secret, secret + "Ã©",
				secret + strings.Repeat("x", 4000), secret + "\x00", secret + "|"} {
				d := newDraft(t, base).set(2, c.name, value)
				_, _, found := checked(t, d.name, d.bytes(), testReglas())
				mustHideSecret(t, found)
			}
		}
	}
}

// TestBrokenTextIsHidden is for a line break within a text: a person's words begin
// the next line, where the type of record stands.
func TestBrokenTextIsHidden(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"", "|" + secret + "|" + secret} {
		d := newDraft(t, nameREC)
		d.lines[1] += "\n" + secret + end
		_, _, found := checked(t, d.name, d.bytes(), testReglas())
		if len(found) == 0 {
			t.Error("nothing found")
		}
		mustHideSecret(t, found)
	}
	d := newDraft(t, nameREC)
	d.after = func(b []byte) []byte { return append(b, secret+"\r\n"...) }
	_, _, found := checked(t, d.name, d.bytes(), testReglas())
	mustHideSecret(t, found)
}

func TestFolioThatIsNoneIsHidden(t *testing.T) {
	t.Parallel()
	for in, want := range map[Folio]Folio{
		"2026/090/1325": "2026/090/1325", "2026-090-1": "2026-090-1", "5512345678": "", secret: "",
		"": "", "TX/55-77": "", Folio(strings.Repeat("1/", 30)): "",
	} {
		h := NewHallazgo(3, in, "RecFolioCondusef", "FMT-02", string(in))
		if h.Folio != want {
			t.Errorf("folio %q shown as %q, want %q", in, h.Folio, want)
		}
		mustHideSecret(t, []Hallazgo{h})
	}
}

func TestEveryCodeHasTexts(t *testing.T) {
	t.Parallel()
	if len(Codigos()) != 54 {
		t.Errorf("%d codes, the table of section 6 has 54", len(Codigos()))
	}
	for _, c := range Codigos() {
		for _, campo := range []string{"", "RecFolioCondusef"} {
			h := NewHallazgo(7, "2026/090/1325", campo, c, "2026/090/1325")
			mustBeReportable(t, h)
			if h.Mensaje == "" || !strings.HasSuffix(h.Mensaje, " En el folio 2026/090/1325.") ||
				utf8.RuneCountInString(h.Mensaje) > 150 {
				t.Errorf("%s: %q", c, h.Mensaje)
			}
			if (h.Severidad == Advertencia) != (c == "CAT-14") {
				t.Errorf("%s: severity %s", c, h.Severidad)
			}
		}
	}
	if Codigo("XYZ-01").Existe() {
		t.Error("XYZ-01 exists")
	}
}

// TestCleanedTextPassesItsCheck is what lets a gateway read its own RCH.
func TestCleanedTextPassesItsCheck(t *testing.T) {
	t.Parallel()
	odd := rapid.SampledFrom([]string{" ", "|", "\r", "\x00", "\u0085", "Ã", "Â", "€", "º", "\xff", "a", "ñ",
		"\u00a0", "\u2028", "Ã©"})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOf(odd).Draw(t, "parts"), "") + rapid.String().Draw(t, "rest")
		got := clean(s, maxValor)
		if got != "" && form('A', maxValor, got) != sound || strings.Contains(got, separator) ||
			!utf8.ValidString(got) {
			t.Fatalf("%q cleaned to %q", s, got)
		}
		if s != "" && got == "" {
			t.Fatalf("%q vanished", s)
		}
	})
}

func TestIsDoubled(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"MÃºltiple": true, "MÃ\u009aLTIPLE": true, "Ã‰": true, "Â¿QuÃ©?": true, "Ã±": true, "NÃšMERO": true,
		"â‚¬":      false,
		"Múltiple": false, "Ñandú": false, "": false, "Ã": false, "Ãa": false, "ÂÂ": false, "São": false,
		"AÇÃO": false, "Ã\xff": false,
		"Ã¿": true, "Ã\u0080": true, "ÃÀ": false, "Âÿ": false, "Ãž": true,
	} {
		if isDoubled(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}
