package dropbox_test

import (
	"fmt"
	"testing"
)

// BenchmarkListing lists a folder of 10,000 names, in which nothing changes.
func BenchmarkListing(b *testing.B) {
	const names = 10_000
	for _, folder := range []string{"reclamaciones", "respuestas"} {
		b.Run(folder, func(b *testing.B) {
			w := start(b, nil)
			for n := range names {
				w.put(b, une1, folder, fmt.Sprintf("GE_LOT_00900001_20260302_%05d.txt", n), "x")
			}
			p := w.party(b, une1)
			for b.Loop() {
				if list, err := p.ReadDir(folder); err != nil || len(list) < names {
					b.Fatalf("%d names, %v", len(list), err)
				}
			}
		})
	}
}
