package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// TestAnnexBySFTP lets a UNE's clerk send answers with OpenSSH's client before the
// annexes that they name. One comes afterwards, one never: the first is answered
// when it came, the second by itself, when it was waited for enough.
func TestAnnexBySFTP(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.edit(t, "annex_wait: 15m", "annex_wait: 1s")
	keys := enrol(t, s)
	s.deliverExamples(t)
	l := serve(t, s, moment(t, "2026-03-03T10:00:00-06:00"))
	c := newClient(t, l, keys)
	carta := "carta de peñón" + strings.Repeat(" ó", 41) + ".pdf" // as long as a name may be
	write(t, c.path(carta), "%PDF carta")
	for n, folio := range map[int]schema.Folio{1: "2026/090/1325", 2: "2026/190/88"} {
		sum := sha256.Sum256([]byte("%PDF carta"))
		name := carta
		if n == 2 {
			name = "nunca.pdf"
		}
		res := schema.Nombre{Tipo: schema.RES, UNE: 900001, Dia: schema.NewDia(2026, time.March, 3), NNN: n}
		write(t, c.path(res.String()),
			written(t, res, une1, schema.Respuesta{RecNumero: "1", RecFolioCondusef: folio, ResTipo: "1",
				RecFolioAtencion: "UNE-1", RecFechaAtencion: "03/03/2026", RecNivelAtencion: "1",
				RecSentidoResolucion: "2", RecFechaResolucion: "03/03/2026",
				ResTexto: "No procede: se anexa la carta.", ResResponsable: "Lic. Marta Ficticia Salas",
				ResAnexo: name, ResAnexoHash: schema.Huella(hex.EncodeToString(sum[:]))}))
	}
	const first, second = "GE_RES_00900001_20260303_001.txt", "GE_RES_00900001_20260303_002.txt"
	c.do(t, une1, "put "+first+" respuestas/", `put "`+carta+`" respuestas/`)
	acu := func(res string) string {
		b, err := os.ReadFile(s.box(une1, "acuses", strings.Replace(res, "RES", "ACU", 1)))
		if err != nil {
			return ""
		}
		return string(b)
	}
	eventually(t, "the acuse of an answer whose annex came after it", func() bool { return acu(first) != "" })
	if !strings.Contains(acu(first), "|2026/090/1325|A|1|2026-03-03T10:00:00-06:00|") {
		t.Errorf("%s", acu(first))
	}
	c.do(t, une1, "put "+second+" respuestas/")
	sum := sha256.Sum256([]byte(read(t, c.path(second))))
	kept := hex.EncodeToString(sum[:])
	eventually(t, "the first look at the second answer", func() bool {
		_, err := os.Stat(s.path("datos", "archivo", kept[:2], kept))
		return err == nil
	})
	c.do(t, une1, "ls respuestas") // that look is over
	l.clock.Advance(2 * time.Second)
	eventually(t, "the acuse of an answer whose annex never comes", func() bool { return acu(second) != "" })
	if !strings.Contains(acu(second), "|2026/190/88|R|1|2026-03-03T10:00:0") ||
		!strings.Contains(acu(second), "|NEG-11") {
		t.Errorf("%s", acu(second))
	}
	l.stop()
	s.mustRun(t, exitObserved, "2026-03-03", "2026-03-03T20:00:00-06:00")
	back, err := filepath.Glob(s.path("condusef", "entrada", "anexos", "ACU-2026-*_"+carta))
	if err != nil || len(back) != 1 || read(t, back[0]) != "%PDF carta" {
		t.Errorf("CONDUSEF has %q, %v", back, err)
	}
	if out := s.history(t, "--event", bitacora.AnexoRecibido, "--json"); strings.Count(out, "\n") != 1 ||
		strings.Contains(out, "carta") {
		t.Errorf("%s", out)
	}
}

// TestAnnexThatCannotBeKept: an annex that our disk does not take is no reason to refuse
// the answer that names it, however long it takes; once mended both are taken, and the
// UNE sends nothing again.
func TestAnnexThatCannotBeKept(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.edit(t, "annex_wait: 15m", "annex_wait: 1s")
	keys := enrol(t, s)
	s.deliverExamples(t)
	l := serve(t, s, moment(t, "2026-03-03T10:00:00-06:00"))
	c := newClient(t, l, keys)
	sum := sha256.Sum256([]byte("%PDF carta"))
	h := hex.EncodeToString(sum[:])
	inTheWay := s.path("datos", "archivo", h[:2])
	write(t, inTheWay, "no folder")
	write(t, c.path("carta.pdf"), "%PDF carta")
	if out, err := c.batch(t, une1, une1, "put carta.pdf respuestas/"); err == nil {
		t.Fatalf("the client was told that it arrived:\n%s", out)
	}
	res := schema.Nombre{Tipo: schema.RES, UNE: 900001, Dia: schema.NewDia(2026, time.March, 3), NNN: 1}
	write(t, c.path(res.String()),
		written(t, res, une1, schema.Respuesta{RecNumero: "1", RecFolioCondusef: "2026/090/1325",
			ResTipo: "1", RecFolioAtencion: "UNE-1", RecFechaAtencion: "03/03/2026", RecNivelAtencion: "1",
			RecSentidoResolucion: "2", RecFechaResolucion: "03/03/2026",
			ResTexto: "No procede: se anexa la carta.", ResResponsable: "Lic. Marta Ficticia Salas",
			ResAnexo: "carta.pdf", ResAnexoHash: schema.Huella(h)}))
	c.do(t, une1, "put "+res.String()+" respuestas/")
	l.clock.Advance(time.Hour)
	write(t, c.path("otro.pdf"), "%PDF otro")
	c.do(t, une1, "put otro.pdf respuestas/")
	eventually(t, "a visit after the answer's wait", func() bool {
		return strings.Contains(l.history(t, "--event", bitacora.AnexoRecibido), "11:00:00")
	})
	l.stop()
	if got := names(t, s.box(une1, "rechazos")); len(got) != 0 {
		t.Errorf("refused for a fault of ours: %q", got)
	}
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	s.mustRun(t, exitDone, "2026-03-03", "2026-03-03T12:00:00-06:00")
	acu := read(t, s.box(une1, "acuses", strings.Replace(res.String(), "RES", "ACU", 1)))
	if !strings.Contains(acu, "|2026/090/1325|A|1|2026-03-03T10:00:00-06:00|") {
		t.Errorf("%s", acu)
	}
}

// TestAnnexBytes: an annex has a limit of its own, which neither bounds a RES nor is
// bound by a RES's; a lower one leaves what arrived before as it is.
func TestAnnexBytes(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.edit(t, "max_annex_bytes: 67108864", "max_annex_bytes: 2000")
	s.edit(t, "#max_bytes: {RES: 67108864}", "max_bytes: {RES: 4000}")
	keys := enrol(t, s)
	l := serve(t, s, moment(t, "2026-03-03T10:00:00-06:00"))
	c := newClient(t, l, keys)
	for name, size := range map[string]int{"grande.pdf": 2001, "justo.pdf": 2000,
		"GE_RES_00900001_20260303_001.txt": 4000, "GE_RES_00900001_20260303_002.txt": 4001} {
		write(t, c.path(name), strings.Repeat("x", size))
		out, err := c.batch(t, une1, une1, "put "+name+" respuestas/")
		if fits := size%1000 == 0; (err == nil) != fits {
			t.Errorf("%s of %d bytes: %v\n%s", name, size, err, out)
		}
	}
	eventually(t, "the annex", func() bool {
		return strings.Count(l.history(t, "--event", bitacora.AnexoRecibido, "--json"), "\n") == 1
	})
	write(t, c.path("otro.pdf"), strings.Repeat("y", 1500))
	c.do(t, une1, "put otro.pdf respuestas/")
	l.stop()
	s.edit(t, "max_annex_bytes: 2000", "max_annex_bytes: 1000") // both lie there
	s.mustRun(t, exitDone, "2026-03-03", "2026-03-03T11:00:00-06:00")
	if out := s.history(t, "--event", bitacora.AnexoRecibido, "--json"); strings.Count(out, "\n") != 2 {
		t.Errorf("a lower limit took one back:\n%s", out)
	}
}
