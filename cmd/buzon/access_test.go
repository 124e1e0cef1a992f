package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/store"
)

// opened is a gateway of a set, without its daemon, at a moment.
func opened(t *testing.T, s set, at time.Time) *gateway.Gateway {
	t.Helper()
	cfg, err := config.Load(s.config())
	if err != nil {
		t.Fatal(err)
	}
	g, err := openGateway(t.Context(), cfg, zap.NewNop(), func() time.Time { return at }, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	condusef, norte, stranger := newSigner(t, ""), newSigner(t, ""), newSigner(t, "")
	s.edit(t, "folder: condusef", "account: {keys: ['"+authorizedKey(condusef)+"']}")
	s.edit(t, "#instituciones: [",
		"instituciones:\n    - {clave: 900009, denominacion: Institución Inventada, sector: Uniones de "+
			"Crédito, keys: ['"+
			authorizedKey(norte)+"']}\n  #instituciones: [")
	g := opened(t, s, moment(t, delivered))
	for _, tt := range []struct {
		account string
		key     ssh.PublicKey
		want    string
	}{
		{"CONDUSEF", condusef.PublicKey(), ""},
		{"CONDUSEF", norte.PublicKey(), "unknown key"},
		{"CONDUSEF", nil, "unknown key"},
		{une9, norte.PublicKey(), ""},
		{une9, condusef.PublicKey(), "unknown key"},
		{une9, stranger.PublicKey(), "unknown key"},
		{une9, nil, "passwords are switched off"},
		{une1, norte.PublicKey(), "unknown key"},
		{"00900008", norte.PublicKey(), "unknown key"},
		{"900009", norte.PublicKey(), "unknown account"},
		{"", norte.PublicKey(), "unknown account"},
		{"root", nil, "unknown account"},
	} {
		err := g.Authorize(tt.account, tt.key)
		if (err == nil) != (tt.want == "") || err != nil && err.Error() != tt.want {
			t.Errorf("%q: %v, want %q", tt.account, err, tt.want)
		}
	}
	code, _, errOut := buzon("une", "key", "add", "900001", writeKeyLine(t, authorizedKey(condusef)), "-c",
		s.config())
	if code != exitFailed || !strings.Contains(errOut, "is CONDUSEF's (source.account.keys)") {
		t.Errorf("CONDUSEF's key for a UNE: %d %s", code, errOut)
	}
}

func writeKeyLine(t *testing.T, line string) string {
	t.Helper()
	name := t.TempDir() + "/key.pub"
	write(t, name, line+"\n")
	return name
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.edit(t, "passwords: false", "passwords: true")
	g := opened(t, s, moment(t, delivered))
	const good = "correcto caballo pila grapa"
	order := func(args ...string) {
		t.Helper()
		var out strings.Builder
		if code := run(t.Context(), append(append([]string{"une"}, args...), "-c", s.config()),
			strings.NewReader(good+"\n"), &out, &out); code != exitDone {
			t.Fatalf("une %v: %d\n%s", args, code, out.String())
		}
	}
	order("password", "set", "900001")
	order("password", "set", "900002")
	order("password", "revoke", "900002")
	p, err := gateway.NewPasswords(g)
	if err != nil {
		t.Fatal(err)
	}
	check := func(account, password string, want error) {
		t.Helper()
		err := p.Check(account, password)
		if want == nil && err != nil ||
			want != nil && (err == nil || !errors.Is(err, want) && err.Error() != want.Error()) {
			t.Errorf("%s: %v, want %v", account, err, want)
		}
	}
	wrong := errors.New("wrong password")
	check(une1, good, nil)
	check(une1, good+" ", wrong)
	check(une1, "", wrong)
	check(une2, good, store.ErrSinContrasena)
	check(une3, good, store.ErrSinContrasena)
	check("00900009", good, store.ErrSinContrasena)
	check("900001", good, errors.New("unknown account"))
	check("CONDUSEF", good, errors.New("unknown account"))
	if err := g.Authorize(une1, nil); err != nil {
		t.Errorf("a session that proved its password: %v", err)
	}
	order("suspend", "900001")
	check(une1, good, store.ErrSuspendida)
	if err := g.Authorize(une1, nil); !errors.Is(err, store.ErrSuspendida) {
		t.Errorf("a session of a suspended institution: %v", err)
	}
	order("resume", "900001")
	order("password", "revoke", "900001")
	if err := g.Authorize(une1, nil); !errors.Is(err, store.ErrSinContrasena) {
		t.Errorf("a session whose password was revoked: %v", err)
	}
}

// What is longer than what bcrypt looks at is wrong, also where its beginning is
// right.
func TestPasswordLongerThanBcrypt(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.edit(t, "passwords: false", "passwords: true")
	g := opened(t, s, moment(t, delivered))
	long := strings.Repeat("x", gateway.PasswordBytes)
	var out strings.Builder
	if code := run(t.Context(), []string{"une", "password", "set", "900001", "-c", s.config()},
		strings.NewReader(long), &out, &out); code != exitDone {
		t.Fatalf("%d\n%s", code, out.String())
	}
	p, err := gateway.NewPasswords(g)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(une1, long); err != nil {
		t.Error(err)
	}
	if err := p.Check(une1, long+"y"); err == nil {
		t.Error("a longer password is taken")
	}
}
