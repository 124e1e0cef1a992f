package subidas_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"buzon/exchange/dropbox/subidas"
)

// TestTogether has several sessions of one account do at random what clients do, to
// a few names. Each close or rename that told of an arrival is recorded once, with
// what one client wrote; a restart finds the same uploads.
func TestTogether(t *testing.T) {
	t.Parallel()
	p := start(t)
	var mu sync.Mutex
	var told []string
	var sessions sync.WaitGroup
	for s := range 6 {
		sessions.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(s)))
			for n := range 60 {
				content := fmt.Sprintf("session %d, content %d", s, n)
				name := fmt.Sprintf("%d.tmp", r.IntN(3))
				final := fmt.Sprintf("%d.txt", r.IntN(3))
				switch r.IntN(5) {
				case 0:
					name = final
					fallthrough
				case 1, 2:
					if p.write(name, content, r.IntN(4) == 0) {
						mu.Lock()
						told = append(told, name+"="+content)
						mu.Unlock()
					}
				case 3:
					if arrived, _ := p.Rename(respuestas, name, final); arrived {
						mu.Lock()
						told = append(told, final)
						mu.Unlock()
					}
				case 4:
					_ = p.Remove(respuestas, name)
					p.List(respuestas)
				}
			}
		})
	}
	sessions.Wait()
	got := p.drain(t)
	if len(got) != len(told) || len(got) < 10 {
		t.Errorf("%d arrivals, of %d was told", len(got), len(told))
	}
	for _, x := range told {
		if len(x) > len("0.txt") && !slices.Contains(got, x) {
			t.Errorf("%s is not recorded", x)
		}
	}
	seen := p.seen(t)
	p = p.again(t)
	p.wantSeen(t, "after a restart", seen)
	p.wantNothingLeft(t)
}

// write sends a content from the beginning, and tells whether it arrived.
func (p party) write(name, content string, lost bool) bool {
	u, err := p.Begin(respuestas, name, subidas.Intent{Create: true, Truncate: true})
	if err != nil {
		return false
	}
	if _, err := u.WriteAt([]byte(content), 0); err != nil || lost {
		u.Lost()
	}
	arrived, _ := u.Close()
	return arrived
}
