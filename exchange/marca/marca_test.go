package marca

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func fresh(t *testing.T) (data string, m *Contador) {
	t.Helper()
	data = t.TempDir()
	if err := Make(data, Constancia{Epoca: 1, Eventos: 7}, nil); err != nil {
		t.Fatal(err)
	}
	return data, open(t, data, 7)
}

func open(t *testing.T, data string, eventos int64) *Contador {
	t.Helper()
	m, err := Open(data, eventos, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.f.Close() })
	return m
}

func next(t *testing.T, m *Contador, last, want int64) {
	t.Helper()
	if n, err := m.Next(2026, last); err != nil || n != want {
		t.Fatalf("after %d: %d, %v, want %d", last, n, err, want)
	}
}

// TestNext: a number that was given is given once more where its transaction came to
// nothing, and never where it may have counted.
func TestNext(t *testing.T) {
	t.Parallel()
	data, m := fresh(t)
	next(t, m, 0, 1)
	next(t, m, 0, 1) // rolled back
	m.Committed(8)
	next(t, m, 1, 2)

	killed := open(t, data, 8) // before the transaction of 2 counted
	next(t, killed, 1, 2)
	killed = open(t, data, 9) // after it
	next(t, killed, 2, 3)
	killed = open(t, data, 9) // after one that the mark was not told of; the acuse is lost
	next(t, killed, 1, 4)
	if n, err := killed.Next(2027, 0); err != nil || n != 1 {
		t.Errorf("of another year: %d, %v", n, err)
	}
	if n, err := (*Contador)(nil).Next(2026, 5); err != nil || n != 6 {
		t.Errorf("without a mark: %d, %v", n, err)
	}
}

// TestPowerCut: since another boot of the machine what was not synced may be gone, and
// numbers go on behind the block that was reserved with a sync.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	data, m := fresh(t)
	next(t, m, 0, 1)
	lost := read(t, data) // what was synced
	for n := int64(1); n < 5; n++ {
		m.Committed(7 + n)
		next(t, m, n, n+1)
	}
	write(t, data, lost)
	otherBoot(t, data)
	next(t, open(t, data, 11), 5, bloque+1)
	otherBoot(t, data)
	next(t, open(t, data, 7), 0, 2*bloque+1) // and with a database of before

	m = open(t, data, 11)
	next(t, m, 600, 601)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	otherBoot(t, data)
	next(t, open(t, data, 11), 601, 602) // closed in order: no gap

	otherBoot(t, data)
	e, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // processes that give none
		if err := open(t, data, 11).Close(); err != nil {
			t.Fatal(err)
		}
	}
	next(t, open(t, data, 11), 3, e.Acuses[2026].Reservado+1) // the store lost what came after 3
}

// otherBoot writes the mark as if the machine had been started again since.
func otherBoot(t *testing.T, data string) {
	t.Helper()
	e, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	e.Arranque = "before"
	b, err := e.encode()
	if err != nil {
		t.Fatal(err)
	}
	write(t, data, string(b)+strings.Repeat(" ", lugar))
}

// TestTorn: of the two places one may be torn by a power cut.
func TestTorn(t *testing.T) {
	t.Parallel()
	data, m := fresh(t)
	for n := range int64(4) {
		m.Committed(100 + n)
	}
	whole := read(t, data)
	newest, err := Read(data)
	if err != nil || newest.Eventos != 103 {
		t.Fatal(newest, err)
	}
	for i := 0; i < 2*lugar; i += 97 {
		torn := []byte(whole)
		for j := i; j < min(i+400, len(torn)); j++ {
			torn[j] = 0
		}
		write(t, data, string(torn))
		if e, err := Read(data); i/lugar == (i+400)/lugar && (err != nil || e.Eventos < 102) {
			t.Fatalf("torn at %d: %v, %v", i, e, err)
		}
	}
	write(t, data, strings.Repeat("x", 2*lugar))
	if _, err := Read(data); err == nil || !strings.Contains(err.Error(), "restore --resume") {
		t.Errorf("both torn: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	e := Constancia{Epoca: 2, Eventos: 10}
	for _, c := range []struct {
		epoca, eventos int64
		behind         bool
	}{{2, 10, false}, {2, 11, false}, {2, 9, true}, {1, 99, true}, {3, 12, false}} {
		if err := e.Check(c.epoca, c.eventos); errors.Is(err, ErrAtrasado) != c.behind {
			t.Errorf("epoch %d, %d events: %v", c.epoca, c.eventos, err)
		}
	}
	e.Restaurada = true
	if err := e.Check(2, 10); !errors.Is(err, ErrAtrasado) {
		t.Errorf("out of a backup: %v", err)
	}
}

// TestNextFails: a number that does not stand in the file is not given.
func TestNextFails(t *testing.T) {
	t.Parallel()
	_, m := fresh(t)
	if err := m.f.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := m.Next(2026, 0); err == nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	if err := m.Close(); err == nil {
		t.Error("closed")
	}
}

func read(t *testing.T, data string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(data, Archivo))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, data, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(data, Archivo), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
