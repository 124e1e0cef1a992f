package main

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/exchange/marca"
	"buzon/store"
)

// TestClockIsRight: a gateway whose log ends a month ago does nothing until somebody says
// that the clock is right.
func TestClockIsRight(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if code, _, errOut := buzon("init", dir); code != exitDone {
		t.Fatal(errOut)
	}
	cfg, err := config.Load(dir + "/buzon.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(cfg.Data); err != nil { // init made a store of today
		t.Fatal(err)
	}
	if _, err := gateway.InitStore(t.Context(), cfg, false, time.Now().AddDate(0, -1, 0)); err != nil {
		t.Fatal(err)
	}
	conf := []string{"-c", dir + "/buzon.yaml"}
	for _, args := range [][]string{{"run"},
		{"calendar", "add", "2030-07-20", "Suspensión", "--origen", "CONDUSEF"}} {
		if code, _, errOut := buzon(append(args, conf...)...); code != exitFailed ||
			!strings.Contains(errOut, "buzon run --clock-is-right") {
			t.Errorf("%q: %d %s", args, code, errOut)
		}
	}
	if code, out, _ := buzon(append([]string{"status"}, conf...)...); code != exitObserved ||
		!strings.Contains(out, "--clock-is-right") {
		t.Errorf("status: %d\n%s", code, out)
	}
	g, err := openGateway(t.Context(), cfg, zap.NewNop(), time.Now, "serve")
	if _, doubted := errors.AsType[*store.ErrReloj](err); !doubted {
		t.Errorf("serve: %v", err)
	}
	if err == nil {
		t.Fatal(g.Close())
	}
	e, err := marca.Read(cfg.Data)
	if err != nil {
		t.Fatal(err)
	}
	e.Eventos++ // one was lost: an event that confirms the clock would make up for it
	if err := marca.Make(cfg.Data, e, nil); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if code, _, errOut := buzon(append([]string{"run", "--clock-is-right"},
			conf...)...); code != exitFailed ||
			!strings.Contains(errOut, "restore --resume") {
			t.Errorf("a store that is behind: %d %s", code, errOut)
		}
	}
	e.Eventos--
	if err := marca.Make(cfg.Data, e, nil); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"run", "--clock-is-right"}, {"run"}} {
		if code, _, errOut := buzon(append(args, conf...)...); code == exitFailed {
			t.Errorf("%q: %d %s", args, code, errOut)
		}
	}
	if _, out, _ := buzon(append([]string{"status"}, conf...)...); strings.Contains(out, "--clock-is-right") {
		t.Errorf("status afterwards:\n%s", out)
	}
	if g, err = openGateway(t.Context(), cfg, zap.NewNop(), time.Now, "serve"); err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	code, _, errOut := buzon(append([]string{"run", "--clock-is-right"}, conf...)...)
	if code != exitFailed ||
		!strings.Contains(errOut, "--clock-is-right is for a run of its own: end the daemon first") {
		t.Errorf("while the daemon serves: %d %s", code, errOut)
	}
}
