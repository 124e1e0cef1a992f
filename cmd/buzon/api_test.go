package main

import (
	"bufio"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var apiListening = regexp.MustCompile(`"msg":"api","simulacro":true,"address":"([^"]+)"`) // of a rehearsal

// startAPI starts buzon serve and waits until its API listens.
func startAPI(t *testing.T, s set) (cmd *exec.Cmd, base string) {
	t.Helper()
	cmd = exec.Command("buzon", "serve", "-c", s.config())
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // an error: it ended
	addr := make(chan string, 1)
	go func() {
		in := bufio.NewScanner(stderr)
		for in.Scan() {
			if m := apiListening.FindStringSubmatch(in.Text()); m != nil {
				addr <- m[1]
			}
		}
		close(addr)
	}()
	if base = <-addr; base == "" {
		t.Fatalf("serve ended: %v", cmd.Wait())
	}
	return cmd, "http://" + base
}

// ask gives the code and the body of an answer; token may be "".
func ask(t *testing.T, url, token string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// TestAPI has the daemon answer as the commands do, to the bearers of the tokens
// that buzon token made, and end on SIGTERM.
func TestAPI(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.edit(t, "pull: '*/5 7-21 * * *'", "pull: '0 3 2 1 *'") // once a year at most
	s.deliverExamples(t)
	tokens := map[string]string{}
	list := "  tokens:\n"
	for _, role := range []string{"auditor", "operador"} {
		code, out, errOut := buzon("token", role, "--role", role)
		if code != exitDone {
			t.Fatal(errOut)
		}
		line, item, _ := strings.Cut(out, "\n\napi:\n  tokens:\n")
		tokens[role], list = strings.TrimPrefix(line, "token   "), list+item
	}
	s.edit(t, "  #tokens:\n", list+"  #tokens:\n")
	s.edit(t, "; \"\" switches it off. Away from loopback it needs tokens and TLS.\n  listen: ''",
		"\n  listen: 127.0.0.1:0")
	cmd, base := startAPI(t, s)

	if code, _ := ask(t, base+"/api/v1/history", ""); code != http.StatusUnauthorized {
		t.Errorf("without a token: %d", code)
	}
	if code, _ := ask(t, base+"/api/v1/status", tokens["auditor"]); code != http.StatusForbidden {
		t.Errorf("status to an auditor: %d", code)
	}
	eventually(t, "health", func() bool {
		code, _ := ask(t, base+"/healthz", "")
		return code == http.StatusOK
	})
	// by today's date the daemon tells more of it while it is asked
	eventually(t, "the same trace", func() bool {
		_, want, _ := buzon("trace", "-c", s.config(), "2026/090/1325", "--json")
		code, got := ask(t, base+"/api/v1/trace?folio=2026/090/1325", tokens["auditor"])
		return code == http.StatusOK && got == want &&
			strings.HasPrefix(got, `{"folio":"2026/090/1325","rounds":[{"round":1,`)
	})
	_, want, _ := buzon("status", "-c", s.config(), "--date", deliveryDay, "--json")
	field := regexp.MustCompile(`"folios_open":\d+`)
	if code, got := ask(t, base+"/api/v1/status?date="+deliveryDay,
		tokens["operador"]); code != http.StatusOK ||
		field.FindString(got) != field.FindString(want) ||
		!strings.HasPrefix(got, `{"simulacro":true,"day":"`+deliveryDay) {
		t.Errorf("status: %d %s\nwant %s", code, got, want)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("serve ends with %v", err)
	}
}
