// Package exchangetest holds what tests of the exchange share: the suite that
// every exchange.Mailbox passes, a mailbox in memory that fails when told to,
// and a clock that is set by hand.
package exchangetest

import (
	"context"
	"sync"
	"time"
)

// A Clock shows the time that it was set to. It may be used from several
// goroutines.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock gives a clock that stands at t.
func NewClock(t time.Time) *Clock { return &Clock{now: t} }

// Now gives the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set puts the clock to t, backwards too.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Advance moves the clock by d and gives the new time.
func (c *Clock) Advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return c.now
}

// Wait stands in for a timer: it advances the clock by d at once, unless ctx is
// over.
func (c *Clock) Wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.Advance(d)
	return nil
}
