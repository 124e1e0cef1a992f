package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"
)

// A hash is a SHA-256.
type hash = [sha256.Size]byte

// vacio is the root of the tree without leaves.
var vacio = sha256.Sum256(nil)

func nodo(left, right hash) hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// A subarbol is a subtree over tamano leaves, a power of 2.
type subarbol struct {
	tamano int64
	raiz   hash
}

// A pila reduces subtrees that follow one another to the root of them all. It
// holds at most two for each power of two, however many leaves go in.
type pila []subarbol

// push adds the subtree that begins where the last one ended. Two of one size
// are always the halves of the next larger: the first begins at leaf 0 and each
// at a multiple of its size, so the document's condition on the start holds.
func (p *pila) push(tamano int64, raiz hash) {
	next := subarbol{tamano, raiz}
	s := *p
	for len(s) > 0 {
		top := s[len(s)-1]
		if top.tamano != next.tamano {
			break
		}
		next = subarbol{2 * top.tamano, nodo(top.raiz, next.raiz)}
		s = s[:len(s)-1]
	}
	*p = append(s, next)
}

// raiz joins what is left on the stack, from right to left.
func (p pila) raiz() hash {
	if len(p) == 0 {
		return vacio
	}
	r := p[len(p)-1].raiz
	for i := len(p) - 2; i >= 0; i-- {
		r = nodo(p[i].raiz, r)
	}
	return r
}

// leftSizes are the sizes of the complete subtrees that cover the first n
// leaves, in order.
func leftSizes(n int64) []int64 {
	var sizes []int64
	for j := 62; j >= 0; j-- {
		if n&(1<<j) != 0 {
			sizes = append(sizes, 1<<j)
		}
	}
	return sizes
}

// rightSizes are the sizes of the subtrees that cover the leaves b … t−1, in
// order, each as large as its place and t allow.
func rightSizes(b, t int64) []int64 {
	var sizes []int64
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

// pushAll adds one root for each size.
func (p *pila) pushAll(side string, sizes []int64, roots []hash) error {
	if len(roots) != len(sizes) {
		return fmt.Errorf("la lista %s tiene %d hashes, tienen que ser %d", side, len(roots), len(sizes))
	}
	for i, size := range sizes {
		p.push(size, roots[i])
	}
	return nil
}

var (
	errLargo = errors.New("la prueba no tiene el largo que le toca")
	errRaiz  = errors.New("la prueba no lleva a la raíz")
)

// checkInclusion checks that leaf is number i, from 0, of the t leaves of root
// (RFC 9162, section 2.1.3.2).
func checkInclusion(i, t int64, leaf, root hash, proof []hash) error {
	if i >= t {
		return fmt.Errorf("el evento %d no cabe en un árbol de tamaño %d", i+1, t)
	}
	fn, sn, r := i, t-1, leaf
	for _, p := range proof {
		if sn == 0 {
			return errLargo
		}
		if fn&1 == 1 || fn == sn {
			r = nodo(p, r)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			r = nodo(r, p)
		}
		fn, sn = fn>>1, sn>>1
	}
	switch {
	case sn != 0:
		return errLargo
	case r != root:
		return errRaiz
	}
	return nil
}

// checkConsistencia checks that the tree of size m and root old is the
// beginning of the tree of size t and root root (RFC 9162, section 2.1.4.2).
func checkConsistencia(m, t int64, old, root hash, proof []hash) error {
	switch {
	case m > t:
		return fmt.Errorf("el tamaño %d es mayor que %d", m, t)
	case m == t && old != root:
		return fmt.Errorf("dos raíces distintas del mismo tamaño %d", t)
	case m == 0 && old != vacio:
		return errors.New("la raíz de tamaño 0 no es la del árbol vacío")
	case m == t || m == 0:
		if len(proof) != 0 {
			return errLargo
		}
		return nil
	}
	if m&(m-1) == 0 {
		proof = append([]hash{old}, proof...)
	}
	if len(proof) == 0 {
		return errLargo
	}
	fn, sn := m-1, t-1
	for fn&1 == 1 {
		fn, sn = fn>>1, sn>>1
	}
	fr, sr := proof[0], proof[0]
	for _, c := range proof[1:] {
		if sn == 0 {
			return errLargo
		}
		if fn&1 == 1 || fn == sn {
			fr, sr = nodo(c, fr), nodo(c, sr)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			sr = nodo(sr, c)
		}
		fn, sn = fn>>1, sn>>1
	}
	switch {
	case sn != 0:
		return errLargo
	case fr != old:
		return fmt.Errorf("la historia de antes del tamaño %d cambió: la prueba no lleva a la raíz vieja", m)
	case sr != root:
		return errRaiz
	}
	return nil
}
