package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"buzon/config"
	"buzon/exchange/exchangetest"
	"buzon/exchange/gateway"
)

// live is a gateway at work within this process, with a clock that can be set.
type live struct {
	set
	clock *exchangetest.Clock
	addr  string
	stop  func() // ends it and waits; it may be called again
}

// serve starts the gateway of a set as the command serve does.
func serve(t *testing.T, s set, at time.Time) *live {
	t.Helper()
	cfg, err := config.Load(s.config())
	if err != nil {
		t.Fatal(err)
	}
	l := &live{set: s, clock: exchangetest.NewClock(at)}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	g, err := openGateway(ctx, cfg, zap.NewNop(), l.clock.Now, "serve")
	if err != nil {
		t.Fatal(err)
	}
	var d *gateway.Daemon
	// Programs that other tests are just starting hold copies of this process's
	// files for a moment, the tree's lock of an earlier run among them.
	if !watch(patient, func() bool { d, err = g.NewDaemon(); return err == nil }) {
		t.Fatal(err)
	}
	l.addr = d.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- d.Serve(ctx) }()
	l.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := g.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	t.Cleanup(l.stop)
	return l
}

// tool skips where a program of OpenSSH is missing, loudly, and fails in CI.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("OpenSSH's %s is missing", name)
	}
	t.Skipf("OpenSSH's %s is missing: NOT TESTED with it", name)
	return ""
}

// keygen makes a key pair without a passphrase and gives the line of its public
// half.
func keygen(t *testing.T, path string) string {
	t.Helper()
	cmd := exec.Command(tool(t, "ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", filepath.Base(path),
		"-f", path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	return strings.TrimSpace(read(t, path+".pub"))
}

// enrol gives each of the three UNEs a key, as an operator does: a pair by
// ssh-keygen, its public half in the roll.
func enrol(t *testing.T, s set) (keys string) {
	t.Helper()
	keys = t.TempDir()
	var roll strings.Builder
	une := 900001
	for l := range strings.Lines(read(t, s.path("padron.csv"))) {
		if strings.HasPrefix(l, fmt.Sprintf("%d,", une)) {
			l = strings.TrimRight(l, "\r\n") + keygen(t, filepath.Join(keys, fmt.Sprintf("%08d", une))) + "\n"
			une++
		}
		roll.WriteString(l)
	}
	if une != 900004 {
		t.Fatalf("the roll has no rows for three UNEs:\n%s", roll.String())
	}
	write(t, s.path("padron.csv"), roll.String())
	return keys
}

// client is OpenSSH's sftp with the keys of the UNEs and the host key pinned.
type client struct {
	l    *live
	dir  string // where its local files are
	keys string
}

func newClient(t *testing.T, l *live, keys string) client {
	t.Helper()
	tool(t, "sftp")
	c := client{l, t.TempDir(), keys}
	pub, _, _, _, err := ssh.ParseAuthorizedKey([]byte(read(t, l.path("llaves", "host_ed25519.pub"))))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(c.dir, "known_hosts"),
		knownhosts.Line([]string{knownhosts.Normalize(l.addr)}, pub)+"\n")
	return c
}

// batch runs commands as an account, with the key of another name.
func (c client) batch(t *testing.T, account, key string, lines ...string) (string, error) {
	t.Helper()
	host, port, err := net.SplitHostPort(c.l.addr)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(c.dir, "batch"), strings.Join(lines, "\n")+"\n")
	cmd := exec.Command("sftp", "-F", "none", "-b", "batch", "-P", port, "-i", filepath.Join(c.keys, key),
		"-o", "UserKnownHostsFile=known_hosts", "-o", "GlobalKnownHostsFile=none", "-o",
		"StrictHostKeyChecking=yes",
		"-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", account+"@"+host)
	cmd.Dir = c.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// do runs commands as an account with its own key; they must succeed.
func (c client) do(t *testing.T, account string, lines ...string) string {
	t.Helper()
	out, err := c.batch(t, account, account, lines...)
	if err != nil {
		t.Fatalf("sftp as %s: %v\n%s", account, err, out)
	}
	return out
}

// refused runs one command that must fail and tell nothing of where the tree is.
func (c client) refused(t *testing.T, account, line string) {
	t.Helper()
	out, err := c.batch(t, account, account, line)
	if err == nil {
		t.Errorf("%s: %s: succeeds\n%s", account, line, out)
	}
	if strings.Contains(out, c.l.dir) {
		t.Errorf("%s: %s: tells where the tree is\n%s", account, line, out)
	}
}

func (c client) path(name string) string { return filepath.Join(c.dir, name) }

// openGateway opens the gateway of a configuration as a command does.
func openGateway(ctx context.Context, cfg *config.Config, log *zap.Logger, now func() time.Time,
	command string) (*gateway.Gateway, error) {
	return gateway.Open(ctx,
		gateway.Options{Config: cfg, Log: log, Now: now, Command: command, Version: version})
}
