package dropbox_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox"
	"buzon/exchange/dropbox/dropboxtest"
	"buzon/exchange/spans"
)

const lotPath = "/reclamaciones/" + lot1

// readSpans reads pieces of an open file through the wire.
func readSpans(t *testing.T, f io.ReaderAt, spans ...spans.Span) {
	t.Helper()
	for _, s := range spans {
		if _, err := f.ReadAt(make([]byte, s.To-s.From), s.From); err != nil && err != io.EOF {
			t.Errorf("read %v: %v", s, err)
		}
	}
}

func TestPickup(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	for name, c := range map[string]struct {
		size     int
		read     func(*testing.T, io.ReaderAt)
		complete bool
		bytes    int64
	}{
		"whole": {size, func(t *testing.T, f io.ReaderAt) {
			readSpans(t, f, spans.Span{To: size})
		}, true, size},
		"half": {size, func(t *testing.T, f io.ReaderAt) {
			readSpans(t, f, spans.Span{To: size / 2})
		}, false, size / 2},
		"the end": {size, func(t *testing.T, f io.ReaderAt) {
			readSpans(t, f, spans.Span{From: 1, To: size})
		}, false, size - 1},
		"4 KiB": {size, func(t *testing.T, f io.ReaderAt) {
			readSpans(t, f, spans.Span{To: 4096})
		}, false, 4096},
		"nothing":    {size, func(*testing.T, io.ReaderAt) {}, false, 0},
		"empty file": {0, func(*testing.T, io.ReaderAt) {}, true, 0},
		"beyond the end": {size, func(t *testing.T, f io.ReaderAt) {
			readSpans(t, f, spans.Span{From: size, To: size + 10}, spans.Span{From: size - 1, To: size + 9})
		}, false, 1},
		"same half twice": {size, func(t *testing.T, f io.ReaderAt) {
			readSpans(t, f, spans.Span{To: size / 2}, spans.Span{To: size / 2})
		}, false, size / 2},
		"parallel, out of order": {size, func(t *testing.T, f io.ReaderAt) {
			var wg sync.WaitGroup
			for i := range int64(64) {
				at := (i * 37 % 64) * size / 64
				wg.Go(func() { readSpans(t, f, spans.Span{From: at, To: at + size/64}) })
			}
			wg.Wait()
		}, true, size},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, nil)
			w.put(t, une1, "reclamaciones", lot1, string(noise(c.size)))
			p := w.party(t, une1)
			f, err := p.Open(lotPath)
			if err != nil {
				t.Fatal(err)
			}
			c.read(t, f)
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			got := <-w.pickups
			if got.Complete != c.complete || got.Read.Bytes() != c.bytes || !got.Closed ||
				got.Size != int64(c.size) {
				t.Errorf("evidence %+v, want complete %v and %d bytes", got, c.complete, c.bytes)
			}
		})
	}
}

func TestPickupTellsWho(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.put(t, une1, "reclamaciones", lot1, "lote")
	w.put(t, une1, ".", "LEEME.txt", "lea")
	p := w.party(t, une1)
	f, err := p.Open(lotPath)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Set(monday.Add(time.Minute))
	readSpans(t, f, spans.Span{To: 2})
	w.clock.Set(monday.Add(time.Hour))
	readSpans(t, f, spans.Span{From: 2, To: 4})
	w.clock.Set(monday.Add(2 * time.Hour))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	got := <-w.pickups
	sum := sha256.Sum256([]byte("lote"))
	if want := (dropboxtest.Sys{SHA256: hex.EncodeToString(sum[:])}); got.Sys != want {
		t.Errorf("the view says %v of it, want %v", got.Sys, want)
	}
	if got.Account != une1 || got.Folder != "reclamaciones" || got.Name != lot1 ||
		!got.ModTime.Equal(monday) {
		t.Errorf("evidence of another file: %+v", got)
	}
	if got.Key != ssh.FingerprintSHA256(signer(une1).PublicKey()) ||
		got.Remote != p.conn.LocalAddr().String() || got.Client != "SSH-2.0-Go" {
		t.Errorf("evidence of somebody else: %+v", got)
	}
	if !got.First.Equal(monday.Add(time.Minute)) || !got.Last.Equal(monday.Add(time.Hour)) || !got.Complete {
		t.Errorf("evidence of other reads: %+v", got)
	}
	if !got.Opened.Equal(monday) || !got.Ended.Equal(monday.Add(2*time.Hour)) || !got.Asked ||
		got.Start != 0 {
		t.Errorf("evidence of another handle: %+v", got)
	}
	if want := "mlkem768x25519-sha256 ssh-ed25519 aes128-gcm@openssh.com"; got.Algorithms != want {
		t.Errorf("algorithms %q, want %q", got.Algorithms, want)
	}
	p.read(t, "/LEEME.txt")
	if got := <-w.pickups; got.Folder != "" || got.Name != "LEEME.txt" || !got.Complete {
		t.Errorf("evidence of LEEME.txt: %+v", got)
	}
}

// A client that resumes asks from where its copy ends, be that the end.
func TestPickupStart(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.put(t, une1, "reclamaciones", lot1, "lote")
	p := w.party(t, une1)
	for _, at := range []int64{0, 3, 4} {
		f, err := p.Open(lotPath)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.ReadAt(make([]byte, 1), at); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if got := <-w.pickups; !got.Asked || got.Start != at {
			t.Errorf("asked from %d: evidence %+v", at, got)
		}
	}
}

// TestPickupInTwo has the halves read on two connections, the first of which
// breaks: their spans together are the whole.
func TestPickupInTwo(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	content := string(noise(100_000))
	w.put(t, une1, "reclamaciones", lot1, content)
	p := w.party(t, une1)
	f, err := p.Open(lotPath)
	if err != nil {
		t.Fatal(err)
	}
	readSpans(t, f, spans.Span{To: 60_000})
	p.conn.Close()
	first := <-w.pickups
	if first.Closed || first.Complete {
		t.Errorf("evidence of a broken handle: %+v", first)
	}
	p = w.party(t, une1)
	if f, err = p.Open(lotPath); err != nil {
		t.Fatal(err)
	}
	readSpans(t, f, spans.Span{From: 50_000, To: 100_000})
	f.Close()
	second := <-w.pickups
	if !second.Closed || second.Complete {
		t.Errorf("evidence of the second half: %+v", second)
	}
	all := first.Read
	for _, s := range second.Read {
		all = all.Add(s)
	}
	if !all.Covers(100_000) {
		t.Errorf("together %v", all)
	}
}

// TestPickupBounded reads one byte in two, to make the server remember each.
func TestPickupBounded(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.put(t, une1, "reclamaciones", lot1, string(noise(3*dropbox.MaxReadSpans)))
	f, err := w.party(t, une1).Open(lotPath)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1)
	for i := range int64(dropbox.MaxReadSpans + 10) {
		if _, err := f.ReadAt(b, 2*i); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	if got := <-w.pickups; len(got.Read) > dropbox.MaxReadSpans || got.Complete {
		t.Errorf("%d spans kept, complete %v", len(got.Read), got.Complete)
	}
}

// TestPickupOfReplaced reads a live file while the gateway replaces it.
func TestPickupOfReplaced(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) {
		tell := c.OnPickup
		c.OnPickup = func(p dropbox.Pickup) error { return errors.Join(tell(p), errors.New("disk full")) }
	})
	w.put(t, une1, "estado", "pendientes.csv", "old content")
	f, err := w.party(t, une1).Open("/estado/pendientes.csv")
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Set(monday.Add(time.Hour))
	w.put(t, une1, "estado", "pendientes.csv", "new")
	if b, err := io.ReadAll(f); err != nil || string(b) != "old content" {
		t.Errorf("read %q, %v", b, err)
	}
	if err := f.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if got := <-w.pickups; !got.ModTime.Equal(monday) || got.Size != 11 || !got.Complete {
		t.Errorf("evidence %+v, want that of the old content", got)
	}
	w.await(t, "evidence of a pickup lost")
}

func TestOwnUploadLeavesNoEvidence(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.party(t, une1)
	p.upload(t, resPath, "x")
	f, err := p.OpenFile(resPath, os.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	readSpans(t, f, spans.Span{To: 1})
	f.Close()
	w.stop()
	if len(w.pickups) != 0 {
		t.Errorf("evidence %+v of an own upload", <-w.pickups)
	}
}

func TestReadHandlesTakeNoBytes(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.put(t, une1, "reclamaciones", lot1, "lote")
	p := w.party(t, une1)
	p.upload(t, resPath, "uno")
	for _, path := range []string{lotPath, resPath} {
		f, err := p.Open(path)
		check(t, err)
		_, err = f.WriteAt([]byte("x"), 0)
		wantCode(t, path, err, sftp.ErrSSHFxPermissionDenied)
		check(t, f.Close())
	}
}
