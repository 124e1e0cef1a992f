package config

import (
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
)

// LlavePublica is a public key with which a party enters.
type LlavePublica struct {
	Nombre string // the line's comment, or the key's fingerprint
	Key    ssh.PublicKey
}

const (
	minRSA     = 3072 // bits of an RSA key that enters here or is our own
	minRSAPeer = 2048 // bits of an RSA key of a server that we dial: theirs to choose
)

// ParseLlave reads a line of OpenSSH's authorized_keys. It refuses options,
// which would be ignored, RSA keys under 3072 bits, and types other than
// ed25519, ecdsa (each also of a security key) and rsa.
func ParseLlave(line string) (LlavePublica, error) {
	key, comment, err := parsePublic(line)
	if err != nil {
		return LlavePublica{}, err
	}
	switch key.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519,
		ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoSKECDSA256:
	case ssh.KeyAlgoRSA:
		if n := rsaBits(key); n < minRSA {
			return LlavePublica{},
				hintf("ask the party for an ed25519 key", "rsa key of %d bits, want %d or more", n, minRSA)
		}
	default:
		return LlavePublica{},
			hintf("ask the party for an ed25519 key", "keys of type %s are not accepted", key.Type())
	}
	if comment == "" {
		comment = ssh.FingerprintSHA256(key)
	}
	return LlavePublica{comment, key}, nil
}

// parseHostKey reads the public key of a server that we dial.
func parseHostKey(line string) (ssh.PublicKey, error) {
	key, _, err := parsePublic(line)
	if err != nil {
		return nil, err
	}
	const hint = "ask for the server's ed25519 key"
	if n := rsaBits(key); key.Type() == ssh.KeyAlgoRSA && n < minRSAPeer {
		return nil, hintf(hint, "rsa key of %d bits, want %d or more", n, minRSAPeer)
	}
	if _, cert := key.(*ssh.Certificate); cert || key.Type() == "ssh-dss" {
		return nil, hintf(hint, "keys of type %s are not accepted", key.Type())
	}
	return key, nil
}

// parsePublic does not repeat the line in its errors: a private key may have
// been pasted in its place.
func parsePublic(line string) (ssh.PublicKey, string, error) {
	const hint = "write one line as in a .pub file: ssh-ed25519 AAAA… name"
	if strings.Contains(line, "PRIVATE KEY") {
		return nil, "",
			hintf("write the .pub file's line; and since the private key was shown, make a new pair",
				"is a private key")
	}
	line = strings.TrimSpace(line)
	if strings.ContainsAny(line, "\n\r") {
		return nil, "", hintf("write one key an item", "holds more than one line")
	}
	key, comment, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		return nil, "", hintf(hint, "not a public key in OpenSSH form")
	}
	if len(options) > 0 {
		return nil, "", hintf(hint, "begins with options or a host name, which would be ignored")
	}
	return key, comment, nil
}

func rsaBits(key ssh.PublicKey) int {
	if ck, ok := key.(ssh.CryptoPublicKey); ok {
		if r, ok := ck.CryptoPublicKey().(*rsa.PublicKey); ok {
			return r.N.BitLen()
		}
	}
	return 0
}

// LoadHostKeys reads the private host keys of our server: ed25519, or rsa of
// 3072 bits and more, which signs with SHA-2 alone. It gives every mistake.
func LoadHostKeys(paths []string) ([]ssh.Signer, error) {
	var signers []ssh.Signer
	var errs []error
	for _, path := range paths {
		s, err := loadHostKey(path)
		if err != nil {
			errs = append(errs, fmt.Errorf("read host key %s: %w", path, err))
			continue
		}
		signers = append(signers, s)
	}
	return signers, errors.Join(errs...)
}

func loadHostKey(path string) (ssh.Signer, error) {
	const hint = "make one with: ssh-keygen -t ed25519"
	s, err := loadSigner(path)
	if err != nil {
		return nil, err
	}
	switch s.PublicKey().Type() {
	case ssh.KeyAlgoED25519:
		return s, nil
	case ssh.KeyAlgoRSA:
		if n := rsaBits(s.PublicKey()); n < minRSA {
			return nil, hintf(hint, "rsa key of %d bits, want %d or more", n, minRSA)
		}
		return s, nil
	}
	return nil, hintf(hint, "keys of type %s are not used", s.PublicKey().Type())
}

func loadSigner(path string) (ssh.Signer, error) {
	pem, err := readPrivate(path)
	if err != nil {
		return nil, err
	}
	s, err := ssh.ParsePrivateKey(pem)
	if err != nil {
		return nil, keyError(err)
	}
	if a, ok := s.(ssh.AlgorithmSigner); ok && s.PublicKey().Type() == ssh.KeyAlgoRSA {
		return ssh.NewSignerWithAlgorithms(a, []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256})
	}
	return s, nil
}

// LoadSeal reads the Ed25519 private key of the seal, in OpenSSH or PKCS#8 PEM.
func LoadSeal(path string) (ed25519.PrivateKey, error) {
	pem, err := readPrivate(path)
	if err != nil {
		return nil, fmt.Errorf("read seal key %s: %w", path, err)
	}
	raw, err := ssh.ParseRawPrivateKey(pem)
	if err != nil {
		return nil, fmt.Errorf("read seal key %s: %w", path, keyError(err))
	}
	switch key := raw.(type) {
	case ed25519.PrivateKey:
		return key, nil
	case *ed25519.PrivateKey:
		return *key, nil
	}
	return nil, fmt.Errorf("read seal key %s: %w", path,
		hintf("make one with: ssh-keygen -t ed25519", "want an Ed25519 key, found %T", raw))
}

func keyError(err error) error {
	if _, ok := errors.AsType[*ssh.PassphraseMissingError](err); ok {
		return hintf("remove the passphrase with: ssh-keygen -p; the file's mode protects it",
			"the key has a passphrase, which nobody is there to type")
	}
	return hintf("give an OpenSSH or PKCS#8 private key", "not a private key: %w", err)
}

// maxSecret bounds what is read of a key or password file, in bytes.
const maxSecret = 64 << 10

// readPrivate reads a secret that only its owner may read. Its errors do not
// name the file: the caller does, where the name is no secret.
func readPrivate(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, bare(err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, bare(err)
	}
	if !fi.Mode().IsRegular() {
		return nil, hintf("name a file", "is not a file")
	}
	if mode := fi.Mode().Perm(); mode&0o077 != 0 {
		return nil, hintf("chmod 600 "+path, "mode %04o lets others than its owner at it", mode)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err == nil && len(b) > maxSecret {
		err = fmt.Errorf("is over %d bytes", maxSecret)
	}
	return b, bare(err)
}

// bare takes the path out of an error of os.
func bare(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// Password gives the password for the server that we dial, from its file or the
// environment; "" where neither is configured. One line end at its end is not
// part of it. The error holds nothing of the password.
func (d *Dial) Password() (string, error) {
	if d.PasswordEnv != "" {
		if s := os.Getenv(d.PasswordEnv); s != "" {
			return s, nil
		}
		return "", hintf("set it where the gateway is started",
			"read password: the environment variable of password_env is not set")
	}
	if d.PasswordFile == "" {
		return "", nil
	}
	b, err := readPrivate(d.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	s := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if s == "" || strings.ContainsAny(s, "\r\n\x00") {
		return "", hintf("write the password on one line",
			"read password: the file of password_file is empty or has several lines")
	}
	return s, nil
}

// Signer gives our key for the server that we dial, nil where none is
// configured. A key of any type does: the server's owner chose it.
func (d *Dial) Signer() (ssh.Signer, error) {
	if d.Key == "" {
		return nil, nil
	}
	s, err := loadSigner(d.Key)
	if err != nil {
		return nil, fmt.Errorf("read client key %s: %w", d.Key, err)
	}
	return s, nil
}
