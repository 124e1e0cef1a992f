package dropbox

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

const serverVersion = "SSH-2.0-Buzon"

// serverConfig names every algorithm, since the library's defaults still offer
// SHA-1. AES-GCM stands first because it costs the least.
func serverConfig(hostKeys []ssh.Signer, authorize func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error)) (*ssh.ServerConfig, error) {
	c := &ssh.ServerConfig{
		Config: ssh.Config{
			KeyExchanges: []string{ssh.KeyExchangeMLKEM768X25519, ssh.KeyExchangeCurve25519},
			Ciphers: []string{
				ssh.CipherAES256GCM, ssh.CipherAES128GCM, ssh.CipherChaCha20Poly1305,
				ssh.CipherAES256CTR, ssh.CipherAES192CTR, ssh.CipherAES128CTR,
			},
			MACs: []string{ssh.HMACSHA256ETM, ssh.HMACSHA512ETM},
		},
		PublicKeyAuthAlgorithms: []string{
			ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
		},
		MaxAuthTries:      6,
		ServerVersion:     serverVersion,
		PublicKeyCallback: authorize,
	}
	if len(hostKeys) == 0 {
		return nil, errors.New("no host key")
	}
	for _, k := range hostKeys {
		signer, err := hostKey(k)
		if err != nil {
			return nil, err
		}
		c.AddHostKey(signer)
	}
	return c, nil
}

// hostKey keeps an RSA key from signing with SHA-1.
func hostKey(k ssh.Signer) (ssh.Signer, error) {
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

// negotiated names what a connection uses, in the direction in which files are
// picked up.
func negotiated(conn *ssh.ServerConn) string {
	c, ok := conn.Conn.(ssh.AlgorithmsConnMetadata)
	if !ok {
		return ""
	}
	a := c.Algorithms()
	return strings.TrimSuffix(strings.Join([]string{a.KeyExchange, a.HostKey, a.Write.Cipher, a.Write.MAC}, " "), " ")
}
