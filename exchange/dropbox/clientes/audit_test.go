package clientes_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox"
)

// audit runs ssh-audit against the server. It fails where it finds something.
func (w *world) audit(t *testing.T, options ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath("ssh-audit"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("ssh-audit is missing")
		}
		t.Skip("ssh-audit is missing: NOT TESTED")
	}
	host, port, err := net.SplitHostPort(w.wire.server)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ssh-audit", append(options, "-p", port, host)...).CombinedOutput()
	return string(out), err
}

func TestAuditPolicy(t *testing.T) {
	t.Parallel()
	out, err := start(t, nil).audit(t, "-n", "-P", "testdata/ssh-audit/buzon.txt")
	if err != nil || !strings.Contains(out, "Passed") {
		t.Errorf("%v\n%s", err, out)
	}
	// A policy that everything passes would be worth nothing.
	w := start(t, func(c *dropbox.Options) { c.Legacy = true })
	if out, err := w.audit(t, "-n", "-P", "testdata/ssh-audit/buzon.txt"); err == nil {
		t.Errorf("the algorithms for old clients pass too:\n%s", out)
	}
}

// unknown are two that ssh-audit 2.5.0 has not heard of: the hybrid exchange,
// and the defence against Terrapin, which is no algorithm.
var unknown = regexp.MustCompile(
	`^\(kex\) (mlkem768x25519-sha256|kex-strict-s-v00@openssh\.com) +-- \[warn\] unknown algorithm$`)

func TestAuditFindsNothing(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) { c.HostKeys = append(c.HostKeys, rsaKey(t)) })
	out, _ := w.audit(t, "-n")
	if !strings.Contains(out, "(enc) aes256-gcm@openssh.com") ||
		!strings.Contains(out, "(key) rsa-sha2-512") {
		t.Fatalf("no report:\n%s", out)
	}
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		found := strings.Contains(line, "[fail]") || strings.Contains(line, "[warn]") ||
			strings.HasPrefix(line, "(rec)")
		if found && !unknown.MatchString(line) {
			t.Error(line)
		}
	}
}

func rsaKey(t *testing.T) ssh.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestAuditLegacy looks at what old clients get where it was agreed: more, and
// nothing with SHA-1, CBC or a curve of NIST's.
func TestAuditLegacy(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) { c.Legacy = true })
	out, _ := w.audit(t, "-j")
	var report struct {
		Kex []struct{ Algorithm string }
		Key []struct{ Algorithm string }
		Enc []json.RawMessage
		Mac []json.RawMessage
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(report.Kex) < 5 || len(report.Key) == 0 || len(report.Enc) == 0 || len(report.Mac) < 4 {
		t.Fatalf("the report says too little:\n%s", out)
	}
	if bad := regexp.MustCompile(
		`"(diffie-hellman-group[^"]*-sha1|hmac-sha1[^"]*|hmac-md5[^"]*|[^"]*-cbc|ssh-rsa|ssh-dss|` +
			`ecdh-sha2[^"]*)"`).FindString(out); bad != "" {
		t.Errorf("%s is offered", bad)
	}
}
