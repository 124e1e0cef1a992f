package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// camposSello is how many fields line 03 of an ACU has.
const camposSello = 9

// compareAcuse checks that the file of -acuse is the one that e tells of.
func (a *auditoria) compareAcuse(e evento, folio string) error {
	f, err := os.Open(a.acuse)
	if err != nil {
		return sinJuicio{fmt.Errorf("acuse: %w", err)}
	}
	defer f.Close()
	x, err := readAcuse(f)
	sum, found := x.sum, x.folio()
	name := filepath.Base(a.acuse)
	switch {
	case err != nil:
		return fmt.Errorf("acuse: %w", err)
	case sum != e.sha256:
		return fmt.Errorf("acuse: el SHA-256 del archivo es %s, el del evento es %s", sum, e.sha256)
	case name != e.archivo:
		return fmt.Errorf("acuse: el archivo se llama %q, el del evento %q", name, e.archivo)
	case found != folio:
		return fmt.Errorf("acuse: el AcuFolio de su línea 03 es %q, el del evento %q", found, folio)
	}
	a.checked("El archivo %s es, byte por byte, el del evento %d, y su AcuFolio es %s.", name, e.n, folio)
	return nil
}

// An acuse is what an ACU shows.
type acuse struct {
	sum   string   // its SHA-256, in hexadecimal
	sello []string // the fields of its only line 03
	d     string   // the SHA-256 of every byte before that line, in hexadecimal
}

func (x acuse) folio() string {
	if x.sello == nil {
		return ""
	}
	return x.sello[1]
}

// sellado tells which of the keys sealed it; "" where none did (docs/lineamientos.md, the
// acuse).
func (x acuse) sellado(llaves []llave) string {
	firma, err := base64.StdEncoding.Strict().DecodeString(x.sello[8])
	if err != nil {
		return ""
	}
	text := "||1.0|" + strings.Join(x.sello[1:8], "|") + "|" + x.d + "||"
	for _, k := range llaves {
		if k.nombre == x.sello[7] && ed25519.Verify(k.publica, []byte(text), firma) {
			return k.nombre
		}
	}
	return ""
}

// readAcuse reads an ACU.
func readAcuse(r io.Reader) (x acuse, err error) {
	h := sha256.New()
	lines := bufio.NewReaderSize(r, maxLinea)
	seals := 0
	for err == nil {
		var line []byte
		line, err = lines.ReadSlice('\n')
		cols := strings.Split(strings.TrimRight(string(line), "\r\n"), "|")
		if cols[0] == "03" {
			if len(cols) != camposSello {
				return x, fmt.Errorf("su línea 03 tiene %d campos, tienen que ser %d", len(cols), camposSello)
			}
			x.sello, x.d = cols, hex.EncodeToString(h.Sum(nil))
			seals++
		}
		h.Write(line)
	}
	x.sum = hex.EncodeToString(h.Sum(nil))
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return x, fmt.Errorf("una línea mide más de %d bytes", maxLinea)
	case err != io.EOF:
		return x, sinJuicio{err}
	case seals != 1:
		return x, fmt.Errorf("tiene %d líneas 03, tiene que ser una", seals)
	}
	return x, nil
}
