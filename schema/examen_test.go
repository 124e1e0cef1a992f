package schema

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatFollowsIsNotTold holds the reading to section 6: what another mistake
// explains is left out.
func TestWhatFollowsIsNotTold(t *testing.T) {
	t.Parallel()
	broken := func(d *draft) { // EST-08, EST-09, EST-10, EST-05, EST-06 and EST-07 at once
		d.set(1, "GeSecuencia", "009")
		d.lines[1] += "|"
		d.lines = append(d.lines, "07")
		d.after = replaceAll("\r\n09|3|", "\r\n09|7|", "\r\n09|7|12500.50", "\r\n09|7|1.00", "Se reconoce",
			"Se  reconoce")
	}
	for name, c := range map[string]struct {
		edit func(d *draft)
		want []string
	}{
		"all of them": {broken,
			[]string{"1 GeSecuencia EST-10", "2  EST-08", "4 GeTipoRegistro EST-09", "0  EST-05",
				"0  EST-07"}},
		"BOM":                       {also(broken, "", "\xef\xbb\xbf"), []string{"1  EST-02"}},
		"not UTF-8":                 {also(broken, "abonó", "abon\xf3"), []string{"2  EST-02"}},
		"no 01":                     {also(broken, "01|RES", "00|RES"), []string{"1 GeTipoRegistro EST-03"}},
		"version":                   {also(broken, "01.00", "01.01"), []string{"1 GeVersion EST-11"}},
		"version of another header": {also(broken, "|01.00|", "|02.00|x|"), []string{"1 GeVersion EST-11"}},
		"no 09": {func(d *draft) {
			broken(d)
			d.lines = append(d.lines, "08|the line that is not read")
			after := d.after
			d.after = func(b []byte) []byte { b = after(b); return b[:bytes.Index(b, []byte("\r\n09|"))+2] }
		}, []string{"0  EST-04"}},
		"a refused field still is told": {func(d *draft) {
			broken(d)
			d.set(1, "GeVersion", "09.00").set(3, "ResTipo", "9")
		},
			[]string{"1 GeVersion EST-11", "3 ResTipo FMT-03"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDraft(t, nameRES).do(c.edit)
			_, count, found := checked(t, d.name, d.bytes(), testReglas())
			if diff := cmp.Diff(c.want, places(found)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if count.Resultado != Rechazado || count.Aceptados != 0 {
				t.Errorf("count %+v", count)
			}
		})
	}
}

func replaceAll(pairs ...string) func([]byte) []byte {
	return func(b []byte) []byte {
		for i := 0; i < len(pairs); i += 2 {
			b = bytes.Replace(b, []byte(pairs[i]), []byte(pairs[i+1]), 1)
		}
		return b
	}
}

func also(edit func(*draft), old, with string) func(*draft) {
	return func(d *draft) {
		edit(d)
		after := d.after
		d.after = func(b []byte) []byte { return replaceAll(old, with)(after(b)) }
	}
}

// TestCuts cuts a file at every byte: it is truncated until its 09 is whole.
func TestCuts(t *testing.T) {
	t.Parallel()
	whole := good(t, nameRES)
	for n := range whole {
		_, count, found := checked(t, nameRES, whole[:n], testReglas())
		got := strings.Join(places(found), ",")
		want := "0  EST-04"
		switch {
		case n == 0:
			want = "1 GeTipoRegistro EST-03,0  EST-04"
		case n >= len(whole)-2:
			want = "" // only its line end is missing
		}
		if got != want {
			t.Fatalf("cut at %d of %d: %q, want %q", n, len(whole), got, want)
		}
		if want != "" && count.Resultado != Rechazado {
			t.Fatalf("cut at %d: %+v", n, count)
		}
	}
}

func TestLastLineOfTruncatedFileIsNotRead(t *testing.T) {
	t.Parallel()
	b := good(t, nameRES)
	e, _, _ := checked(t, nameRES, b[:bytes.Index(b, []byte("\r\n09|"))-5], testReglas())
	if e.Registros != 1 || e.Completo {
		t.Errorf("%d records, complete %v; want the first alone", e.Registros, e.Completo)
	}
}

func TestLFIsAccepted(t *testing.T) {
	t.Parallel()
	d := newDraft(t, nameREC)
	d.eol = "\n"
	if _, count, found := checked(t, d.name, d.bytes(), testReglas()); len(found) != 0 ||
		count.Resultado != Aceptado {
		t.Errorf("%+v %v", count, places(found))
	}
}

func TestTextModeIsSaid(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]func([]byte) []byte{
		"LF for CRLF": func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) },
		"CRLF for LF": func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) },
	} {
		d := newDraft(t, nameRES)
		if d.after = after; name == "CRLF for LF" {
			d.eol = "\n"
		}
		_, _, found := checked(t, d.name, d.bytes(), testReglas())
		if len(found) != 1 || found[0].Codigo != "EST-07" || !strings.Contains(found[0].Mensaje,
			"transfiera en modo binario") {
			t.Errorf("%s: %+v", name, found)
		}
	}
	d := newDraft(t, nameRES).do(func(d *draft) { d.after = replaceAll("451", "450") })
	if _, _, found := checked(t, d.name, d.bytes(), nil); strings.Contains(found[0].Mensaje, "binario") {
		t.Errorf("other content is laid to the line ends: %s", found[0].Mensaje)
	}
}

// TestTextsOfTheExample wants the two findings of the agreed example of an RCH
// word for word.
func TestTextsOfTheExample(t *testing.T) {
	t.Parallel()
	d := newDraft(t, nameRES)
	d.lines[2] = strings.Replace(d.lines[1], "2026/090/1325", "2026/190/88", 1)
	d.set(3, "RecNumero", "2").set(3, "RecSentidoResolucion", "4")
	d.after = replaceAll("\r\n09|2|", "\r\n09|3|")
	_, _, found := checked(t, d.name, d.bytes(), testReglas())
	var got []Rechazo
	for i, h := range found {
		got = append(got,
			Rechazo{"02", NewEntero(int64(i + 1)), NewEntero(int64(h.Linea)), h.Folio, h.Campo, h.Codigo,
				h.Severidad, h.Mensaje, h.Valor})
	}
	if diff := cmp.Diff(readAll[Rechazo](t, nameRCH), got); diff != "" {
		t.Errorf("(-example +got)\n%s", diff)
	}
}

func TestSealOfTheExample(t *testing.T) {
	t.Parallel()
	e, _, _ := checked(t, nameACU, good(t, nameACU), nil)
	seed := sha256.Sum256([]byte("llave de ejemplo, no usar en produccion"))
	key := ed25519.NewKeyFromSeed(seed[:])
	pub, err := base64.StdEncoding.DecodeString("u+3/5P+ybWObg5IdfUhP1hhh/aj0gftw5rvgFSP7tAw=")
	if err != nil || !bytes.Equal(pub, key.Public().(ed25519.PublicKey)) {
		t.Fatal("not the key of the example", err)
	}
	if !e.Sello.Verificar(e.AntesDelSello, pub) {
		t.Error("the seal of the example does not verify")
	}
	again := *e.Sello
	again.AcuSello = ""
	if again.Sellar(e.AntesDelSello, key); again != *e.Sello {
		t.Error("sealing again gives another seal")
	}
	for name, spoil := range map[string]func(s *Sello, d *Huella){
		"result":  func(s *Sello, _ *Huella) { s.AcuResultado = "3" },
		"file":    func(s *Sello, _ *Huella) { s.AcuArchivo = "otro" },
		"verdict": func(_ *Sello, d *Huella) { *d = Huella(strings.Repeat("0", 64)) },
		"seal":    func(s *Sello, _ *Huella) { s.AcuSello = "no" },
	} {
		s, d := *e.Sello, e.AntesDelSello
		spoil(&s, &d)
		if s.Verificar(d, pub) {
			t.Errorf("%s was changed, and the seal verifies", name)
		}
	}
	if e.Sello.Verificar(e.AntesDelSello, nil) {
		t.Error("verified without a key")
	}
}

func TestExamenSaysWhatTheFileIs(t *testing.T) {
	t.Parallel()
	b := good(t, nameRES)
	sum := sha256.Sum256(b)
	e, _, _ := checked(t, nameRES, b, testReglas())
	if e.Bytes != 520 || e.Huella != Huella(hex.EncodeToString(sum[:])) || e.Registros != 2 || !e.Completo ||
		e.Tipo != RES {
		t.Errorf("%+v", e)
	}
	e, _, found := checked(t, "respuestas de marzo.txt", b, testReglas())
	if e.Tipo != RES || len(found) != 1 || found[0].Codigo != "EST-01" {
		t.Errorf("a bad name: type %q by the header, %v", e.Tipo, places(found))
	}
	e, count, found := checked(t, "x", []byte("hola\n"), testReglas())
	if e.Tipo != "" || count.Resultado != Rechazado || len(found) != 3 {
		t.Errorf("no file of the exchange: %+v %v", count, places(found))
	}
}

func TestEsperado(t *testing.T) {
	t.Parallel()
	r := testReglas()
	r.Esperado = []Tipo{REC, DIC}
	if _, _, found := checked(t, nameRES, good(t, nameRES), r); len(found) != 1 ||
		found[0].Codigo != "EST-01" {
		t.Errorf("%v", places(found))
	}
}

func TestReadingErrorIsNoFinding(t *testing.T) {
	t.Parallel()
	gone := func() (io.ReadCloser, error) { return nil, fs.ErrNotExist }
	if _, err := Examine(nameRES, gone, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open: %v", err)
	}
	b := good(t, nameRES)
	opened := 0
	shrinks := func() (io.ReadCloser, error) {
		opened++
		if opened > 1 {
			b = b[:100]
		}
		return opener(b)()
	}
	e, err := Examine(nameRES, shrinks, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Check(nil); !errors.Is(err, errSource) {
		t.Errorf("content that shrank: %v", err)
	}
	for l, err := range Records[Acuse](e) {
		if err == nil || l != nil {
			t.Error("the records of a RES were read as those of an ACU")
		}
	}
}

func TestLoteVacio(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines int
		ref   string
		want  []string
	}{
		"empty":                    {1, "", []string{}},
		"empty with reference":     {1, nameREC, []string{"1 GeArchivoReferencia NEG-09"}},
		"records, no reference":    {3, "", []string{"1 GeArchivoReferencia FMT-01"}},
		"reference that is no REC": {3, nameLOT, []string{"1 GeArchivoReferencia FMT-02"}},
	} {
		d := newDraft(t, nameLOT)
		d.lines = d.lines[:c.lines]
		d.set(1, "GeArchivoReferencia", c.ref)
		_, _, found := checked(t, d.name, d.bytes(), testReglas())
		if diff := cmp.Diff(c.want, places(found)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestSealIsOnceAndLast(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(d *draft){
		"not last": func(d *draft) { d.lines[2], d.lines[3] = d.lines[3], d.lines[2] },
		"twice":    func(d *draft) { d.lines = append(d.lines, d.lines[3]) },
		"none":     func(d *draft) { d.lines = d.lines[:3] },
	} {
		d := newDraft(t, nameACU).do(edit)
		_, count, found := checked(t, d.name, d.bytes(), nil)
		if len(found) != 1 || found[0].Codigo != "EST-03" || count.Resultado != Rechazado {
			t.Errorf("%s: %v", name, places(found))
		}
	}
	d := newDraft(t, nameACU).set(4, "AcuResultado", "4")
	if _, count, found := checked(t, d.name, d.bytes(), nil); len(found) != 1 || found[0].Linea != 4 ||
		count.Resultado != Rechazado {
		t.Errorf("a bad seal: %+v %v", count, places(found))
	}
}
