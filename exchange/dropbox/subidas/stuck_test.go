package subidas_test

import (
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
	final := func(name string) bool { return !strings.HasSuffix(name, ".tmp") }
	for _, restart := range []bool{false, true} {
		for _, resent := range []bool{false, true} {
			p := start(t)
			p.failArrival(t, "whole", ".tmp")
			broken := p.box.Broken
			if resent { // it stays so
				check(t, p.ShowTime(respuestas, res1+".tmp", may))
			}
			if restart {
				p = p.again(t)
				p.box.Broken = broken
			}
			stuck, err := p.up.Retry(une, final)
			wantEqual(t, "stuck", stuck, []string{res1})
			wantErr(t, "retry", err, errBroken)
			p.box.Broken = nil
			want := "whole"
			if resent {
				want = "again"
				p.upload(t, res1, want)
			}
			if stuck, err := p.up.Retry(une, final); err != nil || len(stuck) != 0 {
				t.Errorf("mended, sent again %v: %q, %v", resent, stuck, err)
			}
			if restart { // also where nothing is seen of the other any more
				check(t, p.up.Close())
				o := p.box.Uploads()
				o.Spelled = func(string, string, string) (string, error) { return "", nil }
				p.serve(t, o)
			}
			if stuck, err := p.up.Retry(une, final); err != nil || len(stuck) != 0 {
				t.Errorf("once more: %q, %v", stuck, err)
			}
			wantEqual(t, "arrivals", p.drain(t), []string{res1 + "=" + want})
		}
	}
}

// TestRetryOfCut: what could not be written to its end is named until its party sends it
// again.
func TestRetryOfCut(t *testing.T) {
	t.Parallel()
	all := func(string) bool { return true }
	for _, restart := range []bool{false, true} {
		p := start(t)
		u := p.begin(t, res1, anew, "")
		p.limit(t, subidas.Quota{MinFree: 1 << 62})
		_, err := u.WriteAt(make([]byte, 8<<20), 0)
		wantErr(t, "write", err, subidas.ErrDiskFull)
		_, err = u.Close()
		wantErr(t, "close", err, subidas.ErrDiskFull)
		p.limit(t, subidas.Quota{})
		if restart {
			p = p.again(t)
		}
		for range 2 {
			stuck, err := p.up.Retry(une, all)
			check(t, err)
			wantEqual(t, "stuck", stuck, []string{res1})
		}
		p.upload(t, res1, "whole")
		if stuck, err := p.up.Retry(une, all); err != nil || len(stuck) != 0 {
			t.Errorf("sent again: %q, %v", stuck, err)
		}
	}
}
