package exchange

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"buzon/exchange/archivo"
	"buzon/schema"
	"buzon/store"
)

// enREC is a line of a content, and where it stands.
type enREC struct {
	une schema.UNE
	at  store.Posicion
	tex string
}

// contentOf invents a content with the lines of some institutions in turn, and says
// where each is.
func contentOf(unes, rows int) (content string, all []enREC) {
	var b strings.Builder
	b.WriteString("\ufeff01|REC|01.00|CONDUSEF\r\n")
	for i := range rows {
		une := schema.UNE(900001 + i*7%unes)
		r := schema.Reclamacion{GeTipoRegistro: "02", RecNumero: schema.NewEntero(int64(i + 1)),
			RecFolioCondusef: schema.Folio(fmt.Sprintf("2026/090/%d", i)), RecInstitucionClave: une.Clave(),
			RecDescripcionHechos: schema.Reservado(strings.Repeat("x", i%40))}
		line := string(schema.AppendRecord(nil, &r, schema.V0100))
		all = append(all, enREC{une, store.Posicion{Desplazamiento: int64(b.Len()), Largo: len(line)}, line})
		b.WriteString(line + []string{"\r\n", "\n"}[i%2])
	}
	b.WriteString("09|1|0.00|")
	return b.String(), all
}

// repartida makes the reparto of a content that comes in pieces.
func repartida(t *testing.T, content string, unes []schema.UNE, junta, piece int) *reparto {
	t.Helper()
	blobs, err := archivo.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f, err := blobs.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = f.Close(), blobs.Close() })
	r := newReparto(f, schema.V0100, unes, junta)
	for p := range slices.Chunk([]byte(content), piece) {
		if n, err := r.Write(p); n != len(p) || err != nil {
			t.Fatal(n, err)
		}
	}
	if !r.fin() {
		t.Fatal(r.err)
	}
	return r
}

// TestReparto finds each institution's lines in their order, by their places.
func TestReparto(t *testing.T) {
	t.Parallel()
	content, all := contentOf(5, 300)
	unes := []schema.UNE{900001, 900002, 900004, 900099}
	for _, junta := range []int{1, 3000, 1 << 20} {
		for _, piece := range []int{1, 177, 1 << 20} {
			r := repartida(t, content, unes, junta, piece)
			for _, une := range unes {
				l := &lector{a: &store.Archivo{}, juntas: r.de(une)}
				l.f = strings.NewReader("") // there is nothing to fall back on
				for i, x := range all {
					if x.une != une || i%3 == 0 { // some were refused: they are passed over
						continue
					}
					if b, err := l.linea(x.at); err != nil || string(b) != x.tex {
						t.Fatalf("junta %d, pieces of %d, une %s, at %d: %q, %v",
							junta, piece, une, x.at.Desplazamiento, b, err)
					}
				}
			}
			if _, ok := r.tramos[900003]; ok || len(r.tramos[900099]) != 0 {
				t.Errorf("pieces of institutions that do not wait, or have nothing: %v", r.tramos)
			}
		}
	}
}

// TestRepartoIsAHelpAlone asks for what it does not have, which is read where it
// stands.
func TestRepartoIsAHelpAlone(t *testing.T) {
	t.Parallel()
	content, all := contentOf(2, 20)
	r := repartida(t, content, []schema.UNE{900001}, 1<<20, 1<<20)
	l := &lector{a: &store.Archivo{}, juntas: r.de(900001), f: strings.NewReader(content)}
	for _, x := range all { // of both institutions
		if b, err := l.linea(x.at); err != nil || string(b) != x.tex {
			t.Errorf("line at %d: %q, %v", x.at.Desplazamiento, b, err)
		}
	}
	j := r.de(900001)
	for name, at := range map[string]store.Posicion{
		"half a line":   {Desplazamiento: all[0].at.Desplazamiento, Largo: all[0].at.Largo - 1},
		"within a line": {Desplazamiento: all[0].at.Desplazamiento + 1, Largo: all[0].at.Largo - 1},
		"a line before": {},
	} {
		if b := j.linea(at); b != nil {
			t.Errorf("%s: %q", name, b)
		}
	}
	long := strings.Repeat("x", maxLinea) + "\n"
	before, next := "02|1|f|900001|"+long, "02|2|g|900001|"
	r = repartida(t, before+next+"\n", []schema.UNE{900001}, 1<<20, 1000)
	if b := r.de(900001).linea(store.Posicion{Desplazamiento: int64(len(before)),
		Largo: len(next)}); b == nil {
		t.Error("a line behind one that is too long is not found")
	}
}

// TestRepartoWithoutRoom loses its scratch file: the content is held against its hash
// all the same, and read where it stands.
func TestRepartoWithoutRoom(t *testing.T) {
	t.Parallel()
	blobs, err := archivo.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	content, _ := contentOf(5, 300)
	f, err := blobs.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	h, _, err := blobs.Add(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	r := newReparto(f, schema.V0100, []schema.UNE{900001}, 100)
	c, err := blobs.VerifiedTo(h, r)
	if err != nil || r.fin() {
		t.Fatalf("%v; without its file there is a reparto", err)
	}
	t.Cleanup(func() { _ = c.Close() })
	b := make([]byte, 8)
	if _, err := c.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}
