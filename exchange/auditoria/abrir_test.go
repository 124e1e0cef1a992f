package auditoria

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
	"buzon/store/bitacora/bitacoratest"
)

// arbol holds tlog's hashes of a log: a second writer of an export's proofs.
type arbol []tlog.Hash

func (a arbol) ReadHashes(indexes []int64) (out []tlog.Hash, err error) {
	for _, i := range indexes {
		out = append(out, a[i])
	}
	return out, nil
}

// over gives the roots of the subtrees of some sizes from a leaf on.
func (a arbol) over(from int64, sizes []int64) []tlog.Hash {
	out := []tlog.Hash{}
	for _, size := range sizes {
		level := 0
		for size>>level > 1 {
			level++
		}
		out = append(out, a[tlog.StoredHashIndex(level, from>>level)])
		from += size
	}
	return out
}

// miembros are the members of an export, by name, and the order of the ZIP.
type miembros map[string]string

func (m miembros) zip(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"consulta.json", "punto.txt", "pruebas.json", "eventos.jsonl", "otro.txt"} {
		if text, there := m[name]; there {
			w, err := z.Create(name)
			if err == nil {
				_, err = w.Write([]byte(text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// logOf is a log of n events, some of them of one act.
func logOf(t testing.TB, n int) *bitacoratest.Memoria {
	t.Helper()
	r := &bitacoratest.Memoria{}
	r.Log(t, corte, bitacoratest.Dicho{Evento: bitacora.AlmacenCreado, Carga: bitacora.CargaCreado{}})
	all := &bitacora.Renglones{Lista: "folios"}
	for i := range 900 {
		if err := all.Add(bitacora.RenglonEntregada{Folio: schema.Folio(fmt.Sprintf("2026/090/%d", i)),
			Vuelta: 1}); err != nil {
			t.Fatal(err)
		}
	}
	r.Log(t, corte,
		bitacoratest.Dicho{Evento: bitacora.ArchivoPublicado, Parte: "00900001",
			Archivo: "GE_LOT_00900001_20260302_001.txt",
			SHA256:  strings.Repeat("0a", 32), Carga: bitacora.CargaPublicado{Carpeta: "entrada"},
			Renglones: all})
	for len(r.Eventos) < n {
		r.Log(t, corte.Add(time.Duration(len(r.Eventos))*time.Second),
			bitacoratest.Dicho{Evento: bitacora.CorridaFallida,
				Folio: "2026/090/1", Carga: bitacora.CargaFinDeCorrida{Error: "ñ <&> \u2028 \uFFFD \\ \""}})
	}
	return r
}

// exported writes the members of an export of the events a to b of a log, with a
// checkpoint of size size.
func exported(t testing.TB, r *bitacoratest.Memoria, a, b, size int64) miembros {
	t.Helper()
	var tree arbol
	for i, c := range r.Eventos[:size] {
		h, err := tlog.StoredHashes(int64(i), c.Canonico(), tree)
		if err != nil {
			t.Fatal(err)
		}
		tree = append(tree, h...)
	}
	root, err := tlog.TreeHash(size, tree)
	if err != nil {
		t.Fatal(err)
	}
	type entry struct {
		Tamano int64       `json:"tamano"`
		Raiz   tlog.Hash   `json:"raiz"`
		Prueba []tlog.Hash `json:"prueba"`
	}
	var proofs []entry
	for _, m := range []int64{0, 1, size / 2, size} {
		e := entry{Tamano: m, Raiz: vacio, Prueba: []tlog.Hash{}}
		if m > 0 {
			if e.Raiz, err = tlog.TreeHash(m, tree); err != nil {
				t.Fatal(err)
			}
		}
		if m > 0 && m < size {
			if e.Prueba, err = tlog.ProveTree(size, m, tree); err != nil {
				t.Fatal(err)
			}
		}
		proofs = append(proofs, e)
	}
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	enc.SetEscapeHTML(false)
	for _, c := range r.Eventos[a-1 : b] {
		if err := enc.Encode(c); err != nil {
			t.Fatal(err)
		}
	}
	pruebas, err := json.Marshal(map[string]any{"izquierda": tree.over(0, leftSizes(a-1)),
		"derecha": tree.over(b, rightSizes(b, size)), "consistencia": proofs})
	if err != nil {
		t.Fatal(err)
	}
	return miembros{
		"punto.txt": sign(t,
			PuntoLeido{Tamano: size, Raiz: root, Momento: corte.Add(time.Minute), Simulacro: true}, llave),
		"consulta.json": fmt.Sprintf(
			`{"version":1,"momento":"2026-03-02T21:00:00-06:00","primero":%d,"ultimo":%d,"simulacro":true}`+
				"\n", a, b),
		"pruebas.json": string(pruebas), "eventos.jsonl": lines.String(), "otro.txt": "x",
	}
}

func open(b []byte) (*Exportacion, error) {
	return OpenExport(bytes.NewReader(b), int64(len(b)), []store.LlaveDeSello{sello("otra"), sello(llave)})
}

// TestOpenExport reads the events of exports as they were written.
func TestOpenExport(t *testing.T) {
	t.Parallel()
	const all = 37
	r := logOf(t, all)
	for _, x := range [][3]int64{{1, all, all}, {1, 1, 1}, {1, 20, all}, {5, all, all}, {6, 19, 33},
		{7, 6, 20}, {1, 32, 32}, {33, 33, 33}} {
		e, err := open(exported(t, r, x[0], x[1], x[2]).zip(t))
		if err != nil {
			t.Errorf("%v: %v", x, err)
			continue
		}
		var got []*bitacora.Crudo
		for c, err := range e.Events() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, c)
		}
		if diff := cmp.Diff(r.Eventos[x[0]-1:x[1]], got); len(got) > 0 && diff != "" {
			t.Errorf("%v (-want +got):\n%s", x, diff)
		}
		if int64(len(got)) != x[1]-x[0]+1 || e.Llave != llave || !e.Punto.Simulacro ||
			e.Punto.Tamano != x[2] {
			t.Errorf("%v: %d events, %+v", x, len(got), e)
		}
		if whole := x[0] == 1 && x[1] == x[2]; whole != (e.Whole() == nil) {
			t.Errorf("%v: %v", x, e.Whole())
		}
		if want := corte.Add(time.Minute); !e.Hasta().Equal(want) {
			t.Errorf("%v: to %s, want %s", x, e.Hasta(), want)
		}
		for range e.Events() { // whoever wants no more may stop
			break
		}
	}
}

// TestHasta is never before the last event, within the second of its checkpoint.
func TestHasta(t *testing.T) {
	t.Parallel()
	x := Exportacion{Punto: PuntoLeido{Momento: corte}, Momento: corte.Add(250 * time.Millisecond)}
	if got := x.Hasta(); !got.Equal(x.Momento) {
		t.Errorf("to %s", got)
	}
}

// TestOpenExportRefuses what is not as the document has it, whatever was changed.
func TestOpenExportRefuses(t *testing.T) {
	t.Parallel()
	r := logOf(t, 20)
	sub := func(member, old, by string) func(miembros) {
		return func(m miembros) {
			was := m[member]
			if m[member] = strings.Replace(was, old, by, 1); m[member] == was {
				t.Errorf("%s has no %q", member, old)
			}
		}
	}
	line := func(change func([]string) []string) func(miembros) {
		return func(m miembros) {
			m["eventos.jsonl"] = strings.Join(change(strings.SplitAfter(m["eventos.jsonl"], "\n")), "")
		}
	}
	for what, change := range map[string]func(miembros){
		"no member":              func(m miembros) { delete(m, "pruebas.json") },
		"another moment":         sub("eventos.jsonl", `"momento":1`, `"momento":2`),
		"another name":           sub("eventos.jsonl", `"corrida_fallida"`, `"corrida_fallido"`),
		"no name":                sub("eventos.jsonl", `"corrida_fallida"`, `""`),
		"another folio":          sub("eventos.jsonl", `2026/090/1`, `2026/090/2`),
		"another party":          sub("eventos.jsonl", `"00900001"`, `"00900002"`),
		"no party":               sub("eventos.jsonl", `"00900001"`, `"900001"`),
		"no hash":                sub("eventos.jsonl", `0a0a0a`, `0A0A0A`),
		"another detail":         sub("eventos.jsonl", `entrada`, `salida`),
		"no detail":              sub("eventos.jsonl", `{\"carpeta`, `[\"carpeta`),
		"a key twice":            sub("eventos.jsonl", `"folio":""`, `"folio":"","folio":""`),
		"a key in other letters": sub("eventos.jsonl", `"folio":""`, `"Folio":""`),
		"a key more":             sub("eventos.jsonl", `"folio":""`, `"folio":"","x":""`),
		"a key less":             sub("eventos.jsonl", `"folio":"",`, ``),
		"null":                   sub("eventos.jsonl", `"folio":""`, `"folio":null`),
		"a fraction":             sub("eventos.jsonl", `"n":2,`, `"n":2.0,`),
		"a number as text":       sub("eventos.jsonl", `"n":2,`, `"n":"2",`),
		"half a character":       sub("eventos.jsonl", "\uFFFD", `\ud800`),
		"not UTF-8":              sub("eventos.jsonl", "ñ", "\xf1"),
		"more on a line":         sub("eventos.jsonl", "\"}\n", "\"} {}\n"),
		"a line less":            line(func(l []string) []string { return append(l[:4:4], l[5:]...) }),
		"a line twice":           line(func(l []string) []string { return append(l[:5:5], l[4:]...) }),
		"a line more":            line(func(l []string) []string { return append(l[:20:20], l[19]) }),
		"two lines swapped":      line(func(l []string) []string { l[4], l[5] = l[5], l[4]; return l }),
		"the last line less":     line(func(l []string) []string { return l[:19] }),
		"the last line end less": line(func(l []string) []string {
			l[19] = strings.TrimSuffix(l[19], "\n")
			return l
		}),
		"a line of a megabyte": line(func(l []string) []string {
			l[19] = strings.Repeat(" ", maxLinea) + l[19]
			return l
		}),
		"a later beginning":      sub("consulta.json", `"primero":1`, `"primero":2`),
		"an earlier end":         sub("consulta.json", `"ultimo":20`, `"ultimo":19`),
		"a later end":            sub("consulta.json", `"ultimo":20`, `"ultimo":21`),
		"an end before":          sub("consulta.json", `"ultimo":20`, `"ultimo":-1`),
		"real":                   sub("consulta.json", `true`, `false`),
		"neither":                sub("consulta.json", `true`, `null`),
		"another version":        sub("consulta.json", `"version":1`, `"version":2`),
		"a moment that is none":  sub("consulta.json", `21:00:00-06:00`, `21:00`),
		"a later bound":          sub("consulta.json", `{`, `{"desde":"2026-03-02T20:00:11-06:00",`),
		"an earlier bound":       sub("consulta.json", `{`, `{"hasta":"2026-03-02T20:00:11-06:00",`),
		"a size of another tree": sub("pruebas.json", `"tamano":10`, `"tamano":11`),
		"a size below 0":         sub("pruebas.json", `"tamano":0`, `"tamano":-1`),
		"a size above":           sub("pruebas.json", `"tamano":20`, `"tamano":21`),
		"a proof of nothing":     sub("pruebas.json", `"prueba":[]`, `"prueba":["`+vacio.String()+`"]`),
		"a hash more": sub("pruebas.json", `"izquierda":[]`,
			`"izquierda":["`+vacio.String()+`"]`),
		"no list":             sub("pruebas.json", `"izquierda":[]`, `"izquierda":null`),
		"a hash that is none": sub("pruebas.json", vacio.String(), vacio.String()[1:]),
		"bits in the padding": sub("pruebas.json", vacio.String(),
			strings.Replace(vacio.String(), "U=", "V=", 1)),
		"another moment signed": sub("punto.txt", "20:01:10", "20:01:11"),
		"no signature": func(m miembros) {
			m["punto.txt"], _, _ = strings.Cut(m["punto.txt"], "— ")
		},
		"a checkpoint of another": func(m miembros) {
			m["punto.txt"] = exported(t, r, 1, 19, 19)["punto.txt"]
		},
		"signed by another key": func(m miembros) {
			m["punto.txt"] = sign(t, PuntoLeido{Tamano: 20, Momento: corte, Simulacro: true}, "nadie")
		},
	} {
		m := exported(t, r, 1, 20, 20)
		change(m)
		if _, err := open(m.zip(t)); err == nil || !strings.HasPrefix(err.Error(), "export: ") {
			t.Errorf("%s: %v", what, err)
		}
	}
	m := exported(t, r, 1, 20, 20)
	line(func(l []string) []string { l[4], l[5] = l[5], l[4]; return l })(m)
	if _, err := open(m.zip(t)); err == nil ||
		err.Error() != "export: eventos.jsonl: event 6 stands where 5 belongs" {
		t.Errorf("two lines swapped: %v", err)
	}
	b := exported(t, r, 1, 20, 20).zip(t)
	if _, err := open(b[:len(b)/2]); err == nil {
		t.Error("half a ZIP is one")
	}
	if _, err := OpenExport(bytes.NewReader(b), int64(len(b)),
		[]store.LlaveDeSello{sello("otra")}); err == nil ||
		!strings.Contains(err.Error(), "estado/llaves.txt") {
		t.Errorf("without its key: %v", err)
	}
}

// TestOpenZip: members that could be taken for one another are refused.
func TestOpenZip(t *testing.T) {
	t.Parallel()
	whole := exported(t, logOf(t, 20), 1, 20, 20)
	for _, name := range []string{"punto.txt", "PUNTO.txt", "otra/eventos.jsonl", `otra\Eventos.jsonl`} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for member, text := range map[string]string{name: whole["punto.txt"]} {
			w, err := z.Create(member)
			if err == nil {
				_, err = w.Write([]byte(text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for member, text := range whole {
			w, err := z.Create(member)
			if err == nil {
				_, err = w.Write([]byte(text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := open(b.Bytes()); err == nil ||
			!strings.Contains(err.Error(), "could be taken for another one") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEventsChanged: an export that is changed after it was opened gives an error
// instead of its end.
func TestEventsChanged(t *testing.T) {
	t.Parallel()
	m := exported(t, logOf(t, 20), 1, 20, 20)
	x, err := open(m.zip(t))
	if err != nil {
		t.Fatal(err)
	}
	m["eventos.jsonl"] = strings.Replace(m["eventos.jsonl"], "2026/090/1", "2026/090/2", 1)
	b := m.zip(t)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	x.eventos = z.File[3]
	n := 0
	var last error
	for _, err := range x.Events() {
		if n, last = n+1, err; err != nil {
			break
		}
	}
	if last == nil || n != 21 {
		t.Errorf("%d events, then %v", n, last)
	}
}

// TestReadLlaves reads a list of keys as a UNE finds it.
func TestReadLlaves(t *testing.T) {
	t.Parallel()
	a, b := sello(llave), sello("otra")
	all, err := ReadLlaves(strings.NewReader("# SIMULACRO\r\n\r\n" + a.ID + " " + a.Publica +
		" 2026-03-02 vigente\r\n" +
		b.ID + "\t" + b.Publica + "\n# servidor SHA256:x\n" + a.ID + " " + a.Publica + "\n"))
	if diff := cmp.Diff([]store.LlaveDeSello{a, b}, all); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, text := range []string{"", "# nada\n", a.ID, a.ID + " QQ==", "a+b " + a.Publica,
		"\xff " + a.Publica, strings.Repeat("#", maxLlaves+1)} {
		if all, err := ReadLlaves(strings.NewReader(text)); err == nil {
			t.Errorf("%.40q holds %v", text, all)
		}
	}
}
