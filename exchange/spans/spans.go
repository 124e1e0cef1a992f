// Package spans holds sets of the bytes of a file: which were written by an
// upload that is not whole, and which were read by the handles of a party. It
// imports nothing of ours, since both sides of the exchange speak of them.
package spans

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Span is a run of bytes of a file, from From up to and without To.
type Span struct{ From, To int64 }

// Set is a set of bytes: spans in rising order that neither overlap nor touch.
// The zero value is empty.
type Set []Span

// Add gives the set with p in it. As with append, s must not be used afterwards.
func (s Set) Add(p Span) Set {
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

// Union gives the bytes of both sets, which stay as they are.
func (s Set) Union(o Set) Set {
	all := slices.Clone(s)
	for _, p := range o {
		all = all.Add(p)
	}
	return all
}

// Prefix is the number of bytes from the start of the file up to the first gap.
func (s Set) Prefix() int64 {
	if len(s) == 0 || s[0].From > 0 {
		return 0
	}
	return s[0].To
}

// Covers tells whether every byte of a file of that size is in the set. A file
// of no bytes is covered without being read.
func (s Set) Covers(size int64) bool { return s.Prefix() >= size }

// Bytes is the number of bytes in the set.
func (s Set) Bytes() int64 {
	var n int64
	for _, p := range s {
		n += p.To - p.From
	}
	return n
}

// String writes the set as Parse reads it: 0-4096 8192-9000, each span without
// its second number.
func (s Set) String() string {
	var b strings.Builder
	for i, p := range s {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d-%d", p.From, p.To)
	}
	return b.String()
}

// Parse reads what String wrote.
func Parse(text string) (s Set, err error) {
	for _, f := range strings.Fields(text) {
		from, to, ok := strings.Cut(f, "-")
		p := Span{}
		if p.From, err = strconv.ParseInt(from, 10, 64); err == nil {
			p.To, err = strconv.ParseInt(to, 10, 64)
		}
		if !ok || err != nil || p.From < 0 || p.From >= p.To {
			return nil, fmt.Errorf("span %q: want from-to", f)
		}
		s = s.Add(p)
	}
	return s, nil
}
