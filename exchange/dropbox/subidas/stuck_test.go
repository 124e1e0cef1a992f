package subidas_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"buzon/exchange/dropbox/subidas"
)

// TestRetry: what a fault of ours kept from arriving arrives by itself once that is
// over, with its moment, also after a restart; what its party did not finish does not.
func TestRetry(t *testing.T) {
	t.Parallel()
	all := func(string) bool { return true }
	for _, restart := range []bool{false, true} {
		p := start(t)
		p.failArrival(t, "whole", "")
		u := p.begin(t, "cut.pdf", anew, "half")
		u.Lost()
		if _, err := u.Close(); err != nil {
			t.Fatal(err)
		}
		broken := p.box.Broken
		if restart {
			p = p.again(t)
			p.box.Broken = broken
		}
		other := func(name string) bool { return name != res1 }
		if stuck, err := p.up.Retry(une, other); err != nil || stuck != nil {
			t.Errorf("what nobody wants: %q, %v", stuck, err)
		}
		for range 2 {
			stuck, err := p.up.Retry(une, all)
			wantEqual(t, "stuck", stuck, []string{res1})
			wantErr(t, "retry", err, errBroken)
		}
		p.box.Broken = nil
		p.clock.Advance(time.Hour)
		if stuck, err := p.up.Retry(une, all); err != nil || len(stuck) != 0 {
			t.Errorf("mended: %q, %v", stuck, err)
		}
		wantEqual(t, "arrivals", p.drain(t), []string{res1 + "=whole"})
		if i, err := p.stat(res1); err != nil || !i.ModTime().Equal(monday) {
			t.Errorf("its moment: %v, %v", i, err)
		}
		if stuck, err := p.up.Retry(une, all); err != nil || len(stuck) != 0 {
			t.Errorf("once more: %q, %v", stuck, err)
		}
		p.wantSeen(t, "left", map[string]string{res1: "whole", "cut.pdf": "half"})
	}
	if stuck, err := start(t).up.Retry("00900009", all); err != nil || stuck != nil {
		t.Errorf("an account that never was: %q, %v", stuck, err)
	}
}

// TestRetryOfRename: so does what a rename to its final name was to finish, unless its
// party sent it again meanwhile.
func TestRetryOfRename(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.upload(t, res1+".tmp", "whole")
	p.box.Broken = func(subidas.Arrival) error { return errBroken }
	if _, err := p.Rename(respuestas, res1+".tmp", res1); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	stuck, err := p.up.Retry(une, func(name string) bool { return !strings.HasSuffix(name, ".tmp") })
	wantEqual(t, "stuck", stuck, []string{res1})
	wantErr(t, "retry", err, errBroken)
	p.box.Broken = nil
	p.upload(t, res1, "again")
	if stuck, err := p.up.Retry(une, func(string) bool { return true }); err != nil || len(stuck) != 0 {
		t.Errorf("sent again: %q, %v", stuck, err)
	}
	wantEqual(t, "arrivals", p.drain(t), []string{res1 + "=again"})
}
