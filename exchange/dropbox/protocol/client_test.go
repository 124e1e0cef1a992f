package protocol

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"testing"

	"github.com/pkg/sftp"
)

// dial has a client of another's making speak to h. End ends the session as the
// client would and gives what Serve gave.
func dial(t *testing.T, h Handler, options ...sftp.ClientOption) (c *sftp.Client, end func() error) {
	t.Helper()
	near, far := net.Pipe()
	served := make(chan error, 1)
	go func() {
		served <- Serve(far, h, testOpts)
		far.Close()
	}()
	c, err := sftp.NewClientPipe(near, near, options...)
	if err != nil {
		t.Fatal(err)
	}
	return c, func() error {
		c.Close()
		err := <-served
		if errors.Is(err, io.ErrClosedPipe) { // replies that the client waited for no longer
			return nil
		}
		return err
	}
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{9}).Read(b)
	return b
}

// TestRoundTrips moves files in requests of many sizes, many at a time.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	want := noise(3<<20 + 7)
	for _, size := range []int{1 << 10, 2 << 10, 32 << 10, 33_333, 100_000, 255 << 10} {
		for _, concurrent := range []bool{false, true} {
			t.Run(fmt.Sprint(size, concurrent), func(t *testing.T) {
				t.Parallel()
				h := newShelf()
				c, end := dial(t, h, sftp.MaxPacketUnchecked(size), sftp.UseConcurrentReads(concurrent),
					sftp.UseConcurrentWrites(concurrent))
				f, err := c.Create("/x")
				if err != nil {
					t.Fatal(err)
				}
				if n, err := f.ReadFrom(bytes.NewReader(want)); n != int64(len(want)) || err != nil {
					t.Errorf("wrote %d: %v", n, err)
				}
				if err := f.Close(); err != nil || !bytes.Equal(h.files["/x"].b, want) {
					t.Errorf("something else was written: %v", err)
				}
				var got bytes.Buffer
				if f, err = c.Open("/x"); err != nil {
					t.Fatal(err)
				}
				if n, err := f.WriteTo(&got); n != int64(len(want)) || err != nil ||
					!bytes.Equal(got.Bytes(), want) {
					t.Errorf("read %d of %d alike: %v", n, len(want), err)
				}
				if err := end(); err != nil {
					t.Error(err)
				}
				wantEqual(t, "told", h.told, []string{h.told[0], "close x", h.told[2], "lost x"})
			})
		}
	}
}

// TestReadsAtOnce has one file read by several handles and goroutines, in no order.
func TestReadsAtOnce(t *testing.T) {
	t.Parallel()
	h := newShelf("x")
	want := noise(1 << 20)
	h.files["/x"].b = want
	c, end := dial(t, h)
	var running sync.WaitGroup
	for range 3 {
		f, err := c.Open("/x")
		if err != nil {
			t.Fatal(err)
		}
		for n := range 8 {
			running.Go(func() {
				b := make([]byte, 50_000)
				for i := range 20 {
					at := int64((n*131 + i*53_777) % (len(want) - len(b)))
					if _, err := f.ReadAt(b, at); err != nil || !bytes.Equal(b, want[at:int(at)+len(b)]) {
						t.Errorf("at %d: %v", at, err)
					}
				}
			})
		}
	}
	running.Wait()
	if err := end(); err != nil {
		t.Error(err)
	}
}

func TestClientSees(t *testing.T) {
	t.Parallel()
	h := newShelf("a", "b")
	c, end := dial(t, h)
	list, err := c.ReadDir("/")
	if err != nil || len(list) != 2 || list[1].Name() != "b" || list[1].Size() != 12 || list[1].IsDir() ||
		!list[1].ModTime().Equal(monday.Add(-3_600e9)) {
		t.Errorf("listed %v, %v", list, err)
	}
	if i, err := c.Stat("/"); err != nil || !i.IsDir() || i.Mode() != os.ModeDir|0o750 {
		t.Errorf("the folder is %v, %v", i, err)
	}
	if _, err := c.Stat("/none"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if err := c.Mkdir("/x"); !errors.Is(err, os.ErrPermission) {
		t.Error(err)
	}
	if _, ok := c.HasExtension("posix-rename@openssh.com"); !ok || c.PosixRename("/a", "/c") != nil ||
		c.Rename("/a", "/c") != nil {
		t.Error("renames")
	}
	if p, err := c.RealPath("x/.."); err != nil || p != "/" {
		t.Error(p, err)
	}
	f, err := c.Open("/a")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(f); string(b) != "content of a" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if i, err := f.Stat(); err != nil || i.Size() != 12 {
		t.Error(i, err)
	}
	if err := errors.Join(f.Close(), c.Remove("/a"), end()); err != nil {
		t.Error(err)
	}
}
