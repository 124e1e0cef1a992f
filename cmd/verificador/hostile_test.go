package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
)

// edit changes one member of a good export and says what must be told of it.
type edit struct {
	member, old, new string
	code             int
	reason           string
}

// TestEdits walks through what the document asks for, one breach at a time.
func TestEdits(t *testing.T) {
	h := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	edits := []edit{
		{"consulta.json", `"version":1`, `"version":2`, 2, "versión 2"},
		{"consulta.json", `"version":1`, `"version":1,"version":1`, 1, "repetida"},
		{"consulta.json", `"version":1`, `"version":1,"une":""`, 1, "desconocida"},
		{"consulta.json", `,"version":1`, ``, 1, `falta la clave "version"`},
		{"consulta.json", `}`, `}{}`, 1, "sobra"},
		{"consulta.json", `"primero":3`, `"primero":2`, 1, "donde va el evento 2 está el 3"},
		{"consulta.json", `"primero":3`, `"primero":4`, 1, "izquierda"},
		{"consulta.json", `"primero":3`, `"primero":0`, 1, "primero"},
		{"consulta.json", `"primero":3`, `"primero":-3`, 1, "negativo"},
		{"consulta.json", `"primero":3`, `"primero":3e0`, 1, "número"},
		{"consulta.json", `"primero":3`, `"primero":03`, 1, "número"},
		{"consulta.json", `"primero":3`, `"primero":18446744073709551619`, 1, "no cabe"},
		{"consulta.json", `"primero":3`, `"primero":9`, 1, "menor que primero"},
		{"consulta.json", `"ultimo":7`, `"ultimo":12`, 1, "mayor que el tamaño"},
		{"consulta.json", `"ultimo":7`, `"ultimo":6`, 1, "sobran"},
		{"consulta.json", `"ultimo":7`, `"ultimo":8`, 1, "falta el evento 8"},
		{"consulta.json", `2026-01-01T`, `2026-03-09T`, 1, "anterior a lo que se pidió"},
		{"consulta.json", `2026-12-31T`, `2026-01-01T`, 1, "posterior a lo que se pidió"},
		{"consulta.json", `2026-12-31T`, `2026-12-31 `, 1, "RFC 3339"},
		{"consulta.json", `T00:00:00`, `T0:00:00`, 1, "RFC 3339"},
		{"pruebas.json", `"izquierda":[`, `"izquierda":["` + h + `",`, 1, "izquierda"},
		{"pruebas.json", `"derecha":[`, `"derecha":["` + h + `",`, 1, "derecha"},
		{"pruebas.json", `"derecha":[`, `"derecha":[` + strings.Repeat(`"`+h+`",`, 200), 1, "más de 128"},
		{"pruebas.json", `"raiz":"`, `"raiz":"\n`, 1, "base64"},
		{"pruebas.json", `"tamano":5`, `"tamano":6`, 1, "consistencia del tamaño 6"},
		{"pruebas.json", `"tamano":5`, `"tamano":12`, 1, "mayor que"},
		{"pruebas.json", `"prueba":[`, `"prueba":["` + h + `",`, 1, "consistencia"},
		{"punto.txt", "corte del día", "corte del dia", 1, "no es de este texto"},
		{"punto.txt", "\n11\n", "\n12\n", 1, "no es de este texto"},
		{"punto.txt", "— ", "- ", 1, "firma mal escrita"},
		{"punto.txt", "\n\n", "\n\n\n", 1, "firma mal escrita"},
		{"punto.txt", "\n\n", "\n\n— otra AAAAAAA=\n", 0, ""},
		{"punto.txt", "buzon", "\r\nbuzon", 1, "control"},
		{"punto.txt", "ed25519:2026a", "ed25519:2027a", 1, "conocida"},
		{"eventos.jsonl", `"n":4`, `"n":5`, 1, "donde va el evento 4 está el 5"},
		{"eventos.jsonl", `{"n":4`, `{"x":0,"n":4`, 1, "desconocida"},
		{"eventos.jsonl", `{"n":4`, `{"n":4,"n":4`, 1, "repetida"},
		{"eventos.jsonl", `{"n":4`, `{"N":4`, 1, "desconocida"},
		{"eventos.jsonl", `{"n":4`, "\xef\xbb\xbf{\"n\":4", 1, "falta"},
		{"eventos.jsonl", `{"n":4`, "\n{\"n\":4", 1, "evento 4"},
		{"eventos.jsonl", `"momento":1772496303000`, `"momento":1772496303000.0`, 1, "número"},
		{"eventos.jsonl", `"folio":"2026/`, "\"folio\":\"2026\xff", 1, "UTF-8"},
		{"eventos.jsonl", `"folio":"2026/`, `"folio":"\ud800`, 1, "sustituto"},
		{"eventos.jsonl", `"folio":"2026/`, `"folio":"\ud800\u0041`, 1, "sustituto"},
		{"eventos.jsonl", `"folio":"2026/`, `"folio":"2025/`, 1, "no llevan a la raíz"},
		{"eventos.jsonl", `"parte":"CONDUSEF"`, `"parte":"condusef"`, 1, "la parte"},
		{"eventos.jsonl", `"sha256":"`, `"sha256":"A`, 1, "el sha256"},
		{"eventos.jsonl", `"detalle":"{`, `"detalle":"`, 1, "el detalle"},
	}
	l := newBitacora(newRows(11))
	for _, e := range edits {
		members := l.export(3, 7, 11, 5)
		old := members[e.member]
		members[e.member] = bytes.Replace(old, []byte(e.old), []byte(e.new), 1)
		if bytes.Equal(old, members[e.member]) {
			t.Fatalf("%s: %q is not there", e.member, e.old)
		}
		t.Run(e.member+" "+e.reason, func(t *testing.T) { wantCode(t, pack(members), "", e.code, e.reason) })
	}
	members := l.export(3, 7, 11, 5)
	members["eventos.jsonl"] = bytes.TrimSuffix(members["eventos.jsonl"], []byte("\n"))
	wantCode(t, pack(members), "", 1, "cortado")
	for _, name := range memberOrder[:4] {
		members := l.export(3, 7, 11, 5)
		delete(members, name)
		wantCode(t, pack(members), "", 1, "falta el miembro "+name)
	}
	members = l.export(3, 7, 11, 5)
	delete(members, "eventos.csv")
	wantCode(t, pack(members), "", 0, "")
}

// TestFirmas covers the signature lines: every known key that signs must have
// signed this very text, and one must.
func TestFirmas(t *testing.T) {
	l := newBitacora(newRows(3))
	text, _, _ := strings.Cut(l.checkpoint(3), "\n\n")
	text += "\n"
	llaves, err := readLlaves(testLlaves())
	must(err)
	_, wrong, _ := strings.Cut(sign("otro texto\n", oldKey), "\n\n")
	for _, c := range []struct {
		note string
		want int
	}{
		{sign(text, theKey), 1},
		{sign(text, theKey, oldKey), 2},
		{sign(text, foreign, theKey), 1},
		{sign(text, foreign), 0},
		{sign(text, theKey) + wrong, 0},
		{text + "\n", 0},
		{text, 0},
		{strings.TrimSuffix(sign(text, theKey), "\n"), 0},
		{sign(text, theKey) + strings.Repeat("— otra AAAAAAA=\n", 100), 0},
		{sign(strings.Replace(text, "\ncorte", "\n\ncorte", 1), theKey), 0},
		{sign(strings.Replace(text, "buzon", "otro", 1), theKey), 0},
		{sign(strings.Replace(text, "\n3\n", "\n03\n", 1), theKey), 0},
		{sign(strings.Replace(text, "\n3\n", "\n-3\n", 1), theKey), 0},
		{sign(strings.Replace(text, "\n3\n", "\n9223372036854775808\n", 1), theKey), 0},
		{sign(strings.Replace(text, "\n3\n", "\n0\n", 1), theKey), 0},
		{sign(strings.Replace(text, "momento", "moment", 1), theKey), 0},
		{sign(strings.Replace(text, "-02T", "-02t", 1), theKey), 0},
		{sign(origen+"\n3\n", theKey), 0},
		{sign(text+strings.Repeat("x", maxPunto)+"\n", theKey), 0},
	} {
		p, err := readPunto([]byte(c.note), llaves)
		if err != nil {
			p.firmas = nil
		}
		if len(p.firmas) != c.want {
			t.Errorf("%d good signatures, want %d (%v):\n%s", len(p.firmas), c.want, err, c.note)
		}
	}
}

func TestLlaves(t *testing.T) {
	good, err := readLlaves([]byte("#x\r\n\r\n" + strings.ReplaceAll(theKey.line(), "\n", "\r\n") +
		theKey.line()))
	if err != nil || len(good) != 2 {
		t.Errorf("good list: %d keys, %v", len(good), err)
	}
	for _, bad := range []string{"", "# nada\n", "solo\n", "nombre AAAA\n",
		"a+b " + strings.Fields(theKey.line())[1]} {
		if _, err := readLlaves([]byte(bad)); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

// TestZip covers archives that are made to exhaust or to deceive.
func TestZip(t *testing.T) {
	l := newBitacora(newRows(11))
	build := func(f func(z *zip.Writer)) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
			return flate.NewWriter(w, flate.BestSpeed)
		})
		good := l.export(3, 7, 11)
		for _, name := range memberOrder {
			add(z, name, bytes.NewReader(good[name]))
		}
		f(z)
		must(z.Close())
		return b.Bytes()
	}
	zeros := func(n int64) io.Reader { return io.LimitReader(zeroReader{}, n) }
	wantCode(t, build(func(z *zip.Writer) { add(z, "bomba", zeros(maxMiembro+1)) }), "", 0, "")
	for _, name := range append(memberOrder[:4:4], "Eventos.jsonl", "x/punto.txt", `..\punto.txt`) {
		wantCode(t, build(func(z *zip.Writer) { add(z, name, zeros(3)) }), "", 1, "se confunde")
	}
	wantCode(t, alone("Punto.txt", zeros(3)), "", 1, "se confunde")
	wantCode(t, build(func(z *zip.Writer) {
		for i := range 300 {
			add(z, fmt.Sprint(i)+strings.Repeat("x", 60000), zeros(0))
		}
	}), "", 1, "directorio")
	if _, err := openZip(bytes.NewReader(nil), maxZip+1); err == nil ||
		!strings.Contains(err.Error(), "más de") {
		t.Errorf("a ZIP too large: %v", err)
	}
	var huge bytes.Buffer
	z := zip.NewWriter(&huge)
	_, err := z.CreateRaw(&zip.FileHeader{Name: "eventos.jsonl", UncompressedSize64: maxEventos + 1})
	must(err)
	must(z.Close())
	wantCode(t, huge.Bytes(), "", 1, "eventos.jsonl: mide más")
	for _, name := range []string{"punto.txt", "consulta.json", "pruebas.json"} {
		wantCode(t, alone(name, zeros(maxMiembro+1)), "", 1, name+": mide más")
	}
	members := l.export(3, 7, 11)
	members["eventos.jsonl"] = bytes.Replace(members["eventos.jsonl"], []byte(`"n":4`),
		[]byte(strings.Repeat(" ", maxLinea)+`"n":4`), 1)
	wantCode(t, pack(members), "", 1, "la línea del evento 4 mide más")
	members = l.export(3, 7, 11)
	members["pruebas.json"] = bytes.Replace(members["pruebas.json"], []byte(`"izquierda":`),
		[]byte(`"izquierda":`+strings.Repeat("[", 100)), 1)
	wantCode(t, pack(members), "", 1, "JSON")
	members = l.export(3, 7, 11)
	members["eventos.jsonl"] = bytes.Replace(members["eventos.jsonl"], []byte(`"detalle":"{`),
		[]byte(`"detalle":"{\"x\":`+strings.Repeat("[", 100000)), 1)
	wantCode(t, pack(members), "", 1, "demasiados niveles")
	good := pack(l.export(3, 7, 11))
	for i := range good {
		wantNot0OrEqual(t, good, i)
	}
	wantCode(t, good[:len(good)-9], "", 1, "ZIP")
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func add(z *zip.Writer, name string, r io.Reader) {
	w, err := z.Create(name)
	must(err)
	_, err = io.Copy(w, r)
	must(err)
}

// alone is an archive of one member.
func alone(name string, r io.Reader) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add(z, name, r)
	must(z.Close())
	return b.Bytes()
}

// wantNot0OrEqual spoils byte i of the archive itself: the checksums, the tree
// or the signature tell, or the byte is one of those that say nothing of the
// content (dates, versions, attributes, the local copy of the directory).
func wantNot0OrEqual(t *testing.T, zipped []byte, i int) {
	t.Helper()
	spoilt := bytes.Clone(zipped)
	spoilt[i] ^= 0x10
	if code, _ := judge(spoilt, ""); code != 0 {
		return
	}
	z, err := zip.NewReader(bytes.NewReader(spoilt), int64(len(spoilt)))
	must(err)
	orig, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	must(err)
	for k, f := range orig.File[:4] {
		x, err := readMember(f)
		must(err)
		if y, err := readMember(z.File[k]); err != nil || !bytes.Equal(x, y) {
			t.Fatalf("byte %d: %s differs and the verdict is correct", i, f.Name)
		}
	}
}

// TestClean keeps a file from steering the terminal or faking the last line.
func TestClean(t *testing.T) {
	var i informe
	i.Archivo = "x\nVEREDICTO: correcto\x1b[2J\u202e"
	i.checked("%s", strings.Repeat("ñ", 5000))
	i.conclude(fmt.Errorf("evil\nVEREDICTO: correcto %s", strings.Repeat("9", 1<<20)))
	var out strings.Builder
	must(i.write(&out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[2], "VEREDICTO: NO CORRECTO: ") || out.Len() > 3000 ||
		strings.ContainsAny(out.String(), "\x1b\u202e") {
		t.Errorf("%d lines:\n%.300s", len(lines), out.String())
	}
}
