package archivo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"buzon/schema"
)

// staged leaves a file as an upload is staged, and gives its path.
func staged(t *testing.T, data, text string) string {
	t.Helper()
	name := filepath.Join(data, "subidas", "UNE", "x")
	check(t, os.MkdirAll(filepath.Dir(name), 0o700))
	check(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func inode(t *testing.T, name string) uint64 {
	t.Helper()
	info, err := os.Lstat(name)
	check(t, err)
	return info.Sys().(*syscall.Stat_t).Ino
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	const text = "subido"
	h := huella(text)
	noLinks := func(string, string) error { return &os.LinkError{Op: "linkat", Err: syscall.EXDEV} }
	for name, c := range map[string]struct {
		want    schema.Huella
		link    func(string, string) error
		outside bool
		linked  bool
	}{
		"link, hash known":     {want: h, linked: true},
		"link, hash not known": {linked: true},
		"no links":             {want: h, link: noLinks},
		"no links, not known":  {link: noLinks},
		"outside":              {want: h, outside: true},
		"outside, not known":   {outside: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			a := open(t, data)
			if c.link != nil {
				a.link = c.link
			}
			below := data
			if c.outside {
				below = t.TempDir()
			}
			file := staged(t, below, text)
			for range 3 { // also what was adopted before the process died
				got, n, err := a.Adopt(file, c.want)
				if err != nil || got != h || n != int64(len(text)) {
					t.Fatalf("adopted %s, %d bytes, %v", got, n, err)
				}
				want := map[string]string{pathOf(h): text}
				if !c.outside {
					want["subidas/UNE/x"] = text
				}
				wantSeen(t, data, want)
			}
			kept := filepath.Join(data, pathOf(h))
			if same := inode(t, kept) == inode(t, file); same != c.linked {
				t.Errorf("the same file: %v, want %v", same, c.linked)
			}
			if info, err := os.Stat(kept); err != nil || info.Mode() != 0o400 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			check(t, os.Remove(file))
			if _, err := a.Verified(h); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAdoptOrder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	h := huella("uno")
	file := staged(t, data, "uno")
	s := record(a)
	_, _, err := a.Adopt(file, h)
	check(t, err)
	want := []string{"link draft 1", "mkdir " + folderOf(h), "sync archivo",
		"rename " + pathOf(h), "sync " + folderOf(h)}
	if !slices.Equal(s.done, want) {
		t.Errorf("%q, want %q", s.done, want)
	}
	a.link = func(string, string) error { return syscall.EMLINK }
	s = record(a)
	_, _, err = a.Adopt(file, h)
	check(t, err)
	want = []string{"draft draft 1", "sync draft 1", "rename " + pathOf(h), "sync " + folderOf(h)}
	if !slices.Equal(s.done, want) {
		t.Errorf("by copy: %q, want %q", s.done, want)
	}
}

// TestAdoptInPlaceOfHalf: half a file that a dead disk left under the hash goes.
func TestAdoptInPlaceOfHalf(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	put(t, filepath.Join(data, pathOf(huella("entero"))), "ent")
	_, _, err := a.Adopt(staged(t, data, "entero"), huella("entero"))
	check(t, err)
	wantSeen(t, data, map[string]string{pathOf(huella("entero")): "entero", "subidas/UNE/x": "entero"})
}

func TestAdoptRefuses(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	file := staged(t, data, "uno")
	link := file + "-enlace"
	check(t, os.Symlink(file, link))
	check(t, syscall.Mkfifo(file+"-tubo", 0o600))
	outside := staged(t, t.TempDir(), "uno")
	for _, c := range []struct {
		name, file string
		want       schema.Huella
		err        error
	}{
		{"absent", file + "-nada", "", fs.ErrNotExist},
		{"a symlink", link, "", fs.ErrNotExist},
		{"a symlink, hash told", link, huella("uno"), fs.ErrNotExist},
		{"a pipe", file + "-tubo", "", fs.ErrNotExist},
		{"a folder", filepath.Dir(file), "", fs.ErrNotExist},
		{"no hash", file, "../abc", fs.ErrInvalid},
		{"other bytes", outside, huella("dos"), ErrAlterado},
	} {
		if _, _, err := a.Adopt(c.file, c.want); !errors.Is(err, c.err) ||
			!strings.Contains(err.Error(), c.file) {
			t.Errorf("%s: %v, want %v and the path", c.name, err, c.err)
		}
	}
	if left, err := os.ReadDir(filepath.Join(data, dirTmp)); err != nil || len(left) != 0 {
		t.Errorf("left among the drafts: %v, %v", left, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Errorf("what was refused has mode %v, %v", info.Mode(), err)
	}
}
