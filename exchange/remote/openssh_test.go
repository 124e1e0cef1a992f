package remote_test

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"buzon/exchange/exchangetest"
)

// openSSH finds OpenSSH's SFTP server, which speaks fsync@openssh.com and whose
// rename does not replace. BUZON_SFTP_SERVER says where it is if not in its
// usual place.
func openSSH(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath(cmp.Or(os.Getenv("BUZON_SFTP_SERVER"), "/usr/lib/openssh/sftp-server"))
	if err != nil {
		t.Skipf("OpenSSH's sftp-server is not here: %v", err)
	}
	return program
}

// serveProgram runs the party's SFTP server as a process of its own.
func (s *server) serveProgram(channel ssh.Channel) {
	defer channel.Close()
	cmd := exec.Command(s.program, "-d", s.dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return
	}
	cmd.Stdout = channel
	if err := cmd.Start(); err != nil {
		return
	}
	_, _ = io.Copy(stdin, channel)
	stdin.Close()
	_ = cmd.Wait()
}

func TestMailboxOnOpenSSH(t *testing.T) {
	t.Parallel()
	program := openSSH(t)
	exchangetest.TestMailbox(t, func(t *testing.T) exchangetest.Fixture {
		s := (&server{program: program}).start(t)
		c, clock := dial(t, s)
		return exchangetest.Fixture{
			Mailbox:        c.Mailbox("."),
			Leave:          s.leave,
			LeaveHalf:      func(t *testing.T, n string, b []byte) { s.leave(t, n, b, start) },
			Settle:         func(*testing.T) { clock.Advance(10 * time.Second) },
			Sees:           s.sees,
			KeepsAfterDone: true,
		}
	})
}

func TestErrorsOfOpenSSH(t *testing.T) {
	t.Parallel()
	s := (&server{program: openSSH(t)}).start(t)
	c, _ := dial(t, s)
	if _, err := c.Mailbox("nowhere").List(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("List of no folder: %v, want fs.ErrNotExist", err)
	}
	if err := c.Mailbox("nowhere").Put(t.Context(), recName, opener([]byte("a"))); !errors.Is(err,
		fs.ErrNotExist) {
		t.Errorf("Put into no folder: %v, want fs.ErrNotExist", err)
	}
}
