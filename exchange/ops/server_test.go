package ops

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"buzon/store"
	"buzon/store/bitacora"
)

func withTokens(s *Consultas) { s.Tokens = tokens() }

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
	paths := []string{"/api/v1/history", "/api/v1/trace?folio=2026/090/1", "/api/v1/files/" + lot,
		"/api/v1/institutions", "/api/v1/openapi.json"}
	for _, path := range append(paths, "/api/v1/status") {
		resp, body := a.request(http.MethodGet, path)
		if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") == "" ||
			strings.Contains(body, "2026") {
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
	for _, header := range []string{"Basic " + auditorToken, "Bearer", "Bearer ", auditorToken,
		"Bearer " + auditorToken + "x"} {
		if resp, _ := a.request(http.MethodGet, paths[0], "Authorization",
			header); resp.StatusCode != http.StatusUnauthorized &&
			resp.StatusCode != http.StatusTooManyRequests {
			t.Errorf("%q: %d", header, resp.StatusCode)
		}
	}
}

// TestLoopbackWithoutTokens: a page in a browser that has a name of its own for
// 127.0.0.1 gets nothing.
func TestLoopbackWithoutTokens(t *testing.T) {
	t.Parallel()
	a := serve(t, day(t), nil)
	for host, want := range map[string]int{"": 200, "localhost:80": 200, "localhost": 200, "127.0.0.1": 200,
		"[::1]:8022":  200,
		"mal.example": 421, "mal.example:8022": 421, "192.0.2.1": 421, "localhost.mal.example": 421} {
		b := *a
		b.host = host
		b.get(want, "/api/v1/status", nil)
	}
	resp, _ := a.request(http.MethodGet, "/api/v1/history", "Origin", "http://mal.example")
	for name, want := range map[string]string{"Access-Control-Allow-Origin": "",
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		"Referrer-Policy":         "no-referrer", "Content-Type": "application/json"} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestOnlyReads(t *testing.T) {
	t.Parallel()
	a := serve(t, day(t), nil)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead,
		http.MethodOptions, http.MethodPatch} {
		if resp, _ := a.request(method, "/api/v1/history"); resp.StatusCode != http.StatusMethodNotAllowed ||
			resp.Header.Get("Allow") != "GET" {
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
	for name, s := range map[string]*Consultas{"bare": {}, "without TLS": {Tokens: tokens()},
		"without tokens": {TLS: &tls.Config{}}} {
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
		if err := ln.(*net.TCPListener).SetDeadline(time.Unix(1, 0)); !errors.Is(err, net.ErrClosed) {
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
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0),
		NotAfter: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := serve(t, day(t), func(s *Consultas) {
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
	if resp, body := a.as(auditorToken).request(http.MethodGet,
		"/api/v1/history"); resp.StatusCode == http.StatusOK || strings.Contains(body, "events") {
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
		if len(got) != len(whole.Events) || !slices.IsSorted(got) || got[0] != 1 ||
			got[len(got)-1] != int64(len(got)) {
			t.Errorf("%s: %v", order, got)
		}
	}
	var h historia
	a.get(http.StatusOK,
		"/api/v1/history?"+url.Values{"institution": {"900001"}, "key": {"SHA256:llave"},
			"address": {"192.0.2.7"}, "type": {"LOT"},
			"event": {bitacora.ArchivoRecogido}, "from": {"2026-03-02T12:00:00-06:00"}, "to": {"2026-03-03"},
			"file": {lot}}.Encode(), &h)
	if len(h.Events) != 1 || h.Events[0].Party != une {
		t.Errorf("%+v", h)
	}
	for _, no := range []string{"institution=900002", "key=SHA256:otra", "address=192.0.2.8", "type=DIC",
		"event=otro", "from=2026-03-03", "to=2026-03-02", "file=otro", "folio=2026/090/8"} {
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
		"/api/v1/history?event=respuesta_aceptada":          "ask for that folio too",
		"/api/v1/history?from=ayer":                         "from",
		"/api/v1/history?to=2026-13-01":                     "to",
		"/api/v1/history?address=192.0.2.1:22":              "address",
		"/api/v1/history?order=up":                          "order",
		"/api/v1/history?after=0":                           "after",
		"/api/v1/history?after=x":                           "after",
		"/api/v1/history?after=12.3":                        "after",
		"/api/v1/history?folio=1&after=12.0":                "after",
		"/api/v1/files/" + lot + "?after=12.3":              "after",
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

// TestHealth: a heartbeat that stopped, one that never was, and a store that does
// not answer are told, and nothing else is.
func TestHealth(t *testing.T) {
	t.Parallel()
	st := day(t)
	now := ocho
	a := serve(t, st, func(s *Consultas) {
		withTokens(s)
		s.Now = func() time.Time { return now }
		s.Beats = true
	})
	const bad = "{\"ok\":false}\n"
	if got := a.get(http.StatusServiceUnavailable, "/healthz", nil); got != bad {
		t.Errorf("without a heartbeat: %s", got)
	}
	if err := st.Update(t.Context(), ocho, func(tx *store.Tx) error {
		_, err := tx.StartService()
		return err
	}); err != nil {
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

// TestStatusDay: the state is of the day that was asked for, else of the one under way.
func TestStatusDay(t *testing.T) {
	t.Parallel()
	a := serve(t, day(t), nil)
	for query, want := range map[string]Estado{
		"":                 {Day: lunes, Received: 4},
		"?date=2026-03-02": {Day: lunes, Received: 4},
		"?date=2026-03-03": {Day: lunes + 1},
	} {
		var got Estado
		a.get(http.StatusOK, "/api/v1/status"+query, &got)
		if got.Day != want.Day || got.Received != want.Received || !got.Business {
			t.Errorf("%q: %s, %d received", query, got.Day, got.Received)
		}
	}
}
