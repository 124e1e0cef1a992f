package config

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// par makes a key pair: the public line and the private PEM in OpenSSH form.
func par(t *testing.T, key crypto.Signer) (line, private string) {
	t.Helper()
	public, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public))), string(pem.EncodeToMemory(block))
}

func newEd(t *testing.T) crypto.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newRSA(t *testing.T, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newEC(t *testing.T, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// authorized writes a key of a type that we make none of.
func authorized(t *testing.T, parts any) string {
	t.Helper()
	key, err := ssh.ParsePublicKey(ssh.Marshal(parts))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

func certificate(t *testing.T) string {
	t.Helper()
	signer, err := ssh.NewSignerFromKey(newEd(t))
	if err != nil {
		t.Fatal(err)
	}
	c := &ssh.Certificate{Key: signer.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	if err := c.SignCert(rand.Reader, signer); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(c)))
}

func TestParseLlave(t *testing.T) {
	t.Parallel()
	ed, private := par(t, newEd(t))
	rsa2, _ := par(t, newRSA(t, 2048))
	rsa3, _ := par(t, newRSA(t, 3072))
	ec, _ := par(t, newEC(t, elliptic.P256()))
	ec384, _ := par(t, newEC(t, elliptic.P384()))
	ec521, _ := par(t, newEC(t, elliptic.P521()))
	skEd25519 := authorized(t, struct {
		Type, Key, Application string
	}{ssh.KeyAlgoSKED25519, strings.Repeat("k", 32), "ssh:"})
	point, err := newEC(t, elliptic.P256()).Public().(*ecdsa.PublicKey).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	skECDSA := authorized(t, struct {
		Type, Curve, Point, Application string
	}{ssh.KeyAlgoSKECDSA256, "nistp256", string(point), "ssh:"})
	big1 := func(bits int) *big.Int { return new(big.Int).SetBit(new(big.Int), bits-1, 1) }
	dsa := authorized(t, struct {
		Type       string
		P, Q, G, Y *big.Int
	}{"ssh-dss", big1(1024), big1(160), big1(1000), big1(1000)})
	const notKey = "not a public key in OpenSSH form; " +
		"hint: write one line as in a .pub file: ssh-ed25519 AAAA… name"
	tests := []struct{ name, line, account, server string }{
		{"ed25519", ed + " ana@norte", "", ""},
		{"rsa 3072", rsa3, "", ""},
		{"rsa 2048", rsa2, "rsa key of 2048 bits, want 3072 or more; hint: ask the party for an ed25519 key",
			""},
		{"ecdsa", ec, "", ""},
		{"ecdsa 384", ec384, "", ""},
		{"ecdsa 521", ec521, "", ""},
		{"ed25519 of a security key", skEd25519, "", ""},
		{"ecdsa of a security key", skECDSA, "", ""},
		{"dsa", dsa, "keys of type ssh-dss are not accepted; hint: ask the party for an ed25519 key",
			"keys of type ssh-dss are not accepted; hint: ask for the server's ed25519 key"},
		{"certificate", certificate(t),
			"keys of type ssh-ed25519-cert-v01@openssh.com are not accepted; hint: ask the party for an " +
				"ed25519 key",
			"keys of type ssh-ed25519-cert-v01@openssh.com are not accepted; hint: ask for the server's " +
				"ed25519 key"},
		{"nothing", "", notKey, notKey},
		{"comment", "# " + ed, notKey, notKey},
		{"cut", ed[:40], notKey, notKey},
		{"known_hosts", "sftp.condusef.example " + ed,
			"begins with options or a host name, which would be ignored; hint: write one line as in a " +
				".pub file: ssh-ed25519 AAAA… name",
			"begins with options or a host name, which would be ignored; hint: write one line as in a " +
				".pub file: ssh-ed25519 AAAA… name"},
		{"two", ed + "\n" + rsa3, "holds more than one line; hint: write one key an item",
			"holds more than one line; hint: write one key an item"},
		{"private", private,
			"is a private key; hint: write the .pub file's line; and since the private key was shown, " +
				"make a new pair",
			"is a private key; hint: write the .pub file's line; and since the private key was shown, " +
				"make a new pair"},
	}
	text := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	for _, tt := range tests {
		l, err := ParseLlave(tt.line)
		if text(err) != tt.account {
			t.Errorf("%s: account: %v, want %s", tt.name, err, tt.account)
		}
		if err == nil && (l.Key == nil || l.Nombre == "") {
			t.Errorf("%s: %+v", tt.name, l)
		}
		if _, err := parseHostKey(tt.line); text(err) != tt.server {
			t.Errorf("%s: server: %v, want %s", tt.name, err, tt.server)
		}
	}
	if l, _ := ParseLlave(ed + " ana@norte"); l.Nombre != "ana@norte" {
		t.Errorf("Nombre = %q", l.Nombre)
	}
	if l, _ := ParseLlave(ed); l.Nombre != ssh.FingerprintSHA256(l.Key) {
		t.Errorf("Nombre = %q", l.Nombre)
	}
	rsa1, _ := par(t, newRSA(t, 1024))
	if _, err := parseHostKey(rsa1); err == nil {
		t.Error("a server's rsa key of 1024 bits is accepted")
	}
}

func TestLoadHostKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, ed := par(t, newEd(t))
	_, rsa2 := par(t, newRSA(t, 2048))
	_, rsa3 := par(t, newRSA(t, 3072))
	_, ec := par(t, newEC(t, elliptic.P256()))
	signers, err := LoadHostKeys([]string{write(t, ed, dir, "ed"), write(t, rsa3, dir, "rsa3")})
	if err != nil || len(signers) != 2 {
		t.Fatalf("%d signers, %v", len(signers), err)
	}
	multi, ok := signers[1].(ssh.MultiAlgorithmSigner)
	if !ok || strings.Join(multi.Algorithms(), " ") != "rsa-sha2-512 rsa-sha2-256" {
		t.Errorf("the rsa key signs with more than SHA-2: %v", multi)
	}
	_, err = LoadHostKeys([]string{write(t, rsa2, dir, "rsa2"), write(t, ec, dir, "ec"),
		filepath.Join(dir, "none")})
	for _, want := range []string{"rsa key of 2048 bits", "keys of type ecdsa-sha2-nistp256 are not used",
		"none: no such file"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

func TestLoadSeal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := newEd(t)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	_, openssh := par(t, key)
	pkcs8 := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	for name, text := range map[string]string{"openssh": openssh, "pkcs8": pkcs8} {
		got, err := LoadSeal(write(t, text, dir, name))
		if err != nil || !key.(ed25519.PrivateKey).Equal(got) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, rsa3 := par(t, newRSA(t, 3072))
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for want, text := range map[string]string{
		"want an Ed25519 key": rsa3, "not a private key": "hola",
		"has a passphrase": string(pem.EncodeToMemory(locked)),
		"over 65536 bytes": strings.Repeat("x", maxSecret+1),
	} {
		if _, err := LoadSeal(write(t, text, dir, "bad")); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

// A secret that others can read is refused, in Load and at each later use.
func TestSecretModes(t *testing.T) {
	t.Parallel()
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o610} {
		dir := t.TempDir()
		mustInit(t, dir)
		seal := filepath.Join(dir, "llaves/sello")
		if err := os.Chmod(seal, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadSeal(seal); err == nil || !strings.Contains(err.Error(), "hint: chmod 600 "+seal) {
			t.Errorf("%04o: %v", mode, err)
		}
		if got := problems(t, dir, good); !strings.HasPrefix(got,
			"buzon.yaml:2:1: seal.key: read seal key llaves/sello: mode 0") ||
			!strings.HasSuffix(got, "; hint: chmod 600 llaves/sello") {
			t.Errorf("%04o: %s", mode, got)
		}
		if got := problems(t, dir, good, SkipFiles); got != "" {
			t.Errorf("%04o: with SkipFiles: %s", mode, got)
		}
	}
}

func TestSecretsMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	got := problems(t, dir,
		"source: {folder: condusef}\nseal: {id: a, key: none}\nserver:\n  host_keys:\n    - "+
			"llaves/host_ed25519\n    - llaves\n")
	want := "buzon.yaml:2:15: seal.key: read seal key none: no such file or directory\n" +
		"buzon.yaml:6:7: server.host_keys[1]: read host key llaves: is not a file; hint: name a file"
	if got != want {
		t.Errorf("got\n%s", got)
	}
	off := "source: {folder: condusef}\nseal: {id: a}\nserver: {listen: '', host_keys: [none]}\n"
	if got := problems(t, dir, off); got != "" {
		t.Errorf("a server that is off needs no key: %s", got)
	}
}
