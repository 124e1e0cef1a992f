package config

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// remoteYAML is a configuration with a remote source and the given lines in it.
func remoteYAML(host string, lines ...string) string {
	return "seal: {id: a}\nsource:\n  remote:\n    address: 127.0.0.1:22\n    user: buzon\n    host_keys: " +
		"['" + host + "']\n    " +
		strings.Join(lines, "\n    ") + "\n"
}

func remoteSet(t *testing.T) (dir, host string) {
	t.Helper()
	dir = t.TempDir()
	mustInit(t, dir)
	write(t, "correcto caballo\n", dir, "clave.txt")
	return dir, strings.TrimSpace(read(t, dir, "llaves/host_ed25519.pub"))
}

func TestRemoteDefaultsAndSecrets(t *testing.T) {
	t.Parallel()
	dir, host := remoteSet(t)
	c, err := Load(write(t, remoteYAML(host, "key: llaves/host_ed25519", "password_file: clave.txt"), dir,
		"r.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m := c.Source.Remote
	if m.Settle != 10*time.Second || m.TruncatedAfter != 15*time.Minute || m.Retries != 3 ||
		m.Salida != "salida" || len(m.HostKeys) != 1 {
		t.Errorf("remote = %+v", m)
	}
	if p, err := m.Password(); err != nil || p != "correcto caballo" {
		t.Errorf("password %q, %v", p, err)
	}
	s, err := m.Signer()
	if err != nil || string(s.PublicKey().Marshal()) != string(m.HostKeys[0].Marshal()) {
		t.Errorf("signer: %v", err)
	}
	none := new(Remote)
	if p, err := none.Password(); p != "" || err != nil {
		t.Errorf("no password: %q, %v", p, err)
	}
	if s, err := none.Signer(); s != nil || err != nil {
		t.Errorf("no key: %v, %v", s, err)
	}
}

func TestRemotePasswordEnv(t *testing.T) {
	dir, host := remoteSet(t)
	t.Setenv("BUZON_TEST_PASSWORD", "correcto caballo")
	c, err := Load(write(t, remoteYAML(host, "password_env: BUZON_TEST_PASSWORD"), dir, "r.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := c.Source.Remote.Password(); err != nil || p != "correcto caballo" {
		t.Errorf("password %q, %v", p, err)
	}
	t.Setenv("BUZON_TEST_PASSWORD", "")
	if got := problems(t, dir, remoteYAML(host, "password_env: BUZON_TEST_PASSWORD")); !strings.Contains(got,
		"buzon.yaml:7:5: source.remote.password_env: read password: the environment variable of "+
			"password_env is not set") {
		t.Errorf("got %s", got)
	}
}

func TestRemoteMistakes(t *testing.T) {
	t.Parallel()
	dir, host := remoteSet(t)
	write(t, "a\nb\n", dir, "two.txt")
	tests := []struct{ name, text, want string }{
		{"no way in", remoteYAML(host, "retries: 1"),
			"buzon.yaml:3:3: source.remote.key: nothing to log in with; hint: set key, password_file or " +
				"password_env"},
		{"two passwords", remoteYAML(host, "password_file: clave.txt", "password_env: HOME"),
			"buzon.yaml:8:5: source.remote.password_env: two passwords; hint: keep one of password_file " +
				"and password_env"},
		{"two lines", remoteYAML(host, "password_file: two.txt"),
			"buzon.yaml:7:5: source.remote.password_file: read password: the file of password_file is " +
				"empty or has several lines; hint: write the password on one line"},
		{"one folder", remoteYAML(host, "key: llaves/sello", "salida: x", "entrada: x/"),
			"buzon.yaml:9:5: source.remote.entrada: is the same folder as salida; hint: name two folders"},
		{"nothing pinned",
			"seal: {id: a}\nsource:\n  remote: {address: 'h:22', user: u, key: llaves/sello, host_keys: " +
				"[]}\n",
			"buzon.yaml:3:57: source.remote.host_keys: is empty; hint: add the server's public key; there " +
				"is no switch that turns the check off"},
		{"missing keys", "seal: {id: a}\nsource:\n  remote: {key: llaves/sello}\n", "" +
			"buzon.yaml:3:3: source.remote.address: required key is missing; hint: add it, such as " +
			"address: sftp.example:22\n" +
			"buzon.yaml:3:3: source.remote.user: required key is missing; hint: add it, such as user: " +
			"buzon\n" +
			"buzon.yaml:3:3: source.remote.host_keys: required key is missing; hint: add it, such as " +
			"host_keys: [\"ssh-ed25519 AAAA…\"]"},
		{"no port", strings.Replace(remoteYAML(host, "key: llaves/sello"), "127.0.0.1:22", "127.0.0.1:0", 1),
			"buzon.yaml:4:5: source.remote.address: \"127.0.0.1:0\" is not an address with a port in " +
				"digits; hint: write host:port, such as 127.0.0.1:2022"},
	}
	for _, tt := range tests {
		if got := problems(t, dir, tt.text); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// A secret that was put in the file by mistake is refused with its remedy, and
// what is printed and logged does not hold it.
func TestSecretsAreNotRepeated(t *testing.T) {
	t.Parallel()
	dir, host := remoteSet(t)
	pem := read(t, dir, "llaves/sello")
	block := "|\n      " + strings.ReplaceAll(strings.TrimSpace(pem), "\n", "\n      ")
	tests := []struct{ name, text, want, secret string }{
		{"password", remoteYAML(host, "password: hunter2"),
			"buzon.yaml:7:5: source.remote.password: a secret is not written in this file; hint: put it " +
				"in a file with mode 0600, or in the environment, and name that in password_file or " +
				"password_env", "hunter2"},
		{"elsewhere", good + "Contraseña: hunter2\n",
			"buzon.yaml:3:1: Contraseña: a secret is not written in this file; hint: put it in a file " +
				"with mode 0600, or in the environment", "hunter2"},
		{"number", remoteYAML(host, "password_env: 123454321"), "password_env: want a text, found a number",
			"123454321"},
		{"as variable", remoteYAML(host, "password_env: 'hunter 2'"),
			"write the name of an environment variable, not the password", "hunter 2"},
		{"as variable's name", remoteYAML(host, "password_env: hunter2"), "password_env is not set",
			"hunter2"},
		{"as file", remoteYAML(host, "password_file: hunter2"), "read password: no such file", "hunter2"},
		{"client key", remoteYAML(host, "key: "+block), "source.remote.key: is a content, not a path",
			"b3BlbnNzaC1"},
		{"client key on one line", remoteYAML(host, "key: '-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1'"),
			"source.remote.key: is a content, not a path", "b3BlbnNzaC1"},
		{"seal", strings.Replace(remoteYAML(host, "key: llaves/sello"), "{id: a}", "\n  id: a\n  key: "+block,
			1), "seal.key: is a content, not a path", "b3BlbnNzaC1"},
		{"host key", strings.Replace(remoteYAML(host, "key: llaves/sello"), "['"+host+"']", "\n     - "+block,
			1), "host_keys[0]: is a private key", "b3BlbnNzaC1"},
	}
	for _, tt := range tests {
		got := problems(t, dir, tt.text)
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: no %q in\n%s", tt.name, tt.want, got)
		}
		if strings.Contains(got, tt.secret) {
			t.Errorf("%s: the secret is repeated:\n%s", tt.name, got)
		}
	}
}

func TestAccountSource(t *testing.T) {
	t.Parallel()
	dir, host := remoteSet(t)
	c, err := Load(write(t, "source: {account: {keys: ['"+host+"']}}\nseal: {id: a}\n", dir, "a.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if a := c.Source.Account; a.Name != "CONDUSEF" || len(a.Keys) != 1 || a.Keys[0].Nombre != "buzon" ||
		c.Source.Folder != "" {
		t.Errorf("source = %+v", c.Source)
	}
	got := problems(t, dir, "source: {account: {keys: ['"+host+"', '"+host+"']}}\nseal: {id: a}\n")
	if !strings.Contains(got, "source.account.keys[1]: the key stands twice") {
		t.Errorf("got %s", got)
	}
	if filepath.Base(c.Seal.Key) != "sello" {
		t.Errorf("seal.key = %s", c.Seal.Key)
	}
}
