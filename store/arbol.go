package store

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// altura is from which level on the hashes of the tree are kept: one for each
// 256 events. Those below are made from the leaves that stand beside the events.
const altura = 8

// nodos reads the hashes of the tree as package tlog numbers them.
type nodos struct{ v *View }

// ReadHashes gives the hashes that were kept, and those below from their leaves.
func (r nodos) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		level, n := tlog.SplitStoredHashIndex(x)
		h, err := r.v.nodo(level, n)
		if err != nil {
			return nil, err
		}
		out[i] = h
	}
	return out, nil
}

// nodo is the root of the whole subtree of 2^level leaves that is the n-th of
// its size, from 0.
func (v *View) nodo(level int, n int64) (h tlog.Hash, err error) {
	if level >= altura {
		var b []byte
		err = v.get(`SELECT hash FROM nodos WHERE nivel = ? AND i = ?`, []any{level, n}, &b)
		if errors.Is(err, ErrNotFound) {
			return h, fmt.Errorf("store: the log's tree lacks node %d of level %d", n, level)
		}
		if err != nil {
			return h, err
		}
		copy(h[:], b)
		return h, nil
	}
	hojas, err := v.hojas(n<<level, (n+1)<<level)
	if err != nil {
		return h, err
	}
	return raiz(hojas), nil
}

// hojas gives the leaves from the from-th up to and without the to-th, from 0.
func (v *View) hojas(from, to int64) (all []tlog.Hash, err error) {
	err = v.each(`SELECT hoja FROM bitacora WHERE n > ? AND n <= ? ORDER BY n`, []any{from, to},
		func(rows valores) error {
			var b []byte
			var h tlog.Hash
			if err := rows.Scan(&b); err != nil {
				return err
			}
			if copy(h[:], b) != len(h) || len(b) != len(h) {
				return fmt.Errorf("event %d: its leaf has %d bytes", from+int64(len(all))+1, len(b))
			}
			all = append(all, h)
			return nil
		})
	if err == nil && int64(len(all)) != to-from {
		err = fmt.Errorf("store: %d events of the log are there from %d on, want %d", len(all), from+1,
			to-from)
	}
	return all, err
}

// raiz is the root of a whole subtree; it overwrites its leaves.
func raiz(h []tlog.Hash) tlog.Hash {
	for ; len(h) > 1; h = h[:len(h)/2] {
		for i := range len(h) / 2 {
			h[i] = tlog.NodeHash(h[2*i], h[2*i+1])
		}
	}
	return h[0]
}

// grow keeps the nodes that the n-th event completes.
func (tx *Tx) grow(n int64) error {
	for level := altura; n%(1<<level) == 0; level++ {
		i := n>>level - 1
		var h tlog.Hash
		if level == altura {
			hojas, err := tx.hojas(i<<level, n)
			if err != nil {
				return err
			}
			h = raiz(hojas)
		} else {
			pair, err := nodos{&tx.View}.ReadHashes([]int64{tlog.StoredHashIndex(level-1, 2*i),
				tlog.StoredHashIndex(level-1, 2*i+1)})
			if err != nil {
				return err
			}
			h = tlog.NodeHash(pair[0], pair[1])
		}
		if err := tx.s.escritor.insert(`INSERT INTO nodos (nivel, i, hash) VALUES (?,?,?)`,
			[]any{int64(level), i, h[:]}); err != nil {
			return err
		}
	}
	return nil
}

// Raiz is the root of the log's first size events.
func (v *View) Raiz(size int64) (tlog.Hash, error) { return tlog.TreeHash(size, nodos{v}) }

// Inclusion proves that the n-th event, from 1, is in the log's first size ones.
func (v *View) Inclusion(size, n int64) (tlog.RecordProof, error) {
	return tlog.ProveRecord(size, n-1, nodos{v})
}

// Consistencia proves that the log's first old events are the first of its first
// size ones.
func (v *View) Consistencia(size, old int64) (tlog.TreeProof, error) {
	return tlog.ProveTree(size, old, nodos{v})
}

// Tramo gives the roots of the whole subtrees before the event first and after
// the event last in a log of size events: with the leaves between them they make
// its root (docs/bitacora.md, section 4).
func (v *View) Tramo(size, first, last int64) (left, right []tlog.Hash, err error) {
	if left, err = v.subtrees(0, first-1); err == nil {
		right, err = v.subtrees(last, size)
	}
	return left, right, err
}

func (v *View) subtrees(from, to int64) (all []tlog.Hash, err error) {
	for from < to {
		level := 0
		for from%(2<<level) == 0 && from+(2<<level) <= to {
			level++
		}
		h, err := v.nodo(level, from>>level)
		if err != nil {
			return nil, err
		}
		all = append(all, h)
		from += 1 << level
	}
	return all, nil
}
