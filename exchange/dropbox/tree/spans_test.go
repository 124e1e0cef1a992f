package tree_test

import (
	"testing"

	"pgregory.net/rapid"

	"buzon/exchange/dropbox/tree"
)

// TestSpans compares a set of spans with the plain set of its bytes.
func TestSpans(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const size = 40
		var plain [size]bool
		var s tree.Spans
		for range rapid.IntRange(0, 20).Draw(t, "n") {
			from := rapid.Int64Range(0, size).Draw(t, "from")
			to := rapid.Int64Range(0, size).Draw(t, "to")
			s = s.Add(tree.Span{From: from, To: to})
			for i := from; i < to; i++ {
				plain[i] = true
			}
		}
		var bytes, prefix int64
		for i, in := range plain {
			if in {
				bytes++
			}
			if in && prefix == int64(i) {
				prefix++
			}
		}
		if s.Bytes() != bytes || s.Prefix() != prefix {
			t.Fatalf("%v has %d bytes and prefix %d, want %d and %d", s, s.Bytes(), s.Prefix(), bytes, prefix)
		}
		for i, p := range s {
			if p.From >= p.To || i > 0 && s[i-1].To >= p.From {
				t.Fatalf("%v is not in its least form", s)
			}
		}
		if s.Covers(size) != (prefix == size) || !s.Covers(0) {
			t.Fatalf("%v: Covers disagrees with prefix %d", s, prefix)
		}
	})
}
