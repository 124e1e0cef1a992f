package gateway

import (
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
