package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

const acuseName = "GE_ACU_00900001_20260302_001.txt"

// acu is an ACU of an invented institution, with line 03 as given.
func acu(seal string) []byte {
	lines := []string{
		"01|ACU|01.00|PASARELA|00900001|02/03/2026|001|2026-03-02T20:00:00-06:00|" +
			"GE_RES_00900001_20260302_001.txt",
		"02|1|2026/090/1|A|1|2026-03-02T19:00:00-06:00||||",
		seal, "09|1|0.00|" + strings.Repeat("0", 64),
	}
	return []byte(strings.Join(lines, "\r\n") + "\r\n")
}

func seal(folio string) string {
	return "03|" + folio + "|GE_RES_00900001_20260302_001.txt|1|x|2026-03-02T19:00:00-06:00|1|ed25519:2026a|x"
}

// withAcuse is a log whose event 5 tells of that ACU.
func withAcuse(content []byte) *bitacora {
	rows := newRows(12)
	rows[4] = row{
		N: 5, Momento: firstMilli, Evento: "acuse_emitido", Parte: "00900001", Archivo: acuseName,
		SHA256: fmt.Sprintf("%x", sha256.Sum256(content)), Detalle: `{"acuse":"ACU-2026-00000017"}`,
	}
	return newBitacora(rows)
}

func (l *bitacora) proof(n, t int) []byte {
	p, err := tlog.ProveRecord(int64(t), int64(n-1), l)
	must(err)
	return marshal(map[string]any{"evento": l.rows[n-1], "punto": l.checkpoint(t), "prueba": b64(p)})
}

func (l *bitacora) between(m, t int) []byte {
	return marshal(map[string]any{"viejo": l.checkpoint(m), "punto": l.checkpoint(t),
		"prueba": l.consistency(m, t)})
}

// TestRun goes through the command line: exit code and last line.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		must(os.MkdirAll(filepath.Dir(path), 0o700))
		must(os.WriteFile(path, content, 0o600))
		return path
	}
	file := acu(seal("ACU-2026-00000017"))
	l := withAcuse(file)
	changed := newBitacora(append([]row{{N: 1, Evento: "x", Detalle: "{}"}}, l.rows[1:]...))
	wrongFolio := acu(seal("ACU-2026-00000018"))
	keys := put("llaves.txt", testLlaves())
	zipped := put("exportacion.zip", pack(l.export(1, 12, 12, 5)))
	five, six := put("5.checkpoint", []byte(l.checkpoint(5))), put("6.checkpoint", []byte(l.checkpoint(6)))
	other := put("otro.checkpoint", []byte(changed.checkpoint(5)))
	proof, chain := put("prueba.json", l.proof(5, 12)), put("cadena.json", l.between(5, 12))
	good := put(acuseName, file)
	renamed := put("acuse.txt", file)
	cut := put("corto/"+acuseName, file[:len(file)-1])
	strange := put("folio/"+acuseName, wrongFolio)
	strangeProof := put("folio.json", withAcuse(wrongFolio).proof(5, 12))
	for _, c := range []struct {
		args []string
		code int
		last string
	}{
		{[]string{"-llaves", keys, zipped}, 0, "correcto"},
		{[]string{"-llaves", keys, "-punto", five, zipped}, 0, "correcto"},
		{[]string{"-llaves", keys, "-punto", six, zipped}, 2,
			"no se puede juzgar: no hay prueba de consistencia"},
		{[]string{"-llaves", keys, "-punto", other, zipped}, 1, "NO CORRECTO: no es consistente"},
		{[]string{"-llaves", keys, "-punto", keys, zipped}, 2, "no se puede juzgar"},
		{[]string{"-llaves", five, zipped}, 2, "no se puede juzgar"},
		{[]string{"-llaves", keys, "-acuse", good, zipped}, 2, "no se puede juzgar: -acuse"},
		{[]string{"-llaves", keys, zipped + "x"}, 2, "no se puede juzgar"},
		{[]string{"-llaves", keys, keys}, 1, "NO CORRECTO: no es una exportación ni una prueba"},
		{[]string{"-llaves", keys}, 2, "no se puede juzgar: faltan"},
		{[]string{zipped}, 2, "no se puede juzgar: faltan"},
		{[]string{"-llaves", keys, zipped, "-json"}, 2, "no se puede juzgar: faltan"},
		{[]string{"-clave", keys, zipped}, 2, "no se puede juzgar: las opciones"},
		{[]string{"-llaves", keys, proof}, 0, "correcto"},
		{[]string{"-llaves", keys, "-acuse", good, proof}, 0, "correcto"},
		{[]string{"-llaves", keys, "-acuse", renamed, proof}, 1, "NO CORRECTO: acuse: el archivo se llama"},
		{[]string{"-llaves", keys, "-acuse", cut, proof}, 1, "NO CORRECTO: acuse: el SHA-256"},
		{[]string{"-llaves", keys, "-acuse", strange, strangeProof}, 1, "NO CORRECTO: acuse: el AcuFolio"},
		{[]string{"-llaves", keys, "-acuse", good + "x", proof}, 2, "no se puede juzgar: acuse"},
		{[]string{"-llaves", keys, "-punto", five, proof}, 2, "no se puede juzgar: la prueba de un acuse"},
		{[]string{"-llaves", keys, chain}, 0, "correcto"},
		{[]string{"-llaves", keys, "-punto", five, chain}, 0, "correcto"},
		{[]string{"-llaves", keys, "-punto", six, chain}, 2, "no se puede juzgar: la prueba es del tamaño 5"},
		{[]string{"-llaves", keys, "-punto", other, chain}, 1,
			"NO CORRECTO: el punto de control anterior de la prueba"},
		{[]string{"-llaves", keys, "-acuse", good, chain}, 2, "no se puede juzgar: -acuse"},
	} {
		var out bytes.Buffer
		code := run(c.args, &out)
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if last := lines[len(lines)-1]; code != c.code || !strings.HasPrefix(last, "VEREDICTO: "+c.last) {
			t.Errorf("%v: code %d, want %d\n%s", c.args, code, c.code, &out)
		}
		out.Reset()
		var inf informe
		if again := run(append([]string{"-json"}, c.args...), &out); again != c.code {
			t.Errorf("-json %v: code %d", c.args, again)
		}
		if strings.HasPrefix(out.String(), "{") {
			must(json.Unmarshal(out.Bytes(), &inf))
			if bytes.Count(out.Bytes(), []byte("\n")) != 1 || !strings.HasPrefix(c.last, inf.Veredicto) {
				t.Errorf("-json %v: %s", c.args, &out)
			}
		}
	}
	var help bytes.Buffer
	if run([]string{"-h"}, &help) != 0 || !strings.Contains(help.String(), "Ejemplos:") {
		t.Error("-h")
	}
	if run([]string{"-llaves", keys, zipped}, brokenWriter{}) != 2 {
		t.Error("a report that nobody sees is a verdict")
	}
	large := put("grande.json", nil)
	must(os.Truncate(large, maxMiembro+1))
	if code := run([]string{"-llaves", keys, large}, &help); code != 2 ||
		!strings.Contains(help.String(), "mide más") {
		t.Errorf("too large a proof: code %d\n%s", code, &help)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

// TestPrueba spoils proofs in every bit; what is still correct decodes to the same.
func TestPrueba(t *testing.T) {
	l := withAcuse(acu(seal("ACU-2026-00000017")))
	for size := 5; size <= 12; size++ {
		wantCode(t, l.proof(5, size), "", 0, "")
		for m := 0; m <= size; m++ {
			wantCode(t, l.between(m, size), "", 0, "")
			if m > 0 {
				wantCode(t, l.between(m, size), l.checkpoint(m), 0, "")
			}
		}
	}
	wantCode(t, l.proof(4, 12), "", 1, "no acuse_emitido")
	wantCode(t, l.between(12, 5), "", 2, "más viejo")
	for _, b := range [][]byte{l.proof(5, 12), l.between(5, 12)} {
		var want any
		must(json.Unmarshal(b, &want))
		for i := range b {
			for bit := range 8 {
				spoilt := bytes.Clone(b)
				spoilt[i] ^= 1 << bit
				code, _ := judge(spoilt, "")
				var got any
				if code == 0 && (json.Unmarshal(spoilt, &got) != nil || fmt.Sprint(got) != fmt.Sprint(want)) {
					t.Fatalf("missed: byte %d, bit %d of %s", i, bit, b)
				}
			}
		}
	}
	for _, c := range []struct{ old, new, reason string }{
		{`"evento":{`, `"viejo":"","evento":{`, "solo uno"},
		{`"evento":{`, `"otro":{`, "desconocida"},
		{`"prueba":[`, `"prueba":[],"prueba":[`, "repetida"},
	} {
		wantCode(t, bytes.Replace(l.proof(5, 12), []byte(c.old), []byte(c.new), 1), "", 1, c.reason)
	}
	wantCode(t, append(l.proof(5, 12), '{', '}'), "", 1, "sobra")
	l.simulacro = true
	if inf := wantCode(t, l.proof(5, 12), "", 0, ""); !inf.Simulacro {
		t.Error("simulacro not told")
	}
	l.rows[4].Detalle = `{"acuse":"ACU-2026-00000017","acuse":"ACU-2026-00000018"}`
	wantCode(t, newBitacora(l.rows).proof(5, 12), "", 1, "repetida")
	rehearsal := l.checkpoint(5)
	l.simulacro = false
	wantCode(t, l.between(5, 12), rehearsal, 1, "no son de la misma")
	for _, spoil := range []func(r *row){
		func(r *row) { r.Archivo = "" }, func(r *row) { r.SHA256 = "" }, func(r *row) { r.Detalle = "{}" },
	} {
		rows := append([]row(nil), l.rows...)
		rows[4].Detalle = `{"acuse":"ACU-2026-00000017"}`
		spoil(&rows[4])
		wantCode(t, newBitacora(rows).proof(5, 12), "", 1, "folio del acuse")
	}
	for _, n := range []int64{0, -1, 13} {
		spoilt := bytes.Replace(l.proof(5, 12), []byte(`"n":5`), fmt.Appendf(nil, `"n":%d`, n), 1)
		if code, _ := judge(spoilt, ""); code != 1 {
			t.Errorf("event %d: code %d", n, code)
		}
	}
	l.rows[4].N = 0
	wantCode(t, newBitacora(l.rows).proof(5, 12), "", 1, "empiezan en 1")
	l.rows[4].N = 5
	l.rows[4].Detalle = `{"acuse":17}`
	wantCode(t, newBitacora(l.rows).proof(5, 12), "", 1, "folio del acuse")
}

func TestReadAcuse(t *testing.T) {
	for _, c := range []struct {
		content []byte
		reason  string
	}{
		{acu("03|ACU-2026-00000017"), "2 campos"},
		{acu("04|x"), "0 líneas 03"},
		{acu(seal("a") + "\r\n" + seal("b")), "2 líneas 03"},
		{bytes.Repeat([]byte("x"), 2*maxLinea), "mide más"},
		{nil, "0 líneas 03"},
	} {
		if _, err := readAcuse(bytes.NewReader(c.content)); err == nil ||
			!strings.Contains(err.Error(), c.reason) {
			t.Errorf("%.40q: %v, want %s", c.content, err, c.reason)
		}
	}
}

// TestStandardLibraryOnly keeps the program a second opinion: nothing of the
// gateway's, nothing of anybody else's.
func TestStandardLibraryOnly(t *testing.T) {
	files, err := filepath.Glob("*.go")
	must(err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		must(err)
		for _, imp := range f.Imports {
			first, _, _ := strings.Cut(strings.Trim(imp.Path.Value, `"`), "/")
			if strings.Contains(first, ".") || first == "buzon" || first == "net" || first == "C" {
				t.Errorf("%s imports %s", name, imp.Path.Value)
			}
		}
	}
}
