package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	origen = "buzon/bitacora"
	// maxPunto is the largest checkpoint that is read, in bytes.
	maxPunto  = 1 << 20
	maxFirmas = 100
	firma     = "— "
)

// A llave is a public key that the auditor trusts, with its four bytes of
// identification.
type llave struct {
	nombre  string
	id      [4]byte
	publica ed25519.PublicKey
}

// readLlaves reads an llaves.txt. Blank lines are passed over, and so is the CR
// that an editor may have left.
func readLlaves(b []byte) ([]llave, error) {
	var all []llave
	for i, line := range strings.Split(string(b), "\n") {
		cols := strings.Fields(line)
		if len(cols) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if len(cols) < 2 || !utf8.ValidString(line) || !esNombre(cols[0]) {
			return nil, fmt.Errorf("línea %d: falta el nombre o la llave", i+1)
		}
		pub, err := parseHash(cols[1])
		if err != nil {
			return nil, fmt.Errorf("línea %d: la llave no son 32 bytes en base64", i+1)
		}
		k := llave{nombre: cols[0], publica: pub[:]}
		sum := sha256.Sum256(append([]byte(k.nombre+"\n\x01"), pub[:]...))
		k.id = [4]byte(sum[:4])
		if old := find(all, k.nombre, k.id); old != nil && !old.publica.Equal(k.publica) {
			return nil, fmt.Errorf("línea %d: dos llaves con el nombre y la identificación de %s", i+1,
				k.nombre)
		}
		all = append(all, k)
	}
	if len(all) == 0 {
		return nil, errors.New("no hay ninguna llave")
	}
	return all, nil
}

func find(llaves []llave, nombre string, id [4]byte) *llave {
	for i := range llaves {
		if llaves[i].nombre == nombre && llaves[i].id == id {
			return &llaves[i]
		}
	}
	return nil
}

// A punto is a checkpoint whose signature was good.
type punto struct {
	simulacro bool
	tamano    int64
	raiz      hash
	momento   time.Time
	texto     string   // momento as it is written
	firmas    []string // names of the keys that signed, as often as they did
}

// readPunto checks the signatures of a checkpoint and reads it.
func readPunto(b []byte, llaves []llave) (punto, error) {
	if len(b) > maxPunto {
		return punto{}, fmt.Errorf("más de %d bytes", maxPunto)
	}
	if !utf8.Valid(b) || bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' && r != '\n' }) {
		return punto{}, errors.New("hay bytes que no son UTF-8, o caracteres de control")
	}
	text, sigs, ok := strings.Cut(string(b), "\n\n")
	if !ok || !strings.HasSuffix(sigs, "\n") {
		return punto{}, errors.New("no es una nota firmada: falta la línea vacía o el fin de la última línea")
	}
	signed := []byte(text + "\n")
	var names []string
	for i, line := range strings.Split(strings.TrimSuffix(sigs, "\n"), "\n") {
		if i == maxFirmas {
			return punto{}, fmt.Errorf("más de %d firmas", maxFirmas)
		}
		k, err := checkFirma(line, signed, llaves)
		if err != nil {
			return punto{}, err
		}
		if k != nil {
			names = append(names, k.nombre)
		}
	}
	if len(names) == 0 {
		return punto{}, errors.New("ninguna firma es de una llave conocida (¿falta en la lista de llaves?)")
	}
	p, err := parsePunto(strings.Split(text, "\n"))
	p.firmas = names
	return p, err
}

// checkFirma returns the key that made a good signature, nil if it is not known.
func checkFirma(line string, signed []byte, llaves []llave) (*llave, error) {
	rest, ok := strings.CutPrefix(line, firma)
	nombre, text, ok2 := strings.Cut(rest, " ")
	sig, err := base64.StdEncoding.Strict().DecodeString(text)
	if !ok || !ok2 || !esNombre(nombre) || err != nil || len(sig) < 5 {
		return nil, fmt.Errorf("una línea de firma mal escrita: %q", line)
	}
	k := find(llaves, nombre, [4]byte(sig[:4]))
	if k == nil {
		return nil, nil
	}
	if !ed25519.Verify(k.publica, signed, sig[4:]) {
		return nil, fmt.Errorf("la firma de %s no es de este texto", nombre)
	}
	return k, nil
}

// esNombre tells whether a note may carry nombre as the name of a key.
func esNombre(nombre string) bool {
	return nombre != "" && !strings.ContainsFunc(nombre, func(r rune) bool {
		return r == '+' || unicode.IsSpace(r)
	})
}

// esSimulacro tells what the first line says, before any signature is checked.
func esSimulacro(b []byte) bool {
	return bytes.HasPrefix(b, []byte(origen+" SIMULACRO\n"))
}

func parsePunto(lines []string) (punto, error) {
	var p punto
	if len(lines) < 4 {
		return p, errors.New("faltan líneas")
	}
	switch lines[0] {
	case origen:
	case origen + " SIMULACRO":
		p.simulacro = true
	default:
		return p, fmt.Errorf("la primera línea es %q", lines[0])
	}
	var err error
	if p.tamano, err = parseDecimal(lines[1]); err != nil || p.tamano < 0 {
		return p, fmt.Errorf("el tamaño %q no es un número que quepa", lines[1])
	}
	if p.raiz, err = parseHash(lines[2]); err != nil {
		return p, fmt.Errorf("la raíz: %w", err)
	}
	if p.tamano == 0 && p.raiz != vacio {
		return p, errors.New("el tamaño es 0 y la raíz no es la del árbol vacío")
	}
	text, ok := strings.CutPrefix(lines[3], "momento ")
	if !ok {
		return p, errors.New("falta la línea del momento")
	}
	p.texto = text
	p.momento, err = parseMomento(text)
	return p, err
}
