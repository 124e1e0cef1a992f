package tree

import (
	"slices"
	"sort"
)

// Span is a run of bytes of a file, from From up to and without To.
type Span struct{ From, To int64 }

// Spans is a set of bytes: spans in rising order that neither overlap nor touch.
// The sets of several handles are united by adding the spans of one to the other.
type Spans []Span

// Add gives the set with p in it. As with append, s must not be used afterwards.
func (s Spans) Add(p Span) Spans {
	if p.From >= p.To {
		return s
	}
	i := sort.Search(len(s), func(i int) bool { return s[i].To >= p.From })
	j := i
	for ; j < len(s) && s[j].From <= p.To; j++ {
		p.From, p.To = min(p.From, s[j].From), max(p.To, s[j].To)
	}
	return slices.Replace(s, i, j, p)
}

// Prefix is the number of bytes from the start of the file up to the first gap.
func (s Spans) Prefix() int64 {
	if len(s) == 0 || s[0].From > 0 {
		return 0
	}
	return s[0].To
}

// Covers tells whether every byte of a file of that size is in the set. A file
// of no bytes is covered without being read.
func (s Spans) Covers(size int64) bool { return s.Prefix() >= size }

// Bytes is the number of bytes in the set.
func (s Spans) Bytes() int64 {
	var n int64
	for _, p := range s {
		n += p.To - p.From
	}
	return n
}
