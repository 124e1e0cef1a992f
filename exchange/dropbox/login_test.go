package dropbox_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/big"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"buzon/exchange/dropbox"
)

// skSigner signs as a security key does, whose touch it claims.
type skSigner struct {
	pub  ssh.PublicKey
	sign func(data []byte) []byte
}

func (s skSigner) PublicKey() ssh.PublicKey { return s.pub }

func (s skSigner) Sign(_ io.Reader, data []byte) (*ssh.Signature, error) {
	app, msg := sha256.Sum256([]byte("ssh:")), sha256.Sum256(data)
	tail := binary.BigEndian.AppendUint32([]byte{1}, 7) // touched; counter
	blob := append(append(append([]byte{}, app[:]...), tail...), msg[:]...)
	return &ssh.Signature{Format: s.pub.Type(), Blob: s.sign(blob), Rest: tail}, nil
}

func skKeys(t *testing.T) map[string]ssh.Signer {
	t.Helper()
	ed := ed25519.NewKeyFromSeed(make([]byte, 32))
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	point, err := ec.PublicKey.Bytes()
	check(t, err)
	edPub, err := ssh.ParsePublicKey(ssh.Marshal(struct {
		Kind, Key, App string
	}{ssh.KeyAlgoSKED25519, string(ed[32:]), "ssh:"}))
	check(t, err)
	ecPub, err := ssh.ParsePublicKey(ssh.Marshal(struct {
		Kind, Curve, Key, App string
	}{ssh.KeyAlgoSKECDSA256, "nistp256", string(point), "ssh:"}))
	check(t, err)
	return map[string]ssh.Signer{
		"sk-ed25519": skSigner{edPub, func(data []byte) []byte { return ed25519.Sign(ed, data) }},
		"sk-ecdsa": skSigner{ecPub, func(data []byte) []byte {
			sum := sha256.Sum256(data)
			r, s, err := ecdsa.Sign(rand.Reader, ec, sum[:])
			check(t, err)
			return ssh.Marshal(struct{ R, S *big.Int }{r, s})
		}},
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newSigner(t *testing.T, key any, err error) ssh.Signer {
	t.Helper()
	check(t, err)
	s, err := ssh.NewSignerFromKey(key)
	check(t, err)
	return s
}

func newRSA(t *testing.T, bits int) ssh.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	return newSigner(t, key, err)
}

func newECDSA(t *testing.T, curve elliptic.Curve) ssh.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	return newSigner(t, key, err)
}

func (w *world) dialAs(account string, auth ...ssh.AuthMethod) (*ssh.Client, error) {
	return ssh.Dial("tcp", w.addr, &ssh.ClientConfig{
		User: account, Auth: auth, HostKeyCallback: ssh.FixedHostKey(signer("host").PublicKey()),
	})
}

func TestKindsOfKeys(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) {
		// what is refused is refused without it
		c.Authorize = func(string, ssh.PublicKey) error { return nil }
		c.Limits.MaxFailures = 100
	})
	strong, weak := newRSA(t, 3072), newRSA(t, 2048)
	sha1, err := ssh.NewSignerWithAlgorithms(strong.(ssh.AlgorithmSigner), []string{ssh.KeyAlgoRSA})
	check(t, err)
	cert := &ssh.Certificate{Key: signer(une1).PublicKey(), CertType: ssh.UserCert,
		ValidPrincipals: []string{une1}, ValidBefore: ssh.CertTimeInfinity}
	check(t, cert.SignCert(rand.Reader, signer("ca")))
	certified, err := ssh.NewCertSigner(cert, signer(une1))
	check(t, err)

	good := skKeys(t)
	good["ed25519"], good["rsa 3072"] = signer("any"), strong
	good["ecdsa 256"], good["ecdsa 384"], good["ecdsa 521"] = newECDSA(t, elliptic.P256()),
		newECDSA(t, elliptic.P384()), newECDSA(t, elliptic.P521())
	for kind, s := range good {
		conn, err := w.dialAs(une1, ssh.PublicKeys(s))
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		conn.Close()
	}
	for kind, s := range map[string]ssh.Signer{"rsa 2048": weak, "rsa with SHA-1": sha1,
		"certificate": certified} {
		if _, err := w.dialAs(une1, ssh.PublicKeys(s)); err == nil {
			t.Errorf("%s: let in", kind)
		}
	}
}

func TestPassword(t *testing.T) {
	t.Parallel()
	var suspended, asked atomic.Bool
	logins := make(chan dropbox.Login, 10)
	w := start(t, func(c *dropbox.Options) {
		c.Password = func(account, password string) error {
			asked.Store(true)
			if account == une1 && password == "contraseña larga" {
				return nil
			}
			return errRevoked
		}
		c.Authorize = func(account string, key ssh.PublicKey) error {
			if key != nil {
				return authorize(account, key)
			}
			if suspended.Load() {
				return errRevoked
			}
			return nil
		}
		c.OnLogin = func(l dropbox.Login) { logins <- l }
		c.Limits.MaxFailures = 100
	})
	conn, err := w.dialAs(une1, ssh.Password("contraseña larga"))
	check(t, err)
	if l := <-logins; l.Account != une1 || l.Key != "" || l.Remote == "" ||
		!strings.HasPrefix(l.Client, "SSH-2.0-Go") || l.Algorithms == "" {
		t.Errorf("told of %+v", l)
	}
	suspended.Store(true)
	if n := w.srv.Recheck(); n != 1 {
		t.Errorf("ended %d sessions, want 1", n)
	}
	conn.Wait()
	passwords := map[string]string{une1: "contraseña larga",
		une2: "contraseña larga", "00900009": "x", "": ""}
	for account, password := range passwords {
		if _, err := w.dialAs(account, ssh.Password(password)); err == nil {
			t.Errorf("%s: let in", account)
		}
	}
	suspended.Store(false)
	asked.Store(false)
	if _, err := w.dialAs(une1, ssh.Password(strings.Repeat("x", 2000))); err == nil || asked.Load() {
		t.Errorf("an endless password: %v, looked at: %v", err, asked.Load())
	}
	if _, err := w.dialAs(une1, ssh.Password("mal")); err == nil || !asked.Load() {
		t.Errorf("a wrong password: %v, looked at: %v", err, asked.Load())
	}
	// A key goes on being good.
	conn, err = w.dial(t, une1, une1)
	check(t, err)
	defer conn.Close()
	if l := <-logins; l.Key != ssh.FingerprintSHA256(signer(une1).PublicKey()) {
		t.Errorf("told of %+v", l)
	}
	if len(logins) != 0 {
		t.Errorf("told of a login that did not count: %+v", <-logins)
	}
}

func TestNoPasswordOffered(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	asked := false
	_, err := w.dialAs(une1, ssh.PasswordCallback(func() (string, error) { asked = true; return "x", nil }))
	if err == nil || asked {
		t.Errorf("%v, asked for a password: %v", err, asked)
	}
}

// TestClientVersion signs in with a version that would play tricks on a terminal.
func TestClientVersion(t *testing.T) {
	t.Parallel()
	logins := make(chan dropbox.Login, 1)
	w := start(t, func(c *dropbox.Options) { c.OnLogin = func(l dropbox.Login) { logins <- l } })
	conn, err := ssh.Dial("tcp", w.addr, &ssh.ClientConfig{
		User: une1, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer(une1))},
		ClientVersion:   "SSH-2.0-\u202e\x7f" + strings.Repeat("x", 200),
		HostKeyCallback: ssh.FixedHostKey(signer("host").PublicKey()),
	})
	check(t, err)
	defer conn.Close()
	if got := (<-logins).Client; !strings.HasPrefix(got, "SSH-2.0-??x") || len(got) != 100 {
		t.Errorf("client %q, want 100 printable characters", got)
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	var refused atomic.Bool
	w := start(t, func(c *dropbox.Options) {
		c.Authorize = func(account string, key ssh.PublicKey) error {
			if refused.Load() && account == une1 {
				return errRevoked
			}
			return authorize(account, key)
		}
	})
	p, other := w.party(t, une1), w.party(t, une2)
	p.write(t, resPath, anew, 0, []byte("half"))
	if n := w.srv.Recheck(); n != 0 {
		t.Errorf("ended %d sessions, want none", n)
	}
	refused.Store(true)
	if n := w.srv.Recheck(); n != 1 {
		t.Errorf("ended %d sessions, want 1", n)
	}
	p.conn.Wait()
	w.await(t, "logout")
	if r := w.awaitRefusal(t, dropbox.Withdrawn); r.Account != une1 || r.Address != "127.0.0.1" {
		t.Errorf("told of %+v", r)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{})
	if _, err := other.Stat("/"); err != nil {
		t.Errorf("the other's session: %v", err)
	}
	if _, err := w.dial(t, une1, une1); err == nil {
		t.Error("the revoked key is let in")
	}
	if n := w.srv.Recheck(); n != 0 {
		t.Errorf("ended %d sessions again", n)
	}
}

// TestWithdrawnClose has the close and the rename of uploads in the server's
// hands when the key is revoked.
func TestWithdrawnClose(t *testing.T) {
	t.Parallel()
	var refused atomic.Bool
	reached, goOn := make(chan bool), make(chan bool)
	w := start(t, func(c *dropbox.Options) {
		c.Authorize = func(account string, key ssh.PublicKey) error {
			if refused.Load() {
				return errRevoked
			}
			return authorize(account, key)
		}
		c.OnUpload = func(string, string, string) { reached <- true; <-goOn }
	})
	r := w.raw(t, une1)
	r.init(t)
	r.send(rawOpen(1, resPath, 0x1a), rawOpen(2, "/respuestas/b.txt", 0x1a),
		rawOpen(3, "/respuestas/c.txt.tmp", 0x1a))
	for range 3 {
		r.answer(t)
	}
	r.send(rawWrite(4, "1", 0, "uno"), rawWrite(5, "2", 0, "dos"), rawWrite(6, "3", 0, "tres"),
		rawClose(7, "3"))
	for range 4 {
		r.answer(t)
	}
	r.send(rawClose(8, "1"), rawClose(9, "2"), rawRename(10, "/respuestas/c.txt.tmp", "/respuestas/c.txt"))
	<-reached
	if _, _, err := r.conn.SendRequest("keepalive@openssh.com", true, nil); err != nil {
		// the rest is there too
		t.Fatal(err)
	}
	refused.Store(true)
	if n := w.srv.Recheck(); n != 1 {
		t.Fatalf("ended %d sessions, want 1", n)
	}
	r.conn.Wait()
	goOn <- true
	w.await(t, "logout")
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=uno"})
}

// TestRevokedDuringLogin lets the key pass the login and be revoked before the
// session can be found by Recheck.
func TestRevokedDuringLogin(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	w := start(t, func(c *dropbox.Options) {
		c.Authorize = func(string, ssh.PublicKey) error {
			if asked.Add(1) > 1 {
				return errRevoked
			}
			return nil
		}
		c.OnLogin = func(dropbox.Login) { t.Error("told of a login that does not count") }
	})
	conn, err := w.dial(t, une1, une1)
	if err == nil {
		if _, err := sftp.NewClient(conn); err == nil {
			t.Error("a session of a revoked key")
		}
	}
	w.await(t, "credential refused after its login")
}

// TestUpdateHostKeys has the real client learn the next key, and sign in without
// a question when the server shows it.
func TestUpdateHostKeys(t *testing.T) {
	t.Parallel()
	old, next := newRSA(t, 3072), newRSA(t, 3072)
	for what, keys := range map[string][]ssh.Signer{
		"ed25519": {signer("host"), signer("next"), old}, "rsa": {old, next, signer("host")},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := start(t, func(c *dropbox.Options) { c.HostKeys = keys })
			o := newOpenSSH(t, w)
			o.options = []string{"-o", "UpdateHostKeys=yes", "-o",
				"HostKeyAlgorithms=ssh-ed25519,rsa-sha2-256"}
			if what == "rsa" {
				o.options[3] = "HostKeyAlgorithms=rsa-sha2-256"
			}
			o.knows(t, keys[0])
			known := func(k ssh.Signer) bool {
				line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k.PublicKey())))
				return strings.Contains(o.read(t, "known_hosts"), line)
			}
			for range 50 { // the client ends with its session, be the answer there or not
				if o.must(t, une1, "ls", "ls", "ls"); known(keys[1]) {
					break
				}
			}
			for n, k := range keys {
				// A client that asked for one kind of key learns that kind.
				if alike := k.PublicKey().Type() == keys[0].PublicKey().Type(); alike && !known(k) {
					t.Errorf("key %d is not in known_hosts:\n%s", n, o.read(t, "known_hosts"))
				}
			}
			w.stop()
			w.open(t)
			keys[0], keys[1] = keys[1], keys[0]
			before := knownhosts.Normalize(w.addr)
			cfg := w.config()
			cfg.HostKeys = keys
			w.serve(t, cfg)
			o.file(t, "known_hosts",
				strings.ReplaceAll(o.read(t, "known_hosts"), before, knownhosts.Normalize(w.addr)))
			o.must(t, une1, "ls")
		})
	}
}

// TestProve asks as no real client would.
func TestProve(t *testing.T) {
	t.Parallel()
	rsaKey := newRSA(t, 3072)
	w := start(t, func(c *dropbox.Options) {
		c.HostKeys = []ssh.Signer{signer("host"), signer("next"), rsaKey}
	})
	conn, err := ssh.Dial("tcp", w.addr, &ssh.ClientConfig{
		User: une1, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer(une1))},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), HostKeyAlgorithms: []string{ssh.KeyAlgoRSASHA256},
	})
	check(t, err)
	defer conn.Close()
	list := func(keys ...ssh.Signer) (b []byte) {
		for _, k := range keys {
			b = append(b, ssh.Marshal(struct{ K []byte }{k.PublicKey().Marshal()})...)
		}
		return b
	}
	ask := func(payload []byte) (bool, []byte) {
		ok, answer, err := conn.SendRequest("hostkeys-prove-00@openssh.com", true, payload)
		check(t, err)
		return ok, answer
	}
	ok, answer := ask(list(rsaKey, signer("next")))
	if !ok {
		t.Fatal("no proof")
	}
	for _, k := range []ssh.Signer{rsaKey, signer("next")} {
		var s struct {
			Sig  []byte
			Rest []byte `ssh:"rest"`
		}
		check(t, ssh.Unmarshal(answer, &s))
		answer = s.Rest
		var sig ssh.Signature
		check(t, ssh.Unmarshal(s.Sig, &sig))
		if k == rsaKey && sig.Format != ssh.KeyAlgoRSASHA256 {
			t.Errorf("proved by %s, want what the handshake used", sig.Format)
		}
		check(t, k.PublicKey().Verify(ssh.Marshal(struct {
			Request      string
			Session, Key []byte
		}{"hostkeys-prove-00@openssh.com", conn.SessionID(), k.PublicKey().Marshal()}), &sig))
	}
	for what, payload := range map[string][]byte{
		"of a stranger's key": list(signer("stranger")), "cut": {0, 0, 1, 0, 7},
		"of one key many times": bytes.Repeat(list(rsaKey), 4),
	} {
		if ok, _ := ask(payload); ok {
			t.Errorf("proof %s", what)
		}
	}
	if ok, _ := ask(list(rsaKey)); ok {
		t.Error("proofs without end")
	}
}
