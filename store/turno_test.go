package store

import (
	"slices"
	"testing"
	"testing/synctest"
)

// TestTurno: those that go first go before all that wait, and among equals the order of
// asking counts.
func TestTurno(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var turn turno
		var order []int
		turn.Lock()
		for i, first := range []bool{false, true, false, true} {
			go func() {
				if first {
					turn.LockFirst()
				} else {
					turn.Lock()
				}
				order = append(order, i)
				turn.Unlock()
			}()
			synctest.Wait()
		}
		turn.Unlock()
		synctest.Wait()
		if want := []int{1, 3, 0, 2}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
		turn.Lock() // it is free again
		order = nil
		turn.Unlock()
	})
}
