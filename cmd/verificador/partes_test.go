package main

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"
)

// TestPartes verifies every run of a log that has acts in parts, at every size and
// with every older checkpoint: correct where none of the three cuts an act, and a
// verdict against it where one does, although all hashes are right.
func TestPartes(t *testing.T) {
	const most = 13
	l := newBitacora(newActs(most))
	good := 0
	for size := 0; size <= most; size++ {
		for a := 1; a <= size+1; a++ {
			for b := a - 1; b <= size; b++ {
				for m := range size + 1 {
					inside := a <= m && m <= b
					reason := ""
					switch {
					case b >= a && l.cuts(a-1):
						reason = "empieza a la mitad de un acto"
					case inside && l.cuts(m):
						reason = "corta el acto"
					case b >= a && l.cuts(b):
						reason = "termina a la mitad de un acto"
					default:
						good++
					}
					code := min(len(reason), 1)
					wantCode(t, pack(l.export(a, b, size, m)), "", code, reason)
					// The auditor's own checkpoint is one although the export has no entry for it.
					wantCode(t, pack(l.export(a, b, size)), l.checkpoint(m), codeOld(code, m, size), reason)
				}
			}
		}
	}
	inf := wantCode(t, pack(l.export(1, most, most)), "", 0, "")
	if told := strings.Join(inf.Comprobado, "\n"); !strings.Contains(told, "7 son las partes de 2 actos") {
		t.Errorf("told:\n%s", told)
	}
	t.Logf("%d runs are whole", good)
}

// codeOld is the verdict with an older checkpoint of size m that has no entry.
func codeOld(code, m, size int) int {
	if code == 0 && m != 0 && m != size {
		return 2
	}
	return code
}

// TestPartesTorcidas spoils an act of three parts, events 3 to 5, in a log that is
// signed like that: every hash is right, and the act is not whole.
func TestPartesTorcidas(t *testing.T) {
	set := func(i int, detalle string) func([]row) { return func(r []row) { r[i-1].Detalle = detalle } }
	for _, c := range []struct {
		spoil  func(r []row)
		reason string
	}{
		{func([]row) {}, ""},
		{set(3, `{}`), "evento 4: es la parte 2 de 3 de un acto, y antes no está la parte 1"},
		{set(4, `{}`), "evento 4: el acto que empieza en el evento 3 está incompleto: " +
			"después de su parte 1 de 3 hay otro acto"},
		{set(5, `{}`), "después de su parte 2 de 3 hay otro acto"},
		{set(5, `{"parte":1,"de":3}`), "está la parte 1"},
		{func(r []row) {
			r[3].Detalle, r[4].Detalle = r[4].Detalle, r[3].Detalle
		}, "parte 1 de 3 está la parte 3"},
		{func(r []row) { r[4].Detalle = r[3].Detalle }, "parte 2 de 3 está la parte 2"},
		{set(5, `{"parte":3,"de":4,"primero":3,"desde":20}`), "dice ser de 4"},
		{set(5, `{"parte":3,"de":3,"primero":2,"desde":20}`), "del que empieza en el 2"},
		{set(5, `{"parte":3,"de":3,"primero":3,"desde":10}`), "los lugares vuelven"},
		{set(4, `{"parte":2,"de":3,"primero":3,"desde":1}`), "los lugares vuelven del 1 al 1"},
		{func(r []row) { r[4].Momento++ }, "otro momento"},
		{func(r []row) { r[4].Evento = "acuse_emitido" }, `se llama "acuse_emitido"`},
		{func(r []row) { r[4].Parte = "00900001" }, "con otra parte"},
		{func(r []row) { r[3].Archivo = "x" }, "con otra parte, archivo"},
		{func(r []row) { r[4].SHA256 = "" }, "sha256 o folio"},
		{func(r []row) { r[4].Folio = "2026/090/1" }, "o folio"},
		{set(5, `{"parte":3,"de":3,"primero":3}`), `falta "primero" o "desde"`},
		{set(5, `{"parte":3,"de":3,"primero":"3","desde":20}`), "no son números enteros"},
		{set(5, `{"parte":3,"de":3,"primero":3,"primero":3,"desde":20}`), "repetida"},
		{set(3, `{"parte":1,"de":3,"desde":1}`), "la parte 1 no tiene"},
		{set(3, `{"parte":1,"de":1}`), "no hay una parte 1 de 1"},
		{set(3, `{"parte":4,"de":3,"primero":1,"desde":2}`), "no hay una parte 4 de 3"},
		{set(3, `{"parte":0,"de":3}`), "no hay una parte 0 de 3"},
		{set(3, `{"parte":1}`), "tienen que estar los dos"},
		{set(3, `{"parte":1.0,"de":3}`), "números enteros"},
		{set(3, `{"parte":null,"de":null}`), "números enteros"},
		{set(2, `{"desde":"turno","primero":1.5}`), ""},
		{set(2, `{"desde":[1],"primero":{"parte":1}}`), ""},
		{set(2, `{"x":"`+strings.Repeat("x", 30000-8)+`"}`), ""},
		{set(2, `{"x":"`+strings.Repeat("x", 30001-8)+`"}`), "mide 30001 bytes, más de 30000"},
	} {
		rows := newActs(7)
		c.spoil(rows)
		wantCode(t, pack(newBitacora(rows).export(1, 7, 7)), "", min(len(c.reason), 1), c.reason)
	}
}

// TestPartesQuitadas takes each part out of a log that is numbered and signed anew,
// as the gateway's own key could.
func TestPartesQuitadas(t *testing.T) {
	for i := 3; i <= 5; i++ {
		rows := newActs(7)
		rows = append(rows[:i-1:i-1], rows[i:]...)
		for k := range rows {
			rows[k].N = int64(k + 1)
		}
		if code, inf := judge(pack(newBitacora(rows).export(1, 6, 6)), ""); code != 1 {
			t.Errorf("without part %d: %d, %s", i-2, code, inf.Motivo)
		}
	}
}

// TestPartesFlips flips every bit of the events of an act in parts.
func TestPartesFlips(t *testing.T) {
	members := newBitacora(newActs(7)).export(3, 5, 7)
	original, err := decode(members)
	must(err)
	content := members["eventos.jsonl"]
	for i := range content {
		for bit := range 8 {
			b := bytes.Clone(content)
			b[i] ^= 1 << bit
			tampered := maps.Clone(members)
			tampered["eventos.jsonl"] = b
			missed(t, fmt.Sprintf("byte %d, bit %d", i, bit), original, tampered, "")
		}
	}
}

// TestAcuseEnPartes: what is shown of an act alone is the whole act.
func TestAcuseEnPartes(t *testing.T) {
	l := withAcuse(acu(seal("ACU-2026-00000017")))
	rows := append([]row(nil), l.rows...)
	rows[4].Detalle = `{"acuse":"ACU-2026-00000017","parte":1,"de":2}`
	wantCode(t, newBitacora(rows).proof(5, 12), "", 1, "es la parte 1 de 2 de un acto")
}
