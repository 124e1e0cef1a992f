package dropbox

import (
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"
)

const serverVersion = "SSH-2.0-Buzon"

// algorithms names every algorithm, since the library's defaults still offer
// SHA-1. AES-GCM stands first because it costs the least. chacha20-poly1305 is
// left out, good as it is: OpenSSH's client prefers it, the client's order
// decides, and Go's costs this server two to three times the processor time of
// AES-GCM (7 to 8 seconds a GiB on amd64). Without it such a client takes AES.
// The legacy ones come last, so that only a client without anything better gets
// them; the library adds curve25519-sha256@libssh.org, the same exchange under
// its former name.
func algorithms(legacy bool) ssh.Config {
	c := ssh.Config{
		KeyExchanges: []string{ssh.KeyExchangeMLKEM768X25519, ssh.KeyExchangeCurve25519},
		Ciphers: []string{
			ssh.CipherAES256GCM, ssh.CipherAES128GCM,
			ssh.CipherAES256CTR, ssh.CipherAES192CTR, ssh.CipherAES128CTR,
		},
		MACs: []string{ssh.HMACSHA256ETM, ssh.HMACSHA512ETM},
	}
	if legacy {
		c.KeyExchanges = append(c.KeyExchanges, ssh.KeyExchangeDH16SHA512, ssh.KeyExchangeDH14SHA256)
		c.MACs = append(c.MACs, ssh.HMACSHA256, ssh.HMACSHA512)
	}
	return c
}

// serverConfig is what all connections have in common; attempt adds how to sign
// in.
func serverConfig(hostKeys []ssh.Signer, legacy bool) (*ssh.ServerConfig, error) {
	c := &ssh.ServerConfig{
		Config: algorithms(legacy),
		PublicKeyAuthAlgorithms: []string{
			ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519,
			ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoSKECDSA256,
			ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
		},
		MaxAuthTries:  6,
		ServerVersion: serverVersion,
	}
	if len(hostKeys) == 0 {
		return nil, errors.New("no host key")
	}
	for _, k := range firstOfKinds(hostKeys) {
		c.AddHostKey(k)
	}
	return c, nil
}

// negotiated names what a connection uses, in the direction in which files are
// picked up.
func negotiated(conn *ssh.ServerConn) string {
	c, ok := conn.Conn.(ssh.AlgorithmsConnMetadata)
	if !ok {
		return ""
	}
	a := c.Algorithms()
	return strings.TrimSuffix(strings.Join([]string{a.KeyExchange, a.HostKey, a.Write.Cipher, a.Write.MAC},
		" "), " ")
}
