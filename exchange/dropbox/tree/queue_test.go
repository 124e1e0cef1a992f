package tree_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"buzon/exchange/exchangetest"
)

// TestQueueOfTwo has two processes take from one queue, each of which keeps in
// memory what it saw last.
func TestQueueOfTwo(t *testing.T) {
	t.Parallel()
	p := start(t)
	other := open(t, p.dir, p.clock)
	p.upload(t, res1, "one") // not seen by the other yet
	if got := other.take(t, res1); got != "one" {
		t.Errorf("the other takes %q", got)
	}
	p.upload(t, res1, "two")
	if got := p.take(t, res1); got != "one" { // taken and not Done: it is still the oldest
		t.Errorf("takes %q, want what is not Done", got)
	}
	other.done(t, res1)
	if got := p.take(t, res1); got != "two" {
		t.Errorf("takes %q after the other's Done", got)
	}
	if got := other.take(t, res1); got != "two" {
		t.Errorf("the other takes %q", got)
	}
	p.done(t, res1)
	p.done(t, res1)
	_, err := other.queue.Take(t.Context(), res1)
	wantErr(t, "take of nothing", err, fs.ErrNotExist)
	other.done(t, res1)

	p.upload(t, res1, "three")
	p.upload(t, res1, "four")
	other.done(t, res1) // nobody took it
	if got := other.take(t, res1); got != "three" {
		t.Errorf("the other takes %q", got)
	}
	p.done(t, res1) // of what the other took, as after a crash of it
	wantEqual(t, "left", other.drain(t), []string{res1 + "=four"})
}

// BenchmarkQueue lists, takes and ends n arrivals. Its folder should lie in
// memory (TMPDIR), or it measures the disk's fsync.
func BenchmarkQueue(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := openBench(b)
			for b.Loop() {
				b.StopTimer()
				for i := range n {
					name := fmt.Sprintf("%020d_f%05d.txt", i+1, i)
					if err := os.WriteFile(filepath.Join(p.dir, une, ".llegadas/respuestas", name), []byte("x"), 0o600); err != nil {
						b.Fatal(err)
					}
				}
				b.StartTimer()
				emptyQueue(b, p, n)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/file")
		})
	}
}

func emptyQueue(b *testing.B, p party, n int) {
	b.Helper()
	list, err := p.queue.List(b.Context())
	if err != nil || len(list) != n {
		b.Fatalf("%d files, %v", len(list), err)
	}
	for _, info := range list {
		r, err := p.queue.Take(b.Context(), info.Name())
		if err != nil {
			b.Fatal(err)
		}
		r.Close()
		if err := p.queue.Done(b.Context(), info.Name()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUploads uploads n files into one folder that keeps them all.
func BenchmarkUploads(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				p := openBench(b)
				b.StartTimer()
				for i := range n {
					u, err := p.Begin(p.f, fmt.Sprintf("f%05d.txt", i), anew)
					if err == nil {
						_, err = u.Close()
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/file")
		})
	}
}

func openBench(b *testing.B) party {
	b.Helper()
	return open(b, b.TempDir(), exchangetest.NewClock(monday))
}
