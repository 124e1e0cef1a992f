package subidas_test

import (
	"fmt"
	"testing"

	"buzon/exchange/exchangetest"
)

// BenchmarkUploads uploads n files into one folder that keeps them all. Its folder
// should lie in memory (TMPDIR), or it measures the disk's fsync.
func BenchmarkUploads(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				p := open(b, b.TempDir(), exchangetest.NewClock(monday))
				b.StartTimer()
				for i := range n {
					u, err := p.Begin(respuestas, fmt.Sprintf("f%05d.txt", i), anew)
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
