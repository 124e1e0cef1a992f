package clientes_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// An act is one thing that a client does by a command line; its text is what
// the recipes call it.
type act string

const (
	list      act = "Ver qué hay"
	fetch     act = "Recoger un lote"
	refetch   act = "Seguir una recogida que se cortó"
	upload    act = "Subir"
	reread    act = "Comprobar lo que se subió"
	resume    act = "Seguir una carga que se cortó"
	rename    act = "Cambiar el nombre"
	withTimes act = "Subir y conservar la fecha"
	mirror    act = "Subir una carpeta, solo lo que falta"
)

// client is a program of a party. Its command lines are run by the shell, in a
// home folder that holds the files; what stands in braces is filled in, here
// with what the test needs and in the recipes with what a party reads.
//
//	{lote} {res} {de} {a}      names of files
//	{home} {host} {puerto} {cuenta} {huella} {F} {python} {inplace}
type client struct {
	name, pack string
	needs      []string          // programs
	version    string            // command that prints it; else that of the package
	missing    func() string     // why it cannot be tested here, "" if it can
	mayMiss    bool              // also where CI=true
	files      map[string]string // path in the home folder: content
	setup      string            // run once
	wrap       [2]string         // before and after each act
	acts       map[act]string
	forbidden  []string          // each must fail and change nothing
	idle       []string          // may succeed, and must change nothing
	cannot     map[column]string // why a case is not for it
	notes      map[column]string // on a case that it does
	like       string            // said in place of recipes
	legacy     bool              // needs a server that offers more than by default
	hurries    bool              // it may leave before its close of what it read arrives
}

// seat is a client at work: its home folder, and the world that it meets.
type seat struct {
	client
	home string
	vars []string
}

// sit makes the home folder of a client.
func sit(t *testing.T, c client, w *world) seat {
	t.Helper()
	host, port, err := net.SplitHostPort(w.wire.addr)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	s := seat{client: c, home: home, vars: []string{
		"{home}", home, "{host}", host, "{puerto}", port, "{cuenta}", une1,
		"{huella}", ssh.FingerprintSHA256(signer("host").PublicKey()),
		"{F}", " -F " + filepath.Join(home, ".ssh/config"),
		"{python}", python(), "{inplace}", inplace(),
	}}
	known := knownhosts.Line([]string{knownhosts.Normalize(w.wire.addr)}, signer("host").PublicKey()) + "\n"
	s.write(t, ".ssh/known_hosts", known)
	s.write(t, ".ssh/llave_une", privateFile(t, une1))
	s.write(t, ".ssh/llave_une.pub", string(ssh.MarshalAuthorizedKey(signer(une1).PublicKey())))
	s.write(t, ".ssh/config", s.fill(sshConfig))
	for path, text := range c.files {
		s.write(t, path, s.fill(text))
	}
	s.write(t, res, string(content))
	if c.setup != "" {
		s.must(t, c.setup)
	}
	return s
}

// sshConfig is what the clients that run OpenSSH need.
const sshConfig = `Host buzon
    HostName {host}
    Port {puerto}
    User {cuenta}
    IdentityFile {home}/.ssh/llave_une
    IdentitiesOnly yes
    UserKnownHostsFile {home}/.ssh/known_hosts
    StrictHostKeyChecking yes
`

func (s seat) fill(text string, more ...string) string {
	return strings.NewReplacer(append(more,
		append(s.vars, "{lote}", lot, "{lote2}", lot2, "{res}", res)...)...).Replace(text)
}

func (s seat) write(t *testing.T, name, text string) {
	t.Helper()
	p := filepath.Join(s.home, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// read gives a file of the home folder, nothing where there is none.
func (s seat) read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.home, name))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return b
}

// shell runs a command line and gives what it printed.
func (s seat) shell(line string) (string, error) {
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = s.home
	// Nothing of the person who runs the tests; no second try, whose pauses
	// would be waited for; the date as the tests expect it.
	cmd.Env = []string{
		"HOME=" + s.home, "PATH=" + os.Getenv("PATH"), "TZ=UTC", "LC_ALL=C.UTF-8", "TERM=dumb",
		"RCLONE_RETRIES=1", "RCLONE_LOW_LEVEL_RETRIES=1",
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// do runs one act, whose names of files may be given as pairs.
func (s seat) do(a act, names ...string) (string, error) {
	return s.try(s.acts[a], names...)
}

func (s seat) try(line string, names ...string) (string, error) {
	return s.shell(s.fill(s.wrap[0]+line+s.wrap[1], names...))
}

func (s seat) must(t *testing.T, line string, names ...string) string {
	t.Helper()
	out, err := s.shell(s.fill(line, names...))
	if err != nil {
		t.Fatalf("%s: %v\n%s", s.fill(line, names...), err, out)
	}
	return out
}

// mustDo runs an act that must succeed.
func (s seat) mustDo(t *testing.T, a act, names ...string) string {
	t.Helper()
	return s.must(t, s.wrap[0]+s.acts[a]+s.wrap[1], names...)
}

// python is the interpreter that Debian's packages serve, where it is there.
func python() string {
	if _, err := os.Stat("/usr/bin/python3"); err == nil {
		return "/usr/bin/python3"
	}
	return "python3"
}

// inplace is the option of rclone that writes under the final name, which older
// versions do without being told.
func inplace() string {
	if exec.Command("rclone", "--inplace", "version").Run() == nil {
		return " --inplace"
	}
	return ""
}

// absent tells why a client cannot be tested here.
func (c client) absent() string {
	for _, program := range c.needs {
		if _, err := exec.LookPath(program); err != nil {
			return program + " is not installed"
		}
	}
	if c.missing != nil {
		return c.missing()
	}
	return ""
}
