package exchange_test

import (
	"context"
	"fmt"
	"testing"

	"buzon/schema"
)

// TestNothingLeftOver: two RECs that one run takes in are delivered without a content
// that nobody refers to, which the next start would set apart.
func TestNothingLeftOver(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.clock.Set(llegada)
	all := exampleREC(t)
	for i := range 2 {
		for j := range all {
			all[j].RecFolioCondusef = schema.Folio(fmt.Sprintf("2026/090/%d", 91000+i*100+j))
		}
		name := fmt.Sprintf("GE_REC_20260302_%03d.txt", i+1)
		g.leave(schema.CONDUSEF, name, rec(t, name, all...))
	}
	g.mustRun(corrida)
	if got := len(g.delivered()); got != 2*len(all) {
		t.Errorf("%d folios were delivered, want %d", got, 2*len(all))
	}
	r, err := g.cycle.Reconcile(context.Background())
	if err != nil || len(r.Apartados)+len(r.Faltan) > 0 {
		t.Errorf("left over: %v; missing: %v; %v", r.Apartados, r.Faltan, err)
	}
}
