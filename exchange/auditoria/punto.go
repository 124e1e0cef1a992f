// Package auditoria makes what a third party can check without trusting us:
// signed heads of the log (checkpoints), proofs, and exports. The formats are
// those of docs/bitacora.md, from which another program can be written; the one
// in cmd/verificador was.
package auditoria

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"buzon/schema"
	"buzon/store"
)

const (
	origen    = "buzon/bitacora"
	simulacro = " SIMULACRO"
)

// PuntoLeido is what a checkpoint says.
type PuntoLeido struct {
	Tamano    int64 // the number of events that it holds
	Raiz      tlog.Hash
	Momento   time.Time
	Simulacro bool
}

func (p PuntoLeido) text() string {
	first := origen
	if p.Simulacro {
		first += simulacro
	}
	return fmt.Sprintf("%s\n%d\n%s\nmomento %s\n", first, p.Tamano,
		base64.StdEncoding.EncodeToString(p.Raiz[:]), schema.NewInstante(p.Momento))
}

// Sign writes a checkpoint and signs it with the key of the seal.
func Sign(p PuntoLeido, id string, key ed25519.PrivateKey) (string, error) {
	s, err := newSigner(id, key)
	if err != nil {
		return "", err
	}
	msg, err := note.Sign(&note.Note{Text: p.text()}, s)
	if err != nil {
		return "", fmt.Errorf("sign checkpoint: %w", err)
	}
	return string(msg), nil
}

// Open reads a checkpoint and verifies it with the keys of the seals, those that
// are no longer in use among them. llave is the one that signed it.
func Open(nota string, sellos []store.LlaveDeSello) (p PuntoLeido, llave string, err error) {
	var known []note.Verifier
	for _, s := range sellos {
		raw, err := base64.StdEncoding.DecodeString(s.Publica)
		if err != nil || len(raw) != ed25519.PublicKeySize {
			return p, "", fmt.Errorf("key %s: not 32 bytes in base64", s.ID)
		}
		vkey, err := note.NewEd25519VerifierKey(s.ID, raw)
		if err != nil {
			return p, "", fmt.Errorf("key %s: %w", s.ID, err)
		}
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return p, "", fmt.Errorf("key %s: %w", s.ID, err)
		}
		known = append(known, v)
	}
	n, err := note.Open([]byte(nota), note.VerifierList(known...))
	if err != nil {
		return p, "", fmt.Errorf("open checkpoint: %w", err)
	}
	p, err = parse(n.Text)
	return p, n.Sigs[0].Name, err
}

func parse(text string) (p PuntoLeido, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 5 {
		return p, errors.New("checkpoint: too short")
	}
	switch lines[0] {
	case origen:
	case origen + simulacro:
		p.Simulacro = true
	default:
		return p, errors.New("checkpoint: of another log")
	}
	if p.Tamano, err = strconv.ParseInt(lines[1], 10, 64); err != nil || p.Tamano < 0 ||
		strconv.FormatInt(p.Tamano, 10) != lines[1] {
		return p, errors.New("checkpoint: its size is no number")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(raw) != tlog.HashSize {
		return p, errors.New("checkpoint: its root is no hash")
	}
	copy(p.Raiz[:], raw)
	at, ok := strings.CutPrefix(lines[3], "momento ")
	if p.Momento, err = time.Parse(time.RFC3339, at); err != nil || !ok {
		return p, errors.New("checkpoint: its moment is none")
	}
	return p, nil
}

// same tells whether a checkpoint is of a log of this kind: one of a rehearsal says
// nothing of a real exchange.
func (p PuntoLeido) same(simulacro bool) error {
	if p.Simulacro != simulacro {
		return fmt.Errorf("checkpoint: of a rehearsal: %v, and this log: %v", p.Simulacro, simulacro)
	}
	return nil
}

// signer is the seal's key as the signer of notes.
type signer struct {
	id   string
	key  ed25519.PrivateKey
	hash uint32
}

func newSigner(id string, key ed25519.PrivateKey) (*signer, error) {
	vkey, err := note.NewEd25519VerifierKey(id, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", id, err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", id, err)
	}
	return &signer{id, key, v.KeyHash()}, nil
}

func (s *signer) Name() string                    { return s.id }
func (s *signer) KeyHash() uint32                 { return s.hash }
func (s *signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }
