package dropbox

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// The requests by which a client learns further host keys (OpenSSH's PROTOCOL,
// section 2.5), so that a key can be changed without a warning at anybody.
const (
	hostKeysRequest = "hostkeys-00@openssh.com"
	proveRequest    = "hostkeys-prove-00@openssh.com"
)

// maxProofs bounds the signatures that one connection can have made.
const maxProofs = 4

// usableHostKey keeps an RSA key from signing with SHA-1.
func usableHostKey(k ssh.Signer) (ssh.Signer, error) {
	switch kind := k.PublicKey().Type(); kind {
	case ssh.KeyAlgoED25519:
		return k, nil
	case ssh.KeyAlgoRSA:
		as, ok := k.(ssh.AlgorithmSigner)
		if !ok {
			return nil, errors.New("host key: an RSA key that signs with SHA-1 alone")
		}
		return ssh.NewSignerWithAlgorithms(as, []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256})
	default:
		return nil, fmt.Errorf("host key: %s: want ed25519 or RSA", kind)
	}
}

// firstOfKinds are the keys that the server shows in a handshake.
func firstOfKinds(keys []ssh.Signer) []ssh.Signer {
	var first []ssh.Signer
	seen := map[string]bool{}
	for _, k := range keys {
		if kind := k.PublicKey().Type(); !seen[kind] {
			seen[kind] = true
			first = append(first, k)
		}
	}
	return first
}

// announce tells a client that signed in of every host key.
func (s *Server) announce(conn *ssh.ServerConn) {
	var all []byte
	for _, k := range s.hostKeys {
		all = appendString(all, k.PublicKey().Marshal())
	}
	_, _, _ = conn.SendRequest(hostKeysRequest, false, all)
}

// prove signs for the host keys that a client asks about, in their order.
func (s *Server) prove(conn *ssh.ServerConn, asked []byte) ([]byte, error) {
	var proofs []byte
	for n := 0; len(asked) > 0; n++ {
		var next struct {
			Key  []byte
			Rest []byte `ssh:"rest"`
		}
		if err := ssh.Unmarshal(asked, &next); err != nil {
			return nil, err
		}
		asked = next.Rest
		k := s.hostKey(next.Key)
		if k == nil || n == len(s.hostKeys) {
			return nil, errors.New("proof of a key that is not ours")
		}
		sig, err := proof(k, conn)
		if err != nil {
			return nil, err
		}
		proofs = appendString(proofs, ssh.Marshal(sig))
	}
	return proofs, nil
}

func (s *Server) hostKey(blob []byte) ssh.Signer {
	for _, k := range s.hostKeys {
		if bytes.Equal(k.PublicKey().Marshal(), blob) {
			return k
		}
	}
	return nil
}

// proof is the signature by one host key over this very connection. An RSA key
// signs as the handshake did, where that was by RSA.
func proof(k ssh.Signer, conn *ssh.ServerConn) (*ssh.Signature, error) {
	data := ssh.Marshal(struct {
		Request      string
		Session, Key []byte
	}{proveRequest, conn.SessionID(), k.PublicKey().Marshal()})
	as, ok := k.(ssh.MultiAlgorithmSigner)
	if !ok || k.PublicKey().Type() != ssh.KeyAlgoRSA {
		return k.Sign(rand.Reader, data)
	}
	algo := ssh.KeyAlgoRSASHA512
	if c, ok := conn.Conn.(ssh.AlgorithmsConnMetadata); ok && c.Algorithms().HostKey == ssh.KeyAlgoRSASHA256 {
		algo = ssh.KeyAlgoRSASHA256
	}
	return as.SignWithAlgorithm(rand.Reader, data, algo)
}

// appendString appends b as the protocol writes a string.
func appendString(to, b []byte) []byte {
	return append(to, ssh.Marshal(struct{ S []byte }{b})...)
}
