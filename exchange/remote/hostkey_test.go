package remote_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"buzon/exchange/remote"
)

func TestWrongHostKey(t *testing.T) {
	t.Parallel()
	s := (&server{hostKeys: []ssh.Signer{signer(t, "impostor")}, password: "secreto"}).start(t)
	asked := false
	c, _ := dial(t, s, func(cfg *remote.Options) {
		cfg.Password = func() (string, error) { asked = true; return "secreto", nil }
	})
	err := c.Mailbox("/").Put(t.Context(), recName, opener([]byte("a")))
	var mismatch *remote.HostKeyError
	if !errors.As(err, &mismatch) {
		t.Fatalf("Put: %v, want a HostKeyError", err)
	}
	got, want := signer(t, "impostor").PublicKey(), signer(t, "host").PublicKey()
	for _, part := range []string{
		s.addr, ssh.FingerprintSHA256(got), ssh.FingerprintSHA256(want),
		"no byte of the exchange was sent", "telephone", "configuration",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
	if <-s.done == nil {
		t.Error("the server saw a finished handshake")
	}
	if a := s.authentications(); len(a) != 0 || asked {
		t.Errorf("a wrong host saw authentication: %q, password asked %v", a, asked)
	}
	if n := s.dials(); n != 1 {
		t.Errorf("%d dials, want 1: a wrong key does not pass", n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if kinds := plainPackets(t, s.written[0]); !bytes.Equal(kinds, []byte{msgKexInit, msgKexECDHInit}) {
		t.Errorf("the client sent packets %v, want its key exchange and nothing after", kinds)
	}
}

const (
	msgKexInit     = 20
	msgKexECDHInit = 30
)

// plainPackets gives the kinds of the packets before encryption, after the line
// with the version.
func plainPackets(t *testing.T, b []byte) (kinds []byte) {
	t.Helper()
	_, b, ok := bytes.Cut(b, []byte("\r\n"))
	for ok && len(b) > 5 {
		n := binary.BigEndian.Uint32(b)
		if uint64(n)+4 > uint64(len(b)) {
			t.Fatalf("a packet of %d bytes, %d left", n, len(b)-4)
		}
		kinds = append(kinds, b[5])
		b = b[4+n:]
	}
	if len(b) > 0 {
		t.Fatalf("%d bytes are left after the last packet", len(b))
	}
	return kinds
}

func TestRotationOfTheHostKey(t *testing.T) {
	t.Parallel()
	for _, current := range []string{"old", "new"} {
		s := (&server{hostKeys: []ssh.Signer{signer(t, current)}}).start(t)
		c, _ := dial(t, s, func(cfg *remote.Options) {
			cfg.HostKeys = []ssh.PublicKey{signer(t, "old").PublicKey(), signer(t, "new").PublicKey()}
		})
		if _, err := c.Mailbox("/").List(t.Context()); err != nil {
			t.Errorf("List with the %s key: %v", current, err)
		}
	}
}

// A server with several keys must be asked for the one that is pinned.
func TestPinnedTypeIsAskedFor(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	nist, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	s := (&server{hostKeys: []ssh.Signer{signer(t, "host"), nist}}).start(t)
	c, _ := dial(t, s, func(cfg *remote.Options) {
		cfg.HostKeys = []ssh.PublicKey{nist.PublicKey()}
	})
	if _, err := c.Mailbox("/").List(t.Context()); err != nil {
		t.Errorf("List: %v", err)
	}
}
