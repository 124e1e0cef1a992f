package dropbox_test

import (
	"io"
	"os"
	"testing"
	"time"

	"github.com/pkg/sftp"

	"buzon/exchange/dropbox"
	"buzon/exchange/dropbox/subidas"
)

const (
	resPath = "/respuestas/" + res1
	resume  = os.O_WRONLY | os.O_CREATE
)

func TestUploadDirect(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.party(t, une1)
	f := p.write(t, resPath, anew, 0, []byte("uno"))
	wantEqual(t, "queue during the upload", w.queue(t, une1), []string{})
	w.clock.Set(monday.Add(time.Hour)) // what counts is the close
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := <-w.uploads, une1+resPath; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	if list := w.arrivals(t, une1); len(list) != 1 || !list[0].Moment.Equal(monday.Add(time.Hour)) {
		t.Errorf("recorded %v, want one file of an hour later", list)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=uno"})
	if got := p.read(t, resPath); got != "uno" {
		t.Errorf("owner reads %q after Done", got)
	}
	info, err := p.Stat(resPath)
	if err != nil || info.Size() != 3 {
		t.Errorf("owner sees %v, %v", info, err)
	}
}

func TestUploadByRename(t *testing.T) {
	t.Parallel()
	for name, rename := range map[string]func(party, string, string) error{
		"Rename":      func(p party, a, b string) error { return p.Rename(a, b) },
		"PosixRename": func(p party, a, b string) error { return p.PosixRename(a, b) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, nil)
			p := w.party(t, une1)
			for _, end := range []string{".tmp", ".part", ".filepart", ".partial"} {
				p.upload(t, resPath+end, end)
			}
			p.upload(t, "/respuestas/."+res1, "hidden")
			wantEqual(t, "queue before the rename", w.queue(t, une1), []string{})
			if info, err := p.Stat(resPath + ".part"); err != nil || info.Size() != 5 {
				t.Errorf("owner sees %v, %v before the rename", info, err)
			}
			if err := rename(p, resPath+".part", resPath); err != nil {
				t.Fatal(err)
			}
			if err := rename(p, "/respuestas/."+res1, "/respuestas/b.txt"); err != nil {
				t.Fatal(err)
			}
			<-w.uploads
			wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=.part", "b.txt=hidden"})
			wantEqual(t, "seen", p.names(t, "respuestas"),
				[]string{res1, res1 + ".filepart", res1 + ".partial", res1 + ".tmp", "b.txt"})
		})
	}
}

// TestSecondContent sends twice under a name before the gateway looks; a fixed
// clock makes both of one moment.
func TestSecondContent(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.party(t, une1)
	p.upload(t, resPath, "one")
	p.upload(t, resPath, "second")
	p.upload(t, resPath+".tmp", "third!!")
	w.clock.Set(monday.Add(-time.Hour)) // a clock set back must not change the order
	if err := p.Rename(resPath+".tmp", resPath); err != nil {
		t.Fatal(err)
	}
	if got := p.read(t, resPath); got != "third!!" {
		t.Errorf("owner reads %q", got)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=one", res1 + "=second", res1 + "=third!!"})
	wantEqual(t, "queue afterwards", w.queue(t, une1), []string{})
}

// cutOff sends content under path and breaks the connection.
func (w *world) cutOff(t *testing.T, path string, flags int, off int64, content []byte) {
	t.Helper()
	p := w.party(t, une1)
	p.write(t, path, flags, off, content)
	p.conn.Close()
	w.await(t, "logout")
}

func TestCutUpload(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	content := noise(300_000)
	for _, path := range []string{resPath, "/respuestas/b.txt.tmp"} {
		w.cutOff(t, path, anew, 0, content[:100_000])
	}
	w.cutOff(t, "/respuestas/gap.txt", anew, 50_000, content[:100_000])
	wantEqual(t, "queue after cuts", w.queue(t, une1), []string{})

	p := w.party(t, une1)
	for path, size := range map[string]int64{resPath: 100_000, "/respuestas/b.txt.tmp": 100_000,
		"/respuestas/gap.txt": 0} {
		if info, err := p.Stat(path); err != nil || info.Size() != size {
			t.Errorf("%s: %v, %v, want %d bytes", path, info, err, size)
		}
	}
	if got := p.read(t, resPath); got != string(content[:100_000]) {
		t.Error("the cut upload reads differently")
	}
	wantCode(t, "a cut upload renamed to a final name",
		p.Rename("/respuestas/b.txt.tmp", "/respuestas/b.txt"), sftp.ErrSSHFxFailure)
	wantCode(t, "a cut upload renamed to a final name", p.PosixRename(resPath, "/respuestas/b.txt"),
		sftp.ErrSSHFxFailure)

	w.cutOff(t, resPath, resume, 100_000, content[100_000:200_000])
	if err := p.write(t, resPath, resume, 200_000, content[200_000:]).Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.Remove("/respuestas/gap.txt"); err != nil {
		t.Errorf("remove an own cut upload: %v", err)
	}
	p.upload(t, "/respuestas/b.txt.tmp", "replaced")
	if err := p.Rename("/respuestas/b.txt.tmp", "/respuestas/b.txt"); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=" + string(content), "b.txt=replaced"})

	w.cutOff(t, "/respuestas/c.txt", anew, 0, content)
	p.upload(t, "/respuestas/c.tmp", "whole")
	if err := p.Rename("/respuestas/c.tmp", "/respuestas/c.txt"); err != nil {
		t.Fatal(err)
	}
	if got := p.read(t, "/respuestas/c.txt"); got != "whole" {
		t.Errorf("a cut upload hides what took its name: %.20q", got)
	}
}

// TestStaleWrite has the old handle write while its file is being settled.
func TestStaleWrite(t *testing.T) {
	t.Parallel()
	var stale *sftp.File
	var refused error
	w := start(t, func(c *dropbox.Options) {
		c.Uploads.OnStep(func(step string) {
			if step == "settle: synced" && stale != nil {
				_, refused = stale.WriteAt([]byte("late"), 3)
				stale = nil
			}
		})
	})
	old := w.party(t, une1)
	stale = old.write(t, resPath, anew, 0, []byte("abc"))
	f := w.party(t, une1).write(t, resPath, resume, 3, []byte("def"))
	wantCode(t, "late write", refused, sftp.ErrSSHFxFailure)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=abcdef"})
}

// TestSentAnew opens over a cut upload without truncation and starts at the
// beginning: nothing of the old bytes may be in what arrives.
func TestSentAnew(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.cutOff(t, resPath, anew, 0, noise(100_000))
	w.cutOff(t, resPath, resume, 0, []byte("new"))
	p := w.party(t, une1)
	if info, err := p.Stat(resPath); err != nil || info.Size() != 3 {
		t.Errorf("after a cut start anew: %v, %v, want 3 bytes", info, err)
	}
	if err := p.write(t, resPath, resume, 0, []byte("newer")).Close(); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=newer"})
}

func TestGapsNeverArrive(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.party(t, une1)
	p.upload(t, resPath, "finished")
	w.queue(t, une1)
	// A client that resumes at the end of the finished file.
	wantCode(t, "close with a gap", p.write(t, resPath, resume, 8, []byte(" and more")).Close(),
		sftp.ErrSSHFxFailure)
	wantCode(t, "close with a gap", p.write(t, "/respuestas/c.txt", anew, 1, []byte("x")).Close(),
		sftp.ErrSSHFxFailure)
	// A client that only looks whether it may write.
	f, err := p.OpenFile("/respuestas/c.txt", anew)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{"c.txt="})
	if f, err = p.OpenFile("/respuestas/c.txt", resume); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Errorf("close of an untouched file: %v", err)
	}
	wantEqual(t, "queue after a touch", w.queue(t, une1), []string{})
}

// TestReadOfUpload is a client that opens for both and reads what it writes.
func TestReadOfUpload(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	f := w.party(t, une1).write(t, resPath, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0, []byte("uno"))
	_, err := f.ReadAt(make([]byte, 2), 0)
	wantCode(t, "read", err, sftp.ErrSSHFxPermissionDenied)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=uno"})
}

func TestScatteredWrites(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.party(t, une1)
	f, err := p.OpenFile(resPath, anew)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(subidas.MaxWrittenSpans + 1) {
		if _, err := f.WriteAt([]byte("x"), 2*i); err != nil {
			t.Fatal(err)
		}
	}
	_, err = f.WriteAt([]byte("x"), 1)
	wantCode(t, "one gap too many", err, sftp.ErrSSHFxFailure)
	wantCode(t, "close", f.Close(), sftp.ErrSSHFxFailure)
	wantEqual(t, "queue", w.queue(t, une1), []string{})
}

func TestUploadLimit(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) { c.UploadBytes = func(string, string) int64 { return 10 } })
	p := w.party(t, une1)
	p.upload(t, resPath, "0123456789")
	f, err := p.OpenFile("/respuestas/b.txt", anew)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("0123456789"), 0); err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt([]byte("x"), 10)
	wantCode(t, "write beyond the limit", err, sftp.ErrSSHFxFailure)
	_, err = f.WriteAt([]byte("x"), -1)
	wantCode(t, "write at 2^64-1", err, sftp.ErrSSHFxFailure)
	wantCode(t, "close", f.Close(), sftp.ErrSSHFxFailure)
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=0123456789"})
}

// TestLaterHandleWins is a client that lost its connection and is back before
// the server noticed.
func TestLaterHandleWins(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	old, p := w.party(t, une1), w.party(t, une1)
	stale := old.write(t, resPath, anew, 0, []byte("abc"))
	f := p.write(t, resPath, resume, 3, []byte("def"))
	_, err := stale.WriteAt([]byte("XXXXXX"), 0)
	wantCode(t, "write by the stale handle", err, sftp.ErrSSHFxFailure)
	wantCode(t, "rename while it is written", p.Rename(resPath, resPath+".tmp"), sftp.ErrSSHFxFailure)
	wantCode(t, "close of the stale handle", stale.Close(), sftp.ErrSSHFxFailure)
	wantEqual(t, "queue", w.queue(t, une1), []string{})
	_, err = old.OpenFile(resPath, anew|os.O_EXCL)
	wantCode(t, "exclusive open", err, sftp.ErrSSHFxFailure)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=abcdef"})
	_, err = p.OpenFile("/respuestas/none.txt", os.O_WRONLY)
	wantCode(t, "open without create", err, sftp.ErrSSHFxNoSuchFile)
}

func TestTimeShownBack(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.party(t, une1)
	old := time.Date(2020, time.May, 1, 12, 0, 0, 0, time.UTC)
	p.upload(t, resPath+".tmp", "x")
	for _, err := range []error{
		p.Chtimes(resPath+".tmp", old, old), p.Chmod(resPath+".tmp", 0o777), p.Chown(resPath+".tmp", 1, 1),
		p.Truncate(resPath+".tmp", 1), p.Truncate("/", 0), p.Rename(resPath+".tmp", resPath),
		p.Chtimes("/", old, old),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	wantCode(t, "another size", p.Truncate(resPath, 0), sftp.ErrSSHFxPermissionDenied)
	info, err := p.Stat(resPath)
	if err != nil || !info.ModTime().Equal(old) || info.Size() != 1 {
		t.Errorf("owner sees %v, %v, want the time that it set", info, err)
	}
	if list := w.arrivals(t, une1); len(list) != 1 || !list[0].Moment.Equal(monday) ||
		!list[0].Shown.Equal(old) {
		t.Errorf("recorded %v, want our clock beside the party's", list)
	}
	p.upload(t, resPath, "xy")
	if info, err = p.Stat(resPath); err != nil || info.ModTime().Unix() != monday.Unix() {
		t.Errorf("owner sees %v, %v, want the arrival of the later content", info, err)
	}
	wantCode(t, "time of no file", p.Chtimes("/respuestas/none.txt", old, old), sftp.ErrSSHFxNoSuchFile)
}

func TestRenameStaysInItsFolder(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.party(t, une1)
	p.upload(t, resPath+".tmp", "x")
	for _, to := range []string{"/reclamaciones/" + res1, "/" + res1, "/respuestas", "/acuses/anexos/" + res1,
		"/none/" + res1} {
		wantCode(t, to, p.Rename(resPath+".tmp", to), sftp.ErrSSHFxPermissionDenied)
	}
	wantEqual(t, "queue", w.queue(t, une1), []string{})
	wantEqual(t, "seen", p.names(t, "respuestas"), []string{res1 + ".tmp"})
}

// TestFinishedStays checks that an own finished upload cannot be taken back.
func TestFinishedStays(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.party(t, une1)
	p.upload(t, resPath, "x")
	wantCode(t, "remove", p.Remove(resPath), sftp.ErrSSHFxPermissionDenied)
	wantCode(t, "rename", p.Rename(resPath, "/respuestas/b.txt"), sftp.ErrSSHFxPermissionDenied)
	wantCode(t, "posix-rename", p.PosixRename(resPath, "/respuestas/b.tmp"), sftp.ErrSSHFxPermissionDenied)
	wantCode(t, "rename of none", p.Rename("/respuestas/none.txt", "/respuestas/b.txt"),
		sftp.ErrSSHFxNoSuchFile)
	wantCode(t, "remove none", p.Remove("/respuestas/none.txt"), sftp.ErrSSHFxNoSuchFile)
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=x"})
	wantCode(t, "remove after Done", p.Remove(resPath), sftp.ErrSSHFxPermissionDenied)
	f, err := p.Open(resPath)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p.upload(t, resPath, "y") // must not reach through to the old content
	if b, err := io.ReadAll(f); err != nil || string(b) != "x" {
		t.Errorf("the open handle reads %q, %v", b, err)
	}
}
