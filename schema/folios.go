package schema

import (
	"hash/maphash"

	"github.com/RoaringBitmap/roaring/v2/roaring64"
)

// folioSet remembers folios: those of the default pattern exactly, as numbers, of which
// a run takes a few bits each and one far from all others some 60 bytes; any other by a
// hash of 128 bits, in about 50. The seeds are drawn for each set: nobody can make
// folios that collide.
type folioSet struct {
	seeds [2]maphash.Seed
	plain *roaring64.Bitmap
	other map[[2]uint64]struct{}
}

func newFolioSet() *folioSet {
	return &folioSet{
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		plain: roaring64.New(),
		other: map[[2]uint64]struct{}{},
	}
}

func (s *folioSet) has(folio string) bool {
	if k := packFolio(folio); k != 0 {
		return s.plain.Contains(k)
	}
	_, ok := s.other[s.hash(folio)]
	return ok
}

func (s *folioSet) add(folio string) {
	if k := packFolio(folio); k != 0 {
		s.plain.Add(k)
		return
	}
	s.other[s.hash(folio)] = struct{}{}
}

func (s *folioSet) hash(folio string) [2]uint64 {
	return [2]uint64{maphash.String(s.seeds[0], folio), maphash.String(s.seeds[1], folio)}
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
