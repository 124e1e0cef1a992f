package schema

import (
	"hash/maphash"
)

// folioSet remembers folios by 128 bits each in an open-addressing table, so that
// ten million of them fit in memory. The seeds are drawn for each set: nobody can
// make folios that collide.
type folioSet struct {
	seeds [2]maphash.Seed
	slots [][2]uint64 // a power of two of them; the zero value is a free one
	used  int
}

const minSlots = 1 << 8

func newFolioSet() *folioSet {
	return &folioSet{
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		slots: make([][2]uint64, minSlots),
	}
}

func (s *folioSet) key(folio string) [2]uint64 {
	k := [2]uint64{maphash.String(s.seeds[0], folio), maphash.String(s.seeds[1], folio)}
	if k == [2]uint64{} {
		k[0] = 1
	}
	return k
}

// find gives the place of k, or the free one where it would stand.
func (s *folioSet) find(k [2]uint64) int {
	mask := uint64(len(s.slots) - 1)
	for i := k[0] & mask; ; i = (i + 1) & mask {
		if s.slots[i] == k || s.slots[i] == [2]uint64{} {
			return int(i)
		}
	}
}

func (s *folioSet) has(folio string) bool {
	k := s.key(folio)
	return s.slots[s.find(k)] == k
}

func (s *folioSet) add(folio string) {
	k := s.key(folio)
	i := s.find(k)
	if s.slots[i] == k {
		return
	}
	s.slots[i] = k
	if s.used++; s.used > len(s.slots)/4*3 {
		s.grow()
	}
}

func (s *folioSet) grow() {
	old := s.slots
	s.slots = make([][2]uint64, 2*len(old))
	for _, k := range old {
		if k != [2]uint64{} {
			s.slots[s.find(k)] = k
		}
	}
}
