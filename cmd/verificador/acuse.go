package main

import (
	"bufio"
	"crypto/sha256"
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
	sum, found, err := readAcuse(f)
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

// readAcuse returns the SHA-256 of r in hexadecimal and the AcuFolio of its only
// line 03.
func readAcuse(r io.Reader) (sum, folio string, err error) {
	h := sha256.New()
	lines := bufio.NewReaderSize(io.TeeReader(r, h), maxLinea)
	seals := 0
	for err == nil {
		var line []byte
		line, err = lines.ReadSlice('\n')
		cols := strings.Split(strings.TrimRight(string(line), "\r\n"), "|")
		if cols[0] != "03" {
			continue
		}
		if len(cols) != camposSello {
			return "", "",
				fmt.Errorf("su línea 03 tiene %d campos, tienen que ser %d", len(cols), camposSello)
		}
		folio = cols[1]
		seals++
	}
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", "", fmt.Errorf("una línea mide más de %d bytes", maxLinea)
	case err != io.EOF:
		return "", "", sinJuicio{err}
	case seals != 1:
		return "", "", fmt.Errorf("tiene %d líneas 03, tiene que ser una", seals)
	}
	return hex.EncodeToString(h.Sum(nil)), folio, nil
}
