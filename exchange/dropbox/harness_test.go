package dropbox_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox"
	"buzon/exchange/dropbox/dropboxtest"
	"buzon/exchange/dropbox/subidas"
	"buzon/exchange/exchangetest"
)

const (
	une1 = "00900001"
	une2 = "00900002"
	res1 = "GE_RES_00900001_20260302_001.txt"
	lot1 = "GE_LOT_00900001_20260302_001.txt"
)

var (
	monday     = time.Date(2026, time.March, 2, 16, 0, 0, 123456789, time.UTC)
	errRevoked = errors.New("key not known")
)

func folders() []dropbox.Folder {
	return []dropbox.Folder{
		{Name: "reclamaciones"}, {Name: "respuestas", Upload: true}, {Name: "acuses"},
		{Name: "acuses/anexos"}, {Name: "estado"},
	}
}

// world is a server on fresh folders, and what it told.
type world struct {
	dir     string
	box     *dropboxtest.Archive
	up      *subidas.Subidas
	srv     *dropbox.Server
	addr    string
	clock   *exchangetest.Clock
	read    map[string]int // arrivals that queue gave, by account
	uploads chan string
	pickups chan dropbox.Pickup
	refused chan dropbox.Refusal
	logged  chan string
	stop    func()
}

func newWorld(dir string) *world {
	return &world{
		dir: dir, clock: exchangetest.NewClock(monday), read: map[string]int{},
		uploads: make(chan string, 100), pickups: make(chan dropbox.Pickup, 100),
		refused: make(chan dropbox.Refusal, 1000), logged: make(chan string, 10_000),
	}
}

// start serves fresh folders; change may alter the configuration.
func start(t testing.TB, change func(*dropbox.Options)) *world {
	t.Helper()
	w := newWorld(t.TempDir())
	w.open(t)
	cfg := w.config()
	cfg.OnUpload = func(account, folder, name string) { w.uploads <- account + "/" + folder + "/" + name }
	cfg.OnPickup = func(p dropbox.Pickup) error { w.pickups <- p; return nil }
	cfg.OnRefusal = func(r dropbox.Refusal) { w.refused <- r }
	if change != nil {
		change(&cfg)
	}
	w.serve(t, cfg)
	return w
}

// config is what every server has.
func (w *world) config() dropbox.Options {
	return dropbox.Options{
		Uploads: w.up, Now: w.clock.Now, Folders: w.box.Folders, View: w.box.View,
		HostKeys: []ssh.Signer{signer("host")}, Authorize: authorize, Log: logger(w.logged),
		Limits: dropbox.Limits{
			Handshake: 20 * time.Second, Idle: 10 * time.Minute,
			Connections: 500, Handshakes: 64, PerAddress: 32, Sessions: 16, Handles: 64,
			MaxFailures: 5, Ban: time.Minute, BanMax: time.Hour},
	}
}

func (w *world) open(t testing.TB) {
	t.Helper()
	var err error
	if w.box, err = dropboxtest.Open(filepath.Join(w.dir, "archivo"), w.clock.Now); err != nil {
		t.Fatal(err)
	}
	for _, account := range []string{une1, une2} {
		if err := w.box.AddAccount(account, folders()...); err != nil {
			t.Fatal(err)
		}
	}
	if w.up, err = subidas.Open(filepath.Join(w.dir, "subidas"), w.box.Uploads()); err != nil {
		t.Fatal(err)
	}
}

func (w *world) close(t testing.TB) {
	t.Helper()
	if err := errors.Join(w.up.Close(), w.box.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
}

func (w *world) serve(t testing.TB, cfg dropbox.Options) {
	t.Helper()
	var err error
	if w.srv, err = dropbox.New(cfg); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.addr = ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- w.srv.Serve(ctx, ln) }()
	stopped := false
	w.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		w.close(t)
	}
	t.Cleanup(w.stop)
}

// signer gives the key of whoever bears that name, always the same.
func signer(name string) ssh.Signer {
	seed := sha256.Sum256([]byte(name))
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		panic(err)
	}
	return s
}

func authorize(account string, key ssh.PublicKey) error {
	if bytes.Equal(key.Marshal(), signer(account).PublicKey().Marshal()) {
		return nil
	}
	return errRevoked
}

// logger sends the text of every line to lines.
func logger(lines chan string) *zap.Logger {
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()),
		zapcore.AddSync(io.Discard), zap.DebugLevel)
	return zap.New(core, zap.Hooks(func(e zapcore.Entry) error {
		lines <- e.Message
		return nil
	}))
}

// await waits for a line of the log.
func (w *world) await(t *testing.T, line string) {
	t.Helper()
	for l := range w.logged {
		if l == line {
			return
		}
	}
}

// awaitRefusal waits for a refusal of that reason.
func (w *world) awaitRefusal(t *testing.T, want dropbox.Reason) dropbox.Refusal {
	t.Helper()
	for r := range w.refused {
		if r.Reason == want {
			return r
		}
	}
	return dropbox.Refusal{}
}

func (w *world) dial(t testing.TB, account, key string) (*ssh.Client, error) {
	t.Helper()
	return ssh.Dial("tcp", w.addr, &ssh.ClientConfig{
		User: account, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer(key))},
		HostKeyCallback: ssh.FixedHostKey(signer("host").PublicKey()),
	})
}

// party is a client of an account.
type party struct {
	*sftp.Client
	conn *ssh.Client
}

func (w *world) party(t testing.TB, account string) party {
	t.Helper()
	conn, err := w.dial(t, account, account)
	if err != nil {
		t.Fatal(err)
	}
	return w.sftp(t, conn)
}

func (w *world) sftp(t testing.TB, conn *ssh.Client) party {
	t.Helper()
	c, err := sftp.NewClient(conn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return party{c, conn}
}

// write opens a file, writes and leaves the handle open.
func (p party) write(t *testing.T, path string, flags int, off int64, content []byte) *sftp.File {
	t.Helper()
	f, err := p.OpenFile(path, flags)
	if err != nil {
		t.Fatalf("open %s: %v", path, err)
	}
	if _, err := f.WriteAt(content, off); err != nil {
		t.Fatalf("write %s: %v", path, err)
	}
	return f
}

const anew = os.O_WRONLY | os.O_CREATE | os.O_TRUNC

func (p party) upload(t *testing.T, path, content string) {
	t.Helper()
	if err := p.write(t, path, anew, 0, []byte(content)).Close(); err != nil {
		t.Fatalf("close %s: %v", path, err)
	}
}

func (p party) read(t *testing.T, path string) string {
	t.Helper()
	f, err := p.Open(path)
	if err != nil {
		t.Fatalf("open %s: %v", path, err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	return string(b)
}

func (p party) names(t *testing.T, dir string) []string {
	t.Helper()
	infos, err := p.ReadDir(dir)
	if err != nil {
		t.Fatalf("list %s: %v", dir, err)
	}
	names := []string{}
	for _, i := range infos {
		names = append(names, i.Name())
	}
	slices.Sort(names)
	return names
}

// arrivals are those of the account's respuestas that queue has not given yet.
func (w *world) arrivals(t *testing.T, account string) []dropboxtest.Recorded {
	t.Helper()
	list, err := w.box.Arrivals(account, "respuestas")
	if err != nil {
		t.Fatal(err)
	}
	return list[w.read[account]:]
}

// queue gives what arrived in the account's respuestas since it was called last:
// name=content.
func (w *world) queue(t *testing.T, account string) []string {
	t.Helper()
	got := []string{}
	for _, x := range w.arrivals(t, account) {
		got = append(got, x.Name+"="+x.Text)
	}
	w.read[account] += len(got)
	return got
}

func wantEqual(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %.300q, want %.300q", what, got, want)
	}
}

// wantCode checks the status that the server gave, and that it names no path.
func wantCode(t *testing.T, what string, err error, want error) {
	t.Helper()
	var status *sftp.StatusError
	switch {
	case err == nil:
		t.Errorf("%s: no error, want %v", what, want)
		return
	case errors.Is(err, os.ErrNotExist):
		if want != sftp.ErrSSHFxNoSuchFile {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	case errors.Is(err, os.ErrPermission):
		if want != sftp.ErrSSHFxPermissionDenied {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	case errors.As(err, &status):
		if status.FxCode() != want {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	default:
		t.Errorf("%s: %v, want a status", what, err)
	}
	if strings.Contains(err.Error(), os.TempDir()) || strings.Contains(err.Error(), "/.") {
		t.Errorf("%s: error %q holds a path of the server", what, err)
	}
}

// put shows a file of the gateway's.
func (w *world) put(t testing.TB, account, folder, name, content string) {
	t.Helper()
	if err := w.box.Put(account, folder, name, []byte(content), w.clock.Now()); err != nil {
		t.Fatal(err)
	}
}

// noise is content of which no two parts are alike.
func noise(n int) []byte {
	b := make([]byte, n)
	src := rand.NewChaCha8([32]byte{1})
	_, _ = src.Read(b)
	return b
}

// onDisk gives every file under a folder.
func onDisk(t *testing.T, dir string) []string {
	t.Helper()
	got := []string{}
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			got = append(got, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}
