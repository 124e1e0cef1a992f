package medida_test

import "testing"

// TestIdleMemory holds 200 sessions open that have done one listing each, and
// looks at what the server holds resident.
func TestIdleMemory(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector's own memory would be measured")
	}
	const clients, most = 200, 60.0 // MiB
	s := start(t, buzon, clients, 1000)
	visitors := make(chan visitor, clients)
	err := many(16, clients, func(n int) error {
		v, err := s.visit(n)
		if err != nil {
			return err
		}
		visitors <- v
		_, err = v.ReadDir("reclamaciones")
		return err
	})
	close(visitors)
	if err != nil {
		t.Error(err)
	}
	rss := s.memory(t, "VmRSS")
	t.Logf("%d idle sessions: %.1f MiB resident", len(visitors), rss)
	if rss >= most {
		t.Errorf("%.1f MiB resident, want under %.0f", rss, most)
	}
	for v := range visitors {
		if err := v.end(); err != nil {
			t.Error(err)
		}
	}
}
