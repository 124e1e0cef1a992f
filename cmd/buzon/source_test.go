package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"buzon/exchange"
	"buzon/exchange/archivo"
	"buzon/exchange/gateway"
	"buzon/schema"
	"buzon/store"
)

// newSigner makes a key; its private half goes to path, if there is one.
func newSigner(t *testing.T, path string) ssh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if path != "" {
		block, err := ssh.MarshalPrivateKey(key, "")
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, string(pem.EncodeToMemory(block)))
	}
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func authorizedKey(s ssh.Signer) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(s.PublicKey())))
}

// useRemote makes an SFTP server the source of a set; pinned is the key that the
// operator was given for it.
func useRemote(t *testing.T, s set, addr string, pinned ssh.Signer) {
	t.Helper()
	newSigner(t, s.path("llaves", "cliente"))
	s.edit(t, "  folder: condusef\n",
		fmt.Sprintf("  remote:\n    address: '%s'\n    user: buzon\n    key: llaves/cliente\n"+
			"    host_keys: ['%s']\n    handshake_timeout: 1s\n    retries: 0\n", addr,
			authorizedKey(pinned)))
}

// upload leaves a file in a UNE's respuestas while no gateway is there that would
// be told of it.
func upload(t *testing.T, s set, parte schema.Parte, name, content string, at time.Time) {
	t.Helper()
	st, err := store.Open(t.Context(), gateway.StorePath(s.path("datos")),
		store.Options{Now: at, Junto: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	contents, err := archivo.Open(s.path("datos"))
	if err != nil {
		t.Fatal(err)
	}
	defer contents.Close()
	c := exchange.Cycle{Store: st, Archivo: contents, Now: func() time.Time { return at }}
	err = c.Deposit(t.Context(),
		store.Arribo{Parte: parte, Carpeta: schema.CarpetaRespuestas, Nombre: name, Momento: at,
			Subida: rand.Text()}, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func dialSFTP(t *testing.T, addr, account string, key ssh.Signer, host ssh.PublicKey) *sftp.Client {
	t.Helper()
	conn, err := ssh.Dial("tcp", addr,
		&ssh.ClientConfig{User: account, Auth: []ssh.AuthMethod{ssh.PublicKeys(key)},
			HostKeyCallback: ssh.FixedHostKey(host), Timeout: patient})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c, err := sftp.NewClient(conn)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func send(t *testing.T, c *sftp.Client, path, content string) {
	t.Helper()
	f, err := c.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, content); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// impostor is an SSH server that lets everybody in and remembers what it saw.
type impostor struct {
	net.Listener
	key                    ssh.Signer
	conns, asked, admitted atomic.Int32
	handshakes             chan error
}

func newImpostor(t *testing.T) *impostor {
	t.Helper()
	im := &impostor{Listener: listen(t), key: newSigner(t, ""), handshakes: make(chan error, 100)}
	cfg := &ssh.ServerConfig{
		NoClientAuth: true,
		PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
			return nil, nil
		},
		PasswordCallback: func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { return nil, nil },
		AuthLogCallback:  func(ssh.ConnMetadata, string, error) { im.asked.Add(1) },
	}
	cfg.AddHostKey(im.key)
	go func() {
		for {
			conn, err := im.Accept()
			if err != nil {
				return
			}
			im.conns.Add(1)
			go func() {
				defer conn.Close()
				_, _, _, err := ssh.NewServerConn(conn, cfg)
				if err == nil {
					im.admitted.Add(1)
				}
				im.handshakes <- err
			}()
		}
	}()
	return im
}

// waiting is a set whose LOTs are delivered and in which an answer lies.
func waiting(t *testing.T) set {
	t.Helper()
	s := newSet(t)
	s.deliverExamples(t)
	upload(t, s, 900001, res1, example(t, res1), moment(t, answered))
	return s
}

// wantAnswered tells that the UNE's answer was receipted, though CONDUSEF could
// not be reached, and that the log tells of the failure.
func wantAnswered(t *testing.T, s set) {
	t.Helper()
	if d := cmp.Diff(records(example(t, acu1)), records(read(t, s.box(une1, "acuses", acu1)))); d != "" {
		t.Errorf("records of the ACU (-want +got):\n%s", d)
	}
	if out := s.history(t, "--last", "1", "--json"); !strings.Contains(out, "corrida_fallida") {
		t.Errorf("the log ends in\n%s", out)
	}
}

func TestWrongHostKey(t *testing.T) {
	t.Parallel()
	s := waiting(t)
	im := newImpostor(t)
	pinned := newSigner(t, "")
	useRemote(t, s, im.Addr().String(), pinned)
	out := s.mustRun(t, exitFailed, "2026-03-18", "2026-03-18T16:30:00-06:00")
	for _, want := range []string{"host key of " + im.Addr().String() + " is not pinned",
		ssh.FingerprintSHA256(im.key.PublicKey()),
		ssh.FingerprintSHA256(pinned.PublicKey()), "hint: compare the offered fingerprint"} {
		if !strings.Contains(out, want) {
			t.Errorf("the error does not say %q:\n%s", want, out)
		}
	}
	wantAnswered(t, s)
	if im.conns.Load() == 0 {
		t.Fatal("nobody connected")
	}
	for range im.conns.Load() {
		if err := <-im.handshakes; err == nil {
			t.Error("the handshake with the impostor succeeds")
		}
	}
	if im.asked.Load() != 0 || im.admitted.Load() != 0 {
		t.Errorf("the impostor saw %d authentications and %d sessions", im.asked.Load(), im.admitted.Load())
	}
}

// TestSilentSource dials a server that accepts and never says a word.
func TestSilentSource(t *testing.T) {
	t.Parallel()
	s := waiting(t)
	l := listen(t)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close() // held until the test ends
		}
	}()
	useRemote(t, s, l.Addr().String(), newSigner(t, ""))
	var code int
	var out string
	ended := make(chan struct{})
	begin := time.Now()
	go func() {
		code, out = s.run("2026-03-18", "2026-03-18T16:30:00-06:00")
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patient):
		t.Fatalf("run waits for a silent server for more than %v", patient)
	}
	if code != exitFailed || !strings.Contains(out, "no handshake within 1s") {
		t.Errorf("exit %d\n%s", code, out)
	}
	// It dials at most to look, to answer and to send back.
	if took := time.Since(begin); took < time.Second || took > 15*time.Second {
		t.Errorf("run took %v with a limit of 1s for the handshake", took)
	}
	wantAnswered(t, s)
}
