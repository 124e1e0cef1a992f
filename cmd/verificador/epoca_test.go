package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sellado is an ACU that a key sealed.
func sellado(folio string, k signer) []byte {
	before := strings.Join(strings.SplitAfter(string(acu("03")), "\r\n")[:2], "")
	cols := "GE_RES_00900001_20260302_001.txt|1|x|2026-03-02T19:00:00-06:00|1|" + k.name
	text := fmt.Sprintf("||1.0|%s|%s|%x||", folio, cols, sha256.Sum256([]byte(before)))
	return acu("03|" + folio + "|" + cols + "|" +
		base64.StdEncoding.EncodeToString(ed25519.Sign(k.key, []byte(text))))
}

// conEpoca is a log with acuses 25 and 26, then an epoch, then an acuse of that number.
func conEpoca(numeros string, despues int) *bitacora {
	rows := newRows(5)
	give := func(n int) {
		i := int64(len(rows))
		rows = append(rows, row{N: i + 1, Momento: firstMilli + i*1000, Evento: "acuse_emitido",
			Parte: "00900001", Archivo: acuseName, SHA256: strings.Repeat("0", 64),
			Detalle: fmt.Sprintf(`{"acuse":"ACU-2026-%08d"}`, n)})
	}
	give(25)
	give(26)
	rows = append(rows, row{N: 8, Momento: firstMilli + 8000, Evento: "epoca_iniciada",
		Detalle: `{"epoca":2,"numeros":` + numeros + `,"acuses":[{"acuse":"ACU-2026-00000030"}]}`})
	give(despues)
	return newBitacora(rows)
}

const numeros2026 = `[{"anio":2025,"ultimo":0,"conocido":0,"desde":100000},` +
	`{"anio":2026,"ultimo":26,"conocido":30,"desde":100000}]`

// TestNumeros: no number is given twice, nor one that an epoch left behind.
func TestNumeros(t *testing.T) {
	for _, c := range []struct {
		numeros string
		despues int
		code    int
	}{
		{numeros2026, 100_000, 0},
		{numeros2026, 100_001, 0},
		{numeros2026, 27, 1},
		{numeros2026, 26, 1},
		{`[{"anio":2026,"ultimo":26,"conocido":26,"desde":26}]`, 27, 1},
		{`[]`, 27, 0},
		{`[]`, 26, 1},
	} {
		code, inf := judge(pack(conEpoca(c.numeros, c.despues).export(1, 9, 9)), "")
		if code != c.code {
			t.Errorf("%s, then %d: %d (%s)", c.numeros, c.despues, code, inf.Motivo)
		}
	}
}

// TestAntesDeEpoca judges acuses of before an epoch by its event.
func TestAntesDeEpoca(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		must(os.WriteFile(path, content, 0o600))
		return path
	}
	keys := put("llaves.txt", testLlaves())
	proof := put("prueba.json", conEpoca(numeros2026, 100_000).proof(8, 9))
	bad := sellado("ACU-2026-00000030", theKey)
	for name, c := range map[string]struct {
		acuse []byte
		code  int
	}{
		"found":        {sellado("ACU-2026-00000030", theKey), 0},
		"not found":    {sellado("ACU-2026-00000099", oldKey), 0},
		"in the log":   {sellado("ACU-2026-00000026", theKey), 1},
		"of after":     {sellado("ACU-2026-00100000", theKey), 1},
		"of 2027":      {sellado("ACU-2027-00000030", theKey), 1},
		"foreign":      {sellado("ACU-2026-00000030", foreign), 1},
		"changed":      {[]byte(strings.Replace(string(bad), "|A|1|", "|R|1|", 1)), 1},
		"other number": {[]byte(strings.Replace(string(bad), "00000030", "00000031", 1)), 1},
	} {
		var out strings.Builder
		args := []string{"-llaves", keys, "-acuse", put("acuse.txt", c.acuse), proof}
		if code := run(args, &out); code != c.code {
			t.Errorf("%s: %d, want %d\n%s", name, code, c.code, out.String())
		}
	}
	var out strings.Builder
	code := run([]string{"-llaves", keys, proof}, &out)
	if code != 2 || !strings.Contains(out.String(), "-acuse") {
		t.Errorf("without the acuse: %d\n%s", code, out.String())
	}
}
