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
	"testing"
	"time"
)

var readingTests = []suiteTest{
	{"Empty", testEmpty},
	{"OldestFirst", testOldestFirst},
	{"Content", testContent},
	{"HalfFile", testHalfFile},
	{"TakeAgain", testTakeAgain},
	{"NoSuchFile", testNoSuchFile},
	{"NamesThatLeadOut", testNamesThatLeadOut},
	{"Done", testDone},
	{"SecondContent", testSecondContent},
	{"Cancelled", testCancelled},
	{"Concurrent", testConcurrent},
}

func testEmpty(t *testing.T, f Fixture) {
	if got := f.listNames(t); len(got) != 0 {
		t.Errorf("an empty folder lists %q", got)
	}
}

func testOldestFirst(t *testing.T, f Fixture) {
	f.Leave(t, nameA, []byte("a"), monday)
	f.Leave(t, nameB, []byte("bb"), monday.Add(time.Minute))
	f.settle(t)
	listed := f.list(t)
	if got, want := f.listNames(t), []string{nameA, nameB}; !slices.Equal(got, want) {
		t.Fatalf("listed %q, want %q", got, want)
	}
	for i, fi := range listed {
		if fi.Size() != int64(i+1) || !fi.Mode().IsRegular() || fi.ModTime().IsZero() {
			t.Errorf("%s listed with size %d, mode %s, time %s", fi.Name(), fi.Size(), fi.Mode(),
				fi.ModTime())
		}
	}
	if listed[1].ModTime().Before(listed[0].ModTime()) {
		t.Error("the second is older than the first")
	}
}

func testContent(t *testing.T, f Fixture) {
	f.Leave(t, nameA, nil, monday)
	f.Leave(t, nameB, large(), monday)
	f.settle(t)
	f.wantTake(t, nameA, nil)
	f.wantTake(t, nameB, large())
}

func testHalfFile(t *testing.T, f Fixture) {
	half := []string{"." + nameA}
	for _, suffix := range []string{".tmp", ".part", ".filepart", ".partial", ".PART"} {
		half = append(half, nameA+suffix)
	}
	for _, name := range half {
		f.LeaveHalf(t, name, []byte("half"))
	}
	f.settle(t)
	if got := f.listNames(t); len(got) != 0 {
		t.Errorf("half files are listed: %q", got)
	}
	for _, name := range append(half, nameA) {
		if _, err := f.Mailbox.Take(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Take of half file %s: %v, want fs.ErrNotExist", name, err)
		}
	}
	f.leave(t, nameA, []byte("whole"), monday)
	if got := f.listNames(t); !slices.Equal(got, []string{nameA}) {
		t.Errorf("listed %q beside half files, want %s alone", got, nameA)
	}
	f.wantTake(t, nameA, []byte("whole"))
}

func testTakeAgain(t *testing.T, f Fixture) {
	f.leave(t, nameA, large(), monday)
	r, err := f.Mailbox.Take(t.Context(), nameA)
	if err != nil {
		t.Fatalf("Take: %v", err)
	}
	if _, err := io.ReadFull(r, make([]byte, 1000)); err != nil {
		t.Fatalf("read: %v", err)
	}
	r.Close() // as a crash would: read in part, never Done
	f.wantTake(t, nameA, large())
	f.wantTake(t, nameA, large())
	if got := f.listNames(t); !slices.Equal(got, []string{nameA}) {
		t.Errorf("listed %q after Take, want %s", got, nameA)
	}
}

func testNoSuchFile(t *testing.T, f Fixture) {
	_, err := f.Mailbox.Take(t.Context(), nameA)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("Take of no file: %v, want fs.ErrNotExist", err)
	}
	if !strings.Contains(err.Error(), nameA) {
		t.Errorf("error %q does not say which file", err)
	}
}

// badNames lead out of the folder, or to none of its files.
var badNames = []string{"", ".", "..", "../" + nameA, "x/" + nameA, "/" + nameA}

func testNamesThatLeadOut(t *testing.T, f Fixture) {
	f.leave(t, nameA, []byte("a"), monday)
	for _, name := range badNames {
		if r, err := f.Mailbox.Take(t.Context(), name); err == nil {
			r.Close()
			t.Errorf("Take %q is taken for a file", name)
		}
	}
}

func testDone(t *testing.T, f Fixture) {
	f.leave(t, nameA, []byte("a"), monday)
	f.wantTake(t, nameA, []byte("a"))
	f.done(t, nameA)
	f.done(t, nameA)
	if f.Sees != nil {
		f.wantSeen(t, map[string][]byte{nameA: []byte("a")})
	}
	if f.KeepsAfterDone {
		if got := f.listNames(t); !slices.Equal(got, []string{nameA}) {
			t.Errorf("listed %q after Done where the party keeps files", got)
		}
		f.wantTake(t, nameA, []byte("a"))
		return
	}
	if got := f.listNames(t); len(got) != 0 {
		t.Errorf("listed %q after Done", got)
	}
	if _, err := f.Mailbox.Take(t.Context(), nameA); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Take after Done: %v, want fs.ErrNotExist", err)
	}
}

func testSecondContent(t *testing.T, f Fixture) {
	if !f.Duplicates {
		t.Skip("a second content takes the place of the first")
	}
	first, second := []byte("first"), []byte("second content")
	f.leave(t, nameA, first, monday)
	f.leave(t, nameA, second, monday.Add(time.Minute))
	listed := f.list(t)
	if len(listed) != 2 || listed[0].Size() != int64(len(first)) || listed[1].Size() != int64(len(second)) {
		t.Fatalf("listed %v, want both contents of %s, oldest first", listed, nameA)
	}
	f.wantTake(t, nameA, first)
	f.wantTake(t, nameA, first)
	f.done(t, nameA)
	f.done(t, nameA) // idempotent: it must not swallow what nobody has read
	if got := f.listNames(t); !slices.Equal(got, []string{nameA}) {
		t.Errorf("listed %q once the first is Done, want %s once", got, nameA)
	}
	f.wantTake(t, nameA, second)
	f.done(t, nameA)
	if got := f.listNames(t); len(got) != 0 {
		t.Errorf("listed %q once both are Done", got)
	}
}

func testCancelled(t *testing.T, f Fixture) {
	f.leave(t, nameA, []byte("a"), monday)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Mailbox.List(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("List: %v, want context.Canceled", err)
	}
	if _, err := f.Mailbox.Take(ctx, nameA); !errors.Is(err, context.Canceled) {
		t.Errorf("Take: %v, want context.Canceled", err)
	}
	f.wantTake(t, nameA, []byte("a"))
}

func testConcurrent(t *testing.T, f Fixture) {
	names := []string{}
	for i := range 4 {
		name := fmt.Sprintf("GE_RES_00900003_20260302_%03d.txt", i+1)
		f.Leave(t, name, bytes.Repeat([]byte(name), 5000), monday)
		names = append(names, name)
	}
	f.settle(t)
	f.list(t)
	var wg sync.WaitGroup
	for _, name := range slices.Repeat(names, 3) {
		wg.Go(func() {
			if _, err := f.Mailbox.List(t.Context()); err != nil {
				t.Errorf("List: %v", err)
			}
			r, err := f.Mailbox.Take(t.Context(), name)
			if err != nil {
				t.Errorf("Take: %v", err)
				return
			}
			defer r.Close()
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, bytes.Repeat([]byte(name), 5000)) {
				t.Errorf("Take %s gave %d bytes, %v", name, len(got), err)
			}
		})
	}
	wg.Wait()
}
