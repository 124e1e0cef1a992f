package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"buzon/schema"
)

// theirs is the SFTP server of an institution that has one of its own.
type theirs struct {
	dir      string // holds the folder buzon and in it the four
	addr     string
	host     ssh.Signer
	mute     bool // lets everybody in and answers nothing
	sessions atomic.Int32
}

func newTheirs(t *testing.T, mute bool) *theirs {
	t.Helper()
	th := &theirs{dir: t.TempDir(), host: newSigner(t, ""), mute: mute}
	for _, name := range []string{"reclamaciones", "respuestas", "acuses", "rechazos"} {
		if err := os.MkdirAll(th.path(name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cfg := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata,
		ssh.PublicKey) (*ssh.Permissions, error) {
		return nil, nil
	}}
	cfg.AddHostKey(th.host)
	l := listen(t)
	th.addr = l.Addr().String()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go th.serve(conn, cfg)
		}
	}()
	return th
}

func (th *theirs) serve(conn net.Conn, cfg *ssh.ServerConfig) {
	defer conn.Close()
	_, channels, requests, err := ssh.NewServerConn(conn, cfg)
	if err != nil {
		return
	}
	th.sessions.Add(1)
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, requests, err := offered.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range requests {
				_ = r.Reply(r.Type == "subsystem", nil)
			}
		}()
		if th.mute {
			continue
		}
		server, err := sftp.NewServer(channel, sftp.WithServerWorkingDirectory(th.dir))
		if err != nil {
			return
		}
		go func() {
			_ = server.Serve() // ends with the connection
			_ = server.Close()
		}()
	}
}

func (th *theirs) path(name ...string) string {
	return filepath.Join(append([]string{th.dir, "buzon"}, name...)...)
}

// leave puts an answer there, whose time that server shows.
func (th *theirs) leave(t *testing.T, name, content string, shown time.Time) {
	t.Helper()
	write(t, th.path("respuestas", name), content)
	if err := os.Chtimes(th.path("respuestas", name), shown, shown); err != nil {
		t.Fatal(err)
	}
}

// useTheirs has an institution's server dialled, by the host key that the
// operator was given.
func (s set) useTheirs(t *testing.T, une string, th *theirs, pinned ssh.Signer, timeout string) {
	t.Helper()
	newSigner(t, s.path("llaves", "cliente"))
	s.add(t, fmt.Sprintf(
		"remote_unes:\n  - une: %s\n    address: '%s'\n    user: buzon\n    key: llaves/cliente\n    "+
			"host_keys: ['%s']\n"+
			"    folder: buzon\n    settle: 1s\n    visit_timeout: %s\n", une, th.addr, authorizedKey(pinned),
		timeout))
}

// add writes further lines into the configuration.
func (s set) add(t *testing.T, lines string) {
	t.Helper()
	write(t, s.config(), read(t, s.config())+"\n"+lines)
}

func acuseOf(t *testing.T, path string) *schema.Sello {
	t.Helper()
	ex, err := schema.Examine(filepath.Base(path), func() (io.ReadCloser, error) {
		return os.Open(path)
	}, nil)
	if err != nil || ex.Sello == nil {
		t.Fatalf("%s: %v, seal %v", path, err, ex)
	}
	return ex.Sello
}

// TestRemoteUNE is the way of an institution that has a server of its own: its
// LOT arrives there, its clock counts where our listings allow it, and its acuse
// goes back.
func TestRemoteUNE(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	th := newTheirs(t, false)
	s.useTheirs(t, une1, th, th.host, "2m")
	s.deliverExamples(t)
	if d := cmp.Diff(records(example(t, lot1)), records(read(t, th.path("reclamaciones", lot1)))); d != "" {
		t.Errorf("records of the LOT there (-want +got):\n%s", d)
	}
	s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T16:20:00-06:00")
	th.leave(t, res1, example(t, res1), moment(t, answered))
	s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T16:30:00-06:00")
	if d := cmp.Diff(records(example(t, acu1)), records(read(t, th.path("acuses", acu1)))); d != "" {
		t.Errorf("records of the ACU there (-want +got):\n%s", d)
	}
	res2, acu2 := strings.Replace(res1, "001.txt", "002.txt", 1),
		strings.Replace(acu1, "001.txt", "002.txt", 1)
	th.leave(t, res2, example(t, res1), moment(t, "2026-03-03T10:00:00-06:00")) // it says so now
	s.mustRun(t, exitObserved, "2026-03-18", "2026-03-18T16:40:00-06:00")
	if got := acuseOf(t, th.path("acuses", acu2)).AcuFechaHoraRecepcion; got != "2026-03-18T16:40:00-06:00" {
		t.Errorf("a file that was not there before was received %s", got)
	}
	before := s.history(t)
	s.mustRun(t, exitDone, "2026-03-18", "2026-03-18T16:50:00-06:00")
	if got := s.history(t); strings.Count(got, "\n") != strings.Count(before, "\n")+2 {
		t.Errorf("a run with nothing new does something:\n%s", got)
	}

	if got := names(t, th.path()); !slices.Equal(got,
		[]string{"acuses", "rechazos", "reclamaciones", "respuestas"}) {
		t.Errorf("on their server: %v", got)
	}
	if got := names(t, s.box(une1, "reclamaciones")); len(got) != 0 ||
		len(names(t, s.box(une2, "reclamaciones"))) == 0 {
		t.Errorf("on ours: %v", got)
	}
	_, out, _ := buzon("trace", "-c", s.config(), "2026/090/1325")
	if !strings.Contains(out, "not observable") {
		t.Errorf("trace does not say that nobody sees the pickup:\n%s", out)
	}
	_, out, _ = buzon("status", "-c", s.config(), "--date", deliveryDay)
	if !strings.Contains(out, "not observable") {
		t.Errorf("status does not say that nobody sees the pickup:\n%s", out)
	}
	if out := s.history(t, "--json", "--event", "archivo_publicado", "--file", lot1); !strings.Contains(out,
		`"recogida":"no observable"`) {
		t.Errorf("the log does not say that nobody sees the pickup:\n%s", out)
	}
}

// TestHangingUNE: an institution's server that lets us in and says nothing more
// holds up neither the others nor the corte.
func TestHangingUNE(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	th := newTheirs(t, true)
	s.useTheirs(t, une1, th, th.host, "1s")
	s.leave(t, rec1, example(t, rec1), moment(t, delivered))
	out := s.mustRun(t, exitFailed, deliveryDay, "2026-03-02T20:00:00-06:00")
	if !strings.Contains(out, "une "+une1) { // wherever in the visit its bound fell
		t.Errorf("the run does not say whose visit failed:\n%s", out)
	}
	s.wantOthersServed(t)
	_, out, _ = buzon("status", "-c", s.config(), "--date", deliveryDay, "--json")
	if !strings.Contains(out, `"cut":true`) || !strings.Contains(out, `"closed":false`) {
		t.Errorf("the day was not cut, or is closed without the LOT:\n%s", out)
	}
}

// TestWrongHostKeyOfUNE: a server with another key than the pinned one gets
// nothing of ours, and the others are served.
func TestWrongHostKeyOfUNE(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	th := newTheirs(t, false)
	s.useTheirs(t, une1, th, newSigner(t, ""), "2m")
	s.leave(t, rec1, example(t, rec1), moment(t, delivered))
	out := s.mustRun(t, exitFailed, deliveryDay, delivered)
	if !strings.Contains(out, "host key of "+th.addr+" is not pinned") || th.sessions.Load() != 0 {
		t.Errorf("%d sessions there, and the run says\n%s", th.sessions.Load(), out)
	}
	if got := names(t, th.path("reclamaciones")); len(got) != 0 {
		t.Errorf("the server with the wrong key was given %v", got)
	}
	s.wantOthersServed(t)
}

// wantOthersServed tells that the two UNEs on our own server have their LOTs.
func (s set) wantOthersServed(t *testing.T) {
	t.Helper()
	for _, une := range []string{une2, une3} {
		if got := names(t, s.box(une, "reclamaciones")); !slices.Contains(got,
			strings.Replace(lot1, une1, une, 1)) {
			t.Errorf("in reclamaciones of %s: %v", une, got)
		}
	}
}
