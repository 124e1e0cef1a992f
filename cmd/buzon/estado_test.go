package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// TestEstadoOfUNE: what a UNE finds in estado/, and that LEEME.txt tells of it.
func TestEstadoOfUNE(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.deliverExamples(t)
	files := names(t, s.box(une1, "estado"))
	if want := []string{"dictamenes.csv", "estado.json", "llaves.txt", "pendientes.csv"}; !slices.Equal(files,
		want) {
		t.Errorf("in estado/: %v, want %v", files, want)
	}
	leeme := read(t, s.box(une1, "LEEME.txt"))
	for _, name := range files {
		if !strings.Contains(leeme, name) {
			t.Errorf("LEEME.txt does not tell of %s", name)
		}
	}
	if got := read(t, s.box(une1, "estado", "estado.json")); !strings.Contains(got, `"simulacro": true`) ||
		!strings.Contains(got, `"recogida": "publicado"`) {
		t.Errorf("estado.json:\n%s", got)
	}
	if got := read(t, s.box(une1, "estado", "pendientes.csv")); !strings.Contains(got,
		"\r\n2026/090/1325,1,"+lot1+",") {
		t.Errorf("pendientes.csv:\n%s", got)
	}
	host, _, _, _, err := ssh.ParseAuthorizedKey([]byte(read(t, s.path("llaves", "host_ed25519.pub"))))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, s.box(une1, "estado", "llaves.txt")); !strings.HasSuffix(got,
		"\r\n# Servidor SFTP: ed25519 "+ssh.FingerprintSHA256(host)+"\r\n") {
		t.Errorf("llaves.txt:\n%s", got)
	}
}

// TestNewSeal: a new key takes a new name, and the former one stays listed.
func TestNewSeal(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.deliverExamples(t)
	id := regexp.MustCompile(`id: '(ed25519:[^']+)'`).FindStringSubmatch(read(t, s.config()))
	if id == nil {
		t.Fatal("the configuration names no seal")
	}
	before := read(t, s.box(une1, "estado", "llaves.txt"))
	old := publicKey(t, before, id[1])
	newSigner(t, s.path("llaves", "sello"))
	out := s.mustRun(t, exitFailed, "2026-03-18", "2026-03-18T16:20:00-06:00")
	if !strings.Contains(out, "seal "+id[1]) || !strings.Contains(out, "a new key takes a new name") {
		t.Errorf("another key under the seal's name: %s", out)
	}
	if got := read(t, s.box(une1, "estado", "llaves.txt")); got != before {
		t.Errorf("llaves.txt was changed all the same:\n%s", got)
	}
	s.edit(t, id[0], "id: 'ed25519:otra'")
	s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T16:20:00-06:00")
	after := read(t, s.box(une1, "estado", "llaves.txt"))
	if !slices.Equal(publicKey(t, after, id[1]), old) || slices.Equal(publicKey(t, after, "ed25519:otra"),
		old) {
		t.Errorf("llaves.txt:\n%s", after)
	}
	if !strings.Contains(after, " 2026-03-02 2026-03-18\r\n") ||
		!strings.Contains(after, " 2026-03-18 vigente\r\n") {
		t.Errorf("llaves.txt does not say from when to when:\n%s", after)
	}
	if out := s.history(t, "--event", "sello_baja"); strings.Count(out, "sello_baja") != 1 {
		t.Errorf("the log does not tell of the end of a seal:\n%s", out)
	}
}
