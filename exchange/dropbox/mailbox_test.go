package dropbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/exchange/dropbox/tree"
	"buzon/exchange/exchangetest"
)

var (
	_ exchange.Mailbox = (*tree.Mailbox)(nil)
	_ exchange.Mailbox = (*tree.FolderMailbox)(nil)
)

// TestUploadsAsMailbox leaves files through the wire.
func TestUploadsAsMailbox(t *testing.T) {
	t.Parallel()
	exchangetest.TestMailbox(t, func(t *testing.T) exchangetest.Fixture {
		w := start(t, nil)
		p := w.party(t, une1)
		return exchangetest.Fixture{
			Mailbox: w.tree.Mailbox(une1, "respuestas"),
			Leave: func(t *testing.T, name string, b []byte, _ time.Time) {
				t.Helper()
				p.upload(t, "/respuestas/"+name, string(b))
			},
			LeaveHalf: func(t *testing.T, name string, b []byte) {
				t.Helper()
				p.upload(t, "/respuestas/"+name, string(b))
			},
			Duplicates: true,
		}
	})
}

// TestDeliveriesAsMailbox looks through the wire at what the gateway puts.
func TestDeliveriesAsMailbox(t *testing.T) {
	t.Parallel()
	for _, f := range []tree.Folder{{Name: "reclamaciones"}, {Name: "estado", Live: true}} {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			exchangetest.TestMailbox(t, func(t *testing.T) exchangetest.Fixture {
				w := start(t, nil)
				p := w.party(t, une1)
				return exchangetest.Fixture{
					Mailbox: w.tree.Mailbox(une1, f.Name),
					Live:    f.Live,
					Sees: func(t *testing.T) map[string][]byte {
						t.Helper()
						seen := map[string][]byte{}
						for _, n := range p.names(t, f.Name) {
							seen[n] = []byte(p.read(t, "/"+f.Name+"/"+n))
						}
						return seen
					},
				}
			})
		})
	}
}

func TestFolderAsMailbox(t *testing.T) {
	t.Parallel()
	exchangetest.TestMailbox(t, func(t *testing.T) exchangetest.Fixture {
		dir := t.TempDir()
		leave := func(t *testing.T, name string, b []byte, at time.Time) {
			t.Helper()
			p := filepath.Join(dir, name)
			if err := errors.Join(os.WriteFile(p, b, 0o600), os.Chtimes(p, at, at)); err != nil {
				t.Fatal(err)
			}
		}
		return exchangetest.Fixture{
			Mailbox:   tree.NewFolder(dir),
			Leave:     leave,
			LeaveHalf: func(t *testing.T, name string, b []byte) { leave(t, name, b, monday) },
			Sees: func(t *testing.T) map[string][]byte {
				t.Helper()
				seen := map[string][]byte{}
				for _, n := range onDisk(t, dir) {
					b, err := os.ReadFile(filepath.Join(dir, n))
					if err != nil {
						t.Fatal(err)
					}
					seen[n] = b
				}
				return seen
			},
			KeepsAfterDone: true,
		}
	})
}

func TestFolderIsNotTrusted(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret.txt")
	if err := errors.Join(
		os.WriteFile(secret, []byte("x"), 0o600),
		os.Symlink(secret, filepath.Join(dir, "a.txt")),
		os.Mkdir(filepath.Join(dir, "b.txt"), 0o700),
	); err != nil {
		t.Fatal(err)
	}
	m := tree.NewFolder(dir)
	list, err := m.List(t.Context())
	if err != nil || len(list) != 0 {
		t.Errorf("listed %v, %v", list, err)
	}
	for _, name := range []string{"a.txt", "b.txt", "../" + filepath.Base(outside) + "/secret.txt", "x.tmp"} {
		if _, err := m.Take(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Take %s: %v, want fs.ErrNotExist", name, err)
		}
	}
	for _, name := range []string{"a.txt", "b.txt"} {
		if err := m.Put(t.Context(), name, opener("y")); !errors.Is(err, fs.ErrExist) {
			t.Errorf("Put %s: %v, want fs.ErrExist", name, err)
		}
	}
	if b, err := os.ReadFile(secret); err != nil || string(b) != "x" {
		t.Errorf("the file outside holds %q, %v", b, err)
	}
	gone := tree.NewFolder(filepath.Join(dir, "not mounted"))
	if _, err := gone.List(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("List of no folder: %v, want fs.ErrNotExist", err)
	}
	if err := gone.Put(t.Context(), "a.txt", opener("y")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Put into no folder: %v, want fs.ErrNotExist", err)
	}
}

// TestSweepSparesTheLiving leaves a file as a dead Put does, beside one that is
// still being written by another process.
func TestSweepSparesTheLiving(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	dead := filepath.Join(dir, ".buzon-DEAD.tmp")
	if err := os.WriteFile(dead, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	writing, swept := make(chan struct{}), make(chan struct{})
	other := tree.NewFolder(dir)
	slow := make(chan error, 1)
	go func() {
		slow <- other.Put(context.Background(), "slow.txt", func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(bytes.NewReader([]byte("slow")), after(func() {
				close(writing)
				<-swept
			}))), nil
		})
	}()
	<-writing
	sweep := tree.NewFolder(dir).Sweep()
	close(swept)
	if err := errors.Join(sweep, <-slow); err != nil {
		t.Fatal(err)
	}
	got := onDisk(t, dir)
	slices.Sort(got)
	wantEqual(t, "on disk", got, []string{"slow.txt"})
}

// after is a reader that does something and ends.
type after func()

func (f after) Read([]byte) (int, error) { f(); return 0, io.EOF }

func TestMailboxRefuses(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for _, m := range []*tree.Mailbox{w.tree.Mailbox("00900009", "respuestas"), w.tree.Mailbox(une1, "otra")} {
		if _, err := m.List(t.Context()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("List: %v, want fs.ErrNotExist", err)
		}
		if err := m.Put(t.Context(), lot1, opener("x")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Put: %v, want fs.ErrNotExist", err)
		}
	}
	if err := w.tree.Mailbox(une1, "respuestas").Put(t.Context(), lot1, opener("x")); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Put into a folder of uploads: %v, want fs.ErrPermission", err)
	}
	if err := w.tree.Mailbox(une1, "acuses").Put(t.Context(), "anexos", opener("x")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Put over a folder: %v, want fs.ErrExist", err)
	}
	for _, name := range []string{"a.tmp", ".a", "a|b", "e\u0301"} {
		if err := w.tree.Mailbox(une1, "acuses").Put(t.Context(), name, opener("x")); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Put %q: %v, want fs.ErrInvalid", name, err)
		}
	}
	for _, name := range []string{"acuses", "../x", ".x"} {
		if err := w.tree.PutRoot(une1, name, nil); err == nil {
			t.Errorf("PutRoot %q: taken", name)
		}
	}
}

// TestTwoProcesses has a second Tree on the same folder, as a run by hand beside
// the daemon has: it sees the queue, and mends nothing that the server works on.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.party(t, une1)
	f := p.write(t, resPath, anew, 0, []byte("uno"))
	p.upload(t, "/respuestas/b.txt", "dos")

	second := &world{dir: w.dir, clock: w.clock}
	second.open(t)
	defer second.tree.Close()
	wantEqual(t, "queue", second.queue(t, une1), []string{"b.txt=dos"})
	put(t, second.tree.Mailbox(une1, "acuses"), "acuse.txt", "x")
	if err := f.Close(); err != nil {
		t.Fatalf("the upload was swept away: %v", err)
	}
	wantEqual(t, "queue of the daemon", w.queue(t, une1), []string{res1 + "=uno"})
	wantEqual(t, "acuses", p.names(t, "acuses"), []string{"acuse.txt", "anexos"})
}

// TestFolderSweep leaves what a dead Put leaves in a party's own folder: it goes,
// the party's files stay.
func TestFolderSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, gone := range map[string]bool{".buzon-dead.tmp": true, "GE_REP_20260302_001.txt": false, "suyo.tmp": false, ".oculto": false} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := tree.NewFolder(dir).Sweep(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, name)); errors.Is(err, fs.ErrNotExist) != gone {
			t.Errorf("%s: want gone %v, got %v", name, gone, err)
		}
	}
	if err := tree.NewFolder(filepath.Join(dir, "absent")).Sweep(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
