package subidas

import "sync"

// Settled waits until every close and rename of an account that was taken up before it
// was called has arrived or failed: what has a moment before that is then recorded.
func (s *Subidas) Settled(account string) {
	s.mu.RLock()
	a := s.accounts[account]
	s.mu.RUnlock()
	if a != nil {
		a.ends.wait()
	}
}

// ends are the closes and renames that were taken up and are not over. Who begins one
// never waits: its moment is then.
type ends struct {
	mu      sync.Mutex
	going   *sync.WaitGroup // those since the last wait; nil: none
	waiting sync.Mutex
}

// begin counts one; calling its result ends it.
func (e *ends) begin() (over func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.going == nil {
		e.going = &sync.WaitGroup{}
	}
	e.going.Add(1)
	return e.going.Done
}

// wait waits for those that have begun, also those that another waits for.
func (e *ends) wait() {
	e.waiting.Lock()
	defer e.waiting.Unlock()
	e.mu.Lock()
	going := e.going
	e.going = nil
	e.mu.Unlock()
	if going != nil {
		going.Wait()
	}
}
