package dropbox_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"buzon/exchange/dropbox"
)

// openssh runs the real client.
type openssh struct {
	w       *world
	dir     string
	options []string
}

func newOpenSSH(t *testing.T, w *world) openssh {
	t.Helper()
	if _, err := exec.LookPath("sftp"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("OpenSSH's sftp is missing")
		}
		t.Skip("OpenSSH's sftp is missing: NOT TESTED against it")
	}
	o := openssh{w: w, dir: t.TempDir()}
	o.knows(t, signer("host"))
	for _, account := range []string{une1, une2} {
		seed := sha256.Sum256([]byte(account))
		block, err := ssh.MarshalPrivateKey(ed25519.NewKeyFromSeed(seed[:]), "")
		if err != nil {
			t.Fatal(err)
		}
		o.file(t, account, string(pem.EncodeToMemory(block)))
	}
	return o
}

// knows makes the client know the server by that key alone.
func (o openssh) knows(t *testing.T, host ssh.Signer) {
	t.Helper()
	o.file(t, "known_hosts", knownhosts.Line([]string{knownhosts.Normalize(o.w.addr)}, host.PublicKey())+"\n")
}

func (o openssh) file(t *testing.T, name, content string) string {
	t.Helper()
	p := filepath.Join(o.dir, name)
	if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func (o openssh) read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(o.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// batch runs commands as the account and gives what the client printed. A line
// that begins with - may fail.
func (o openssh) batch(t *testing.T, account string, lines ...string) (string, error) {
	t.Helper()
	host, port, err := net.SplitHostPort(o.w.addr)
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-F", "none", "-b", "-", "-P", port, "-i", account,
		"-o", "UserKnownHostsFile=known_hosts", "-o", "GlobalKnownHostsFile=none", "-o",
		"StrictHostKeyChecking=yes",
		"-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"}, o.options...)
	cmd := exec.Command("sftp", append(args, account+"@"+host)...)
	cmd.Dir = o.dir
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (o openssh) must(t *testing.T, account string, lines ...string) string {
	t.Helper()
	out, err := o.batch(t, account, lines...)
	if err != nil {
		t.Fatalf("sftp: %v\n%s", err, out)
	}
	return out
}

func TestOpenSSH(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	o := newOpenSSH(t, w)
	content := string(noise(1 << 20))
	w.put(t, une1, "reclamaciones", lot1, content)
	o.file(t, "uno", "uno")
	o.file(t, "dos", "dos, otra vez")

	out := o.must(t, une1, "cd respuestas", "pwd", "ls -la /", "ls -l /reclamaciones",
		"get /reclamaciones/"+lot1+" lote", "put -p uno "+res1, "ls -l", "get "+res1+" copia",
		"put dos x.part", "rename x.part x.txt", "put dos "+res1)
	if !strings.Contains(out, "/respuestas\n") || !strings.Contains(out, lot1) {
		t.Errorf("the client says:\n%s", out)
	}
	if o.read(t, "lote") != content || o.read(t, "copia") != "uno" {
		t.Error("read back differently")
	}
	if got := <-w.pickups; !got.Complete || !got.Closed || !strings.HasPrefix(got.Client, "SSH-2.0-OpenSSH") {
		t.Errorf("evidence %+v", got)
	}
	wantEqual(t, "queue", w.queue(t, une1),
		[]string{res1 + "=uno", "x.txt=dos, otra vez", res1 + "=dos, otra vez"})

	for _, line := range []string{
		"rm respuestas/" + res1, "rename respuestas/" + res1 + " respuestas/y.txt", "mkdir respuestas/d",
		"rmdir respuestas",
		"symlink /etc/passwd respuestas/l", "ln respuestas/" + res1 + " respuestas/l",
		"put uno reclamaciones/x.txt",
		"rm reclamaciones/" + lot1, "get ../../etc/passwd", "ls .llegadas/respuestas", "cd ../" + une2,
		"put uno respuestas/a|b", "get reclamaciones/none.txt",
	} {
		out, err := o.batch(t, une1, line)
		if err == nil {
			t.Errorf("%s: succeeds\n%s", line, out)
		}
		if strings.Contains(out, w.dir) {
			t.Errorf("%s: the client learns where the tree is\n%s", line, out)
		}
	}
	if out := o.must(t, une2, "ls -l respuestas", "ls -l reclamaciones"); strings.Contains(out, "GE_") {
		t.Errorf("another account sees:\n%s", out)
	}
	if out, err := o.batch(t, "00900009", "ls"); err == nil {
		t.Errorf("an unknown account is let in:\n%s", out)
	}
}

func TestOpenSSHResumes(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	o := newOpenSSH(t, w)
	content := noise(500_000)
	o.file(t, "res", string(content))
	w.cutOff(t, resPath, anew, 0, content[:200_001])
	if out := o.must(t, une1, "ls -l respuestas"); !strings.Contains(out, "200001") {
		t.Errorf("the owner sees:\n%s", out)
	}
	o.must(t, une1, "put -a res respuestas/"+res1)
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=" + string(content)})
	// Resumed over a finished file it would be a file with a hole.
	o.file(t, "res", string(content)+"and more")
	if out, err := o.batch(t, une1, "put -a res respuestas/"+res1); err == nil {
		t.Errorf("a finished file was appended to:\n%s", out)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{})
	o.must(t, une1, "put res respuestas/"+res1)
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=" + string(content) + "and more"})
}

func TestOpenSSHTooLarge(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) { c.UploadBytes = func(string, string) int64 { return 100_000 } })
	o := newOpenSSH(t, w)
	o.file(t, "res", string(noise(100_001)))
	if out, err := o.batch(t, une1, "put res respuestas/"+res1); err == nil {
		t.Errorf("taken:\n%s", out)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{})
}
