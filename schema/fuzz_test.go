package schema

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-playground/validator/v10"
)

// FuzzExamine wants every file read without panic, every finding fit for an RCH,
// and what is accepted to be written again byte by byte.
func FuzzExamine(f *testing.F) {
	for _, name := range ejemplos(f) {
		f.Add(name, good(f, name))
	}
	for _, bad := range badFiles() {
		f.Add(bad.base, bad.make(newDraft(f, bad.base)).bytes())
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		e, count, found := checked(t, name, content, testReglas())
		for _, h := range found {
			mustBeReportable(t, h)
		}
		again, _, foundAgain := checked(t, name, content, testReglas())
		if again.Huella != e.Huella || len(foundAgain) != len(found) {
			t.Error("a second reading shows something else")
		}
		plain := bytes.Count(content, []byte("\r\n")) == bytes.Count(content, []byte("\n")) &&
			bytes.HasSuffix(content, []byte("\n"))
		if count.Resultado == Aceptado && plain {
			if got := rewriteAny(t, e); !bytes.Equal(got, content) {
				t.Errorf("accepted %q, written again as %q", content, got)
			}
		}
	})
}

// FuzzRecord wants one line of any record read without panic and written again.
func FuzzRecord(f *testing.F) {
	for _, name := range []string{nameREC, nameRES, nameACU, nameRCH, nameREP, nameDIC} {
		for _, line := range newDraft(f, name).lines[1:] {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, line string) {
		fuzzRecord[Reclamacion](t, line)
		fuzzRecord[Respuesta](t, line)
		fuzzRecord[Retorno](t, line)
		fuzzRecord[Acuse](t, line)
		fuzzRecord[Rechazo](t, line)
		fuzzRecord[Dictamen](t, line)
	})
}

func fuzzRecord[R Registro](t *testing.T, line string) {
	for _, v := range Versiones() {
		fuzzRecordOf[R](t, line, v)
	}
}

func fuzzRecordOf[R Registro](t *testing.T, line string, v Version) {
	r, ok := ParseRecord[R](line, v)
	if !ok {
		return
	}
	if got := string(AppendRecord(nil, &r, v)); got != line {
		t.Errorf("%q written again as %q", line, got)
	}
	l := layoutOf[R](v)
	fields, _ := l.split(line, nil)
	for _, tipo := range Tipos {
		c := newCheck(testReglas(), tipo)
		for _, h := range c.judge(l, fields, 2, "", nil) {
			mustBeReportable(t, h)
		}
	}
}

func FuzzREC(f *testing.F) { fuzzTipo(f, nameREC) }
func FuzzLOT(f *testing.F) { fuzzTipo(f, nameLOT) }
func FuzzRES(f *testing.F) { fuzzTipo(f, nameRES) }
func FuzzACU(f *testing.F) { fuzzTipo(f, nameACU) }
func FuzzRCH(f *testing.F) { fuzzTipo(f, nameRCH) }
func FuzzREP(f *testing.F) { fuzzTipo(f, nameREP) }
func FuzzDIC(f *testing.F) { fuzzTipo(f, nameDIC) }

// fuzzTipo reads files of one type whose 09 fits whatever stands before it, so
// that fuzzing gets past total, sum and hash and reaches what is accepted.
func fuzzTipo(f *testing.F, name string) {
	add := func(d *draft) { f.Add(d.lines[0], strings.Join(d.lines[1:], "\n")) }
	add(newDraft(f, name))
	for _, bad := range badFiles() {
		if d := newDraft(f, bad.base); bad.base == name {
			add(bad.make(d))
		}
	}
	f.Fuzz(func(t *testing.T, header, body string) {
		d := &draft{name: name, lines: []string{header}, eol: "\r\n"}
		if body != "" {
			d.lines = append(d.lines, strings.Split(body, "\n")...)
		}
		content := d.bytes()
		e, count, found := checked(t, name, content, testReglas())
		errs := 0
		for _, h := range found {
			mustBeReportable(t, h)
			if h.Severidad == Error {
				errs++
			}
		}
		if (errs == 0) != (count.Resultado == Aceptado) {
			t.Errorf("%d errors, result %s", errs, count.Resultado)
		}
		if count.Resultado == Aceptado && e.Registros == len(d.lines)-1 {
			if got := rewriteAny(t, e); !bytes.Equal(got, content) {
				t.Errorf("accepted %q, written again as %q", content, got)
			}
		}
	})
}

// The identifiers by other means: slow, and plain to see.
var (
	slowCURP = regexp.MustCompile(
		`^[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX]([A-Z]{2})[B-DF-HJ-NP-TV-Z]{3}[0-9A-Z]\d$`)
	slowRFC   = regexp.MustCompile(`^[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{2}[0-9A]$`)
	slowFolio = regexp.MustCompile(PatronFolio)
	slowAcuse = regexp.MustCompile(`^ACU-\d{4}-\d{8}$`)
	slowAnexo = regexp.MustCompile(`^[A-Za-zÀ-ÖØ-öø-ſ\d _()-]` +
		`[A-Za-zÀ-ÖØ-öø-ſ\d ._()-]*\.(?i:pdf|jpg|png|tif|zip)$`)
	slowMonto = regexp.MustCompile(`^\d{1,13}\.\d{2}$`)
)

// FuzzIdentificadores compares what is done byte by byte with regular expressions
// and the parser of package time.
func FuzzIdentificadores(f *testing.F) {
	for _, s := range []string{
		"HEGG560427MVZRRL04", "ROCE000131HNLDNDA0", "HEGG000229MVZRRL00", "ÑEGG560427MVZRRL0",
		"GODE561231GR8", "BBA830831LJ2", "Ñ&ÑA830831LJ2", RFCPublico, RFCExtranjero,
		"002010077777777771", "2026/090/1325", "ACU-2026-00000017", "29/02/2024", "31/02/2026", "00/00/0000",
		"9999999999999.99", "0.00", "usuario1@ejemplo.mx", nameRES, nameACU, "GE_RCH_REC_20260302_001_2.txt",
		"Carta de Peñón (1).PDF", ".x.pdf", "a.tİf", "ſ.zip", "a×b.jpg", " .png",
	} {
		f.Add(s)
	}
	own := validator.New()
	f.Fuzz(func(t *testing.T, s string) {
		differ := func(what string, got, want bool) {
			if got != want {
				t.Errorf("%s of %q: %t, want %t", what, s, got, want)
			}
		}
		curp, _ := ValidarCURP(s)
		differ("CURP", curp, slowIsCURP(s))
		rfc, _ := ValidarRFC(s)
		differ("RFC", rfc, slowIsRFC(s))
		differ("folio", (&Reglas{}).ValidFolio(Folio(s)), slowFolio.MatchString(s))
		differ("annex", (&Reglas{}).ValidAnexo(s), slowAnexo.MatchString(s))
		differ("folio of an acuse", rules["folio_acuse"].good(nil, probe{valor: s}), slowAcuse.MatchString(s))
		_, amount := centavos(s)
		differ("amount", amount, slowMonto.MatchString(s))
		day, err := time.Parse(layoutFecha, s)
		exists := err == nil && day.Format(layoutFecha) == s && day.Year() > 0
		differ("day", Fecha(s).Dia() != 0, exists)
		if exists && Fecha(s).Dia().Fecha() != Fecha(s) {
			t.Errorf("day %q comes back as %q", s, Fecha(s).Dia().Fecha())
		}
		if isPlainEmail(s) {
			differ("e-mail", true, own.Var(s, "email") == nil)
		}
		if n, err := ParseNombre(s); err == nil && n.String() != s {
			t.Errorf("name %q comes back as %q", s, n)
		}
		for _, digit := range []byte{DigitoCURP(s), DigitoRFC(s), DigitoCLABE(s)} {
			if digit != 0 && digit != 'A' && (digit < '0' || digit > '9') {
				t.Errorf("digit of %q: %q", s, digit)
			}
		}
	})
}

func slowIsCURP(s string) bool {
	m := slowCURP.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	known := m[1] == nacidoFuera
	for n := 1; n <= numEntidades; n++ {
		known = known || ClaveEntidadCURP(n) == m[1]
	}
	century := "19"
	if s[16] >= 'A' {
		century = "20"
	}
	_, err := time.Parse("20060102", century+s[4:10])
	return known && err == nil
}

func slowIsRFC(s string) bool {
	if !slowRFC.MatchString(s) {
		return false
	}
	_, err := time.Parse("20060102", "20"+s[len(s)-9:len(s)-3])
	return err == nil
}
