package exchange_test

import (
	"context"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"buzon/exchange"
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
		g.leave(schema.ParteCONDUSEF, name, rec(t, name, all...))
	}
	g.mustRun(corrida)
	if got := len(g.delivered()); got != 2*len(all) {
		t.Errorf("%d folios were delivered, want %d", got, 2*len(all))
	}
	g.nothingLeft()
}

// nothingLeft looks for contents that nobody refers to, as a start does.
func (g *gateway) nothingLeft() {
	g.t.Helper()
	r, err := g.cycle.Reconcile(context.Background())
	if err != nil || len(r.Apartados)+len(r.Faltan) > 0 {
		g.t.Errorf("left over: %v; missing: %v; %v", r.Apartados, r.Faltan, err)
	}
}

// TestTwoDeliver: an upload brings a visit while a run delivers the same REC. One of
// them writes the LOT.
func TestTwoDeliver(t *testing.T) {
	t.Parallel()
	for range 5 {
		g := open(t)
		g.clock.Set(llegada)
		g.leaveExample()
		g.clock.Set(corrida)
		if err := g.cycle.Receive(context.Background(), lunes, nil); err != nil {
			t.Fatal(err)
		}
		var both errgroup.Group
		both.Go(func() error { return g.cycle.Run(context.Background(), lunes, exchange.CausaAgenda, nil) })
		both.Go(func() error { return g.visit(norte) })
		both.Go(func() error { return g.visit(penon) })
		if err := both.Wait(); err != nil {
			t.Fatal(err)
		}
		if got := len(g.delivered()); got != 6 {
			t.Errorf("%d folios were delivered", got)
		}
		g.nothingLeft()
	}
}
