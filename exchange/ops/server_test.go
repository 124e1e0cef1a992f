package ops

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/csv"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"buzon/schema"
	"buzon/store"
)

func withTokens(s *Server) { s.Tokens = tokens() }

type historia struct {
	Events []struct {
		N     int64  `json:"n"`
		Event string `json:"event"`
		Party string `json:"party"`
	} `json:"events"`
	Next int64 `json:"next"`
}

// TestRoles: who shows no good token learns nothing, an auditor not the state of
// the day, and health is everybody's.
func TestRoles(t *testing.T) {
	t.Parallel()
	st := day(t)
	a := serve(t, st, withTokens)
	paths := []string{"/api/v1/history", "/api/v1/trace?folio=2026/090/1", "/api/v1/files/" + lot, "/api/v1/institutions", "/api/v1/openapi.json"}
	for _, path := range append(paths, "/api/v1/status") {
		resp, body := a.request(http.MethodGet, path)
		if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") == "" || strings.Contains(body, "2026") {
			t.Errorf("%s without a token: %d %s", path, resp.StatusCode, body)
		}
	}
	for _, path := range paths {
		a.as(auditorToken).get(http.StatusOK, path, nil)
		a.as(operadorToken).get(http.StatusOK, path, nil)
	}
	a.as(auditorToken).get(http.StatusForbidden, "/api/v1/status", nil)
	a.as(operadorToken).get(http.StatusOK, "/api/v1/status", nil)
	if got := a.get(http.StatusOK, "/healthz", nil); got != "{\"ok\":true}\n" {
		t.Errorf("healthz says %q", got)
	}
	for _, header := range []string{"Basic " + auditorToken, "Bearer", "Bearer ", auditorToken, "Bearer " + auditorToken + "x"} {
		if resp, _ := a.request(http.MethodGet, paths[0], "Authorization", header); resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusTooManyRequests {
			t.Errorf("%q: %d", header, resp.StatusCode)
		}
	}
}

// TestWrongTokensAreCounted: an address that guesses is turned away for a while,
// with a good token too, and another address is not.
func TestWrongTokensAreCounted(t *testing.T) {
	t.Parallel()
	now := ocho
	a := serve(t, day(t), func(s *Server) { withTokens(s); s.Now = func() time.Time { return now } })
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
	for remote, want := range map[string]string{"192.0.2.1:5": "192.0.2.1/32", "[2001:db8::9]:5": "2001:db8::/64", "[::ffff:192.0.2.1]:5": "192.0.2.1/32", "x": "invalid Prefix"} {
		if got := prefixOf(remote).String(); got != want {
			t.Errorf("%s: %s", remote, got)
		}
	}
}

// TestLoopbackWithoutTokens: a page in a browser that has a name of its own for
// 127.0.0.1 gets nothing.
func TestLoopbackWithoutTokens(t *testing.T) {
	t.Parallel()
	a := serve(t, day(t), nil)
	for host, want := range map[string]int{"": 200, "localhost:80": 200, "localhost": 200, "127.0.0.1": 200, "[::1]:8022": 200,
		"mal.example": 421, "mal.example:8022": 421, "192.0.2.1": 421, "localhost.mal.example": 421} {
		b := *a
		b.host = host
		b.get(want, "/api/v1/status", nil)
	}
	resp, _ := a.request(http.MethodGet, "/api/v1/history", "Origin", "http://mal.example")
	for name, want := range map[string]string{"Access-Control-Allow-Origin": "", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Referrer-Policy": "no-referrer", "Content-Type": "application/json"} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestOnlyReads(t *testing.T) {
	t.Parallel()
	a := serve(t, day(t), nil)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead, http.MethodOptions, http.MethodPatch} {
		if resp, _ := a.request(method, "/api/v1/history"); resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != "GET" {
			t.Errorf("%s: %d", method, resp.StatusCode)
		}
	}
	a.get(http.StatusNotFound, "/", nil)
	a.get(http.StatusNotFound, "/api/v1/otra", nil)
	a.get(http.StatusNotFound, "/api/v1/files/a%2Fb", nil)
}

// TestAwayFromLoopback: without TLS or without tokens nobody is served there,
// whatever the configuration says.
func TestAwayFromLoopback(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*Server{"bare": {}, "without TLS": {Tokens: tokens()}, "without tokens": {TLS: &tls.Config{}}} {
		s.Log = zap.NewNop()
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // so that a server that does begin ends
		if err := s.Serve(ctx, elsewhere{ln}); err == nil || !strings.Contains(err.Error(), "not loopback") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: it still listens: %v", name, err)
		}
	}
}

// elsewhere is a listener that says that it is reached from elsewhere.
type elsewhere struct{ net.Listener }

func (elsewhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 8022} }

func TestTLS(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := serve(t, day(t), func(s *Server) {
		withTokens(s)
		s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	})
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	plain := a.base
	a.base = strings.Replace(a.base, "http:", "https:", 1)
	a.http.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	resp, _ := a.as(auditorToken).request(http.MethodGet, "/api/v1/history", "Accept", "text/csv")
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	a.base = plain
	if resp, body := a.as(auditorToken).request(http.MethodGet, "/api/v1/history"); resp.StatusCode == http.StatusOK || strings.Contains(body, "events") {
		t.Errorf("without TLS: %d %s", resp.StatusCode, body)
	}
}

// TestHistoryPages: the pages hold every event once, in both orders.
func TestHistoryPages(t *testing.T) {
	t.Parallel()
	st := day(t)
	a := serve(t, st, nil)
	var whole historia
	a.get(http.StatusOK, "/api/v1/history", &whole)
	for _, order := range []string{"oldest", "newest"} {
		var got []int64
		for path := "/api/v1/history?limit=4&order=" + order; path != ""; {
			var h historia
			a.get(http.StatusOK, path, &h)
			for _, e := range h.Events {
				got = append(got, e.N)
			}
			path = ""
			if h.Next != 0 {
				path = fmt.Sprintf("/api/v1/history?limit=4&order=%s&after=%d", order, h.Next)
			}
		}
		if order == "newest" {
			slices.Reverse(got)
		}
		if len(got) != len(whole.Events) || !slices.IsSorted(got) || got[0] != 1 || got[len(got)-1] != int64(len(got)) {
			t.Errorf("%s: %v", order, got)
		}
	}
	var h historia
	a.get(http.StatusOK, "/api/v1/history?"+url.Values{"institution": {"900001"}, "key": {"SHA256:llave"}, "address": {"192.0.2.7"}, "type": {"LOT"},
		"event": {store.ArchivoRecogido}, "from": {"2026-03-02T12:00:00-06:00"}, "to": {"2026-03-03"}, "file": {lot}}.Encode(), &h)
	if len(h.Events) != 1 || h.Events[0].Party != une {
		t.Errorf("%+v", h)
	}
	for _, no := range []string{"institution=900002", "key=SHA256:otra", "address=192.0.2.8", "type=DIC", "event=otro", "from=2026-03-03", "to=2026-03-02", "file=otro", "folio=2026/090/8"} {
		var h historia
		if a.get(http.StatusOK, "/api/v1/history?"+no, &h); len(h.Events) != 0 || h.Events == nil {
			t.Errorf("%s: %+v", no, h)
		}
	}
}

// TestMistakesAreTold: a filter that is not understood is never left out.
func TestMistakesAreTold(t *testing.T) {
	t.Parallel()
	a := serve(t, day(t), nil)
	for path, want := range map[string]string{
		"/api/v1/history?insitution=900001":                 "unknown parameter",
		"/api/v1/history?limit=1&limit=2":                   "twice",
		"/api/v1/history?institution=nadie":                 "institution",
		"/api/v1/history?type=XXX":                          "want one of REC",
		"/api/v1/history?event=%3B":                         "event",
		"/api/v1/history?from=ayer":                         "from",
		"/api/v1/history?to=2026-13-01":                     "to",
		"/api/v1/history?address=192.0.2.1:22":              "address",
		"/api/v1/history?order=up":                          "order",
		"/api/v1/history?after=0":                           "after",
		"/api/v1/history?after=x":                           "after",
		"/api/v1/history?limit=1001":                        "up to 1000",
		"/api/v1/history?limit=-1":                          "limit",
		"/api/v1/history?folio=" + strings.Repeat("9", 256): "folio",
		"/api/v1/history?file=%ff":                          "file",
		"/api/v1/history?a=%zz":                             "query",
		"/api/v1/trace":                                     "folio",
		"/api/v1/status?date=hoy":                           "date",
		"/api/v1/institutions?x=1":                          "unknown parameter",
		"/healthz?x=1":                                      "unknown parameter",
		"/api/v1/files/" + lot + "?limit=1001":              "limit",
	} {
		if body := a.get(http.StatusBadRequest, path, nil); !strings.Contains(body, want) {
			t.Errorf("%s: %s", path, body)
		}
	}
	a.get(http.StatusNotFound, "/api/v1/trace?folio=2026/090/8", nil)
	a.get(http.StatusNotFound, "/api/v1/files/otro.txt", nil)
	a.get(http.StatusNotFound, "/api/v1/files/"+lot+"?institution=900002", nil)
	a.get(http.StatusNotFound, "/api/v1/files/"+lot+"?sha256=00", nil)
}

// TestExportIsAnEvent: what an auditor takes away is in the log, with how many
// rows it was; what an operator takes is not.
func TestExportIsAnEvent(t *testing.T) {
	t.Parallel()
	st := day(t)
	a := serve(t, st, withTokens)
	var before historia
	a.as(operadorToken).get(http.StatusOK, "/api/v1/history", &before)
	for _, token := range []string{operadorToken, auditorToken} {
		resp, body := a.as(token).request(http.MethodGet, "/api/v1/history?institution=900001&order=newest", "Accept", "text/csv, */*;q=0.1")
		if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/csv") || !strings.Contains(resp.Header.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d %v", resp.StatusCode, resp.Header)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF"))).ReadAll()
		want := 0
		for _, e := range before.Events {
			if e.Party == une {
				want++
			}
		}
		if err != nil || len(rows) != want+1 || rows[1][3] != une {
			t.Errorf("%d rows, want %d (%v)", len(rows), want+1, err)
		}
		told := log(t, st, store.ConsultaExportada)
		if token == operadorToken {
			if len(told) != 0 {
				t.Errorf("an operator's table is an event: %+v", told)
			}
			continue
		}
		if len(told) != 1 {
			t.Fatalf("%d events", len(told))
		}
		for k, x := range map[string]any{"quien": "auditora", "rol": "auditor", "renglones": float64(want), "completa": true, "consulta": "institution=900001 order=newest"} {
			if told[0].Detalle[k] != x {
				t.Errorf("%s: %v, want %v", k, told[0].Detalle[k], x)
			}
		}
	}
	for accept, want := range map[string]bool{"": false, "*/*": false, "text/csv": true, "text/csv;q=0": false, "application/json, text/csv;q=0.5": false, "text/csv;q=x": false, "text/*": false} {
		if wantsCSV(accept) != want {
			t.Errorf("Accept: %s: %t", accept, !want)
		}
	}
}

// TestCutExportIsAnEvent: the log tells too of a table whose reader went away, and
// the store is not held meanwhile.
func TestCutExportIsAnEvent(t *testing.T) {
	t.Parallel()
	const many = 20_000
	st := day(t)
	if err := st.Update(t.Context(), ocho, func(tx *store.Tx) error {
		for range many { // more than the buffers of a connection hold
			if err := tx.Log(store.Evento{Evento: store.LlaveAlta, Archivo: strings.Repeat("x", 1000)}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	a := serve(t, st, withTokens).as(auditorToken)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.base+"/api/v1/history", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+auditorToken)
	r.Header.Set("Accept", "text/csv")
	resp, err := a.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := resp.Body.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if err := st.Update(t.Context(), ocho, func(tx *store.Tx) error { return tx.Log(store.Evento{Evento: store.AccesoRehusado}) }); err != nil {
		t.Errorf("a writer is held up: %v", err)
	}
	_ = resp.Body.Close() // in the middle
	a.stop()
	told := log(t, st, store.ConsultaExportada)
	if len(told) != 1 {
		t.Fatalf("%d events tell of it", len(told))
	}
	d := told[0].Detalle
	if rows := d["renglones"].(float64); d["completa"] != false || rows == 0 || rows >= many {
		t.Errorf("%v", d)
	}
}

// TestHealth: a heartbeat that stopped, one that never was, and a store that does
// not answer are told, and nothing else is.
func TestHealth(t *testing.T) {
	t.Parallel()
	st := day(t)
	now := ocho
	a := serve(t, st, func(s *Server) { withTokens(s); s.Now = func() time.Time { return now }; s.Beats = true })
	const bad = "{\"ok\":false}\n"
	if got := a.get(http.StatusServiceUnavailable, "/healthz", nil); got != bad {
		t.Errorf("without a heartbeat: %s", got)
	}
	if err := st.Update(t.Context(), ocho, func(tx *store.Tx) error { _, err := tx.Arranca(); return err }); err != nil {
		t.Fatal(err)
	}
	a.get(http.StatusOK, "/healthz", nil)
	now = ocho.Add(freshBeat)
	a.get(http.StatusOK, "/healthz", nil)
	now = ocho.Add(freshBeat + time.Millisecond)
	a.get(http.StatusServiceUnavailable, "/healthz", nil)
	now = ocho
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if got := a.get(http.StatusServiceUnavailable, "/healthz", nil); got != bad {
		t.Errorf("without a store: %s", got)
	}
	resp, body := a.as(auditorToken).request(http.MethodGet, "/api/v1/history")
	if resp.StatusCode != http.StatusInternalServerError || strings.Contains(body, "sql") {
		t.Errorf("without a store: %d %s", resp.StatusCode, body)
	}
}

// TestStatusDay hands the day on.
func TestStatusDay(t *testing.T) {
	t.Parallel()
	var got []schema.Dia
	a := serve(t, day(t), func(s *Server) {
		s.Status = func(_ context.Context, d schema.Dia) (any, error) { got = append(got, d); return d, nil }
	})
	a.get(http.StatusOK, "/api/v1/status", nil)
	a.get(http.StatusOK, "/api/v1/status?date=2026-03-02", nil)
	if !slices.Equal(got, []schema.Dia{0, lunes}) {
		t.Errorf("%v", got)
	}
}

// TestTooManyAtOnce: further requests are turned away, and further connections
// wait for their turn.
func TestTooManyAtOnce(t *testing.T) {
	t.Parallel()
	in, out := make(chan struct{}), make(chan struct{})
	a := serve(t, day(t), func(s *Server) {
		s.Status = func(context.Context, schema.Dia) (any, error) { in <- struct{}{}; <-out; return 0, nil }
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
