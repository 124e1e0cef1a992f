package exchange_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

var errFault = errors.New("fault for the test")

// faults decides at each step that the exchange takes outside of itself whether
// it fails. A step has a name that is the same in every run, whatever the order
// in which parties are visited: "parte/carpeta op file" with its count.
type faults struct {
	mu     sync.Mutex
	met    map[string]int
	order  []string
	plan   func(step string) error // nil: nothing fails
	silent bool                    // a dead process notices nothing more
}

func (f *faults) meet(point string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.met == nil {
		f.met = map[string]int{}
	}
	f.met[point]++
	step := fmt.Sprintf("%s #%d", point, f.met[point])
	if !f.silent {
		f.order = append(f.order, step)
	}
	if f.plan == nil {
		return nil
	}
	return f.plan(step)
}

// clear ends all faults and forgets what was met.
func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.met, f.order, f.plan, f.silent = nil, nil, nil, false
}

// steps gives what was met since the last clear.
func (f *faults) steps() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.order...)
}

func (f *faults) set(plan func(step string) error) {
	f.clear()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plan = plan
}

// failAt makes one step fail, and no other.
func (f *faults) failAt(at string) {
	f.set(func(step string) error {
		if step == at {
			return errFault
		}
		return nil
	})
}

// failLike makes every step fail that has part in its name.
func (f *faults) failLike(part string) {
	f.set(func(step string) error {
		if strings.Contains(step, part) {
			return errFault
		}
		return nil
	})
}

// after makes the n-th step from now fail, or be the last.
func (f *faults) after(n int, die func()) {
	f.set(func(string) error {
		if n--; n > 0 || n < 0 && die == nil {
			return nil
		}
		if n == 0 && die != nil {
			f.silent = true
			die()
		}
		return errFault
	})
}

// dead tells whether the process died.
func (f *faults) dead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.silent
}

// dieAt lets the process end at a step: from there on nothing of it reaches the
// outside. die is what becomes of its insides.
func (f *faults) dieAt(at string, die func()) {
	over := false
	f.set(func(step string) error {
		if step == at && !over {
			over, f.silent = true, true
			die()
		}
		if over {
			return errFault
		}
		return nil
	})
}
