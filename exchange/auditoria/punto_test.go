package auditoria

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"buzon/schema"
	"buzon/store"
)

const llave = "ed25519:2026a"

var corte = time.Date(2026, time.March, 2, 20, 0, 10, 0, schema.Zona)

// key is one that everybody can make.
func key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func sello(id string) store.LlaveDeSello {
	return store.LlaveDeSello{ID: id,
		Publica: base64.StdEncoding.EncodeToString(key(id).Public().(ed25519.PublicKey))}
}

func sign(t testing.TB, p PuntoLeido, id string) string {
	t.Helper()
	nota, err := Sign(p, id, key(id))
	if err != nil {
		t.Fatal(err)
	}
	return nota
}

// signText signs any text as a note, with the key of the seal.
func signText(t testing.TB, text string) string {
	t.Helper()
	s, err := newSigner(llave, key(llave))
	if err != nil {
		t.Fatal(err)
	}
	b, err := note.Sign(&note.Note{Text: text}, s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSignAndOpen(t *testing.T) {
	t.Parallel()
	for _, p := range []PuntoLeido{
		{Momento: corte},
		{Tamano: 1, Raiz: tlog.RecordHash([]byte("x")), Momento: corte, Simulacro: true},
		{Tamano: 1<<62 + 5, Raiz: tlog.RecordHash([]byte("y")), Momento: corte.UTC()},
	} {
		nota := sign(t, p, llave)
		got, by, err := Open(nota, []store.LlaveDeSello{sello("otra"), sello(llave)})
		if err != nil || by != llave || got.Tamano != p.Tamano || got.Raiz != p.Raiz ||
			got.Simulacro != p.Simulacro || !got.Momento.Equal(p.Momento) {
			t.Errorf("%+v by %s, %v; want %+v", got, by, err, p)
		}
		if !strings.Contains(nota, "\nmomento 2026-03-02T20:00:10-06:00\n") {
			t.Errorf("not in Mexico City's time:\n%s", nota)
		}
		for what, x := range map[string]struct {
			nota   string
			sellos []store.LlaveDeSello
		}{
			"another key": {nota, []store.LlaveDeSello{sello("otra")}},
			"another key by that name": {nota,
				[]store.LlaveDeSello{{ID: llave, Publica: sello("otra").Publica}}},
			"no key":             {nota, nil},
			"a key that is none": {nota, []store.LlaveDeSello{{ID: llave, Publica: "QQ=="}}},
			"another moment": {strings.Replace(nota, "20:00:10", "20:00:11", 1),
				[]store.LlaveDeSello{sello(llave)}},
			"cut": {nota[:len(nota)-2], []store.LlaveDeSello{sello(llave)}},
		} {
			if q, _, err := Open(x.nota, x.sellos); err == nil {
				t.Errorf("%s: opened: %+v", what, q)
			}
		}
	}
}

// TestStrict: what is signed, but not written as the document wants it.
func TestStrict(t *testing.T) {
	t.Parallel()
	root := base64.StdEncoding.EncodeToString(make([]byte, 32))
	const at = "momento 2026-03-02T20:00:10-06:00\n"
	for what, text := range map[string]string{
		"another log":           "otra/bitacora\n1\n" + root + "\n" + at,
		"a word after the name": "buzon/bitacora X\n1\n" + root + "\n" + at,
		"a sign":                "buzon/bitacora\n+1\n" + root + "\n" + at,
		"a zero in front":       "buzon/bitacora\n01\n" + root + "\n" + at,
		"negative":              "buzon/bitacora\n-1\n" + root + "\n" + at,
		"too large":             "buzon/bitacora\n9223372036854775808\n" + root + "\n" + at,
		"hex":                   "buzon/bitacora\n0x1\n" + root + "\n" + at,
		"a short root":          "buzon/bitacora\n1\n" + root[:40] + "\n" + at,
		"bits in the padding":   "buzon/bitacora\n1\n" + strings.Replace(root, "A=", "B=", 1) + "\n" + at,
		"no moment":             "buzon/bitacora\n1\n" + root + "\nhora x\n",
		"a day":                 "buzon/bitacora\n1\n" + root + "\nmomento 2026-03-02\n",
		"no fourth line":        "buzon/bitacora\n1\n" + root + "\n",
	} {
		if p, _, err := Open(signText(t, text), []store.LlaveDeSello{sello(llave)}); err == nil {
			t.Errorf("%s: opened: %+v", what, p)
		}
	}
	more := signText(t, "buzon/bitacora\n1\n"+root+"\n"+at+"otra línea\n")
	if p, _, err := Open(more, []store.LlaveDeSello{sello(llave)}); err != nil || p.Tamano != 1 {
		t.Errorf("a line more: %+v, %v", p, err)
	}
}

// FuzzOpen: whatever comes as a checkpoint, Open takes what package note takes,
// and of that only what says the same when it is written again; it never panics.
func FuzzOpen(f *testing.F) {
	good := sign(f, PuntoLeido{Tamano: 7, Raiz: tlog.RecordHash([]byte("x")), Momento: corte}, llave)
	for _, s := range []string{"", "\n\n", good, good + good, strings.ReplaceAll(good, "\n", "\r\n"),
		sign(f, PuntoLeido{Momento: corte, Simulacro: true}, "otra")} {
		f.Add(s, "")
	}
	f.Add("", "buzon/bitacora\n7\n"+strings.Repeat("A", 43)+"=\nmomento 2026-03-02T20:00:10-06:00\n")
	f.Add("", "buzon/bitacora SIMULACRO\n0\n\n")
	vkey, err := note.NewEd25519VerifierKey(llave, key(llave).Public().(ed25519.PublicKey))
	if err != nil {
		f.Fatal(err)
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		f.Fatal(err)
	}
	s, err := newSigner(llave, key(llave))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, nota, text string) {
		if b, err := note.Sign(&note.Note{Text: text}, s); nota == "" && err == nil { // also what is signed
			nota = string(b)
		}
		n, noteErr := note.Open([]byte(nota), note.VerifierList(verifier))
		p, by, err := Open(nota, []store.LlaveDeSello{sello(llave)})
		switch {
		case noteErr != nil && err == nil:
			t.Fatalf("opened what note refuses: %v", noteErr)
		case err == nil:
			if by != llave || p.Tamano < 0 {
				t.Fatalf("%+v by %s", p, by)
			}
			lines := strings.SplitAfterN(n.Text, "\n", 4)
			again := strings.SplitAfterN(p.text(), "\n", 4)
			if !bytes.Equal([]byte(strings.Join(lines[:3], "")), []byte(strings.Join(again[:3], ""))) {
				t.Fatalf("%q was read as %q", n.Text, p.text())
			}
		}
	})
}

// TestBound: an export's bounds keep their milliseconds, or a reader would hold an
// event that was asked for to be outside.
func TestBound(t *testing.T) {
	t.Parallel()
	for at, want := range map[time.Time]string{
		{}:                                  "",
		corte:                               "2026-03-02T20:00:10-06:00",
		corte.Add(1400 * time.Microsecond):  "2026-03-02T20:00:10.001-06:00",
		corte.UTC().Add(time.Second * 3600): "2026-03-02T21:00:10-06:00",
	} {
		if got := bound(at); got != want {
			t.Errorf("%v: %q, want %q", at, got, want)
		}
	}
}
