package exchange_test

import (
	"errors"
	"strings"
	"testing"

	"buzon/exchange"
)

// TestReserve: while the disk has no room to spare an answer waits on its UNE's own
// server, with the moment at which it came there; the exchange itself goes on.
func TestReserve(t *testing.T) {
	t.Parallel()
	g := openRemote(t, 0, 0)
	full := errors.New("disk full: free space")
	g.cycle.Reserva = func() error { return full }
	g.deliverExample() // CONDUSEF's file, and the LOTs
	const res = "GE_RES_00900001_20260303_001.txt"
	g.clock.Set(moment(3, "10:00:00"))
	g.leave(norte, res, write(t, res, answer("2026/090/1325")))
	_, err := g.runAt(moment(3, "10:01:00"), exchange.CausaAgenda)
	parties, rest := exchange.SplitErrors(err)
	if len(parties) != 1 || parties[0].Parte != norte || rest != nil || !errors.Is(err, full) ||
		!strings.Contains(err.Error(), "take "+res+": disk full") {
		t.Fatalf("with a full disk: %v", err)
	}
	full = nil
	if inf := g.mustRun(moment(3, "12:00:00")); inf.Recibidos != 1 || inf.NoAceptados != 0 {
		t.Errorf("once there is room: %+v", inf)
	}
	acu := string(g.file(norte.String() + "/acuses/" + strings.Replace(res, "RES", "ACU", 1)))
	if !strings.Contains(acu, "|A|1|2026-03-03T10:00:00-06:00|") {
		t.Errorf("its moment is not that at which it came there:\n%s", acu)
	}
}
