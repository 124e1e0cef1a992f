package archivo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"buzon/schema"
)

var lunes = schema.NewDia(2026, time.March, 2)

func open(t *testing.T, data string) *Contenidos {
	t.Helper()
	a, err := Open(data)
	check(t, err)
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func huella(text string) schema.Huella {
	sum := sha256.Sum256([]byte(text))
	return schema.Huella(hex.EncodeToString(sum[:]))
}

func add(t *testing.T, a *Contenidos, text string) schema.Huella {
	t.Helper()
	h, n, err := a.Add(strings.NewReader(text))
	check(t, err)
	if h != huella(text) || n != int64(len(text)) {
		t.Fatalf("kept %s with %d bytes, want %s with %d", h, n, huella(text), len(text))
	}
	return h
}

func draft(t *testing.T, a *Contenidos, text string) *Borrador {
	t.Helper()
	d, err := a.Draft()
	check(t, err)
	_, err = io.WriteString(d, text)
	check(t, err)
	return d
}

// put writes a file as nobody of ours does, with its folder.
func put(t *testing.T, name, text string) {
	t.Helper()
	check(t, os.MkdirAll(filepath.Dir(name), 0o700))
	check(t, os.WriteFile(name, []byte(text), 0o400))
}

// sees gives every file below the data folder, and its text.
func sees(t *testing.T, data string) map[string]string {
	t.Helper()
	seen := map[string]string{}
	check(t, fs.WalkDir(os.DirFS(data), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(data, name))
		seen[name] = string(b)
		return err
	}))
	return seen
}

func wantSeen(t *testing.T, data string, want map[string]string) {
	t.Helper()
	got := sees(t, data)
	for name, text := range got {
		if w, ok := want[name]; !ok || w != text {
			t.Errorf("%s holds %.40q, want it there %v with %.40q", name, text, ok, w)
		}
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is not there", name)
		}
	}
}

// only answers a Reconcile for a store that refers to these alone.
func only(hs ...schema.Huella) func(string) ([]schema.Huella, error) {
	return func(prefix string) (of []schema.Huella, err error) {
		for _, h := range hs {
			if strings.HasPrefix(string(h), prefix) {
				of = append(of, h)
			}
		}
		return of, nil
	}
}

func reconcile(t *testing.T, a *Contenidos, known ...schema.Huella) Reconciliacion {
	t.Helper()
	r, err := a.Reconcile(lunes, only(known...))
	check(t, err)
	return r
}

func wantHuellas(t *testing.T, what string, got []schema.Huella, want ...schema.Huella) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// steps records what is done; drafts are numbered in the order of their making.
type steps struct {
	mu   sync.Mutex
	done []string
	name map[string]string
}

func record(a *Contenidos) *steps {
	s := &steps{name: map[string]string{}}
	a.OnStep(func(step string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		verb, name, _ := strings.Cut(step, " ")
		if strings.HasPrefix(name, dirTmp+"/") {
			if s.name[name] == "" {
				s.name[name] = fmt.Sprint("draft ", len(s.name)+1)
			}
			name = s.name[name]
		}
		s.done = append(s.done, verb+" "+name)
	})
	return s
}

// sameFolder gives texts whose contents lie in one folder.
func sameFolder(n int) (texts []string) {
	for i := 0; len(texts) < n; i++ {
		if text := fmt.Sprint("contenido ", i); huella(text)[:2] == huella("contenido 0")[:2] {
			texts = append(texts, text)
		}
	}
	return texts
}
