package exchangetest_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/exchange/exchangetest"
	"buzon/schema/nombres"
)

// broken are mailboxes that each break one promise. want is the test of the
// suite that must notice.
var broken = []struct {
	name, want string
	mailbox    func(*exchangetest.Memory) exchange.Mailbox
}{
	{"ListsHalf", "Reading/HalfFile", func(m *exchangetest.Memory) exchange.Mailbox { return listsHalf{m} }},
	{"NewestFirst", "Reading/OldestFirst", func(m *exchangetest.Memory) exchange.Mailbox {
		return newestFirst{m}
	}},
	{"CutsContent", "Reading/Content", func(m *exchangetest.Memory) exchange.Mailbox {
		return cutsContent{m}
	}},
	{"DoneOnTake", "Reading/TakeAgain", func(m *exchangetest.Memory) exchange.Mailbox {
		return doneOnTake{m}
	}},
	{"DoneSwallows", "Reading/SecondContent", func(m *exchangetest.Memory) exchange.Mailbox {
		return doneSwallows{m}
	}},
	{"IgnoresContext", "Reading/Cancelled", func(m *exchangetest.Memory) exchange.Mailbox {
		return ignoresContext{m}
	}},
	{"HidesRefusal", "Writing/OtherContent", func(m *exchangetest.Memory) exchange.Mailbox {
		return hidesRefusal{m}
	}},
	{"Overwrites", "Writing/OtherContent", func(m *exchangetest.Memory) exchange.Mailbox {
		m.Live = true
		return m
	}},
	{"ShowsHalf", "Writing/NeverHalf", func(m *exchangetest.Memory) exchange.Mailbox { return showsHalf{m} }},
	{"ReadsOnce", "Writing/ContentFails", func(m *exchangetest.Memory) exchange.Mailbox {
		return takesErrorForEnd{m}
	}},
	{"LeavesOpen", "Writing/ClosesWhatItOpens", func(m *exchangetest.Memory) exchange.Mailbox {
		return leavesOpen{m}
	}},
}

const brokenEnv = "BUZON_BROKEN_MAILBOX"

// TestSuiteNotices runs this binary again for each broken mailbox, since a test
// that fails cannot be looked at from within.
func TestSuiteNotices(t *testing.T) {
	t.Parallel()
	for _, b := range broken {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBroken$", "-test.v")
			cmd.Env = append(os.Environ(), brokenEnv+"="+b.name)
			out, err := cmd.CombinedOutput()
			if want := "--- FAIL: TestBroken/" + b.want; err == nil || !strings.Contains(string(out), want) {
				t.Errorf("the suite let it pass (%v), want %s in:\n%s", err, want, out)
			}
		})
	}
}

// TestBroken is the other half of TestSuiteNotices.
func TestBroken(t *testing.T) {
	for _, b := range broken {
		if b.name == os.Getenv(brokenEnv) {
			exchangetest.TestMailbox(t, func(*testing.T) exchangetest.Fixture {
				m := newMemory()
				f := fixture(m)
				f.Mailbox = b.mailbox(m)
				return f
			})
		}
	}
}

type listsHalf struct{ *exchangetest.Memory }

func (m listsHalf) List(ctx context.Context) ([]fs.FileInfo, error) {
	listed, err := m.Memory.List(ctx)
	for name := range m.Sees() {
		if nombres.Temporary(name) {
			whole := newMemory()
			whole.Leave(strings.TrimPrefix(name, "."), nil, start)
			more, _ := whole.List(ctx)
			listed = append(listed, more...)
		}
	}
	return listed, err
}

type newestFirst struct{ *exchangetest.Memory }

func (m newestFirst) List(ctx context.Context) ([]fs.FileInfo, error) {
	listed, err := m.Memory.List(ctx)
	slices.Reverse(listed)
	return listed, err
}

type cutsContent struct{ *exchangetest.Memory }

func (m cutsContent) Take(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := m.Memory.Take(ctx, name)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(io.LimitReader(r, 1<<20)), nil
}

type doneOnTake struct{ *exchangetest.Memory }

func (m doneOnTake) Take(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := m.Memory.Take(ctx, name)
	if err == nil {
		err = m.Done(ctx, name)
	}
	return r, err
}

type doneSwallows struct{ *exchangetest.Memory }

func (m doneSwallows) Done(ctx context.Context, name string) error {
	_, _ = m.Take(ctx, name)
	return m.Memory.Done(ctx, name)
}

type ignoresContext struct{ *exchangetest.Memory }

func (m ignoresContext) List(context.Context) ([]fs.FileInfo, error) {
	return m.Memory.List(context.Background())
}

type hidesRefusal struct{ *exchangetest.Memory }

func (m hidesRefusal) Put(ctx context.Context, name string, open func() (io.ReadCloser, error)) error {
	_ = m.Memory.Put(ctx, name, open)
	return nil
}

type showsHalf struct{ *exchangetest.Memory }

func (m showsHalf) Put(ctx context.Context, name string, open func() (io.ReadCloser, error)) error {
	m.Leave(name, []byte("half"), start)
	m.Live = true
	return m.Memory.Put(ctx, name, open)
}

type takesErrorForEnd struct{ *exchangetest.Memory }

func (m takesErrorForEnd) Put(ctx context.Context, name string, open func() (io.ReadCloser, error)) error {
	return m.Memory.Put(ctx, name, func() (io.ReadCloser, error) {
		r, err := open()
		if err != nil {
			return nil, err
		}
		content, _ := io.ReadAll(r)
		return io.NopCloser(bytes.NewReader(content)), r.Close()
	})
}

type leavesOpen struct{ *exchangetest.Memory }

func (m leavesOpen) Put(ctx context.Context, name string, open func() (io.ReadCloser, error)) error {
	return m.Memory.Put(ctx, name, func() (io.ReadCloser, error) {
		r, err := open()
		if err != nil {
			return nil, err
		}
		return io.NopCloser(r), nil
	})
}
