package schema

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustWriter(t testing.TB, w io.Writer, h Encabezado) *Writer {
	t.Helper()
	f, err := NewWriter(w, h)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func mustWrite(t testing.TB, w *Writer, r any, i int) {
	t.Helper()
	if err := w.Write(r); err != nil {
		t.Fatalf("record %d: %v", i, err)
	}
}

func mustClose(t testing.TB, w *Writer) Sumario {
	t.Helper()
	s, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readAll[R Registro](t testing.TB, name string) []R {
	t.Helper()
	e, err := Examine(name, opener(good(t, name)), nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []R
	for l, err := range Records[R](e) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l.Registro)
	}
	return all
}

// rewrite writes what it reads.
func rewrite[R Registro](t testing.TB, e *Examen) []byte {
	t.Helper()
	var out bytes.Buffer
	w := mustWriter(t, &out, e.Encabezado)
	for l, err := range Records[R](e) {
		if err != nil {
			t.Fatal(err)
		}
		mustWrite(t, w, &l.Registro, l.Numero)
	}
	if e.Sello != nil {
		if w.Hash() != e.AntesDelSello {
			t.Errorf("hash before the seal %s, read %s", w.Hash(), e.AntesDelSello)
		}
		mustWrite(t, w, *e.Sello, e.Registros)
	}
	if s := mustClose(t, w); s != e.Sumario {
		t.Errorf("summary %+v, read %+v", s, e.Sumario)
	}
	return out.Bytes()
}

func rewriteAny(t testing.TB, e *Examen) []byte {
	t.Helper()
	switch e.Tipo {
	case REC, LOT:
		return rewrite[Reclamacion](t, e)
	case RES:
		return rewrite[Respuesta](t, e)
	case REP:
		return rewrite[Retorno](t, e)
	case ACU:
		return rewrite[Acuse](t, e)
	case RCH:
		return rewrite[Rechazo](t, e)
	}
	return rewrite[Dictamen](t, e)
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(formats, "buenos", "GE_*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatal(len(paths), err)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		e, _, _ := checked(t, name, good(t, name), testReglas())
		if diff := cmp.Diff(string(good(t, name)), string(rewriteAny(t, e))); diff != "" {
			t.Errorf("%s (-read +written):\n%s", name, diff)
		}
	}
}

func TestParseRecordIsTheReverseOfAppendRecord(t *testing.T) {
	t.Parallel()
	for _, r := range readAll[Reclamacion](t, nameREC) {
		back, ok := ParseRecord[Reclamacion](string(AppendRecord(nil, &r, V0100)), V0100)
		if !ok || back != r {
			t.Errorf("%s came back otherwise", r.RecFolioCondusef)
		}
	}
	if _, ok := ParseRecord[Dictamen]("02|1|2026/090/1325|3|19/03/2026", V0100); ok {
		t.Error("a record of five fields was read as one of six")
	}
}

// TestParseRecordKeepsNothing looks into the room that the next line is parsed in:
// it holds no person's data.
func TestParseRecordKeepsNothing(t *testing.T) { // not parallel: others use the room
	l := layoutOf[Reclamacion](V0100)
	for range 100 {
		if _, ok := ParseRecord[Reclamacion](newDraft(t, nameREC).lines[1], V0100); !ok {
			t.Fatal("not a record")
		}
		p, _ := l.rooms.Get().(*parsing[Reclamacion])
		if p == nil { // a pool may drop what it was given
			continue
		}
		if p.record != (Reclamacion{}) || strings.Join(p.fields[:cap(p.fields)], "") != "" {
			t.Error("a line was kept")
		}
		return
	}
	t.Error("no room was kept")
}

func TestWriterRefusesWhatBreaksTheFile(t *testing.T) {
	t.Parallel()
	h := encabezado(DIC, CONDUSEF, Pasarela, "19/03/2026", "2026-03-19T18:00:00-06:00")
	fine := Dictamen{RecNumero: "1", RecFolioCondusef: "2026/090/1325", DicTipo: "3", DicFecha: "19/03/2026"}
	for name, bad := range map[string]any{
		"separator": Dictamen{DicTexto: "a|b"}, "line end": Dictamen{DicTexto: "a\nb"},
		"half of one":  Dictamen{DicTexto: "a\rb"},
		"other record": Acuse{}, "seal outside an ACU": Sello{}, "nil": (*Dictamen)(nil), "nothing": nil,
	} {
		w := mustWriter(t, io.Discard, h)
		if err := w.Write(bad); err == nil {
			t.Errorf("%s: written", name)
		}
		// A file from which a record is missing must not be closed.
		if err := w.Write(fine); err == nil {
			t.Errorf("%s: the next record was written", name)
		}
		if _, err := w.Close(); err == nil {
			t.Errorf("%s: the file was closed", name)
		}
	}
	if _, err := NewWriter(io.Discard, Encabezado{GeTipoArchivo: "XYZ"}); err == nil {
		t.Error("a header of unknown type was written")
	}
	w := mustWriter(t, io.Discard, h)
	mustClose(t, w)
	if err := w.Write(fine); !errors.Is(err, ErrCerrado) {
		t.Errorf("after Close: %v", err)
	}
}

func TestWriterRefusesSumThatDoesNotFit(t *testing.T) {
	t.Parallel()
	w := mustWriter(t, io.Discard, encabezado(RES, "00900001", Pasarela, "19/03/2026", ""))
	most := Respuesta{RecImporteAbonado: maxSuma.Monto()}
	mustWrite(t, w, most, 1)
	if err := w.Write(most); err == nil {
		t.Error("a sum beyond its field was written")
	}
}

// brokenWriter stands for a full disk.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWriterTellsOfAFullDisk(t *testing.T) {
	t.Parallel()
	w := mustWriter(t, brokenWriter{}, encabezado(DIC, CONDUSEF, Pasarela, "19/03/2026", ""))
	if _, err := w.Close(); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("Close: %v", err)
	}
}

func TestCleanArchivo(t *testing.T) {
	t.Parallel()
	if got := CleanArchivo("../a b|ñ.txt"); got != ".._a_b__.txt" {
		t.Errorf("got %q", got)
	}
	if got := CleanArchivo(strings.Repeat("é", 99)); got != strings.Repeat("_", 60) {
		t.Errorf("got %q", got)
	}
	if got := CleanArchivo(nameRES); got != nameRES {
		t.Errorf("got %q", got)
	}
}
