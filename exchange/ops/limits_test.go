package ops

import (
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"
)

// TestWrongTokensAreCounted: an address that guesses is turned away for a while,
// with a good token too, and another address is not.
func TestWrongTokensAreCounted(t *testing.T) {
	t.Parallel()
	now := ocho
	a := serve(t, day(t), func(s *Consultas) { withTokens(s); s.Now = func() time.Time { return now } })
	for range maxFailures {
		a.as("mala").get(http.StatusUnauthorized, "/api/v1/history", nil)
	}
	resp, _ := a.as(auditorToken).request(http.MethodGet, "/api/v1/history")
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Errorf("after %d wrong tokens: %d", maxFailures, resp.StatusCode)
	}
	a.get(http.StatusOK, "/healthz", nil)
	if a.s.failures.blocked(netip.MustParsePrefix("192.0.2.1/32"), now) {
		t.Error("another address is turned away too")
	}
	now = now.Add(failWindow)
	a.as(auditorToken).get(http.StatusOK, "/api/v1/history", nil)
}

// TestFailuresAreBounded: thousands of addresses cost no more memory than some,
// and those that are not told apart share one count.
func TestFailuresAreBounded(t *testing.T) {
	t.Parallel()
	var f failures
	at := func(i int) netip.Prefix {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32)
	}
	for i := range 3 * maxAddresses {
		f.add(at(i), ocho)
	}
	if len(f.by) > maxAddresses+1 {
		t.Errorf("%d addresses", len(f.by))
	}
	if !f.blocked(at(9*maxAddresses), ocho) || f.blocked(at(1), ocho) {
		t.Error("those beyond the bound share no count, or all do")
	}
	f.add(at(9*maxAddresses), ocho.Add(failWindow))
	if len(f.by) > 2 {
		t.Errorf("%d addresses after their time", len(f.by))
	}
	for remote, want := range map[string]string{"192.0.2.1:5": "192.0.2.1/32",
		"[2001:db8::9]:5": "2001:db8::/64", "[::ffff:192.0.2.1]:5": "192.0.2.1/32", "x": "invalid Prefix"} {
		if got := prefixOf(remote).String(); got != want {
			t.Errorf("%s: %s", remote, got)
		}
	}
}

// TestTooManyAtOnce: further requests are turned away, and further connections
// wait for their turn.
func TestTooManyAtOnce(t *testing.T) {
	t.Parallel()
	in, out := make(chan struct{}), make(chan struct{})
	var asked atomic.Int32
	a := serve(t, day(t), func(s *Consultas) {
		now := s.Now
		s.Now = func() time.Time { // what is asked for first waits
			if asked.Add(1) <= maxRequests {
				in <- struct{}{}
				<-out
			}
			return now()
		}
	})
	codes := make(chan int)
	for range maxRequests {
		go func() {
			resp, _ := a.request(http.MethodGet, "/api/v1/status")
			codes <- resp.StatusCode
		}()
		<-in
	}
	a.get(http.StatusServiceUnavailable, "/healthz", nil)
	close(out)
	for range maxRequests {
		if code := <-codes; code != http.StatusOK {
			t.Errorf("%d", code)
		}
	}
	a.get(http.StatusOK, "/healthz", nil)
}

func TestLimitedListener(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	l := &limited{Listener: ln, slots: make(chan struct{}, 2)}
	for i := range 3 {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i == 2 {
			break
		}
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if len(l.slots) != i+1 {
			t.Errorf("%d slots are taken", len(l.slots))
		}
		if i == 0 {
			_, _ = s.Close(), s.Close() // gives its slot back once
			if len(l.slots) != 0 {
				t.Errorf("%d slots are taken after the end", len(l.slots))
			}
			l.slots <- struct{}{}
		}
	}
	accepted := make(chan struct{})
	go func() {
		if c, err := l.Accept(); err == nil {
			_ = c.Close()
		}
		close(accepted)
	}()
	select {
	case <-accepted:
		t.Error("a connection too many was accepted")
	default:
	}
	<-l.slots
	<-accepted
}
