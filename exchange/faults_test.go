package exchange_test

import (
	"errors"
	"fmt"
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

// dieAt lets the process end at a step: from there on nothing of it reaches the
// outside, and dead is told once.
func (f *faults) dieAt(at string, dead func()) {
	over := false
	f.set(func(step string) error {
		if step == at && !over {
			over, f.silent = true, true
			dead()
		}
		if over {
			return errFault
		}
		return nil
	})
}
