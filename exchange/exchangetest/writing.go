package exchangetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

var writingTests = []suiteTest{
	{"Appears", testAppears},
	{"SameContentAgain", testSameContentAgain},
	{"OtherContent", testOtherContent},
	{"NeverHalf", testNeverHalf},
	{"ContentFails", testContentFails},
	{"ClosesWhatItOpens", testClosesWhatItOpens},
	{"NamesThatLeadOut", testPutNamesThatLeadOut},
	{"Cancelled", testPutCancelled},
	{"ConcurrentSame", testConcurrentSame},
	{"ConcurrentOther", testConcurrentOther},
}

func testAppears(t *testing.T, f Fixture) {
	f.put(t, nameA, nil)
	f.put(t, nameB, large())
	f.wantSeen(t, map[string][]byte{nameA: nil, nameB: large()})
}

func testSameContentAgain(t *testing.T, f Fixture) {
	f.put(t, nameA, []byte("same"))
	f.put(t, nameA, []byte("same"))
	f.wantSeen(t, map[string][]byte{nameA: []byte("same")})
}

func testOtherContent(t *testing.T, f Fixture) {
	f.put(t, nameA, []byte("old"))
	// One of the same length too: a size is no content.
	for _, content := range []string{"new", "longer"} {
		err := f.Mailbox.Put(t.Context(), nameA, opener([]byte(content)))
		if !errors.Is(err, fs.ErrExist) {
			t.Errorf("Put of other content: %v, want fs.ErrExist", err)
		} else if !strings.Contains(err.Error(), nameA) {
			t.Errorf("error %q does not say which file", err)
		}
		f.wantSeen(t, map[string][]byte{nameA: []byte("old")})
	}
}

// testNeverHalf looks at the folder from inside the content's own reader.
func testNeverHalf(t *testing.T, f Fixture) {
	before := map[string][]byte{}
	content := large()
	looks := 0
	open := func() (io.ReadCloser, error) {
		r := bytes.NewReader(content)
		return io.NopCloser(failingReader(func(p []byte) (int, error) {
			if left := r.Len(); left == 0 || left < len(content)/2 && left > len(content)/2-len(p) {
				looks++
				f.wantSeen(t, before)
			}
			return r.Read(p)
		})), nil
	}
	if err := f.Mailbox.Put(t.Context(), nameA, open); err != nil {
		t.Fatalf("Put: %v", err)
	}
	if looks == 0 {
		t.Error("the content was never read")
	}
	f.wantSeen(t, map[string][]byte{nameA: content})
}

var errContent = errors.New("content cannot be read")

func testContentFails(t *testing.T, f Fixture) {
	before := map[string][]byte{}
	unopened := func() (io.ReadCloser, error) { return nil, errContent }
	cut := func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(bytes.NewReader(large()), failing(func() error {
			return errContent
		}))), nil
	}
	for _, open := range []func() (io.ReadCloser, error){unopened, cut} {
		if err := f.Mailbox.Put(t.Context(), nameA, open); !errors.Is(err, errContent) {
			t.Errorf("Put of content that fails: %v, want the content's error", err)
		}
		f.wantSeen(t, before)
	}
	f.put(t, nameA, []byte("good"))
	f.wantSeen(t, map[string][]byte{nameA: []byte("good")})
}

func testClosesWhatItOpens(t *testing.T, f Fixture) {
	var opened, closed atomic.Int32
	for range 2 {
		err := f.Mailbox.Put(t.Context(), nameA, func() (io.ReadCloser, error) {
			opened.Add(1)
			return closer{strings.NewReader("a"), func() { closed.Add(1) }}, nil
		})
		if err != nil {
			t.Fatalf("Put: %v", err)
		}
	}
	if o, c := opened.Load(), closed.Load(); o == 0 || o != c {
		t.Errorf("opened %d times, closed %d times", o, c)
	}
}

func testPutNamesThatLeadOut(t *testing.T, f Fixture) {
	for _, name := range badNames {
		if err := f.Mailbox.Put(t.Context(), name, opener([]byte("a"))); err == nil {
			t.Errorf("Put %q is taken for a file", name)
		}
	}
	f.wantSeen(t, nil)
}

func testPutCancelled(t *testing.T, f Fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Mailbox.Put(ctx, nameA, opener([]byte("a"))); !errors.Is(err, context.Canceled) {
		t.Errorf("Put: %v, want context.Canceled", err)
	}
	f.wantSeen(t, nil)
	f.put(t, nameA, []byte("a"))
	f.wantSeen(t, map[string][]byte{nameA: []byte("a")})
}

func testConcurrentSame(t *testing.T, f Fixture) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := f.Mailbox.Put(t.Context(), nameA, opener([]byte("same"))); err != nil {
				t.Errorf("Put: %v", err)
			}
		})
	}
	wg.Wait()
	f.wantSeen(t, map[string][]byte{nameA: []byte("same")})
}

func testConcurrentOther(t *testing.T, f Fixture) {
	contents := []string{"one", "two", "six", "ten"} // of one length
	var mu sync.Mutex
	var won []string
	var wg sync.WaitGroup
	for _, content := range contents {
		wg.Go(func() {
			err := f.Mailbox.Put(t.Context(), nameA, opener([]byte(content)))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won = append(won, content)
			} else if !errors.Is(err, fs.ErrExist) {
				t.Errorf("Put: %v, want fs.ErrExist", err)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%q were all told that they are there", won)
	}
	f.wantSeen(t, map[string][]byte{nameA: []byte(won[0])})
}

type failingReader func([]byte) (int, error)

func (f failingReader) Read(p []byte) (int, error) { return f(p) }

type closer struct {
	io.Reader
	close func()
}

func (c closer) Close() error {
	c.close()
	return nil
}
