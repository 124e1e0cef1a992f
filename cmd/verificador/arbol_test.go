package main

import (
	"crypto/sha256"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

const maxTree = 70

func hashes(list []tlog.Hash) []hash {
	out := []hash{}
	for _, h := range list {
		out = append(out, hash(h))
	}
	return out
}

// TestVacio pins the values of RFC 6962 that need no log: the root without
// leaves, and the one of a single empty leaf.
func TestVacio(t *testing.T) {
	if want := "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; b64([]hash{vacio})[0] != want {
		t.Errorf("empty root %v", vacio)
	}
	var p pila
	p.push(1, sha256.Sum256([]byte{0}))
	if want := "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="; b64([]hash{p.raiz()})[0] != want {
		t.Error("root of one empty leaf")
	}
}

// TestHojaExample compares the canonical bytes with the line in the document.
func TestHojaExample(t *testing.T) {
	want := `1:1,13:1772496300000,14:almacen_creado,0:,0:,0:,0:,19:{"simulacro":false},`
	e := evento{n: 1, momento: 1772496300000, evento: "almacen_creado", detalle: `{"simulacro":false}`}
	if got, buf := e.hoja(nil); string(buf[1:]) != want || got != hash(tlog.RecordHash([]byte(want))) {
		t.Errorf("canonical bytes %q", buf)
	}
	e.momento = -5
	if _, buf := e.hoja(nil); string(buf[1:12]) != "1:1,2:-5,14" {
		t.Errorf("negative momento: %q", buf)
	}
}

// TestReduce reduces every run a … b of every tree up to 70 leaves to tlog's root.
func TestReduce(t *testing.T) {
	l := newBitacora(newRows(maxTree))
	var left, right [maxTree + 2][]hash
	for a := 1; a <= maxTree+1; a++ {
		left[a] = hashes(l.left(a))
	}
	for size := 0; size <= maxTree; size++ {
		root := hash(l.root(size))
		for b := 0; b <= size; b++ {
			right[b] = hashes(l.right(b, size))
		}
		for a := 1; a <= size+1; a++ {
			for b := a - 1; b <= size; b++ {
				var p pila
				if err := p.pushAll("izquierda", leftSizes(int64(a-1)), left[a]); err != nil {
					t.Fatal(err)
				}
				for _, leaf := range l.leaves[a-1 : b] {
					p.push(1, hash(leaf))
				}
				if err := p.pushAll("derecha", rightSizes(int64(b), int64(size)), right[b]); err != nil {
					t.Fatal(err)
				}
				if p.raiz() != root || len(p) > 14 {
					t.Fatalf("%d–%d of %d: another root, or a stack of %d", a, b, size, len(p))
				}
			}
		}
	}
}

// TestSizesLarge covers trees that no test could build.
func TestSizesLarge(t *testing.T) {
	const top = 1<<63 - 1
	for _, b := range []int64{0, 1, 3, 1 << 40, 1<<62 - 1, 1 << 62, top - 1, top} {
		var left, right int64
		for _, s := range leftSizes(b) {
			left += s
		}
		sizes := rightSizes(b, top)
		for _, s := range sizes {
			if s <= 0 || (b+right)&(s-1) != 0 {
				t.Fatalf("b %d: subtree of %d at %d", b, s, b+right)
			}
			right += s
		}
		if left != b || b+right != top || len(sizes) > maxPrueba {
			t.Errorf("b %d: left %d, right %d in %d", b, left, right, len(sizes))
		}
	}
}

// spoil calls try with every proof that differs a little from p: one hash
// changed, left out, doubled, one more at either end, two in the other order.
func spoil(p []hash, try func([]hash)) {
	cut := func(parts ...[]hash) (out []hash) {
		for _, part := range parts {
			out = append(out, part...)
		}
		return out
	}
	other := []hash{{1, 2, 3}}
	try(cut(other, p))
	try(cut(p, other))
	for i := range p {
		flipped := p[i]
		flipped[i%32] ^= 1
		try(cut(p[:i], []hash{flipped}, p[i+1:]))
		try(cut(p[:i], p[i+1:]))
		try(cut(p[:i+1], p[i:]))
		if i > 0 {
			try(cut(p[:i-1], p[i:i+1], p[i-1:i], p[i+1:]))
		}
	}
}

func TestInclusion(t *testing.T) {
	l := newBitacora(newRows(maxTree))
	for size := 1; size <= maxTree; size++ {
		root := hash(l.root(size))
		for i := 0; i < size; i++ {
			proof, err := tlog.ProveRecord(int64(size), int64(i), l)
			must(err)
			check := func(i, size int, leaf hash, p []hash) error {
				return checkInclusion(int64(i), int64(size), leaf, root, p)
			}
			leaf, good := hash(l.leaves[i]), hashes(proof)
			if err := check(i, size, leaf, good); err != nil {
				t.Fatalf("leaf %d of %d: %v", i, size, err)
			}
			spoil(good, func(p []hash) {
				if check(i, size, leaf, p) == nil {
					t.Fatalf("leaf %d of %d: a spoilt proof passes", i, size)
				}
			})
			if check(i, size, hash{}, good) == nil || i+1 < size && check(i+1, size, leaf, good) == nil {
				t.Fatalf("leaf %d of %d: another leaf or place passes", i, size)
			}
		}
		if checkInclusion(int64(size), int64(size), hash(l.leaves[size-1]), root, nil) == nil {
			t.Fatalf("leaf %d of %d passes", size, size)
		}
	}
}

// TestOtherSize gives a root the wrong size, as whoever has the key could: the
// proof leads to the root, and is too short for the size that was signed.
func TestOtherSize(t *testing.T) {
	l := newBitacora(newRows(12))
	leaf, root := hash(l.leaves[2]), hash(l.root(8))
	p, err := tlog.ProveRecord(8, 2, l)
	must(err)
	if checkInclusion(2, 8, leaf, root, hashes(p)) != nil ||
		checkInclusion(2, 12, leaf, root, hashes(p)) == nil {
		t.Error("a root of 8 passes for one of 12")
	}
	c, err := tlog.ProveTree(8, 3, l)
	must(err)
	old := hash(l.root(3))
	if checkConsistencia(3, 8, old, root, hashes(c)) != nil || checkConsistencia(3, 12, old, root,
		hashes(c)) == nil {
		t.Error("a root of 8 passes for one of 12")
	}
}

func TestConsistencia(t *testing.T) {
	l := newBitacora(newRows(maxTree))
	for size := 0; size <= maxTree; size++ {
		root := hash(l.root(size))
		for m := 0; m <= size; m++ {
			good := []hash{}
			if m != 0 && m != size {
				p, err := tlog.ProveTree(int64(size), int64(m), l)
				must(err)
				good = hashes(p)
			}
			old := hash(l.root(m))
			check := func(old, root hash, p []hash) error {
				return checkConsistencia(int64(m), int64(size), old, root, p)
			}
			if err := check(old, root, good); err != nil {
				t.Fatalf("%d in %d: %v", m, size, err)
			}
			spoil(good, func(p []hash) {
				if check(old, root, p) == nil {
					t.Fatalf("%d in %d: a spoilt proof passes", m, size)
				}
			})
			if check(hash{9}, root, good) == nil || m > 0 && check(old, hash{9}, good) == nil {
				t.Fatalf("%d in %d: another root passes", m, size)
			}
		}
		if checkConsistencia(int64(size+1), int64(size), root, root, nil) == nil {
			t.Fatalf("%d in %d passes", size+1, size)
		}
	}
}
