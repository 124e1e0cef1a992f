package config

import (
	"strings"
	"testing"
	"time"
)

// remoteUNEs is a configuration with servers of UNEs, an item each, of which the
// given lines are the last.
func remoteUNEs(host string, items ...[]string) string {
	text := "source: {folder: condusef}\nseal: {id: a}\npadron: {file: padron.csv}\nremote_unes:\n"
	for _, lines := range items {
		text += "  - address: 127.0.0.1:22\n    user: buzon\n    host_keys: ['" + host + "']\n    " +
			strings.Join(lines, "\n    ") + "\n"
	}
	return text
}

func TestRemoteUNEs(t *testing.T) {
	t.Parallel()
	dir, host := remoteSet(t)
	c, err := Load(write(t, remoteUNEs(host,
		[]string{"une: 900002", "key: llaves/sello"},
		[]string{"une: 00900003", "password_file: clave.txt", "folder: /srv/buzon", "visit_timeout: 30s",
			"settle: 2s", "retries: 0"}), dir, "r.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.RemoteUNEs) != 2 {
		t.Fatalf("%d servers", len(c.RemoteUNEs))
	}
	a, b := c.RemoteUNEs[0], c.RemoteUNEs[1]
	if a.UNE != 900002 || a.Folder != "." || a.VisitTimeout != 2*time.Minute || a.Settle != 10*time.Second ||
		a.Retries != 3 || len(a.HostKeys) != 1 {
		t.Errorf("defaults: %+v", a)
	}
	if b.UNE != 900003 || b.Folder != "/srv/buzon" || b.VisitTimeout != 30*time.Second ||
		b.Settle != 2*time.Second || b.Retries != 0 {
		t.Errorf("values: %+v", b)
	}
	if s, err := a.Signer(); s == nil || err != nil {
		t.Errorf("signer: %v", err)
	}
	if p, err := b.Password(); p != "correcto caballo" || err != nil {
		t.Errorf("password %q, %v", p, err)
	}
}

// What holds for CONDUSEF's server holds for a UNE's, and is told at its key.
func TestRemoteUNEMistakes(t *testing.T) {
	t.Parallel()
	dir, host := remoteSet(t)
	write(t, "clave,denominacion,sector\n900001,,\n", dir, "bad.csv")
	one := func(lines ...string) string { return remoteUNEs(host, lines) }
	checkMistakes(t, dir, []mistake{
		{"no way in", one("une: 900001"),
			"buzon.yaml:5:5: remote_unes[0].key: nothing to log in with; hint: set key, password_file or " +
				"password_env"},
		{"nothing but its name",
			"source: {folder: condusef}\nseal: {id: a}\npadron: {file: padron.csv}\nremote_unes: [{une: " +
				"900001, key: llaves/sello}]\n", "" +
				"buzon.yaml:4:16: remote_unes[0].address: required key is missing; hint: add it, such as " +
				"address: sftp.example:22\n" +
				"buzon.yaml:4:16: remote_unes[0].user: required key is missing; hint: add it, such as " +
				"user: buzon\n" +
				"buzon.yaml:4:16: remote_unes[0].host_keys: required key is missing; hint: add it, such " +
				"as host_keys: [\"ssh-ed25519 AAAA…\"]"},
		{"nameless", one("key: llaves/sello"),
			"buzon.yaml:5:5: remote_unes[0].une: required key is missing; hint: add it, such as une: 900002"},
		{"twice", remoteUNEs(host, []string{"une: 900001", "key: llaves/sello"},
			[]string{"une: 00900001", "key: llaves/sello"}),
			"buzon.yaml:13:5: remote_unes[1].une: 00900001 stands twice, also on line 8; hint: keep one " +
				"of the two"},
		{"not in the padrón", one("une: 900008", "key: llaves/sello"),
			"buzon.yaml:8:5: remote_unes[0].une: 00900008 is not in the padrón; hint: add the institution " +
				"to the padrón"},
		{"a padrón with mistakes tells nothing of who is in it",
			strings.Replace(one("une: 900001", "key: llaves/sello"), "padron.csv", "bad.csv", 1), "" +
				"bad.csv:2:8: denominacion: is empty; hint: write it as the records of CONDUSEF do\n" +
				"bad.csv:2:9: sector: is empty; hint: write it as the records of CONDUSEF do"},
		{"no padrón", strings.Replace(one("une: 900001", "key: llaves/sello"), "padron.csv", "none.csv", 1),
			"buzon.yaml:3:10: padron.file: read none.csv: no such file or directory; hint: name a file " +
				"that is there, or remove the key"},
		{"two passwords", one("une: 900001", "password_file: clave.txt", "password_env: HOME"),
			"buzon.yaml:10:5: remote_unes[0].password_env: two passwords; hint: keep one of password_file " +
				"and password_env"},
		{"no such password", one("une: 900001", "password_file: none.txt"),
			"buzon.yaml:9:5: remote_unes[0].password_file: read password: no such file or directory"},
		{"no such key", one("une: 900001", "key: none"),
			"buzon.yaml:9:5: remote_unes[0].key: read client key none: no such file or directory"},
		{"nothing pinned", strings.Replace(one("une: 900001", "key: llaves/sello"), "['"+host+"']", "[]", 1),
			"buzon.yaml:7:5: remote_unes[0].host_keys: is empty; hint: add the server's public key; there " +
				"is no switch that turns the check off"},
		{"no port", strings.Replace(one("une: 900001", "key: llaves/sello"), "127.0.0.1:22", "127.0.0.1", 1),
			"buzon.yaml:5:5: remote_unes[0].address: \"127.0.0.1\" is not an address with a port in " +
				"digits; hint: write host:port, such as 127.0.0.1:2022"},
		{"folder", one("une: 900001", "key: llaves/sello", "folder: 'a\\b'"),
			"buzon.yaml:10:5: remote_unes[0].folder: holds what it may not, or is too long or empty; " +
				"hint: write a path with / on that server"},
		{"time", one("une: 900001", "key: llaves/sello", "visit_timeout: 2h"),
			"buzon.yaml:10:20: remote_unes[0].visit_timeout: 2h is out of range; hint: write a value from " +
				"1s to 1h"},
		{"password", one("une: 900001", "password: hunter2"), "" +
			"buzon.yaml:5:5: remote_unes[0].key: nothing to log in with; hint: set key, password_file or " +
			"password_env\n" +
			"buzon.yaml:9:5: remote_unes[0].password: a secret is not written in this file; hint: put it " +
			"in a file with mode 0600, or in the environment, and name that in password_file or " +
			"password_env"},
		{"CONDUSEF's folders", one("une: 900001", "key: llaves/sello", "salida: x"),
			"buzon.yaml:10:5: remote_unes[0].salida: unknown key; hint: known here: une, address, user, " +
				"key, password_file, password_env, host_keys, settle, truncated_after, dial_timeout, " +
				"handshake_timeout, idle_timeout, retries, folder, visit_timeout"},
	})
}

// What only one party needs stops nothing: all such faults are told beside a Config that
// the others are served by. With a mistake of everybody's there is none, and all are told at once.
func TestFaultsOfOneParty(t *testing.T) {
	t.Parallel()
	dir, host := remoteSet(t)
	text := remoteUNEs(host, []string{"une: 900001", "key: none"},
		[]string{"une: 900002", "key: llaves/sello"},
		[]string{"une: 900003", "password_file: none.txt"})
	c, err := Load(write(t, text, dir, "r.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Faults) != 2 || c.Faults[0].Key != "remote_unes[0].key" ||
		c.Faults[1].Key != "remote_unes[2].password_file" || len(c.RemoteUNEs) != 3 {
		t.Errorf("faults: %v", c.Faults)
	}
	if c, err := Load(write(t, text, dir, "s.yaml"), SkipFiles); err != nil || len(c.Faults) > 0 {
		t.Errorf("away from its gateway: %v, %v", err, c)
	}
	c, err = Load(write(t, strings.Replace(text, "{id: a}", "{id: a, key: none}", 1), dir, "t.yaml"))
	if c != nil || err == nil || !strings.Contains(err.Error(), "seal.key: ") ||
		!strings.Contains(err.Error(), "remote_unes[0].key: ") {
		t.Errorf("a mistake of everybody's: %v", err)
	}
}
