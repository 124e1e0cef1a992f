package clientes_test

import (
	"net"
	"os"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh/knownhosts"

	"buzon/exchange/dropbox"
)

// TestOldClients has OpenSSH and Dropbear offer what clients of ten years ago
// did. They are refused in the handshake, whatever was agreed.
func TestOldClients(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options string
		says    string
	}{
		"exchange": {"-oKexAlgorithms=diffie-hellman-group14-sha1,diffie-hellman-group1-sha1",
			"no matching key exchange method"},
		"MAC":      {"-oCiphers=aes128-ctr -oMACs=hmac-sha1,hmac-sha1-etm@openssh.com", "no matching MAC"},
		"cipher":   {"-oCiphers=aes128-cbc,3des-cbc", "no matching cipher"},
		"host key": {"-oHostKeyAlgorithms=ssh-rsa", "no matching host key type"},
		"all": {"-oKexAlgorithms=diffie-hellman-group14-sha1 -oCiphers=aes128-ctr -oMACs=hmac-sha1",
			"no matching key exchange method"},
	} {
		for _, legacy := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := start(t, func(cfg *dropbox.Options) { cfg.Legacy = legacy })
				s := sit(t, needs(t, opensshSFTP()), w)
				s.mustDo(t, list) // the same client, without the options
				out, err := s.try(`echo "ls" | sftp{F} ` + c.options + ` -b - buzon`)
				if err == nil || !strings.Contains(out, c.says) {
					t.Errorf("%s, legacy %v: %v\n%s", c.options, legacy, err, out)
				}
			})
		}
	}
}

// TestOldDropbear is a client that has, beside chacha20, only ciphers in counter
// mode with a MAC that is not of the -etm kind: it needs what old clients get by
// agreement.
func TestOldDropbear(t *testing.T) {
	t.Parallel()
	for _, legacy := range []bool{false, true} {
		w := start(t, func(c *dropbox.Options) { c.Legacy = legacy })
		s := sit(t, needs(t, client{name: "Dropbear", needs: []string{"dbclient", "dropbearconvert"}}), w)
		host, port, err := net.SplitHostPort(w.wire.addr)
		if err != nil {
			t.Fatal(err)
		}
		s.write(t, ".ssh/known_hosts", knownhosts.Line([]string{host}, signer("host").PublicKey())+"\n")
		s.must(t, "dropbearconvert openssh dropbear .ssh/llave_une llave")
		dial := "dbclient -T -i llave -p " + port + " -s {cuenta}@{host} sftp < /dev/null"
		for options, taken := range map[string]bool{
			"-c aes128-ctr -m hmac-sha2-256":   legacy,
			"-c aes128-ctr -m hmac-sha1":       false,
			"-c chacha20-poly1305@openssh.com": false,
		} {
			out, err := s.try(strings.Replace(dial, "-T", "-T "+options, 1))
			if taken != (err == nil) || !taken && !strings.Contains(out, "No matching algo") {
				t.Errorf("%s, legacy %v: %v\n%s", options, legacy, err, out)
			}
		}
	}
}

// needs skips a test whose client is not there, or fails it where it must be.
func needs(t *testing.T, c client) client {
	t.Helper()
	if why := c.absent(); why != "" {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s: %s", c.name, why)
		}
		t.Skipf("NOT TESTED: %s: %s", c.name, why)
	}
	return c
}
