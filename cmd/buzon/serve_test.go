package main

import (
	"bufio"
	"context"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"
)

// process is buzon serve in a process of its own.
type process struct {
	*exec.Cmd
	addr string
}

var listening = regexp.MustCompile(`"listening",(?:"simulacro":true,)?"address":"([^"]+)"`)

// start starts buzon serve and waits until it listens.
func start(t *testing.T, s set) process {
	t.Helper()
	cmd := exec.Command("buzon", "serve", "-c", s.config())
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
			if m := listening.FindStringSubmatch(in.Text()); m != nil {
				addr <- m[1]
			}
		}
		close(addr)
	}()
	p := process{cmd, <-addr}
	if p.addr == "" {
		t.Fatalf("serve ended: %v", cmd.Wait())
	}
	return p
}

// TestServe has the daemon answer an upload though nothing is planned, and end on
// SIGTERM although a client stays connected.
func TestServe(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.edit(t, "pull: '*/5 7-21 * * *'", "pull: '0 3 2 1 *'") // once a year at most
	key := newSigner(t, "")
	s.edit(t, "#instituciones: [",
		"instituciones:\n    - {clave: 900009, denominacion: Institución Inventada, sector: Uniones de "+
			"Crédito, keys: ['"+
			authorizedKey(key)+"']}\n  #instituciones: [")
	p := start(t, s)
	eventually(t, "the run at the start", func() bool {
		return strings.Contains(s.history(t), "corrida_terminada")
	})
	host, _, _, _, err := ssh.ParseAuthorizedKey([]byte(read(t, s.path("llaves", "host_ed25519.pub"))))
	if err != nil {
		t.Fatal(err)
	}
	c := dialSFTP(t, p.addr, "00900009", key, host)
	const res = "GE_RES_00900009_20260318_001.txt"
	send(t, c, "respuestas/"+res, strings.ReplaceAll(example(t, res1), une1, "00900009"))
	eventually(t, "the answer", func() bool {
		return slices.Contains(names(t, s.box("00900009", "rechazos")), strings.Replace(res, "RES", "RCH", 1))
	})
	if out := s.history(t, "--event", "corrida_iniciada"); strings.Count(out, "corrida_iniciada") != 1 {
		t.Errorf("it was a run that answered, and not a visit:\n%s", out)
	}
	if err := p.Process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the run that a signal asks for", func() bool {
		return strings.Count(s.history(t, "--event", "corrida_terminada"), "corrida_terminada") == 2
	})
	half, err := c.Create("respuestas/half.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := half.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}

	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("serve ends with %v", err)
	}
	out := s.history(t)
	if !strings.Contains(out, "servicio_iniciado") || !strings.Contains(s.history(t, "--last", "1"),
		"servicio_terminado") {
		t.Errorf("the log does not tell of the service:\n%s", out)
	}
	if got := names(t, s.box("00900009", "respuestas")); !slices.Equal(got, []string{res}) {
		t.Errorf("a half upload counts as there: %v", got)
	}
}

// TestServeEndsWhileItStarts: a service manager may think better of it at any time.
func TestServeEndsWhileItStarts(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out strings.Builder
	if code := run(ctx, []string{"serve", "-c", s.config()}, strings.NewReader(""), &out,
		&out); code != exitDone {
		t.Errorf("exit %d\n%s", code, out.String())
	}
	s.deliverExamples(t) // the lock is free, the store sound
}
