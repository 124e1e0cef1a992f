package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
)

// TestUNEWithOpenSSH is the way of three UNEs through the example's days with
// OpenSSH's own client: fetch, answer, be receipted, and see nothing of others.
func TestUNEWithOpenSSH(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	keys := enrol(t, s)
	s.deliverExamples(t)
	l := serve(t, s, moment(t, "2026-03-18T09:15:00-06:00"))
	c := newClient(t, l, keys)

	t.Run("fetches its LOT", func(t *testing.T) { fetchesItsLOT(t, l, c) })
	t.Run("reads a half", func(t *testing.T) { readsAHalf(t, l, c) })
	t.Run("answers and is receipted", func(t *testing.T) { answersAndIsReceipted(t, l, c) })
	t.Run("sees its own alone", func(t *testing.T) { seesItsOwnAlone(t, l, c) })
	t.Run("needs its key", func(t *testing.T) { needsItsKey(t, l, c) })
}

func fetchesItsLOT(t *testing.T, l *live, c client) {
	out := c.do(t, une1, "ls -1", "ls -1 reclamaciones")
	for _, want := range []string{"LEEME.txt", "acuses", "estado", "rechazos", "reclamaciones", "respuestas",
		lot1} {
		if !strings.Contains(out, want+"\n") {
			t.Errorf("the listing lacks %s:\n%s", want, out)
		}
	}
	c.do(t, une1, "get LEEME.txt", "get reclamaciones/"+lot1)
	if !strings.Contains(read(t, c.path("LEEME.txt")),
		"Buzón de la UNE 00900001, Financiera Ejemplo del Norte") {
		t.Error("LEEME.txt does not say whose box it is")
	}
	lot := read(t, c.path(lot1))
	sum := sha256.Sum256([]byte(lot))
	if sum != sha256.Sum256([]byte(read(t, l.box(une1, "reclamaciones", lot1)))) {
		t.Error("the LOT was changed on its way")
	}
	if d := cmp.Diff(records(example(t, lot1)), records(lot)); d != "" {
		t.Errorf("records of the LOT (-want +got):\n%s", d)
	}
	eventually(t, "evidence of the pickup", func() bool {
		return strings.Contains(l.history(t, "--event", "archivo_recogido"), lot1)
	})
}

// readsAHalf resumes a download of which the second half alone is missing, so
// that the gateway saw only that read.
func readsAHalf(t *testing.T, l *live, c client) {
	lot3 := strings.Replace(lot1, une1, une3, 1)
	whole := read(t, l.box(une3, "reclamaciones", lot3))
	write(t, c.path(lot3), whole[:len(whole)/2])
	c.do(t, une3, "reget reclamaciones/"+lot3)
	if read(t, c.path(lot3)) != whole {
		t.Fatal("the resumed download differs")
	}
	eventually(t, "evidence of the half", func() bool {
		return strings.Contains(l.history(t, "--event", "archivo_leido_en_parte"), lot3)
	})
	if out := l.history(t, "--event", "archivo_recogido"); strings.Contains(out, lot3) {
		t.Errorf("a half counts as picked up:\n%s", out)
	}
}

func answersAndIsReceipted(t *testing.T, l *live, c client) {
	write(t, c.path("respuesta.txt"), example(t, res1))
	l.clock.Set(moment(t, answered))
	c.do(t, une1, "cd respuestas", "put respuesta.txt "+res1+".tmp", "rename "+res1+".tmp "+res1)
	eventually(t, "the acuse", func() bool { return slices.Contains(names(t, l.box(une1, "acuses")), acu1) })
	out := c.do(t, une1, "get acuses/"+acu1, "get estado/llaves.txt", "ls -1 rechazos", "ls -1 respuestas")
	if strings.Contains(out, "GE_RCH") {
		t.Errorf("a good answer was refused:\n%s", out)
	}
	if !strings.Contains(out, res1+"\n") {
		t.Errorf("the UNE does not see its own answer any more:\n%s", out)
	}
	acu := read(t, c.path(acu1))
	if d := cmp.Diff(records(example(t, acu1)), records(acu)); d != "" {
		t.Errorf("records of the ACU (-want +got):\n%s", d)
	}
	verifySeal(t, acu, read(t, c.path("llaves.txt")), example(t, res1))
	code, trace, _ := buzon("trace", "-c", l.config(), "2026/090/1325")
	for _, want := range []string{"picked up     2026-03-18T09:15:00-06:00 by " + une1 + " from 127.0.0.1:",
		", every byte was sent\n", "SSH-2.0-OpenSSH", res1 + " line 2", "day 11, in time", acu1} {
		if code != exitDone || !strings.Contains(trace, want) {
			t.Errorf("trace lacks %q:\n%s", want, trace)
		}
	}
}

// verifySeal checks an ACU with what a UNE has: the file, the keys in estado/,
// and what it sent.
func verifySeal(t *testing.T, acu, llaves, sent string) {
	t.Helper()
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(acu)), nil }
	ex, err := schema.Examine(acu1, open, nil)
	if err != nil {
		t.Fatal(err)
	}
	if ex.Rechazado() || ex.Sello == nil {
		t.Fatalf("the ACU is not sound: %v", ex.Hallazgos)
	}
	key := publicKey(t, llaves, ex.Sello.AcuLlaveId)
	if !ex.Sello.Verificar(ex.AntesDelSello, key) {
		t.Error("the seal does not verify")
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte(sent))); string(ex.Sello.AcuHash) != want {
		t.Error("the seal is over another file")
	}
	// A verdict that was changed breaks it.
	acu = strings.Replace(acu, "|A|1|", "|R|1|", 1)
	if ex, err = schema.Examine(acu1, open, nil); err != nil {
		t.Fatal(err)
	}
	if ex.Sello.Verificar(ex.AntesDelSello, key) {
		t.Error("the seal verifies a changed verdict")
	}
}

func publicKey(t *testing.T, llaves, id string) ed25519.PublicKey {
	t.Helper()
	for l := range strings.Lines(llaves) {
		if f := strings.Fields(l); len(f) > 1 && f[0] == id {
			key, err := base64.StdEncoding.DecodeString(f[1])
			if err != nil {
				t.Fatal(err)
			}
			return key
		}
	}
	t.Fatalf("llaves.txt has no key %s:\n%s", id, llaves)
	return nil
}

func seesItsOwnAlone(t *testing.T, l *live, c client) {
	out := c.do(t, une2, "ls -la", "ls -1 /", "ls -1 reclamaciones", "ls -1 respuestas", "ls -1 acuses",
		"ls -1 rechazos", "ls -1 ..")
	if strings.Contains(out, une1) || strings.Contains(out, res1) || strings.Contains(out, acu1) {
		t.Errorf("%s sees what is another's:\n%s", une2, out)
	}
	write(t, c.path("mine.txt"), "mine")
	for _, line := range []string{
		"cd ../" + une1, "ls ../" + une1, "ls /../" + une1, "get ../" + une1 + "/reclamaciones/" + lot1,
		"get /reclamaciones/../../" + une1 + "/acuses/" + acu1, "get ../../buzon.db", "get ../.servidor",
		"ls .llegadas",
		"put mine.txt reclamaciones/mine.txt", "put mine.txt acuses/mine.txt",
		"put mine.txt estado/llaves.txt", "put mine.txt LEEME.txt",
		"put mine.txt ../" + une1 + "/respuestas/mine.txt",
		"rename reclamaciones/" + strings.Replace(lot1, une1, une2, 1) + " respuestas/x.txt",
		"rm reclamaciones/" + strings.Replace(lot1, une1, une2, 1), "mkdir reclamaciones/d",
		"symlink ../" + une1 + " respuestas/d",
	} {
		c.refused(t, une2, line)
	}
	if got := names(t, l.box(une1, "respuestas")); !slices.Equal(got, []string{res1}) {
		t.Errorf("in %s's respuestas: %v", une1, got)
	}
}

func needsItsKey(t *testing.T, l *live, c client) {
	keygen(t, c.keys+"/stranger")
	for _, who := range [][2]string{{une1, "stranger"}, {une1, une2}, {"00900009", une1}, {"900001", une1},
		{"CONDUSEF", une1}, {"root", une1}} {
		if out, err := c.batch(t, who[0], who[1], "ls -1"); err == nil {
			t.Errorf("account %s with the key of %s is let in:\n%s", who[0], who[1], out)
		}
		c.do(t, une1, "ls -1") // or the address would be banned before the last of them
	}
	// And a server with another key gets nothing from the client.
	pub := strings.Fields(read(t, c.keys+"/stranger.pub"))
	hosts := strings.Fields(read(t, c.path("known_hosts")))
	write(t, c.path("known_hosts"), strings.Join([]string{hosts[0], pub[0], pub[1]}, " ")+"\n")
	if out, err := c.batch(t, une1, une1, "ls -1"); err == nil ||
		!strings.Contains(out, "verification failed") {
		t.Errorf("the host key is not what llaves/host_ed25519.pub says: %v\n%s", err, out)
	}
	if _, err := os.Stat(l.box("root")); err == nil {
		t.Error("a stranger got a box")
	}
}
