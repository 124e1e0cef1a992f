package clientes_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	lot  = "GE_LOT_00900001_20260302_001.txt"
	lot2 = "GE_LOT_00900002_20260302_001.txt"
	res  = "GE_RES_00900001_20260318_001.txt"
	res2 = "GE_RES_00900001_20260318_002.txt"
)

var monday = time.Date(2026, time.March, 2, 16, 0, 0, 0, time.UTC)

// size is that of the files that travel; content is what they hold, of which no
// two parts are alike and which no compression makes shorter.
const size = 3 << 20

var content = func() []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}()

// world is a server on fresh folders, behind a wire that can be cut.
type world struct {
	dir     string
	box     *dropboxtest.Archive
	up      *subidas.Subidas
	taken   int // arrivals that arrivedOnce gave
	wire    *wire
	clock   *exchangetest.Clock
	uploads chan string
	pickups chan dropbox.Pickup
	logged  chan string
}

// start serves two accounts with one LOT each; change may alter the
// configuration.
func start(t *testing.T, change func(*dropbox.Options)) *world {
	t.Helper()
	w := &world{
		dir: t.TempDir(), clock: exchangetest.NewClock(monday),
		uploads: make(chan string, 100), pickups: make(chan dropbox.Pickup, 100),
		logged: make(chan string, 1000),
	}
	w.plant(t)
	cfg := dropbox.Options{
		Uploads: w.up, Now: w.clock.Now, Folders: w.box.Folders, View: w.box.View,
		HostKeys: []ssh.Signer{signer("host")}, Authorize: authorize,
		OnUpload: func(account, folder, name string) { w.uploads <- account + "/" + folder + "/" + name },
		OnPickup: func(p dropbox.Pickup) error { w.pickups <- p; return nil },
		Log:      logger(w.logged),
	}
	if change != nil {
		change(&cfg)
	}
	w.serve(t, cfg)
	return w
}

func (w *world) plant(t *testing.T) {
	t.Helper()
	var err error
	if w.box, err = dropboxtest.Open(filepath.Join(w.dir, "archivo"), w.clock.Now); err != nil {
		t.Fatal(err)
	}
	folders := []dropbox.Folder{{Name: "reclamaciones"}, {Name: "respuestas", Upload: true}, {Name: "acuses"}}
	for account, name := range map[string]string{une1: lot, une2: lot2} {
		if err := w.box.AddAccount(account, folders...); err != nil {
			t.Fatal(err)
		}
		if err := w.box.Put(account, "reclamaciones", name, content, monday); err != nil {
			t.Fatal(err)
		}
	}
	if w.up, err = subidas.Open(filepath.Join(w.dir, "subidas"), w.box.Uploads()); err != nil {
		t.Fatal(err)
	}
}

func (w *world) serve(t *testing.T, cfg dropbox.Options) {
	t.Helper()
	srv, err := dropbox.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if err := errors.Join(w.up.Close(), w.box.Close()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w.wire = newWire(t, ln.Addr().String())
}

// signer gives the key of whoever bears that name, always the same.
func signer(name string) ssh.Signer {
	s, err := ssh.NewSignerFromKey(private(name))
	if err != nil {
		panic(err)
	}
	return s
}

func private(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// privateFile is the key as OpenSSH keeps it.
func privateFile(t *testing.T, name string) string {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(private(name), "")
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

func authorize(account string, key ssh.PublicKey) error {
	if key != nil && bytes.Equal(key.Marshal(), signer(account).PublicKey().Marshal()) {
		return nil
	}
	return errors.New("key not known")
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

// ended waits until the server is through with one session.
func (w *world) ended() {
	for l := range w.logged {
		if l == "logout" {
			return
		}
	}
}

// nothingArrived checks that the gateway was told of no upload and has none.
func (w *world) nothingArrived(t *testing.T, when string) {
	t.Helper()
	select {
	case got := <-w.uploads:
		t.Errorf("%s: %s arrived", when, got)
	default:
	}
	for _, x := range w.arrivals(t) {
		t.Errorf("%s: %s (%d bytes) is recorded", when, x.Name, x.Bytes)
	}
}

// arrivals are those that arrivedOnce has not given yet.
func (w *world) arrivals(t *testing.T) []dropboxtest.Recorded {
	t.Helper()
	list, err := w.box.Arrivals(une1, "respuestas")
	if err != nil {
		t.Fatal(err)
	}
	return list[w.taken:]
}

// arrivedOnce checks that one upload arrived, byte for byte, and takes it.
func (w *world) arrivedOnce(t *testing.T, name string) {
	t.Helper()
	list := w.arrivals(t)
	if len(list) != 1 || list[0].Name != name || len(w.uploads) != 1 {
		t.Fatalf("%d arrivals, of which the gateway was told %d times; want %s once", len(list),
			len(w.uploads), name)
	}
	if got, want := <-w.uploads, une1+"/respuestas/"+name; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	if list[0].Text != string(content) {
		t.Fatalf("%s arrived with %d bytes that are not those sent", name, list[0].Bytes)
	}
	w.taken++
}

// snapshot is every file and folder of the server: its mode, time and hash.
func (w *world) snapshot(t *testing.T) string {
	t.Helper()
	var s strings.Builder
	err := filepath.WalkDir(w.dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		sum := [sha256.Size]byte{}
		if info.Mode().IsRegular() {
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			sum = sha256.Sum256(b)
		}
		fmt.Fprintf(&s, "%s %s", strings.TrimPrefix(p, w.dir), info.Mode())
		if info.Mode().IsRegular() {
			fmt.Fprintf(&s, " %v %x", info.ModTime().UTC(), sum[:4])
		}
		s.WriteString("\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.String()
}
