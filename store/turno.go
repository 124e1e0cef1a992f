package store

import (
	"slices"
	"sync"
)

// turno is a lock that is handed on in the order in which it was asked for, but to those
// first that go before others. Its zero value is free.
type turno struct {
	mu      sync.Mutex
	held    bool
	waiting []espera // those that go first, then the others
	first   int      // how many go first
}

type espera chan struct{}

// Lock waits behind all that asked before.
func (t *turno) Lock() { t.lock(false) }

// LockFirst waits behind those alone that go first too, and behind who holds the lock.
func (t *turno) LockFirst() { t.lock(true) }

// Unlock hands the lock on.
func (t *turno) Unlock() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		t.held = false
		return
	}
	close(t.waiting[0])
	t.waiting = slices.Delete(t.waiting, 0, 1)
	t.first = max(t.first-1, 0)
}

func (t *turno) lock(first bool) {
	t.mu.Lock()
	if !t.held {
		t.held = true
		t.mu.Unlock()
		return
	}
	at, turn := len(t.waiting), make(espera)
	if first {
		at = t.first
		t.first++
	}
	t.waiting = slices.Insert(t.waiting, at, turn)
	t.mu.Unlock()
	<-turn
}
