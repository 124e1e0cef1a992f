package auditoria

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// vacio is the root of the tree without leaves.
var vacio = tlog.Hash(sha256.Sum256(nil))

// subarbol is a whole subtree over tamano leaves, a power of 2.
type subarbol struct {
	tamano int64
	raiz   tlog.Hash
}

// pila reduces subtrees that follow one another to the root of them all. It holds
// at most two for each power of two, however many leaves go in.
type pila []subarbol

// push adds the subtree that begins where the last one ended. Two of one size are
// always the halves of the next larger one: the first begins at leaf 0, and each at
// a multiple of its size.
func (p *pila) push(tamano int64, raiz tlog.Hash) {
	next, s := subarbol{tamano, raiz}, *p
	for len(s) > 0 && s[len(s)-1].tamano == next.tamano {
		next = subarbol{2 * next.tamano, tlog.NodeHash(s[len(s)-1].raiz, next.raiz)}
		s = s[:len(s)-1]
	}
	*p = append(s, next)
}

// pushAll adds one root for each size.
func (p *pila) pushAll(side string, sizes []int64, roots []tlog.Hash) error {
	if len(roots) != len(sizes) {
		return fmt.Errorf("%s has %d hashes, want %d", side, len(roots), len(sizes))
	}
	for i, size := range sizes {
		p.push(size, roots[i])
	}
	return nil
}

// root joins what is left, from right to left.
func (p pila) root() tlog.Hash {
	if len(p) == 0 {
		return vacio
	}
	r := p[len(p)-1].raiz
	for i := len(p) - 2; i >= 0; i-- {
		r = tlog.NodeHash(p[i].raiz, r)
	}
	return r
}

// leftSizes are the sizes of the whole subtrees over the first n leaves, in order.
func leftSizes(n int64) (sizes []int64) {
	for j := 62; j >= 0; j-- {
		if n&(1<<j) != 0 {
			sizes = append(sizes, 1<<j)
		}
	}
	return sizes
}

// rightSizes are the sizes of the subtrees over the leaves from b up to and without
// t, in order, each as large as its place and t allow.
func rightSizes(b, t int64) (sizes []int64) {
	for p := b; p < t; {
		j := bits.Len64(uint64(t-p)) - 1
		if p > 0 {
			j = min(j, bits.TrailingZeros64(uint64(p)))
		}
		sizes = append(sizes, 1<<j)
		p += 1 << j
	}
	return sizes
}

// checkTree checks that the tree of size m and root old is the beginning of the
// tree of size t and root root.
func checkTree(m, t int64, old, root tlog.Hash, proof []tlog.Hash) error {
	switch {
	case m > t:
		return fmt.Errorf("the size %d is more than %d", m, t)
	case m == t && old != root:
		return fmt.Errorf("two roots of the same size %d", t)
	case m == 0 && old != vacio:
		return errors.New("the root of size 0 is not that of the empty tree")
	case m == t || m == 0:
		if len(proof) > 0 {
			return errors.New("a proof where there is nothing to prove")
		}
		return nil
	}
	return tlog.CheckTree(proof, t, root, m, old)
}
