package medida_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"buzon/schema"
)

// suma is of records in any order: how many, and their hashes added up.
type suma struct {
	filas int
	marca uint64
}

// sumas are by institution.
type sumas map[schema.UNE]suma

// Places of fields in a record, from 0. A LOT numbers anew and adds the limit; all
// else is to come through as it was.
const (
	campoNumero = 1
	campoClave  = 3
	campoLimite = 9
	campos      = 33
)

var marcas = maphash.MakeSeed()

// suma adds one record, without its line end.
func (s sumas) suma(registro []byte) error {
	var h maphash.Hash
	h.SetSeed(marcas)
	var clave []byte
	n := 0
	for campo := range bytes.SplitSeq(registro, []byte("|")) {
		switch n {
		case campoNumero, campoLimite:
			campo = nil
		case campoClave:
			clave = campo
		}
		_, _ = h.Write(campo)
		_ = h.WriteByte('|')
		n++
	}
	une, err := schema.ParseUNE(string(clave))
	if err != nil || n != campos {
		return fmt.Errorf("a record of %d fields, clave %q (%v)", n, clave, err)
	}
	x := s[une]
	s[une] = suma{x.filas + 1, x.marca + h.Sum64()}
	return nil
}

// sumaDe reads the records of a file of the layout, or of one that has nothing
// else.
func sumaDe(r io.Reader) (sumas, error) {
	s := sumas{}
	for in := bufio.NewReaderSize(r, 1<<20); ; {
		line, err := in.ReadSlice('\n')
		if bytes.HasPrefix(line, []byte("02|")) {
			if err := s.suma(bytes.TrimRight(line, "\r\n")); err != nil {
				return nil, err
			}
		}
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// compruebaLotes reads the files that a form made, one an institution, and holds
// them against the REC's records.
func (d *dia) compruebaLotes(patron string, ruta func(schema.UNE) string) error {
	all, err := filepath.Glob(patron)
	if err != nil {
		return err
	}
	if len(all) != len(d.lotes) {
		return fmt.Errorf("%d files %s, want %d", len(all), filepath.Base(patron), len(d.lotes))
	}
	for une, want := range d.lotes {
		if err := compruebaLote(ruta(une), une, want); err != nil {
			return err
		}
	}
	return nil
}

func compruebaLote(ruta string, une schema.UNE, want suma) error {
	f, err := os.Open(ruta)
	if err != nil {
		return err
	}
	defer f.Close()
	got, err := sumaDe(f)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(ruta), err)
	}
	if len(got) != 1 || got[une] != want {
		return fmt.Errorf("%s: not the records of %s: %d institutions, %d records, want %d",
			filepath.Base(ruta), une, len(got), got[une].filas, want.filas)
	}
	return nil
}

// TestCompruebaLotes: a form that left work out is told.
func TestCompruebaLotes(t *testing.T) {
	t.Parallel()
	d, err := inventa(t.TempDir(), 40, 3)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := os.ReadFile(d.ruta)
	if err != nil {
		t.Fatal(err)
	}
	type lotes = map[string][]byte
	cambia := func(l lotes, old, nuevo string) {
		l["900001"] = bytes.Replace(l["900001"], []byte(old), []byte(nuevo), 1)
	}
	for nombre, x := range map[string]struct {
		cambia func(lotes)
		bien   bool
	}{
		"nothing":      {func(lotes) {}, true},
		"no file":      {func(l lotes) { delete(l, "900002") }, false},
		"one more":     {func(l lotes) { l["900009"] = l["900001"] }, false},
		"empty":        {func(l lotes) { l["900001"] = nil }, false},
		"record twice": {func(l lotes) { l["900003"] = append(l["900003"], l["900003"]...) }, false},
		"other's":      {func(l lotes) { l["900001"], l["900002"] = l["900002"], l["900001"] }, false},
		"other field":  {func(l lotes) { cambia(l, "|6|", "|7|") }, false},
		"the limit":    {func(l lotes) { cambia(l, "||6|", "|31/03/2026|6|") }, true},
	} {
		hechos, dir := parte(rec), t.TempDir()
		x.cambia(hechos)
		for clave, b := range hechos {
			if err := os.WriteFile(filepath.Join(dir, clave), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		ruta := func(u schema.UNE) string { return filepath.Join(dir, string(u.Clave())) }
		err := d.compruebaLotes(filepath.Join(dir, "*"), ruta)
		if (err == nil) != x.bien {
			t.Errorf("%s: %v", nombre, err)
		}
	}
}

// parte splits a REC by institution.
func parte(rec []byte) map[string][]byte {
	all := map[string][]byte{}
	for line := range bytes.Lines(rec) {
		if f := bytes.Split(line, []byte("|")); len(f) == campos {
			all[string(f[campoClave])] = append(all[string(f[campoClave])], line...)
		}
	}
	return all
}

// mismas holds the records of a table against the REC's.
func (d *dia) mismas(got sumas) error {
	if maps.Equal(got, d.lotes) {
		return nil
	}
	n := 0
	for _, s := range got {
		n += s.filas
	}
	return fmt.Errorf("the table's %d records of %d institutions are not the REC's %d of %d",
		n, len(got), d.filas, len(d.lotes))
}
