package exchangetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"buzon/exchange"
	"buzon/schema/nombres"
)

var _ exchange.Mailbox = (*Memory)(nil)

// Memory is a Mailbox in memory. As it is made it is a queue: each file that the
// party leaves is an arrival of its own, also under a used name, and is gone from List
// once it is Done.
//
// Its exported fields are set before the first call.
type Memory struct {
	// Keeps makes it behave as a folder of somebody else's server: Done does
	// nothing, and a second content under a name takes the place of the first.
	Keeps bool

	// Live lets Put replace other content, which no mailbox may.
	Live bool

	// Fail, if set, is asked before each step and its error is what the caller
	// gets. The steps are "list" (with no name), "take", "read" (after half of
	// the bytes), "done", "put" (nothing is visible yet) and "after put" (the
	// file is visible and the caller is told otherwise, as when a connection is
	// lost before the answer). It may be called from several goroutines.
	Fail func(op, name string) error

	now func() time.Time

	mu    sync.Mutex
	files []*memFile // in the order of arrival
	taken map[string]*memFile
}

type memFile struct {
	name    string
	content []byte
	modtime time.Time
	done    bool
}

// NewMemory gives an empty mailbox; now dates what Put writes.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, taken: make(map[string]*memFile)}
}

// Leave puts a file there as the party does. Under a temporary name it is a
// half file: it lies there and is not listed.
func (m *Memory) Leave(name string, content []byte, modtime time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Keeps || nombres.Temporary(name) {
		m.drop(name)
	}
	m.files = append(m.files, &memFile{name: name, content: slices.Clone(content), modtime: modtime})
}

// Sees gives what the party sees: of each name the latest content, also after
// Done.
func (m *Memory) Sees() map[string][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := make(map[string][]byte)
	for _, f := range m.files {
		seen[f.name] = slices.Clone(f.content)
	}
	return seen
}

// List is part of exchange.Mailbox.
func (m *Memory) List(ctx context.Context) ([]fs.FileInfo, error) {
	if err := m.begin(ctx, "list", ""); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var listed []fs.FileInfo
	for _, f := range m.files {
		if !f.done && !nombres.Temporary(f.name) {
			listed = append(listed, info{f.name, int64(len(f.content)), f.modtime})
		}
	}
	slices.SortStableFunc(listed, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	return listed, nil
}

// Take is part of exchange.Mailbox.
func (m *Memory) Take(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := m.begin(ctx, "take", name); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.oldest(name)
	if f == nil || nombres.Temporary(name) {
		return nil, wrap("take", name, fs.ErrNotExist)
	}
	m.taken[name] = f
	half := len(f.content) / 2
	return io.NopCloser(io.MultiReader(
		bytes.NewReader(f.content[:half]),
		failing(func() error { return m.fail("read", name) }),
		bytes.NewReader(f.content[half:]),
	)), nil
}

// Done is part of exchange.Mailbox. It marks what Take gave, and the oldest
// content if Take was not called since the mailbox was made, as after a crash
// between keeping a file and its Done. Called again it does nothing.
func (m *Memory) Done(ctx context.Context, name string) error {
	if err := m.begin(ctx, "done", name); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, known := m.taken[name]
	if !known {
		f = m.oldest(name)
	}
	if f == nil || m.Keeps {
		return nil
	}
	f.done = true
	m.taken[name] = f
	return nil
}

// Put is part of exchange.Mailbox.
func (m *Memory) Put(ctx context.Context, name string, open func() (io.ReadCloser, error)) error {
	if err := m.begin(ctx, "put", name); err != nil {
		return err
	}
	content, err := readAll(open)
	if err == nil {
		err = m.show(name, content)
	}
	if err == nil {
		err = m.fail("after put", name)
	}
	if err != nil {
		return wrap("put", name, err)
	}
	return nil
}

func (m *Memory) show(name string, content []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range slices.Backward(m.files) {
		if f.name != name {
			continue
		}
		if bytes.Equal(f.content, content) {
			return nil
		}
		if !m.Live {
			return fs.ErrExist
		}
		break
	}
	m.drop(name)
	m.files = append(m.files, &memFile{name: name, content: content, modtime: m.now()})
	return nil
}

func readAll(open func() (io.ReadCloser, error)) ([]byte, error) {
	r, err := open()
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	return content, errors.Join(err, r.Close())
}

// begin is what every call does first.
func (m *Memory) begin(ctx context.Context, op, name string) error {
	err := ctx.Err()
	if err == nil && op != "list" &&
		(name == "" || name == "." || name == ".." || strings.Contains(name, "/")) {
		err = fs.ErrInvalid
	}
	if err == nil {
		err = m.fail(op, name)
	}
	if err != nil {
		return wrap(op, name, err)
	}
	return nil
}

func (m *Memory) fail(op, name string) error {
	if m.Fail == nil {
		return nil
	}
	return m.Fail(op, name)
}

func (m *Memory) oldest(name string) *memFile {
	i := slices.IndexFunc(m.files, func(f *memFile) bool { return f.name == name && !f.done })
	if i < 0 {
		return nil
	}
	return m.files[i]
}

func (m *Memory) drop(name string) {
	m.files = slices.DeleteFunc(m.files, func(f *memFile) bool { return f.name == name })
}

func wrap(op, name string, err error) error {
	return fmt.Errorf("memory: %s %q: %w", op, name, err)
}

// failing is a reader of no bytes that fails if its func does.
type failing func() error

func (f failing) Read([]byte) (int, error) {
	if err := f(); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

// info is the fs.FileInfo of a file in memory.
type info struct {
	name    string
	size    int64
	modtime time.Time
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o444 }
func (i info) ModTime() time.Time { return i.modtime }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
