package gateway

import (
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// TestHeartWithoutServer: a disk without room is an outage of ours, and told once, where
// our server listens; where none does nothing is refused.
func TestHeartWithoutServer(t *testing.T) {
	t.Parallel()
	for _, listens := range []bool{false, true} {
		g := opened(t)
		core, said := observer.New(zap.ErrorLevel)
		g.log = zap.New(core)
		g.Config.Server.MinFree = 1 << 62
		h, err := NewHeart(t.Context(), g, listens)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := h.BeatAt(t.Context(), g.now(), 0); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := 0
		if listens {
			want = 1
		}
		if said.Len() != want {
			t.Errorf("listens %v: told %v", listens, said.All())
		}
	}
}
