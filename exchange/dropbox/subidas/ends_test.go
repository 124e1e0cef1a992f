package subidas_test

import (
	"testing"
	"time"

	"buzon/exchange/dropbox/subidas"
)

// TestSettled: whoever asks what arrived by a moment waits for a close that was taken
// up before it.
func TestSettled(t *testing.T) {
	t.Parallel()
	p := start(t)
	check(t, p.up.Close())
	c, entered, goOn := p.box.Uploads(), make(chan bool), make(chan bool)
	arrive := c.Arrive
	c.Arrive = func(a subidas.Arrival) error {
		entered <- true
		<-goOn
		return arrive(a)
	}
	p.serve(t, c)
	p.up.Settled(une)                           // nothing is under way
	p.up.Settled("none")                        // nor anybody there
	for _, name := range []string{res1, res2} { // the second one begins a new count
		u := p.begin(t, name, anew, "x")
		closed := make(chan error, 1)
		go func() { _, err := u.Close(); closed <- err }()
		<-entered
		settled := make(chan bool, 2)
		for range 2 {
			go func() { p.up.Settled(une); settled <- true }()
		}
		select {
		case <-settled:
			t.Error("it did not wait")
		case <-time.After(20 * time.Millisecond):
		}
		goOn <- true
		<-settled
		<-settled
		check(t, <-closed)
	}
}
