package gateway

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/carpeta"
	"buzon/schema"
)

// TestOnePartysFault: a key that only one party needs is told at the start, which goes on
// without it; it is tried again at each visit.
func TestOnePartysFault(t *testing.T) {
	t.Parallel()
	dir, at := t.TempDir(), time.Date(2026, time.March, 2, 18, 0, 0, 0, time.UTC)
	if _, _, err := config.Init(dir, false, at); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "buzon.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.ReadFile(filepath.Join(dir, "llaves", "host_ed25519.pub"))
	if err != nil {
		t.Fatal(err)
	}
	remote := func(une string) string {
		return "  - {une: " + une + ", address: '127.0.0.1:1', user: u, key: llaves/de_" + une +
			", retries: 0, host_keys: ['" + strings.TrimSpace(string(host)) + "']}\n"
	}
	text = append(text, "\nremote_unes:\n"+remote("900001")+remote("900002")...)
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := InitStore(t.Context(), cfg, false, at); err != nil {
		t.Fatal(err)
	}
	core, logged := observer.New(zap.ErrorLevel)
	g, err := Open(t.Context(), Options{Config: cfg, Log: zap.New(core), Command: "test",
		Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	said := ""
	for _, e := range logged.All() {
		said += e.Message + " " + e.ContextMap()["error"].(string) + "\n"
	}
	key := filepath.Join(dir, "llaves", "de_900001")
	for _, want := range []string{key, filepath.Join(dir, "llaves", "de_900002"), name + ":",
		"remote_unes[0].key: ", "remote_unes[1].key: "} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said at the start:\n%s", want, said)
		}
	}
	run := func(want string) {
		t.Helper()
		err := g.Cycle.Run(t.Context(), 0, exchange.CausaManual, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %q", err, want)
		}
		if strings.Contains(err.Error(), "condusef") || strings.Contains(err.Error(), "00900003") {
			t.Errorf("another party is held up: %v", err)
		}
	}
	run("une 00900001: collect: read client key " + key)
	seal, err := os.ReadFile(cfg.Seal.Key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, seal, 0o600); err != nil {
		t.Fatal(err)
	}
	run("une 00900001: collect: remote 127.0.0.1:1: list respuestas: connect: ")
}

// TestFaultsAtOnce: what stops the start is told whole.
func TestFaultsAtOnce(t *testing.T) {
	t.Parallel()
	g := opened(t)
	for _, address := range []*string{&g.Config.Server.Listen, &g.Config.API.Listen} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		*address = l.Addr().String()
	}
	_, err := g.NewDaemon()
	if err == nil || !strings.Contains(err.Error(), "server.listen: ") ||
		!strings.Contains(err.Error(), "api.listen: ") {
		t.Errorf("the daemon begins: %v", err)
	}

	data := t.TempDir()
	cfg := *g.Config
	cfg.Data, cfg.Seal.Key = data, filepath.Join(data, "none")
	if _, err := InitStore(t.Context(), &cfg, false, g.now()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"archivo", "subidas"} { // a file where a folder is to be
		if err := os.RemoveAll(filepath.Join(data, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err = Open(t.Context(), Options{Config: &cfg, Log: zap.NewNop(), Command: "test", Now: g.now})
	for _, want := range []string{"archivo", "subidas", "none"} {
		if err == nil || !strings.Contains(err.Error(), filepath.Join(data, want)) {
			t.Errorf("%s is not named: %v", want, err)
		}
	}
}

// TestAgain: what may pass is tried again the same day, each time later, and until it is
// well; what somebody must mend is not.
func TestAgain(t *testing.T) {
	t.Parallel()
	g := opened(t)
	at := g.now()
	g.now = func() time.Time { return at }
	v := newVisits(g)
	defer v.forget()
	const norte, sur = schema.UNE(900001), schema.UNE(900002)
	err := errors.Join(&exchange.PartyError{Parte: norte.Parte(), Err: carpeta.ErrCambio},
		&exchange.PartyError{Parte: sur.Parte(), Err: fs.ErrPermission})
	wants := func(tries int, later bool) {
		t.Helper()
		if v.tries[norte.Parte()] != tries || (v.later[norte.Parte()] != nil) != later {
			t.Errorf("%d tries, later %v", v.tries[norte.Parte()], v.later)
		}
		if v.tries[sur.Parte()] != 0 || v.later[sur.Parte()] != nil {
			t.Errorf("what somebody must mend is tried again")
		}
	}
	v.again(err)
	wants(1, true)
	v.again(err, norte.Parte())
	wants(2, true)
	v.again(nil, norte.Parte())
	wants(0, true)
	v.forget()
	clear(v.later)
	at = schema.DiaDe(at).At(0).Add(24*time.Hour - time.Second)
	v.again(err)
	wants(1, false)
	for tries, most := range []time.Duration{90 * time.Second, 3 * time.Minute, 6 * time.Minute} {
		if low, high := pause(tries, 0), pause(tries, 1); low != most/3 || high != most {
			t.Errorf("%d tries: from %v to %v", tries, low, high)
		}
	}
	if high := pause(60, 1); high != maxAgain*3/2 {
		t.Errorf("at most %v", high)
	}
}

// TestToldOnce: the same error of a party is logged once, and again after it was well.
func TestToldOnce(t *testing.T) {
	t.Parallel()
	g := opened(t)
	core, logged := observer.New(zap.InfoLevel)
	g.log = zap.New(core)
	norte, sur := schema.UNE(900001).Parte(), schema.UNE(900002).Parte()
	one := &exchange.PartyError{Parte: norte, Err: fs.ErrPermission}
	two := &exchange.PartyError{Parte: sur, Err: carpeta.ErrCambio}
	tell := func(lines int, err error, well ...schema.Parte) {
		t.Helper()
		g.tell("run", err, well...)
		if got := len(logged.TakeAll()); got != lines {
			t.Errorf("%d lines, want %d", got, lines)
		}
	}
	tell(2, errors.Join(one, two))
	tell(0, errors.Join(one, two))
	tell(0, one, norte)            // a visit to one says nothing of the other
	tell(0, errors.Join(one, two)) // so it is not told again
	tell(0, one)                   // the other is well
	tell(1, errors.Join(one, two))
	tell(1, errors.New("the store")) // of nobody: each time
	tell(1, errors.New("the store"))
	tell(2, errors.Join(one, two))
}
