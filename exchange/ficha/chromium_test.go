package ficha_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// navegador is a page of a real browser, which is asked through a pipe, as its
// own tools for developers ask it.
type navegador struct {
	t       *testing.T
	to      *os.File
	from    *bufio.Reader
	last    int
	session string
	told    []mensaje // the events since the page was opened
}

type mensaje struct {
	ID        int             `json:"id,omitempty"`
	Method    string          `json:"method,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
}

// tool skips where a program is missing, loudly, and fails in CI.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing", name)
	}
	t.Skipf("%s is missing: NOT TESTED with it", name)
	return ""
}

// abre starts a browser, with a page that tells of all that it does.
func abre(t *testing.T) *navegador {
	t.Helper()
	hear, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, say, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// A browser that hangs is ended: then its pipe is at its end, and the test fails.
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	profile, err := os.MkdirTemp("", "ficha")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { quita(t, profile) }) // after the browser's end
	cmd := exec.CommandContext(ctx, tool(t, "chromium"), "--headless", "--no-sandbox", "--disable-gpu",
		"--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--remote-debugging-pipe", "--user-data-dir="+profile)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.ExtraFiles = []*os.File{hear, say} // 3 and 4, where it looks for them
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hear.Close()
	say.Close()
	n := &navegador{t: t, to: to, from: bufio.NewReader(from)}
	t.Cleanup(func() {
		if _, err := fmt.Fprintf(to, `{"id":%d,"method":"Browser.close"}%c`, n.last+1, 0); err != nil {
			cancel()
		}
		_ = cmd.Wait()                                      // how it ends says nothing of the page
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // its children outlive it for a moment
		cancel()
		to.Close()
		from.Close()
	})
	var target struct{ TargetID, SessionID string }
	n.pide("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	n.pide("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	n.session = target.SessionID
	for _, part := range []string{"Page", "Network", "Log", "Runtime", "Audits"} {
		n.pide(part+".enable", nil, nil)
	}
	return n
}

// quita removes the browser's folder. Its children may still write there for a
// moment after they were ended.
func quita(t *testing.T, dir string) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); ; {
		err := os.RemoveAll(dir)
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Error(err)
			return
		}
		<-tick.C
	}
}

// pide asks for something and waits for the answer; what the browser tells
// meanwhile is kept.
func (n *navegador) pide(method string, params, result any) {
	n.t.Helper()
	n.last++
	b, err := json.Marshal(mensaje{ID: n.last, Method: method, SessionID: n.session, Params: params})
	if err != nil {
		n.t.Fatal(err)
	}
	if _, err := n.to.Write(append(b, 0)); err != nil {
		n.t.Fatal(err)
	}
	for {
		m := n.lee()
		switch {
		case m.ID != n.last:
			n.told = append(n.told, m)
			continue
		case m.Error != nil:
			n.t.Fatalf("%s: %s", method, m.Error)
		case result != nil:
			if err := json.Unmarshal(m.Result, result); err != nil {
				n.t.Fatal(err)
			}
		}
		return
	}
}

func (n *navegador) lee() (m mensaje) {
	n.t.Helper()
	b, err := n.from.ReadBytes(0)
	if err == nil {
		err = json.Unmarshal(b[:len(b)-1], &m)
	}
	if err != nil {
		n.t.Fatalf("the browser: %v", err)
	}
	return m
}

// ve opens a page, as wide as a screen of that many pixels, and waits until it is
// there whole.
func (n *navegador) ve(page string, width int) {
	n.t.Helper()
	path := filepath.Join(n.t.TempDir(), "ficha.html")
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		n.t.Fatal(err)
	}
	n.pide("Emulation.setDeviceMetricsOverride",
		map[string]any{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	n.told = nil
	n.pide("Page.navigate", map[string]any{"url": "file://" + path}, nil)
	for {
		for _, m := range n.told {
			if m.Method == "Page.loadEventFired" {
				return
			}
		}
		n.told = append(n.told, n.lee())
	}
}

// quejas is what a page did that a sheet must not do: fetch, fail, or write to
// the console.
func (n *navegador) quejas() []string {
	n.t.Helper()
	n.evalua("1", nil) // what it has to tell comes before this answer
	var out []string
	fetched := 0
	for _, m := range n.told {
		switch m.Method {
		case "Network.requestWillBeSent":
			if fetched++; fetched > 1 { // the first is the page itself
				out = append(out, fmt.Sprint(m.Method, m.Params))
			}
		case "Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Audits.issueAdded":
			out = append(out, fmt.Sprint(m.Method, m.Params))
		}
	}
	return out
}

// evalua asks the page for what an expression gives.
func (n *navegador) evalua(expression string, result any) {
	n.t.Helper()
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	n.pide("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &out)
	if out.ExceptionDetails != nil {
		n.t.Fatalf("%s", out.ExceptionDetails)
	}
	if result != nil {
		if err := json.Unmarshal(out.Result.Value, result); err != nil {
			n.t.Fatal(err)
		}
	}
}
