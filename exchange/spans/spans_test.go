package spans_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"buzon/exchange/spans"
)

// TestSpans compares a set of spans with the plain set of its bytes.
func TestSpans(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const size = 40
		var plain [size]bool
		var s spans.Set
		for range rapid.IntRange(0, 20).Draw(t, "n") {
			from := rapid.Int64Range(0, size).Draw(t, "from")
			to := rapid.Int64Range(0, size).Draw(t, "to")
			s = s.Add(spans.Span{From: from, To: to})
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
		if got, err := spans.Parse(s.String()); err != nil || !slices.Equal(got, s) {
			t.Fatalf("%v is read back as %v, %v", s, got, err)
		}
		half := len(s) / 2
		if got := s[:half].Union(s[half:]); !slices.Equal(got, s) {
			t.Fatalf("the halves of %v unite to %v", s, got)
		}
	})
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1", "1-", "-1-3", "3-3", "4-3", "a-b", "0-1,2-3"} {
		if s, err := spans.Parse(text); err == nil {
			t.Errorf("%q is read as %v", text, s)
		}
	}
}
