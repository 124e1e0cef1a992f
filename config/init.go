package config

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"time"

	"buzon/schema"

	"golang.org/x/crypto/ssh"
)

// Names of what Init writes in its folder, beside the files that defaults name.
const (
	FileYAML   = "buzon.yaml"
	FilePadron = "padron.csv" // the roll
)

// Init writes a working set into dir: buzon.yaml with every key, its default and
// a comment, a roll of three invented institutions, a host key, the seal's key,
// and the folders. CONDUSEF is the local folder condusef/, so that it works at
// once. Folders get mode 0700 and private files 0600.
//
// Nothing is ever overwritten: what is there is kept, what is missing is filled
// in, so that Init may be run again, also after a crash. Names are given
// relative to dir, a folder's with a slash at its end. A public key without its
// private one is an error, since a new private key would not be the one that
// others know. With simulacro the head of buzon.yaml says that the set is for
// rehearsals; marking the store is the caller's. The seal's name is made of the
// year of now.
func Init(dir string, simulacro bool, now time.Time) (created, kept []string, err error) {
	s := &set{dir: dir, c: Default()}
	s.c.Source.Folder = "condusef"
	salida, entrada := path.Join(s.c.Source.Folder, "salida"), path.Join(s.c.Source.Folder, "entrada")
	for _, d := range []string{"", s.c.Data, path.Dir(s.c.Seal.Key), s.c.Source.Folder, salida, entrada,
		path.Join(entrada, "anexos")} {
		if err := s.folder(d); err != nil {
			return s.created, s.kept, fmt.Errorf("init: %w", err)
		}
	}
	for _, step := range []func() error{
		s.sweep,
		s.hostKey,
		func() error { return s.seal(now) },
		func() error { return s.write(FilePadron, 0o600, []byte(padronInventado)) },
		func() error { return s.yaml(simulacro) },
	} {
		if err := step(); err != nil {
			return s.created, s.kept, fmt.Errorf("init: %w", err)
		}
	}
	return s.created, s.kept, nil
}

// set is a working set while it is written.
type set struct {
	dir           string
	c             *Config // what is written
	created, kept []string
}

func (s *set) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *set) hostKey() error {
	name := s.c.Server.HostKeys[0]
	if err := s.privateKey(name, "buzon"); err != nil || s.keeps(name+".pub") {
		return err
	}
	signers, err := LoadHostKeys([]string{s.path(name)})
	if err != nil {
		return err
	}
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signers[0].PublicKey()))) + " buzon\n"
	return s.write(name+".pub", 0o644, []byte(line))
}

// seal writes the seal's key and its public part: name, blank, base64 of the 32
// bytes. A name that was given before stays.
func (s *set) seal(now time.Time) error {
	name := s.c.Seal.Key
	s.c.Seal.ID = s.knownSealID()
	if s.c.Seal.ID == "" {
		s.c.Seal.ID = fmt.Sprintf("ed25519:%04da", schema.DiaDe(now).Year())
	}
	if err := s.privateKey(name, "sello"); err != nil || s.keeps(name+".pub") {
		return err
	}
	key, err := LoadSeal(s.path(name))
	if err != nil {
		return err
	}
	public := key.Public().(ed25519.PublicKey)
	return s.write(name+".pub", 0o644, []byte(s.c.Seal.ID+" "+base64.StdEncoding.EncodeToString(public)+"\n"))
}

// knownSealID is the seal's name in a set that is there already, from its YAML
// or else from its public key; "" where neither says it.
func (s *set) knownSealID() string {
	if text, err := readLimited(s.path(FileYAML), maxYAML); err == nil {
		c, d := new(Config), newDecoder(FileYAML, s.dir)
		if d.document(text, c) && c.Seal.ID != "" {
			return c.Seal.ID
		}
	}
	text, err := readLimited(s.path(s.c.Seal.Key+".pub"), maxSecret)
	if err != nil {
		return ""
	}
	id, _, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	return id
}

// privateKey writes a new key, or keeps the one that is there.
func (s *set) privateKey(name, comment string) error {
	if s.keeps(name) {
		return nil
	}
	if exists(s.path(name + ".pub")) {
		return hintf("put the private key back, or move the public one away to have a new pair",
			"%s.pub is there without %s", name, name)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make key %s: %w", name, err)
	}
	block, err := ssh.MarshalPrivateKey(key, comment)
	if err != nil {
		return fmt.Errorf("make key %s: %w", name, err)
	}
	return s.write(name, 0o600, pem.EncodeToMemory(block))
}

func (s *set) yaml(simulacro bool) error {
	s.c.Roll.File = FilePadron
	head := cabeza
	if simulacro {
		head = cabezaSimulacro + head
	}
	return s.write(FileYAML, 0o600, render(s.c, head))
}

const cabezaSimulacro = `SIMULACRO: this set is for rehearsals. Its parties, institutions and files are
invented, and it is never connected to a real exchange.

`

const cabeza = `Configuration of Buzón, the gateway of the daily exchange between CONDUSEF and
the UNEs. Every key stands here with its default; a key that is switched off has
its # without a blank. Paths are relative to this file's folder. An unknown key
is a mistake. Passwords are never written here.`

const padronInventado = `# The roll (padrón): one row for each institution. These three are invented.
# termino and prorroga are días hábiles; empty is terms.dias and terms.prorroga_max.
# llave is the public key of the UNE's account: the line of its .pub file, such as
#   ssh-ed25519 AAAA… nombre
# For a second key repeat the row with the other key and the rest unchanged.
clave,denominacion,sector,termino,prorroga,llave
900001,"Financiera Ejemplo del Norte, S.A. de C.V., SOFOM, E.N.R.",Sociedades Financieras de Objeto Múltiple E.N.R.,,,
900002,"Crédito Ficticio Peñón, S.A.P.I. de C.V., SOFOM, E.N.R.",Sociedades Financieras de Objeto Múltiple E.N.R.,,,
900003,"Arrendadora Imaginaria Ñandú, S.A. de C.V., SOFOM, E.R.","Sociedades Financieras de Objeto Múltiple, E.R.",,,
`
