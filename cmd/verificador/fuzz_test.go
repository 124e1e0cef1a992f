package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// fuzzSizes are the only sizes of which signed checkpoints are let out to the
// fuzzers; what is correct for one of them is a part of the one log there is.
var fuzzSizes = []int{0, 1, 2, 5, 7, 8, 13}

// FuzzExportacion changes the members of an export. Whatever is called correct
// shows the real events, as another reader of JSON reads them.
func FuzzExportacion(f *testing.F) {
	l := newBitacora(newActs(13)) // no act is cut at fuzzSizes
	for i, size := range fuzzSizes {
		for _, a := range []int{1, size/2 + 1, size + 1} {
			m := l.export(a, size, size, fuzzSizes[:i+1]...)
			f.Add(m["consulta.json"], m["eventos.jsonl"], m["punto.txt"], m["pruebas.json"])
		}
	}
	m := l.export(3, 7, 13, 2, 5)
	f.Add(m["consulta.json"], m["eventos.jsonl"], m["punto.txt"], m["pruebas.json"])
	viejo := l.checkpoint(5)
	f.Fuzz(func(t *testing.T, consulta, eventos, punto, pruebas []byte) {
		members := map[string][]byte{
			"consulta.json": consulta, "eventos.jsonl": eventos, "punto.txt": punto, "pruebas.json": pruebas,
		}
		zipped := pack(members)
		code, inf := judge(zipped, "")
		if with, _ := judge(zipped, viejo); with == 0 && code != 0 {
			t.Errorf("correct only with an older checkpoint")
		}
		if code != 0 {
			return
		}
		got, err := decode(members)
		if err != nil || int64(len(got.eventos)) != inf.Eventos.Ultimo-inf.Eventos.Primero+1 {
			t.Fatalf("correct, but %d events (%v), told %v", len(got.eventos), err, *inf.Eventos)
		}
		for i, r := range got.eventos {
			if r.N != inf.Eventos.Primero+int64(i) || r != l.rows[r.N-1] {
				t.Fatalf("correct, but event %d is %+v", r.N, r)
			}
		}
	})
}

// FuzzZip changes the archive itself; the verdict never rests on what another
// program could read in another way, and nothing panics.
func FuzzZip(f *testing.F) {
	l := newBitacora(newRows(5))
	f.Add(pack(l.export(1, 5, 5, 2)))
	f.Add(pack(l.export(1, 0, 0)))
	f.Add(alone("punto.txt", io.LimitReader(zeroReader{}, 100)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !bytes.HasPrefix(b, []byte("PK")) {
			return
		}
		if code, inf := judge(b, ""); code == 0 {
			if e := inf.Eventos; e.Ultimo > 5 || inf.Punto.Tamano > 5 {
				t.Fatalf("correct: %+v", inf)
			}
		}
	})
}

// FuzzPunto compares with package note: what is read here is a note there too,
// with the same text, and was signed.
func FuzzPunto(f *testing.F) {
	l := newBitacora(newRows(13))
	signed := map[string]bool{}
	for _, size := range fuzzSizes {
		msg := l.checkpoint(size)
		f.Add([]byte(msg))
		n, err := note.Open([]byte(msg), note.VerifierList(verifier{theKey}))
		must(err)
		signed[n.Text] = true
		both := sign(n.Text, theKey, foreign)
		f.Add([]byte(both))
	}
	f.Add([]byte(sign("otro texto\n", theKey)))
	llaves, err := readLlaves(testLlaves())
	must(err)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := readPunto(b, llaves)
		if err != nil {
			return
		}
		n, err := note.Open(b, note.VerifierList(verifier{theKey}, verifier{oldKey}))
		if err != nil || !signed[n.Text] || len(p.firmas) == 0 {
			t.Fatalf("read, but %v", err)
		}
		if p.tamano < 0 || p.raiz != hash(l.root(int(p.tamano))) || p.simulacro {
			t.Fatalf("read as %+v", p)
		}
	})
}

// A verifier is a signer's other half for package note.
type verifier struct{ signer }

func (v verifier) Verify(msg, sig []byte) bool {
	good, _ := v.Sign(msg)
	return string(good) == string(sig)
}

// FuzzPrueba changes proofs of both kinds; what is correct shows the log's own
// event, or two of its own checkpoints.
func FuzzPrueba(f *testing.F) {
	l := withAcuse(acu(seal("ACU-2026-00000017")))
	known := map[string]bool{}
	for _, size := range []int{0, 1, 4, 5, 8, 12} {
		for _, m := range []int{0, 1, 4, 5, 8, 12} {
			if m <= size {
				f.Add(l.between(m, size))
			}
		}
		if size >= 5 {
			f.Add(l.proof(5, size))
		}
		text, _, _ := strings.Cut(l.checkpoint(size), "\n\n")
		known[text] = true
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1 && string(b[:2]) == "PK" {
			return
		}
		if code, _ := judge(b, ""); code != 0 {
			return
		}
		var p struct {
			Evento       *row
			Viejo, Punto string
		}
		if err := json.Unmarshal(b, &p); err != nil {
			t.Fatalf("correct, but %v", err)
		}
		text, _, _ := strings.Cut(p.Punto, "\n\n")
		old, _, _ := strings.Cut(p.Viejo, "\n\n")
		if !known[text] || p.Evento == nil && !known[old] || p.Evento != nil && *p.Evento != l.rows[4] {
			t.Fatalf("correct: %s", b)
		}
	})
}
