package schema

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// lotHeader is that of a LOT of version v.
func lotHeader(v Version) Encabezado { return Encabezado{GeTipoArchivo: LOT, GeVersion: v} }

// TestEmpalmaIsWrite holds what is spliced against what is written of the record that
// the same line reads as, in each version.
func TestEmpalmaIsWrite(t *testing.T) {
	t.Parallel()
	for _, v := range Versiones() {
		t.Run(string(v), rapid.MakeCheck(func(t *rapid.T) {
			var spliced, written bytes.Buffer
			a, errA := NewWriter(&spliced, lotHeader(v))
			b, errB := NewWriter(&written, lotHeader(v))
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			for n := 1; n <= 3; n++ {
				r := anyRecord[Reclamacion](t, v)
				r.RecMontoReclamado = rapid.SampledFrom([]Monto{"", "0.00", "12500.50", "1,5"}).Draw(t,
					"monto")
				line, limite := AppendRecord(nil, &r, v), Fecha("31/03/2026")
				if ok, err := a.Empalma(line, r.RecFolioCondusef, n, limite); !ok || err != nil {
					t.Fatalf("%s: %v, %v", line, ok, err)
				}
				r.RecNumero, r.RecFechaLimite = NewEntero(int64(n)), limite
				if err := b.Write(&r); err != nil {
					t.Fatal(err)
				}
			}
			sumA, errA := a.Close()
			sumB, errB := b.Close()
			if diff := cmp.Diff(written.String(), spliced.String()); diff != "" || errA != nil ||
				errB != nil {
				t.Errorf("%v, %v; spliced otherwise than written (-written +spliced)\n%s", errA, errB, diff)
			}
			if sumA != sumB || a.Hash() != b.Hash() {
				t.Errorf("summary %+v, hash %s; written: %+v, %s", sumA, a.Hash(), sumB, b.Hash())
			}
		}))
	}
}

// TestEmpalmaRefuses gives lines that are not the record that was asked for.
func TestEmpalmaRefuses(t *testing.T) {
	t.Parallel()
	const folio = "2026/090/1325"
	r := Reclamacion{GeTipoRegistro: "02", RecNumero: "7", RecFolioCondusef: folio, RecMontoReclamado: "1.00"}
	line := string(AppendRecord(nil, &r, V0100))
	later := string(AppendRecord(nil, &r, v0190))
	for name, text := range map[string]string{
		"another folio":     strings.Replace(line, folio, "2026/090/1326", 1),
		"half a folio":      strings.Replace(line, folio, folio[1:], 1),
		"no folio":          strings.Replace(line, folio, "", 1),
		"half a record":     line[:len(line)/2],
		"a field too many":  line + "|",
		"of a later layout": later,
		"a summary":         "09" + line[2:],
		"nothing":           "",
	} {
		var out bytes.Buffer
		w := mustWriter(t, &out, lotHeader(V0100))
		if ok, err := w.Empalma([]byte(text), folio, 1, "31/03/2026"); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
		if s := mustClose(t, w); s.GeTotalRegistros != "0" || strings.Count(out.String(), lineEnd) != 2 {
			t.Errorf("%s: something was written: %q", name, out.String())
		}
	}
	for name, text := range map[string]string{"a CR": line + "\r", "an LF": line + "\n"} {
		w := mustWriter(t, &bytes.Buffer{}, lotHeader(V0100))
		if ok, err := w.Empalma([]byte(text), folio, 1, ""); ok || err == nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
		if _, err := w.Close(); err == nil {
			t.Errorf("%s: the file was closed", name)
		}
	}
	big := []byte(strings.Replace(line, "1.00", "9999999999999.99", 1))
	w := mustWriter(t, &bytes.Buffer{}, lotHeader(V0100))
	if ok, err := w.Empalma(big, folio, 1, ""); !ok || err != nil {
		t.Errorf("the largest amount: %v, %v", ok, err)
	}
	if ok, err := w.Empalma(big, folio, 2, ""); ok || err == nil {
		t.Errorf("a sum that no field can say: %v, %v", ok, err)
	}
	w = mustWriter(t, &bytes.Buffer{}, Encabezado{GeTipoArchivo: REC, GeVersion: V0100})
	if _, err := w.Empalma([]byte(line), folio, 1, ""); err == nil {
		t.Error("a REC takes the record of a LOT")
	}
}

func TestClaveDe(t *testing.T) {
	t.Parallel()
	for clave, want := range map[Entero]UNE{
		"900001": 900001, "00900001": 900001, "": 0, "x": 0, "123456789": 0, "-1": 0,
	} {
		r := Reclamacion{GeTipoRegistro: "02", RecInstitucionClave: clave}
		for _, v := range Versiones() {
			if got := ClaveDe(AppendRecord(nil, &r, v), v); got != want {
				t.Errorf("%q in %s: %d", clave, v, got)
			}
		}
	}
	if ClaveDe([]byte("09|1"), V0100) != 0 || ClaveDe(nil, V0100) != 0 {
		t.Error("a line that names no institution names one")
	}
	if ClaveDe([]byte("02|1|f|9"), "07.00") != 0 {
		t.Error("a version that nobody knows is read")
	}
}
