package medida_test

import (
	"bufio"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// server is a server at work in a process of its own.
type server struct {
	kind string
	addr string
	dir  string // its files: reclamaciones/, respuestas/
	user func(n int) string
	cmd  *exec.Cmd
	end  func() error
}

// start starts a server that has accounts with a LOT of that size each. It ends
// with the test, or by stop.
func start(tb testing.TB, kind string, accounts, size int) *server {
	tb.Helper()
	s := &server{kind: kind, dir: tb.TempDir(), user: account}
	if kind == openSSH {
		s.startOpenSSH(tb)
	} else {
		s.startChild(tb, accounts, size)
	}
	tb.Cleanup(func() { s.stop(tb) })
	if kind != buzon {
		for _, d := range []string{"reclamaciones", "respuestas"} {
			if err := os.Mkdir(filepath.Join(s.dir, d), 0o700); err != nil {
				tb.Fatal(err)
			}
		}
		noise(tb, filepath.Join(s.dir, "reclamaciones", fmt.Sprintf(lot, account(0))), size)
	}
	return s
}

func (s *server) startChild(tb testing.TB, accounts, size int) {
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	s.cmd = exec.Command(self)
	s.cmd.Env = append(os.Environ(), envKind+"="+s.kind, envDir+"="+s.dir,
		envAccounts+"="+strconv.Itoa(accounts), envBytes+"="+strconv.Itoa(size))
	s.cmd.Stderr = os.Stderr
	in, err := s.cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	s.end = in.Close
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		tb.Fatalf("%s: %v", s.kind, err)
	}
	s.addr = strings.TrimSpace(line)
}

// startOpenSSH starts sshd for the user of this process, whose name it asks of
// its clients.
func (s *server) startOpenSSH(tb testing.TB) {
	const sshd = "/usr/sbin/sshd"
	if _, err := os.Stat(sshd); err != nil {
		skip(tb, sshd)
	}
	if os.Getuid() == 0 {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			tb.Fatal(err)
		}
	}
	me, err := exec.Command("id", "-un").Output()
	if err != nil {
		tb.Fatal(err)
	}
	s.user = func(int) string { return strings.TrimSpace(string(me)) }
	conf := tb.TempDir()
	writeKey(tb, filepath.Join(conf, "host"), "host")
	write(tb, filepath.Join(conf, "keys"), string(ssh.MarshalAuthorizedKey(signer(account(0)).PublicKey())))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s.addr = ln.Addr().String()
	port := ln.Addr().(*net.TCPAddr).Port
	ln.Close()
	write(tb, filepath.Join(conf, "sshd_config"), fmt.Sprintf(`
ListenAddress 127.0.0.1
Port %d
HostKey %s/host
AuthorizedKeysFile %s/keys
PidFile none
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
UseDNS no
MaxStartups 1000
LogLevel INFO
Subsystem sftp internal-sftp -d %s
`, port, conf, conf, s.dir))
	s.cmd = exec.Command(sshd, "-D", "-e", "-f", filepath.Join(conf, "sshd_config"))
	errs, err := s.cmd.StderrPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	s.end = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	lines := bufio.NewReader(errs)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			tb.Fatalf("sshd: %v: %s", err, line)
		}
		if strings.HasPrefix(line, "Server listening") {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
}

// stop ends the server and waits for it. It may be called again.
func (s *server) stop(tb testing.TB) {
	if s.end == nil {
		return
	}
	if err := s.end(); err != nil {
		tb.Error(err)
	}
	s.end = nil
	if err := s.cmd.Wait(); err != nil && s.kind != openSSH {
		tb.Errorf("%s: %v", s.kind, err)
	}
}

// cpu is the processor time of the server and of those of its children that
// have ended. It waits until all have, which follows the end of a client.
func (s *server) cpu(tb testing.TB) time.Duration {
	tb.Helper()
	pid := s.cmd.Process.Pid
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for s.kind == openSSH && read(tb, fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)) != "" {
		<-tick.C
	}
	stat := read(tb, fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+2:])
	var ticks int
	for _, f := range fields[11:15] { // utime, stime, cutime, cstime
		n, err := strconv.Atoi(f)
		if err != nil {
			tb.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond // USER_HZ is 100 wherever Go runs
}

// clear removes what was uploaded, so that every upload is a new file; with us it
// is one anyway.
func (s *server) clear(tb testing.TB) {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "respuestas", "*"))
	for _, f := range files {
		err = errors.Join(err, os.Remove(f))
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// memory gives a line of the server's status, VmRSS or VmHWM, in MiB.
func (s *server) memory(tb testing.TB, line string) float64 {
	tb.Helper()
	for l := range strings.Lines(read(tb, fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))) {
		if f := strings.Fields(l); f[0] == line+":" {
			n, err := strconv.Atoi(f[1])
			if err != nil {
				tb.Fatal(err)
			}
			return float64(n) / 1024
		}
	}
	tb.Fatalf("no %s", line)
	return 0
}

// forgetPeak lets VmHWM begin anew.
func (s *server) forgetPeak(tb testing.TB) {
	tb.Helper()
	write(tb, fmt.Sprintf("/proc/%d/clear_refs", s.cmd.Process.Pid), "5")
}

// skip skips where a program of OpenSSH is missing, loudly, and fails in CI.
func skip(tb testing.TB, what string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("%s is missing", what)
	}
	tb.Skipf("%s is missing: NOT MEASURED beside it", what)
}

func read(tb testing.TB, path string) string {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func write(tb testing.TB, path, content string) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func writeKey(tb testing.TB, path, name string) {
	tb.Helper()
	block, err := ssh.MarshalPrivateKey(privateKey(name), "")
	if err != nil {
		tb.Fatal(err)
	}
	write(tb, path, string(pem.EncodeToMemory(block)))
}
