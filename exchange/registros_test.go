package exchange

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"buzon/exchange/archivo"
	"buzon/schema"
	"buzon/store"
)

// TestRecordOfAnotherFolio reads a record again where its row says that it is: a line
// of another folio, or half a line, is never given as that of the row.
func TestRecordOfAnotherFolio(t *testing.T) {
	t.Parallel()
	const here, there = "2026/090/1000001", "2026/090/1000002"
	line := func(f schema.Folio) string {
		r := schema.Reclamacion{GeTipoRegistro: "02", RecFolioCondusef: f}
		return string(schema.AppendRecord(nil, &r, schema.V0100))
	}
	first, second := line(here), line(there)
	l := &lector{a: &store.Archivo{Version: string(schema.V0100)},
		f: strings.NewReader(first + "\r\n" + second + "\r\n")}
	at := store.Posicion{Largo: len(first)}
	if r, err := registro(l, at, here, folioREC); err != nil || r.RecFolioCondusef != here {
		t.Errorf("the record at its place: folio %q, %v", r.RecFolioCondusef, err)
	}
	for name, at := range map[string]store.Posicion{
		"the next record": {Desplazamiento: int64(len(first) + 2), Largo: len(second)},
		"half a record":   {Largo: len(first) / 2},
		"no record":       {},
	} {
		if _, err := registro(l, at, here, folioREC); !errors.Is(err, archivo.ErrAlterado) {
			t.Errorf("%s: %v, want archivo.ErrAlterado", name, err)
		}
	}
	for _, de := range []string{"", latin1} { // spliced, and read and written
		for name, c := range map[string]struct {
			at    store.Posicion
			folio schema.Folio
			want  error
		}{
			"its record":    {at, here, nil},
			"another folio": {at, there, archivo.ErrAlterado},
			"another record": {store.Posicion{Desplazamiento: int64(len(first) + 2), Largo: len(second)},
				here, archivo.ErrAlterado},
			"half a record": {store.Posicion{Largo: len(first) / 2}, here, archivo.ErrAlterado},
		} {
			h := schema.Encabezado{GeTipoArchivo: schema.LOT, GeVersion: schema.V0100}
			w, err := schema.NewWriter(io.Discard, h)
			if err != nil {
				t.Fatal(err)
			}
			l.a.Codificacion = de
			o := &output{w: w, version: schema.V0100}
			f := store.FilaDeREC{Folio: c.folio, Posicion: c.at}
			if err := o.deREC(l, f, 1, "31/03/2026"); !errors.Is(err, c.want) {
				t.Errorf("a LOT of a REC in %q, %s: %v, want %v", de, name, err, c.want)
			}
		}
	}
	l.a.Codificacion = ""
	beyond := store.Posicion{Desplazamiento: int64(len(first)), Largo: len(first) + len(second)}
	if _, err := registro(l, beyond, here, folioREC); err == nil {
		t.Error("a record beyond the end of its file was read")
	}
}

// TestAlteredContent opens a content that is another one than was kept.
func TestAlteredContent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	blobs, err := archivo.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	h, _, err := blobs.Add(strings.NewReader("what was received"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := blobs.Verified(h)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	altered := 0
	err = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		altered++
		return errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, []byte("what was recieved"), 0o600))
	})
	if err != nil || altered != 1 {
		t.Fatalf("%d contents altered, %v", altered, err)
	}
	if _, err := blobs.Verified(h); !errors.Is(err, archivo.ErrAlterado) {
		t.Errorf("%v, want archivo.ErrAlterado", err)
	}
}
