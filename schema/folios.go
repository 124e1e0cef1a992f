package schema

import (
	"hash/maphash"
	"math/bits"
)

// folioSet remembers folios, so that ten million of them fit in memory: one of
// the default pattern exactly, in 64 bits, any other by a hash of 128 bits. The
// seeds are drawn for each set: nobody can make folios that collide.
type folioSet struct {
	seeds [2]maphash.Seed
	plain table[uint64]
	other table[[2]uint64]
}

func newFolioSet() *folioSet {
	s := &folioSet{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
	s.plain.seed, s.other.seed = s.seeds[0], s.seeds[0]
	return s
}

func (s *folioSet) has(folio string) bool {
	if k := packFolio(folio); k != 0 {
		return s.plain.has(k)
	}
	return s.other.has(s.hash(folio))
}

func (s *folioSet) add(folio string) {
	if k := packFolio(folio); k != 0 {
		s.plain.add(k)
		return
	}
	s.other.add(s.hash(folio))
}

func (s *folioSet) hash(folio string) [2]uint64 {
	return [2]uint64{maphash.String(s.seeds[0], folio), maphash.String(s.seeds[1], folio) | 1} // never free
}

// packFolio writes a folio of the default pattern as one number, 0 for any other
// text: year, office, and the digits behind them with a 1 before, which keeps
// their zeros.
func packFolio(folio string) uint64 {
	if !isDefaultFolio(folio) {
		return 0
	}
	head := atoi(folio[:4])*1000 + atoi(folio[5:8])
	return uint64(head*100_000_000 + atoi("1"+folio[9:]))
}

// table is a set of keys in an open-addressing hash table. The zero key marks a
// free slot and is never added.
type table[K comparable] struct {
	seed  maphash.Seed
	slots []K
	used  int
}

const minSlots = 1 << 8

// find gives the place of k, or the free one where it would stand.
func (t *table[K]) find(k K) int {
	hash := maphash.Comparable(t.seed, k)
	high, _ := bits.Mul64(hash, uint64(len(t.slots)))
	var free K
	for i := int(high); ; i++ {
		if i == len(t.slots) {
			i = 0
		}
		if t.slots[i] == k || t.slots[i] == free {
			return i
		}
	}
}

func (t *table[K]) has(k K) bool { return t.used > 0 && t.slots[t.find(k)] == k }

func (t *table[K]) add(k K) {
	if t.used >= len(t.slots)/5*4 {
		t.grow()
	}
	if i := t.find(k); t.slots[i] != k {
		t.slots[i] = k
		t.used++
	}
}

// grow grows by a quarter, not by doubling: the old slots and the new ones stand
// in memory together.
func (t *table[K]) grow() {
	old := t.slots
	t.slots = make([]K, max(minSlots, len(old)+len(old)/4))
	var free K
	for _, k := range old {
		if k != free {
			t.slots[t.find(k)] = k
		}
	}
}
