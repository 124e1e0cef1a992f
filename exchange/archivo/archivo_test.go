package archivo

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"buzon/schema"
)

func TestKeepAndRead(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "datos")
	a := open(t, data)
	for _, text := range []string{"", "uno", strings.Repeat("largo ", 100_000)} {
		h := add(t, a, text)
		add(t, a, text) // what is there already is no error
		if has, err := a.Has(h); err != nil || !has {
			t.Errorf("Has: %v, %v", has, err)
		}
		for name, open := range map[string]func() (io.ReadCloser, error){
			"Open":     func() (io.ReadCloser, error) { return a.Open(h) },
			"Opener":   a.Opener(h),
			"Verified": func() (io.ReadCloser, error) { return a.Verified(h) },
		} {
			c, err := open()
			check(t, err)
			got, err := io.ReadAll(c)
			if err != nil || string(got) != text {
				t.Errorf("%s gave %d bytes, %v, want %d", name, len(got), err, len(text))
			}
			check(t, c.Close())
		}
		info, err := os.Stat(filepath.Join(data, filepath.FromSlash(pathOf(h))))
		check(t, err)
		if info.Mode() != 0o400 {
			t.Errorf("mode %s, want 0400", info.Mode())
		}
	}
	if n := len(sees(t, data)); n != 3 {
		t.Errorf("%d files, want 3", n)
	}
	check(t, a.Close())
	again := open(t, data)
	if _, err := again.Verified(huella("uno")); err != nil {
		t.Errorf("after closing and opening: %v", err)
	}
}

func TestReadAtFromSeveral(t *testing.T) {
	t.Parallel()
	a := open(t, t.TempDir())
	text := strings.Repeat("0123456789", 1000)
	c, err := a.Open(add(t, a, text))
	check(t, err)
	defer c.Close()
	if c.Size() != int64(len(text)) {
		t.Errorf("size %d, want %d", c.Size(), len(text))
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			b := make([]byte, 10)
			if _, err := c.ReadAt(b, int64(i*1000+3)); err != nil || string(b) != "3456789012" {
				t.Errorf("read %q, %v", b, err)
			}
		})
	}
	wg.Wait()
}

func TestAbsent(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	inside := add(t, a, "uno")
	outside := filepath.Join(t.TempDir(), "ajeno")
	put(t, outside, "dos")
	link := huella("dos")
	check(t, os.Mkdir(filepath.Join(data, folderOf(link)), 0o700))
	check(t, os.Symlink(outside, filepath.Join(data, pathOf(link))))
	loop := huella("tres") // a symlink that does not lead out is none of ours either
	check(t, os.Mkdir(filepath.Join(data, folderOf(loop)), 0o700))
	check(t, os.Symlink("../"+pathOf(inside)[len(dirArchivo)+1:], filepath.Join(data, pathOf(loop))))
	for name, h := range map[string]schema.Huella{
		"not there": huella("nada"), "a symlink": link, "a symlink inside": loop, "none": "",
		"short": "ab", "upper case": schema.Huella(strings.ToUpper(string(inside))),
		"leads out": schema.Huella("../" + strings.Repeat("a", 61)),
	} {
		if _, err := a.Open(h); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open, %s: %v, want fs.ErrNotExist", name, err)
		}
		if _, err := a.Verified(h); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Verified, %s: %v, want fs.ErrNotExist", name, err)
		}
		if c, err := a.Opener(h)(); !errors.Is(err, fs.ErrNotExist) || c != nil {
			t.Errorf("Opener, %s: %v, %v, want fs.ErrNotExist", name, c, err)
		}
		if has, err := a.Has(h); err != nil || has {
			t.Errorf("Has, %s: %v, %v", name, has, err)
		}
	}
	add(t, a, "dos") // takes the symlink's place, and leaves what it showed
	wantSeen(t, filepath.Dir(outside), map[string]string{"ajeno": "dos"})
	if _, err := a.Verified(link); err != nil {
		t.Error(err)
	}
}

func TestAltered(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	h := add(t, a, "what was received")
	name := filepath.Join(data, pathOf(h))
	for _, other := range []string{"what was recieved", "what was", "what was received, and more"} {
		check(t, os.Remove(name))
		put(t, name, other)
		if _, err := a.Verified(h); !errors.Is(err, ErrAlterado) || !strings.Contains(err.Error(), name) {
			t.Errorf("%q: %v, want ErrAlterado and the path", other, err)
		}
		if c, err := a.Open(h); err != nil {
			t.Errorf("Open holds it against its hash: %v", err)
		} else {
			check(t, c.Close())
		}
		add(t, a, "what was received") // a half file does not stay where the good one is kept
		if _, err := a.Verified(h); err != nil {
			t.Errorf("after keeping it again: %v", err)
		}
	}
}

// TestSource: who copies a content has its bytes and an end, or an error in place of it.
func TestSource(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	for name, text := range map[string]string{"kept": "uno dos tres", "other": "uno dos tras",
		"longer": "uno dos tres.", "cut": "uno dos", "empty": ""} {
		h := add(t, a, "uno dos tres")
		file := filepath.Join(data, pathOf(h))
		check(t, os.Remove(file))
		put(t, file, text)
		for range 2 { // it is asked for each try
			r, err := a.Source(h)()
			check(t, err)
			b, err := io.ReadAll(r)
			check(t, r.Close())
			if string(b) != text {
				t.Errorf("%s: %q", name, b)
			}
			if good := name == "kept"; good != (err == nil) || !good &&
				(!errors.Is(err, ErrAlterado) || !strings.Contains(err.Error(), file)) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if r, err := a.Source(huella("nadie"))(); !errors.Is(err, fs.ErrNotExist) || r != nil {
		t.Errorf("%v, %v, want fs.ErrNotExist", r, err)
	}
}

// TestAnotherFolder: contents are not kept in a folder that is not the one that was
// opened, as where its disk went away: later nobody would see them.
func TestAnotherFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	d := draft(t, a, "uno")
	dir := filepath.Join(data, dirArchivo)
	check(t, os.Rename(dir, dir+"-gone"))
	check(t, os.MkdirAll(filepath.Join(data, dirTmp), 0o700))
	put(t, filepath.Join(data, d.name), "uno")
	if _, _, err := d.Keep(); err == nil || !strings.Contains(err.Error(), "mount its disk") ||
		!strings.Contains(err.Error(), dir) {
		t.Errorf("kept beside it: %v", err)
	}
	if seen := sees(t, dir); len(seen) != 0 {
		t.Errorf("there lie %v", seen)
	}
}

func TestDraftsThatAreNotKept(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	broken := errors.New("broken")
	cut := io.MultiReader(strings.NewReader("x"), iotest.ErrReader(broken))
	if _, _, err := a.Add(cut); !errors.Is(err, broken) {
		t.Errorf("Add: %v, want the reader's error", err)
	}
	d := draft(t, a, "uno")
	check(t, d.Discard())
	check(t, d.Discard())
	if _, err := d.Write([]byte("x")); err == nil {
		t.Error("written after Discard")
	}
	if _, _, err := d.Keep(); err == nil {
		t.Error("kept after Discard")
	}
	wantSeen(t, data, nil)

	d = draft(t, a, "dos")
	good := d.f
	bad, err := a.root.Open(d.name)
	check(t, err)
	d.f = bad // what is written next fails, as on a full disk
	if _, err := d.Write([]byte("y")); err == nil {
		t.Fatal("written into a file that is open for reading")
	}
	d.f = good // and there is space again
	check(t, bad.Close())
	if _, err := d.Write([]byte("z")); err == nil {
		t.Error("written after an error")
	}
	if _, _, err := d.Keep(); err == nil {
		t.Error("half a draft was kept")
	}
	wantSeen(t, data, nil)

	d = draft(t, a, "tres")
	_, _, err = d.Keep()
	check(t, err)
	if _, _, err := d.Keep(); !errors.Is(err, errEnded) {
		t.Errorf("kept twice: %v", err)
	}
	check(t, d.Discard())
	wantSeen(t, data, map[string]string{pathOf(huella("tres")): "tres"})
}

// TestHolds: the folder of a first digit pair tells of contents; what a fresh disk has, and
// what opening makes, do not.
func TestHolds(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for _, c := range []struct {
		name string
		want bool
	}{{"", false}, {"tmp", false}, {"lost+found", false}, {"zz", false}, {"0a", true}} {
		if err := os.MkdirAll(filepath.Join(data, dirArchivo, c.name), 0o700); err != nil {
			t.Fatal(err)
		}
		if got, err := Holds(data); err != nil || got != c.want {
			t.Errorf("with %q: %v, %v", c.name, got, err)
		}
	}
}
