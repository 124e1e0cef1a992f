package clientes_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

func checkList(t *testing.T, _ *world, s seat) {
	if out := s.mustDo(t, list); !strings.Contains(out, lot) {
		t.Errorf("the client does not see the LOT:\n%s", out)
	}
}

func checkFetch(t *testing.T, w *world, s seat) {
	s.mustDo(t, fetch)
	if !bytes.Equal(s.read(t, lot), content) {
		t.Errorf("fetched %d bytes that are not the LOT's %d", len(s.read(t, lot)), size)
	}
	p := <-w.pickups
	if p.Account != une1 || p.Folder != "reclamaciones" || p.Name != lot || !p.Complete ||
		!p.Closed && !s.hurries {
		t.Errorf("evidence %+v", p)
	}
}

// checkRefetch breaks the wire in the middle. What the client holds and what the
// second handle read must be the whole, and only the rest may travel.
func checkRefetch(t *testing.T, w *world, s seat) {
	w.wire.mend(0, size/2)
	if out, err := s.do(fetch); err == nil {
		t.Fatalf("the client says that it has the whole:\n%s", out)
	} else if !w.wire.isBroken() {
		t.Fatalf("the client does not get as far as the cut: %v\n%s", err, out)
	}
	part := int64(len(s.read(t, lot)))
	if part == 0 || part >= size {
		t.Fatalf("the client kept %d bytes of %d", part, size)
	}
	// Bytes on their way count as read, at times all of them: that nobody closed
	// the handle is what tells.
	if first := <-w.pickups; first.Closed || first.Read.Prefix() < part {
		t.Errorf("evidence of the broken fetch, of which the client has %d bytes: %+v", part, first)
	}
	w.wire.mend(0, 0)
	s.mustDo(t, refetch)
	if !bytes.Equal(s.read(t, lot), content) {
		t.Errorf("%d bytes that are not the LOT's %d", len(s.read(t, lot)), size)
	}
	if _, down := w.wire.carried(); down > size-part+size/10 {
		t.Errorf("%d bytes were sent to go on, of a copy that had %d of %d", down, part, size)
	}
	for part < size {
		p := <-w.pickups
		if !p.Closed || p.Complete {
			t.Errorf("evidence of the second part: %+v", p)
		}
		for _, x := range p.Read {
			if x.From <= part {
				part = max(part, x.To)
			}
		}
	}
}

func checkUpload(t *testing.T, w *world, s seat) {
	s.mustDo(t, upload, "{de}", res, "{a}", res)
	w.arrivedOnce(t, res)
	s.mustDo(t, reread)
	if !bytes.Equal(s.read(t, "copia"), content) {
		t.Error("read back differently")
	}
	w.nothingArrived(t, "after it was read back")
}

func checkTemporary(t *testing.T, w *world, s seat) {
	for ending, final := range map[string]string{".tmp": res, ".filepart": res2} {
		s.mustDo(t, upload, "{de}", res, "{a}", final+ending)
		w.nothingArrived(t, "before the rename")
		s.mustDo(t, rename, "{de}", final+ending, "{a}", final)
		w.arrivedOnce(t, final)
	}
}

// cutUpload breaks the wire in the middle of an upload.
func cutUpload(t *testing.T, w *world, s seat, to string) {
	t.Helper()
	w.wire.mend(size/2, 0)
	if out, err := s.do(upload, "{de}", res, "{a}", to); err == nil {
		t.Fatalf("the client says that all was sent:\n%s", out)
	} else if !w.wire.isBroken() {
		t.Fatalf("the client does not get as far as the cut: %v\n%s", err, out)
	}
	w.ended()
	w.nothingArrived(t, "after the cut")
	w.wire.mend(0, 0)
}

// again sends what was cut, and checks that a client that can go on does.
func again(t *testing.T, w *world, s seat, to string) {
	t.Helper()
	if s.acts[resume] == "" {
		s.mustDo(t, upload, "{de}", res, "{a}", to)
		return
	}
	s.mustDo(t, resume, "{de}", res, "{a}", to)
	if up, _ := w.wire.carried(); up > size*9/10 {
		t.Errorf("%d bytes were sent to go on", up)
	}
}

func checkCut(t *testing.T, w *world, s seat) {
	cutUpload(t, w, s, res)
	again(t, w, s, res)
	w.arrivedOnce(t, res)
}

// checkRename has a cut upload take another temporary name, which is its
// owner's right, and a final one, which it must not.
func checkRename(t *testing.T, w *world, s seat) {
	cutUpload(t, w, s, "uno.tmp")
	w.wire.mend(0, 0)
	if left := w.names(t); left != "uno.tmp" {
		t.Fatalf("of the cut upload is left: %q", left)
	}
	s.mustDo(t, rename, "{de}", "uno.tmp", "{a}", "dos.tmp")
	w.nothingArrived(t, "after a rename to another temporary name")
	if out, err := s.do(rename, "{de}", "dos.tmp", "{a}", res); err == nil {
		t.Errorf("a cut upload got a final name:\n%s", out)
	}
	w.nothingArrived(t, "after the rename of a cut upload")
	w.wire.mend(0, 0)
	again(t, w, s, "dos.tmp")
	s.mustDo(t, rename, "{de}", "dos.tmp", "{a}", res)
	w.arrivedOnce(t, res)
}

// checkTimes has a file keep its time, and a folder that was sent not be sent
// again.
func checkTimes(t *testing.T, w *world, s seat) {
	then := time.Date(2026, time.February, 3, 4, 5, 6, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(s.home, res), then, then); err != nil {
		t.Fatal(err)
	}
	if s.acts[withTimes] != "" {
		s.mustDo(t, withTimes, "{de}", res, "{a}", res)
		w.arrivedOnce(t, res)
		if got := w.shown(t, "respuestas/"+res); !got.Equal(then) {
			t.Errorf("the server shows %v, want %v", got, then)
		}
	}
	if s.acts[mirror] == "" {
		return
	}
	s.write(t, "envio/"+res2, string(content))
	if err := os.Chtimes(filepath.Join(s.home, "envio", res2), then, then); err != nil {
		t.Fatal(err)
	}
	s.mustDo(t, mirror, "{de}", "envio")
	w.arrivedOnce(t, res2)
	s.mustDo(t, mirror, "{de}", "envio")
	w.nothingArrived(t, "after the folder was sent once more")
}

func checkForbidden(t *testing.T, w *world, s seat) {
	s.mustDo(t, fetch) // a client that cannot even sign in proves nothing
	before := w.snapshot(t)
	for _, line := range append(s.forbidden, s.idle...) {
		out, err := s.try(line)
		if err == nil && !slices.Contains(s.idle, line) {
			t.Errorf("%s: succeeds\n%s", s.fill(line), out)
		}
		if strings.Contains(out, w.dir) {
			t.Errorf("%s: the client learns where the server keeps its files\n%s", s.fill(line), out)
		}
		if after := w.snapshot(t); after != before {
			t.Errorf("%s: the folders were\n%s\nand is\n%s", s.fill(line), before, after)
		}
		if b := s.read(t, "robado"); len(b) > 0 {
			t.Errorf("%s: %d bytes of another account", s.fill(line), len(b))
		}
	}
	w.nothingArrived(t, "after what is forbidden")
}

// party is another client of the account, to look with.
func (w *world) party(t *testing.T) *sftp.Client {
	t.Helper()
	conn, err := ssh.Dial("tcp", w.wire.server, &ssh.ClientConfig{
		User: une1, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer(une1))},
		HostKeyCallback: ssh.FixedHostKey(signer("host").PublicKey()),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c, err := sftp.NewClient(conn)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shown is the time that the party sees on a file.
func (w *world) shown(t *testing.T, path string) time.Time {
	t.Helper()
	info, err := w.party(t).Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

// names are the files that the party sees in respuestas.
func (w *world) names(t *testing.T) string {
	t.Helper()
	infos, err := w.party(t).ReadDir("respuestas")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, i := range infos {
		names = append(names, i.Name())
	}
	return strings.Join(names, " ")
}
