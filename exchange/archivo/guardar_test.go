package archivo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOrder: bytes are synced before their name shows, the name when Keep returns, and
// a new folder's name before a content's in it.
func TestOrder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	texts := sameFolder(2)
	first, second := huella(texts[0]), huella(texts[1])
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"in a new folder", texts[0], []string{"draft draft 1", "sync draft 1",
			"mkdir " + folderOf(first), "sync archivo",
			"rename " + pathOf(first), "sync " + folderOf(first)}},
		{"in one that is there", texts[1], []string{"draft draft 1", "sync draft 1",
			"rename " + pathOf(second), "sync " + folderOf(second)}},
		{"again", texts[0], []string{"draft draft 1", "sync draft 1",
			"rename " + pathOf(first), "sync " + folderOf(first)}},
	} {
		s := record(a)
		add(t, a, c.text)
		if !slices.Equal(s.done, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(s.done, "\n"), strings.Join(c.want, "\n"))
		}
	}
	// A folder that was removed meanwhile is a new one.
	check(t, os.RemoveAll(filepath.Join(data, folderOf(first))))
	s := record(a)
	add(t, a, texts[0])
	if !slices.Contains(s.done, "sync archivo") {
		t.Errorf("the folder's name was not synced: %q", s.done)
	}
	a.Unsynced()
	s = record(a)
	add(t, a, "sin esperar")
	if slices.ContainsFunc(s.done, func(step string) bool { return strings.HasPrefix(step, "sync") }) {
		t.Errorf("a rehearsal waits for the disk: %q", s.done)
	}
}

// TestFolderOfOneThatWasKilled: a folder that a killed process made, and whose name it
// did not sync, has its name synced before a content in it counts as durable.
func TestFolderOfOneThatWasKilled(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	h := huella("uno")
	check(t, os.Mkdir(filepath.Join(data, folderOf(h)), 0o700))
	s := record(a)
	add(t, a, "uno")
	if at := slices.Index(s.done, "sync archivo"); at < 0 || at > slices.Index(s.done, "rename "+pathOf(h)) {
		t.Errorf("found while it runs: %q", s.done)
	}
	check(t, a.Close())
	a = &Contenidos{data: data, sync: true, durable: map[string]bool{}}
	s = record(a)
	root, err := os.OpenRoot(data)
	check(t, err)
	defer root.Close()
	a.root = root
	check(t, a.prepare())
	if !slices.Contains(s.done, "sync archivo") || !slices.Contains(s.done, "sync .") {
		t.Errorf("found at the start: %q", s.done)
	}
}

func TestKeepAll(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	texts := append(sameFolder(5), "a", "b", "c")
	s := record(a)
	var ds []*Borrador
	want := map[string]string{}
	for _, text := range append(texts, texts[0]) { // and one content twice
		ds = append(ds, draft(t, a, text))
		want[pathOf(huella(text))] = text
	}
	for i, err := range a.KeepAll(ds) {
		text := append(texts, texts[0])[i]
		if err != nil || ds[i].Huella() != huella(text) || ds[i].Bytes() != int64(len(text)) {
			t.Errorf("draft %d: %s, %d bytes, %v", i, ds[i].Huella(), ds[i].Bytes(), err)
		}
	}
	wantSeen(t, data, want)
	named, synced := false, map[string]int{}
	for _, step := range s.done {
		verb, name, _ := strings.Cut(step, " ")
		switch {
		case verb == "rename":
			named = true
			if synced[filepath.Dir(name)] > 0 {
				t.Errorf("%s after its folder was synced", step)
			}
		case verb == "sync" && strings.HasPrefix(name, "draft") && named:
			t.Errorf("%s after a name was shown", step)
		case verb == "sync":
			synced[name]++
		}
	}
	folders := map[string]bool{}
	for name := range want {
		folders[filepath.Dir(name)] = true
	}
	for dir := range folders {
		if synced[dir] != 1 {
			t.Errorf("%s synced %d times", dir, synced[dir])
		}
	}
	if synced["archivo"] != 1 {
		t.Errorf("archivo/ synced %d times", synced["archivo"])
	}
	for i := range ds {
		if n := synced["draft "+string(rune('1'+i))]; n != 1 {
			t.Errorf("draft %d synced %d times", i+1, n)
		}
	}
	if errs := a.KeepAll(nil); len(errs) != 0 {
		t.Errorf("no drafts: %v", errs)
	}
}

// TestKeepAllHoldsUpNoOther: each way in which one fails leaves the others kept.
func TestKeepAllHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	texts := []string{"bueno", "discarded", "its file is gone",
		"a folder in its place", "a file in its folder's place", "otro"}
	var ds []*Borrador
	for _, text := range texts {
		ds = append(ds, draft(t, a, text))
	}
	check(t, ds[1].Discard())
	check(t, os.Remove(filepath.Join(data, ds[2].name)))
	taken := filepath.Join(data, pathOf(huella(texts[3])))
	check(t, os.MkdirAll(filepath.Join(taken, "x"), 0o700))
	put(t, filepath.Join(data, folderOf(huella(texts[4]))), "ajeno")
	errs := a.KeepAll(ds)
	for i := range texts {
		if good := i == 0 || i == 5; (errs[i] == nil) != good {
			t.Errorf("%s: %v", texts[i], errs[i])
		}
	}
	if !strings.Contains(errs[3].Error(), taken) {
		t.Errorf("%v does not say where", errs[3])
	}
	want := map[string]string{folderOf(huella(texts[4])): "ajeno"}
	for _, text := range []string{"bueno", "otro"} {
		want[pathOf(huella(text))] = text
	}
	wantSeen(t, data, want)
}

// TestFolderWhoseSyncFailed: the sync of a new folder's name that failed is done by the
// retry, and what could not be removed of the draft is removed with it.
func TestFolderWhoseSyncFailed(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	h := huella("uno")
	dir := filepath.Join(data, dirArchivo)
	a.OnStep(func(step string) {
		if step == "mkdir "+folderOf(h) { // it can be written to, and not be opened for its sync
			check(t, os.Rename(dir, dir+"-gone"))
		}
	})
	if _, _, err := a.Add(strings.NewReader("uno")); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%v, want that %s cannot be synced", err, dir)
	}
	check(t, os.Rename(dir+"-gone", dir))
	s := record(a)
	add(t, a, "uno")
	if at := slices.Index(s.done, "sync archivo"); at < 0 || at > slices.Index(s.done, "rename "+pathOf(h)) {
		t.Errorf("the retry: %q", s.done)
	}
	wantSeen(t, data, map[string]string{pathOf(h): "uno"})
}

// TestNotDurableIsNotKept: what is there already and cannot be made durable is told.
func TestNotDurableIsNotKept(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	a := open(t, data)
	h := add(t, a, "uno")
	dir := filepath.Join(data, folderOf(h))
	a.OnStep(func(step string) {
		if step == "rename "+pathOf(h) {
			check(t, os.Rename(dir, dir+"-gone"))
		}
	})
	_, _, err := a.Add(strings.NewReader("uno"))
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), dir) {
		t.Errorf("%v, want that %s cannot be synced", err, dir)
	}
}
