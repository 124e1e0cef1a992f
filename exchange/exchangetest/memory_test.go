package exchangetest_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"buzon/exchange/exchangetest"
)

var start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

func newMemory() *exchangetest.Memory {
	return exchangetest.NewMemory(exchangetest.NewClock(start).Now)
}

func fixture(m *exchangetest.Memory) exchangetest.Fixture {
	return exchangetest.Fixture{
		Mailbox:        m,
		Leave:          func(_ *testing.T, name string, b []byte, at time.Time) { m.Leave(name, b, at) },
		LeaveHalf:      func(_ *testing.T, name string, b []byte) { m.Leave(name, b, start) },
		Sees:           func(*testing.T) map[string][]byte { return m.Sees() },
		KeepsAfterDone: m.Keeps,
		Duplicates:     !m.Keeps,
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*exchangetest.Memory){
		"Queue": func(*exchangetest.Memory) {},
		"Keeps": func(m *exchangetest.Memory) { m.Keeps = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exchangetest.TestMailbox(t, func(*testing.T) exchangetest.Fixture {
				m := newMemory()
				set(m)
				return fixture(m)
			})
		})
	}
}

func TestMemoryFails(t *testing.T) {
	t.Parallel()
	cut := errors.New("cable cut")
	for _, op := range []string{"list", "take", "read", "done", "put", "after put"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			m.Leave("a.txt", []byte("0123456789"), start)
			m.Fail = func(at, _ string) error {
				if at == op {
					return cut
				}
				return nil
			}
			got, err := visit(t.Context(), m)
			if !errors.Is(err, cut) {
				t.Fatalf("visit: %v, want the fault of %s", err, op)
			}
			if op == "read" && got != "01234" {
				t.Errorf("read %q before the fault, want half of it", got)
			}
			if _, seen := m.Sees()["b.txt"]; seen != (op == "after put") {
				t.Errorf("b.txt visible: %v after a fault of %s", seen, op)
			}
		})
	}
}

// visit does each thing once and gives what it read of a.txt.
func visit(ctx context.Context, m *exchangetest.Memory) (string, error) {
	if _, err := m.List(ctx); err != nil {
		return "", err
	}
	r, err := m.Take(ctx, "a.txt")
	if err != nil {
		return "", err
	}
	got, err := io.ReadAll(r)
	if err != nil {
		return string(got), err
	}
	if err := m.Done(ctx, "a.txt"); err != nil {
		return string(got), err
	}
	return string(got), m.Put(ctx, "b.txt", func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("b")), nil
	})
}

func TestMemoryDoneAfterCrash(t *testing.T) {
	t.Parallel()
	m := newMemory()
	m.Leave("a.txt", []byte("a"), start)
	if err := m.Done(t.Context(), "a.txt"); err != nil {
		t.Fatal(err)
	}
	if listed, err := m.List(t.Context()); err != nil || len(listed) != 0 {
		t.Errorf("listed %v, %v after a Done that no Take came before", listed, err)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	c := exchangetest.NewClock(start)
	c.Advance(time.Minute)
	if err := c.Wait(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	if got, want := c.Now(), start.Add(61*time.Second); !got.Equal(want) {
		t.Errorf("clock shows %s, want %s", got, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Wait(ctx, time.Second); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait: %v, want context.Canceled", err)
	}
	c.Set(start)
	if !c.Now().Equal(start) {
		t.Errorf("clock shows %s after Set", c.Now())
	}
}
