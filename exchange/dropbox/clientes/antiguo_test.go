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
		"exchange": {"-oKexAlgorithms=diffie-hellman-group14-sha1,diffie-hellman-group1-sha1", "no matching key exchange method"},
		"MAC":      {"-oCiphers=aes128-ctr -oMACs=hmac-sha1,hmac-sha1-etm@openssh.com", "no matching MAC"},
		"cipher":   {"-oCiphers=aes128-cbc,3des-cbc", "no matching cipher"},
		"host key": {"-oHostKeyAlgorithms=ssh-rsa", "no matching host key type"},
		"all": {"-oKexAlgorithms=diffie-hellman-group14-sha1 -oCiphers=aes128-ctr -oMACs=hmac-sha1",
			"no matching key exchange method"},
	} {
		for _, legacy := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := start(t, func(cfg *dropbox.Config) { cfg.Legacy = legacy })
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

func TestOldDropbear(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	s := sit(t, needs(t, client{name: "Dropbear", needs: []string{"dbclient", "dropbearconvert"}}), w)
	host, port, err := net.SplitHostPort(w.wire.addr)
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, ".ssh/known_hosts", knownhosts.Line([]string{host}, signer("host").PublicKey())+"\n")
	s.must(t, "dropbearconvert openssh dropbear .ssh/llave_une llave")
	dial := "dbclient -T -i llave -p " + port + " -s {cuenta}@{host} sftp < /dev/null"
	// A cipher in counter mode with a MAC that is not of the -etm kind is all
	// that this client has beside chacha20.
	if out, err := s.try(strings.Replace(dial, "-T", "-T -c chacha20-poly1305@openssh.com", 1)); err != nil {
		t.Errorf("the client as it is: %v\n%s", err, out)
	}
	if out, err := s.try(strings.Replace(dial, "-T", "-T -c aes128-ctr -m hmac-sha1", 1)); err == nil || !strings.Contains(out, "mac") {
		t.Errorf("HMAC-SHA1: %v\n%s", err, out)
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
