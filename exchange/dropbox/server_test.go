package dropbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox"
)

func TestTree(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.put(t, une1, ".", "LEEME.txt", "lea")
	w.put(t, une1, ".", "LEEME.txt", "lea esto")
	w.put(t, une1, "reclamaciones", lot1, "lote")
	w.put(t, une1, "acuses/anexos", "a.pdf", "pdf")
	p := w.party(t, une1)
	wantEqual(t, "/", p.names(t, "/"),
		[]string{"LEEME.txt", "acuses", "estado", "reclamaciones", "respuestas"})
	wantEqual(t, "reclamaciones", p.names(t, "reclamaciones"), []string{lot1})
	wantEqual(t, "acuses", p.names(t, "acuses"), []string{"anexos"})
	wantEqual(t, "acuses/anexos", p.names(t, "/acuses/anexos"), []string{"a.pdf"})
	wantEqual(t, "estado", p.names(t, "estado"), []string{})
	if got := p.read(t, "LEEME.txt"); got != "lea esto" {
		t.Errorf("LEEME.txt holds %q", got)
	}
	info, err := p.Lstat("/reclamaciones/" + lot1)
	if err != nil || info.Size() != 4 || info.Mode() != 0o440 || info.ModTime().Unix() != monday.Unix() {
		t.Errorf("lot seen as %v, %v", info, err)
	}
	if got, err := p.RealPath("../acuses/../x"); err != nil || got != "/x" {
		t.Errorf("RealPath: %s, %v", got, err)
	}
	info, err = p.Stat("/respuestas")
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o750 {
		t.Errorf("respuestas seen as %v, %v", info, err)
	}
	info, err = p.Stat("/reclamaciones")
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o550 || info.ModTime().Unix() != monday.Unix() {
		t.Errorf("reclamaciones seen as %v, %v, want the moment of its last change", info, err)
	}
	p.write(t, resPath, anew, 0, []byte("half"))
	info, err = p.Stat(resPath)
	if err != nil || info.Size() != 4 || info.Mode() != 0o640 {
		t.Errorf("what is being written seen as %v, %v", info, err)
	}
	for _, made := range onDisk(t, filepath.Join(w.dir, "subidas")) {
		if fi, err := os.Stat(filepath.Join(w.dir, "subidas", made)); err != nil ||
			fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s on the disk: %v, %v, want nothing for others", made, fi, err)
		}
	}
}

// TestLongListing lists more than one packet holds, while more appears.
func TestLongListing(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	want := []string{}
	for i := range 250 {
		name := "f" + strings.Repeat("x", i%50) + string(rune('a'+i/50))
		w.put(t, une1, "estado", name, "x")
		want = append(want, name)
	}
	slices.Sort(want)
	wantEqual(t, "estado", w.party(t, une1).names(t, "estado"), want)

	r := w.raw(t, une1)
	r.init(t)
	r.send(rawPacket(11, uint32(1), "/estado"))
	_, body, err := r.read()
	check(t, err)
	handle := string(body[8:])
	w.put(t, une1, "estado", "later", "x")
	var all []byte
	for kind := byte(0); kind != 101; all = append(all, body...) { // until EOF
		r.send(rawPacket(12, uint32(2), handle))
		kind, body, err = r.read()
		check(t, err)
	}
	if !bytes.Contains(all, []byte(want[249])) || bytes.Contains(all, []byte("later")) {
		t.Error("the listing of an open handle is not what it was at its opening")
	}
}

// TestUnavailable has the content of a file be missing: the name stays.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	w := start(t, func(c *dropbox.Options) {
		c.OnUnavailable = func(account, folder, name string) { told <- account + "/" + folder + "/" + name }
	})
	w.put(t, une1, "reclamaciones", lot1, "lote")
	p := w.party(t, une1)
	f, err := p.Open("/reclamaciones/" + lot1)
	check(t, err)
	check(t, w.box.Lose(une1, "reclamaciones", lot1))
	if b, err := io.ReadAll(f); err != nil || string(b) != "lote" {
		t.Errorf("the open handle reads %q, %v", b, err)
	}
	_, err = p.Open("/reclamaciones/" + lot1)
	wantCode(t, "open", err, sftp.ErrSSHFxFailure)
	if err == nil || !strings.Contains(err.Error(), "temporalmente no disponible") {
		t.Errorf("the client reads %v", err)
	}
	if got, want := <-told, une1+"/reclamaciones/"+lot1; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	w.await(t, "open") // in the process log
	wantEqual(t, "reclamaciones", p.names(t, "reclamaciones"), []string{lot1})
	if info, err := p.Stat("/reclamaciones/" + lot1); err != nil || info.Size() != 4 {
		t.Errorf("seen as %v, %v", info, err)
	}
}

// TestNamesNotLogged: what a party calls its files may tell of a person, also in errors.
func TestNamesNotLogged(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.DebugLevel)
	w := start(t, func(c *dropbox.Options) {
		c.Log = zap.New(core)
		c.Shown = func(p string) string {
			if dir, ok := strings.CutSuffix(p, "Juana Pérez.docx"); ok && dir == "respuestas/" {
				return dir + "[archivo]"
			}
			return p
		}
		view := c.View
		c.View = func(account string) (fs.FS, error) {
			seen, err := view(account)
			return namer{seen}, err
		}
	})
	const name = "/respuestas/Juana Pérez.docx"
	p := w.party(t, une1)
	p.upload(t, name, "x")
	<-w.uploads
	check(t, w.box.Lose(une1, "respuestas", "Juana Pérez.docx"))
	_, err := p.Open(name)
	wantCode(t, "open", err, sftp.ErrSSHFxFailure)
	for _, e := range logs.All() {
		if line := fmt.Sprint(e.Message, e.ContextMap()); strings.Contains(line, "Juana") {
			t.Error(line)
		}
	}
	if n := logs.FilterField(zap.String("name", "[archivo]")).Len(); n != 2 {
		t.Errorf("%d lines tell of the file, want that of the upload and that of the opening", n)
	}
}

// namer is a view whose errors name the file, as those of a file system do.
type namer struct{ fs.FS }

func (n namer) Open(name string) (fs.File, error) {
	f, err := n.FS.Open(name)
	if err != nil {
		err = &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f, err
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.put(t, une1, "reclamaciones", lot1, "lote")
	w.put(t, une2, "reclamaciones", "otra.txt", "otra")
	w.put(t, une1, ".", "LEEME.txt", "lea")
	p := w.party(t, une1)
	p.upload(t, resPath, "x")
	<-w.uploads
	open := func(path string, flags int) error { _, err := p.OpenFile(path, flags); return err }
	stat := func(path string) error { _, err := p.Stat(path); return err }
	list := func(path string) error { _, err := p.ReadDir(path); return err }
	link := func(path string) error { _, err := p.ReadLink(path); return err }

	denied, none := error(sftp.ErrSSHFxPermissionDenied), error(sftp.ErrSSHFxNoSuchFile)
	for _, c := range []struct {
		what string
		err  error
		want error
	}{
		{"mkdir", p.Mkdir("/respuestas/x"), denied},
		{"rmdir", p.RemoveDirectory("/acuses/anexos"), denied},
		{"symlink", p.Symlink("/etc/passwd", "/respuestas/x.txt"), denied},
		{"hard link", p.Link(resPath, "/respuestas/x.txt"), denied},
		{"readlink", link("/reclamaciones/igual.txt"), sftp.ErrSSHFxOpUnsupported},
		{"remove of the gateway's", p.Remove("/reclamaciones/" + lot1), denied},
		{"remove of a folder", p.Remove("/respuestas"), denied},
		{"rename of the gateway's", p.Rename("/reclamaciones/"+lot1, "/respuestas/x.txt"), denied},
		{"rename into the gateway's", p.Rename(resPath, "/reclamaciones/x.txt"), denied},
		{"rename of a folder", p.Rename("/respuestas", "/x"), denied},
		{"write to the gateway's", open("/reclamaciones/"+lot1, anew), denied},
		{"write at the root", open("/x.txt", anew), denied},
		{"write LEEME.txt", open("/LEEME.txt", anew), denied},
		{"write a folder", open("/respuestas", anew), denied},
		{"write with a bad name", open("/respuestas/a\u202eb", anew), denied},
		{"write below a folder", open("/respuestas/x/y.txt", anew), none},
		{"read a folder", open("/respuestas", os.O_RDONLY), denied},
		{"the other account", stat("/" + une2), none},
		{"the other account by ..", stat("../" + une2 + "/reclamaciones/otra.txt"), none},
		{"the machine's files by ..", open("../../../../etc/hostname", os.O_RDONLY), none},
		{"the machine's files", open("/etc/hostname", os.O_RDONLY), none},
		{"a name that cannot be", stat("/reclamaciones/a\xffb"), none},
		{"a hidden file", stat("/.oculto"), none},
		{"a hidden file of a folder", open("/reclamaciones/.oculto", os.O_RDONLY), none},
		{"list of a file", list("/reclamaciones/" + lot1), none},
	} {
		wantCode(t, c.what, c.err, c.want)
	}
	wantEqual(t, "reclamaciones", p.names(t, "reclamaciones"), []string{lot1})
	wantEqual(t, "/", p.names(t, "/"),
		[]string{"LEEME.txt", "acuses", "estado", "reclamaciones", "respuestas"})
	wantEqual(t, "the other's respuestas", w.party(t, une2).names(t, "respuestas"), []string{})
	wantEqual(t, "the other's queue", w.queue(t, une2), []string{})
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=x"})
}

func TestLogin(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for _, c := range [][2]string{{une1, une2}, {"00900009", "00900009"}, {"..", ".."}, {"", ""}} {
		if _, err := w.dial(t, c[0], c[1]); err == nil {
			t.Errorf("account %q with the key of %q: let in", c[0], c[1])
		}
	}
	// The key of the one is offered first, the key of the other is proved: the
	// session is that of the account named, by the key that was proved.
	conn, err := ssh.Dial("tcp", w.addr, &ssh.ClientConfig{
		User: une1, HostKeyCallback: ssh.FixedHostKey(signer("host").PublicKey()),
		Auth: []ssh.AuthMethod{ssh.PublicKeys(signer(une2), signer(une1))},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := string(conn.ServerVersion()); got != "SSH-2.0-Buzon" {
		t.Errorf("server calls itself %q", got)
	}
}

func TestChannelsAndRequests(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) { c.Limits.Sessions = 2 })
	p := w.party(t, une1)
	for _, kind := range []string{"direct-tcpip", "x11"} {
		if _, _, err := p.conn.OpenChannel(kind, nil); err == nil {
			t.Errorf("channel %s: opened", kind)
		}
	}
	ch, reqs, err := p.conn.OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	go ssh.DiscardRequests(reqs)
	name := func(s string) []byte { return ssh.Marshal(struct{ Name string }{s}) }
	for _, r := range []struct {
		kind    string
		payload []byte
	}{
		{"shell", nil}, {"exec", name("id")}, {"pty-req", nil}, {"env", nil},
		{"auth-agent-req@openssh.com", nil},
		{"subsystem", nil}, {"subsystem", []byte{1}}, {"subsystem", name("netconf")},
		{"subsystem", []byte{255, 255, 255, 255, 's'}}, {"subsystem", append(name("sftp"), 'x')},
	} {
		if ok, err := ch.SendRequest(r.kind, true, r.payload); ok || err != nil {
			t.Errorf("request %s %q: %v, %v, want a refusal", r.kind, r.payload, ok, err)
		}
	}
	if _, _, err := p.conn.OpenChannel("session", nil); err == nil {
		t.Error("a third session of the account: opened")
	}
	if ok, err := ch.SendRequest("subsystem", true, name("sftp")); !ok || err != nil {
		t.Errorf("sftp after refusals: %v, %v", ok, err)
	}
	if ok, err := ch.SendRequest("shell", true, nil); ok || err != nil {
		t.Errorf("shell beside sftp: %v, %v, want a refusal", ok, err)
	}
	if _, err := p.Stat("/"); err != nil {
		t.Error(err)
	}
}

func TestHandleLimit(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) { c.Limits.Handles = 2 })
	w.put(t, une1, "reclamaciones", lot1, "lote")
	p := w.party(t, une1)
	for range 3 { // every kind of handle is given back
		a, b := p.write(t, resPath, anew, 0, []byte("x")), p.write(t, resPath+".tmp", anew, 0, []byte("x"))
		_, err := p.Open("/reclamaciones/" + lot1)
		wantCode(t, "third handle, read", err, sftp.ErrSSHFxFailure)
		_, err = p.OpenFile("/respuestas/c.txt", anew)
		wantCode(t, "third handle, write", err, sftp.ErrSSHFxFailure)
		_, err = p.ReadDir("/")
		wantCode(t, "third handle, list", err, sftp.ErrSSHFxFailure)
		if err := errors.Join(a.Close(), b.Close()); err != nil {
			t.Fatal(err)
		}
		_, err = p.Open("/reclamaciones/none.txt")
		wantCode(t, "no file", err, sftp.ErrSSHFxNoSuchFile)
		_, err = p.OpenFile("/reclamaciones/none.txt", anew)
		wantCode(t, "no folder of uploads", err, sftp.ErrSSHFxPermissionDenied)
		p.read(t, "/reclamaciones/"+lot1)
		p.read(t, resPath)
		p.names(t, "/respuestas")
	}
}

func TestStopEndsSessions(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.party(t, une1)
	p.write(t, resPath, anew, 0, []byte("half"))
	w.put(t, une1, "reclamaciones", lot1, "lote")
	f, err := p.Open("/reclamaciones/" + lot1)
	if err != nil {
		t.Fatal(err)
	}
	w.stop()
	p.conn.Wait()
	f.Close()
	if got := <-w.pickups; got.Closed || got.Complete {
		t.Errorf("evidence of a broken handle: %+v", got)
	}
	w.open(t)
	defer w.close(t)
	wantEqual(t, "queue", w.queue(t, une1), []string{})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	second := newWorld(w.dir)
	second.open(t)
	defer second.close(t)
	if _, err := dropbox.New(second.config()); err == nil ||
		!strings.Contains(err.Error(), "another server") {
		t.Errorf("a second server: %v", err)
	}
	for what, spoil := range map[string]func(*dropbox.Options){
		"host key": func(c *dropbox.Options) {
			c.HostKeys = nil
		}, "Authorize": func(c *dropbox.Options) { c.Authorize = nil },
		"Uploads": func(c *dropbox.Options) {
			c.Uploads = nil
		}, "Now": func(c *dropbox.Options) { c.Now = nil },
		"Folders": func(c *dropbox.Options) {
			c.Folders = nil
		}, "View": func(c *dropbox.Options) { c.View = nil },
	} {
		bad := w.config()
		spoil(&bad)
		if _, err := dropbox.New(bad); err == nil {
			t.Errorf("no %s: taken", what)
		}
	}
}

// TestTwoProcesses has another process look at what a server works on: it mends
// nothing, and its records are seen at once.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.party(t, une1)
	f := p.write(t, resPath, anew, 0, []byte("uno"))
	second := newWorld(w.dir)
	second.open(t)
	defer second.close(t)
	if _, err := second.up.Account(une1); err == nil {
		t.Error("the uploads of a server are opened beside it")
	}
	if err := f.Close(); err != nil {
		t.Fatalf("the upload was swept away: %v", err)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=uno"})
}

// TestOwners looks at the lines of lists that people see.
func TestOwners(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) { c.Zone = time.FixedZone("", -6*3600) })
	w.put(t, une1, "reclamaciones", lot1, "lote")
	w.party(t, une1).upload(t, resPath, "uno")
	w.clock.Set(monday.Add(time.Hour))
	r := w.raw(t, une1)
	r.init(t)
	for folder, want := range map[string]string{
		"/":              "drwxr-x---   1 00900001 00900001        0 ",
		"/respuestas":    "-rw-r-----   1 00900001 00900001        3 Mar  2 10:00 " + res1,
		"/reclamaciones": "-r--r-----   1 pasarela pasarela        4 Mar  2 10:00 " + lot1,
	} {
		r.send(rawPacket(11, uint32(1), folder))
		_, body, err := r.read()
		check(t, err)
		r.send(rawPacket(12, uint32(2), string(body[8:])))
		if _, body, err = r.read(); err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: %q, %v, want %q", folder, body, err, want)
		}
	}
}
