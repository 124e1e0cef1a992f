package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"

	"buzon/config"
	"buzon/exchange/exchangetest"
	"buzon/exchange/gateway"
	"buzon/store/bitacora"
)

const une9 = "00900009"

// followed is a gateway at work whose follower looks when the test says so.
type followed struct {
	*live
	g *gateway.Gateway
	f *gateway.Follower
}

func serveFollowed(t *testing.T, s set, at time.Time) *followed {
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
	if !watch(patient, func() bool { d, err = g.NewDaemon(); return err == nil }) {
		t.Fatal(err)
	}
	l.addr = d.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- d.Serve(ctx) }()
	l.stop = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-ended, g.Close()); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(l.stop)
	return &followed{l, g, gateway.NewFollower(g, d.Recheck)}
}

func (l *followed) look(t *testing.T) {
	t.Helper()
	if err := l.f.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// une runs a command of the roll at the gateway's moment, beside it.
func (l *followed) une(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errOut := buzon(append([]string{"une", "-c", l.config(), "--now",
		l.clock.Now().Format(time.RFC3339Nano)}, args...)...)
	if code != exitDone {
		t.Fatalf("une %s: %d\n%s", strings.Join(args, " "), code, errOut)
	}
	return out
}

// session is an sftp that stays, which is asked line by line.
type session struct {
	in  io.WriteCloser
	out *bufio.Scanner
	cmd *exec.Cmd
}

// stay signs in as an account and waits until it is in.
func (c client) stay(t *testing.T, account, key string) *session {
	t.Helper()
	host, port, err := net.SplitHostPort(c.l.addr)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sftp", "-F", "none", "-b", "-", "-P", port, "-i", filepath.Join(c.keys, key),
		"-o", "UserKnownHostsFile=known_hosts", "-o", "GlobalKnownHostsFile=none", "-o",
		"StrictHostKeyChecking=yes",
		"-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", account+"@"+host)
	cmd.Dir = c.dir
	s := &session{cmd: cmd}
	if s.in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.out = bufio.NewScanner(out)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // an error: it ended
	if !s.works(t) {
		t.Fatalf("%s with the key of %s is not let in", account, key)
	}
	return s
}

// works tells whether the session still gets a listing.
func (s *session) works(t *testing.T) bool {
	t.Helper()
	if _, err := io.WriteString(s.in, "ls -1\n"); err != nil {
		return false
	}
	for s.out.Scan() {
		if s.out.Text() == "respuestas" {
			return true
		}
	}
	return false
}

// ended tells whether the session was ended, and by an error.
func (s *session) ended(t *testing.T) bool {
	t.Helper()
	return !s.works(t) && s.cmd.Wait() != nil
}

// TestRollWhileItServes adds an institution and its keys beside the running
// gateway, signs in with OpenSSH, and takes the credentials away again.
func TestRollWhileItServes(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	keys := enrol(t, s)
	l := serveFollowed(t, s, moment(t, "2026-03-18T09:15:00-06:00"))
	c := newClient(t, l.live, keys)
	keygen(t, filepath.Join(keys, "uno"))
	keygen(t, filepath.Join(keys, "dos"))
	in := func(account, key string) bool { _, err := c.batch(t, account, key, "ls -1"); return err == nil }
	l.look(t) // what the start found

	l.une(t, "add", "900009", "--denominacion", "Institución Inventada", "--sector", "Uniones de Crédito")
	l.une(t, "key", "add", "900009", filepath.Join(keys, "uno.pub"))
	l.une(t, "key", "add", "900009", filepath.Join(keys, "dos.pub"))
	l.look(t)
	if !in(une9, "uno") || !in(une9, "dos") || in(une9, une1) || in(une1, "uno") || !in(une1, une1) {
		t.Error("the keys of the new institution do not open it, or not it alone")
	}
	if !strings.Contains(read(t, l.box(une9, "LEEME.txt")), "Institución Inventada") {
		t.Error("the new institution has no LEEME.txt")
	}

	a, b, other := c.stay(t, une9, "uno"), c.stay(t, une9, "dos"), c.stay(t, une1, une1)
	l.une(t, "key", "revoke", "900009", "uno", "--reason", "equipo perdido")
	if in(une9, "uno") { // the store is asked at each login
		t.Error("a revoked key signs in")
	}
	l.look(t)
	if !a.ended(t) {
		t.Error("the session of a revoked key lives on")
	}
	if !b.works(t) || !other.works(t) {
		t.Error("a session ended that has nothing to do with the revoked key")
	}
	l.une(t, "suspend", "900009")
	l.look(t)
	if !b.ended(t) || in(une9, "dos") {
		t.Error("a suspended institution is let in, or its session lives on")
	}
	if !other.works(t) {
		t.Error("a session of another institution ended")
	}
	l.une(t, "resume", "900009")
	if !in(une9, "dos") {
		t.Error("a resumed institution is not let in")
	}
}

// TestKeysEndByThemselves moves the clock over the days of a key.
func TestKeysEndByThemselves(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	keys := enrol(t, s)
	l := serveFollowed(t, s, moment(t, "2026-03-18T09:15:00-06:00"))
	c := newClient(t, l.live, keys)
	keygen(t, filepath.Join(keys, "acotada"))
	in := func() bool { _, err := c.batch(t, une1, "acotada", "ls -1"); return err == nil }
	l.une(t, "key", "add", "900001", filepath.Join(keys, "acotada.pub"), "--from", "2026-05-10", "--to",
		"2026-05-20")
	l.look(t)
	if log := l.history(t, "--event", bitacora.LlavePorVencer); strings.Contains(log, une1) {
		t.Errorf("warned before the window begins:\n%s", log)
	}
	if in() {
		t.Error("it signs in before its first day")
	}
	l.clock.Set(moment(t, "2026-05-10T00:00:00-06:00"))
	if !in() {
		t.Error("it does not sign in on its first day")
	}
	l.look(t)
	l.look(t)
	if log := l.history(t, "--event", bitacora.LlavePorVencer); strings.Count(log, une1) != 1 {
		t.Errorf("want one warning of the key's end:\n%s", log)
	}
	l.clock.Set(moment(t, "2026-05-20T23:59:30-06:00"))
	l.look(t)
	session := c.stay(t, une1, "acotada")
	l.clock.Set(moment(t, "2026-05-20T23:59:59.999-06:00"))
	l.look(t) // under a minute later: nobody is asked
	if !session.works(t) {
		t.Error("the session ended on the key's last day")
	}
	l.clock.Set(moment(t, "2026-05-21T00:00:30-06:00"))
	if in() {
		t.Error("it signs in after its last day")
	}
	l.look(t)
	if !session.ended(t) {
		t.Error("the session lives on a minute after the key ended")
	}
}

// TestRevokedStaysRevoked though the configuration still names the key.
func TestRevokedStaysRevoked(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	keys := enrol(t, s)
	at := moment(t, "2026-03-18T09:15:00-06:00")
	l := serveFollowed(t, s, at)
	if out := l.une(t, "key", "revoke", "900001", une1); !strings.Contains(out,
		"! the configuration still names it: it stays revoked") ||
		!strings.Contains(out, "! no key of it holds now") {
		t.Errorf("nothing warns:\n%s", out)
	}
	l.stop()
	l = serveFollowed(t, s, at.Add(time.Hour))
	c := newClient(t, l.live, keys)
	if out, err := c.batch(t, une1, une1, "ls -1"); err == nil {
		t.Errorf("it signs in after a restart:\n%s", out)
	}
	c.do(t, une2, "ls -1")
}

// sql changes the store's file from outside of the process.
func (s set) sql(t *testing.T, query string) {
	t.Helper()
	db, err := sql.Open("sqlite3", gateway.StorePath(s.path("datos"))+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// TestFollowerRetries: what cannot be shown to one that is new is tried again, and holds up
// neither the sessions' check nor the other institutions.
func TestFollowerRetries(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	enrol(t, s)
	l := serveFollowed(t, s, moment(t, "2026-03-18T09:15:00-06:00"))
	asked := 0
	l.f = gateway.NewFollower(l.g, func() int { asked++; return 0 })
	l.look(t)
	if l.look(t); asked != 1 {
		t.Errorf("asked %d times at the start, want once", asked)
	}
	l.sql(t, `CREATE TRIGGER fault BEFORE INSERT ON exhibidos WHEN NEW.parte = '00900008' BEGIN SELECT `+
		`raise(ABORT, 'fault for the test'); END`)
	l.une(t, "add", "900008", "--denominacion", "Ocho", "--sector", "Uno")
	l.une(t, "add", "900009", "--denominacion", "Nueve", "--sector", "Uno")
	for range 2 {
		if err := l.f.Look(t.Context()); err == nil ||
			!strings.Contains(err.Error(), "follow: une 00900008: ") || strings.Contains(err.Error(), une9) {
			t.Errorf("nothing can be shown to it: %v", err)
		}
	}
	if got := names(t, l.box(une9)); asked != 3 || len(got) == 0 {
		t.Errorf("asked %d times, want 3; in %s: %v", asked, une9, got)
	}
	l.sql(t, `DROP TRIGGER fault`)
	l.look(t)
	if got := names(t, l.box("00900008", "respuestas")); len(got) != 0 {
		t.Errorf("in the new tree: %v", got)
	}
	if l.look(t); asked != 4 {
		t.Errorf("asked %d times, want 4: nothing changed", asked)
	}
	l.clock.Set(l.clock.Now().Add(gateway.RecheckEvery - time.Nanosecond))
	if l.look(t); asked != 4 {
		t.Error("asked before a minute was over")
	}
	l.clock.Set(l.clock.Now().Add(time.Nanosecond))
	if l.look(t); asked != 5 {
		t.Error("not asked after a minute")
	}
	l.clock.Set(l.clock.Now().Add(-time.Hour)) // a clock that was put right
	if l.look(t); asked != 6 {
		t.Error("not asked after the clock went back")
	}
}

// TestLastUse: a login is noted by the next look, and at the end.
func TestLastUse(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	keys := enrol(t, s)
	l := serveFollowed(t, s, moment(t, "2026-03-18T09:15:00-06:00"))
	pub, _, _, _, err := ssh.ParseAuthorizedKey([]byte(read(t, filepath.Join(keys, une1+".pub"))))
	if err != nil {
		t.Fatal(err)
	}
	list := func(args ...string) string { return l.une(t, append([]string{"list", "900001"}, args...)...) }
	if !strings.Contains(list(), "never used") {
		t.Error("a use before the first")
	}
	l.f.LoggedIn(une1, ssh.FingerprintSHA256(pub))
	l.f.LoggedIn("CONDUSEF", ssh.FingerprintSHA256(pub))
	l.look(t)
	if out := list(); !strings.Contains(out, "last use 2026-03-18T09:15:00-06:00") {
		t.Errorf("the login is not noted:\n%s", out)
	}
	l.clock.Set(l.clock.Now().Add(time.Hour))
	l.f.LoggedIn(une1, ssh.FingerprintSHA256(pub))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.f.NoteUses(ended); !errors.Is(err, context.Canceled) { // forgets nothing
		t.Errorf("a store that takes nothing: %v", err)
	}
	if err := l.f.Serve(ended); err != nil {
		t.Error(err)
	}
	if out := list("--json"); !strings.Contains(out, `"last_use":"2026-03-18T10:15:00-06:00"`) {
		t.Errorf("the last login before the end is not noted:\n%s", out)
	}
}
