package ops

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"buzon/exchange"
	"buzon/store"
	"buzon/store/bitacora"
)

const (
	auditorToken  = "ficha-de-la-auditora"
	operadorToken = "ficha-del-operador"
)

func tokens() []Bearer {
	return []Bearer{
		{"auditora", Auditor, sha256.Sum256([]byte(auditorToken))},
		{"operador", Operador, sha256.Sum256([]byte(operadorToken))},
	}
}

// api is a server at work, and how it is asked.
type api struct {
	t     *testing.T
	s     *Consultas
	base  string
	http  *http.Client
	token string
	host  string // header Host; "" the address
	end   func() // ends the server
	stop  func() // ends the server and waits; it may be called again
	logs  *observer.ObservedLogs
}

// serve starts a server on loopback. change may be nil.
func serve(t *testing.T, st *store.Store, change func(*Consultas)) *api {
	t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	s := &Consultas{Store: st, Log: zap.New(core), Now: func() time.Time { return ocho.Add(14 * time.Hour) },
		Acuerdo: &Acuerdo{Plazos: exchange.Plazos{Corte: 19 * 3600, FinDePlazo: 24 * 3600, PorVencer: 3}}}
	if change != nil {
		change(s)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, ln) }()
	a := &api{t: t, s: s, base: "http://" + ln.Addr().String(),
		http: &http.Client{Transport: &http.Transport{}}, logs: logs}
	a.end = cancel
	a.stop = sync.OnceFunc(func() {
		a.http.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(a.stop)
	return a
}

// as asks with another token.
func (a api) as(token string) *api { a.token = token; return &a }

// request gives an answer and its body.
func (a *api) request(method, path string, header ...string) (*http.Response, string) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.base+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	r.Host = a.host
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := a.http.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return resp, string(b)
}

// get asks, wants a code, and reads the answer into out where out is not nil.
func (a *api) get(code int, path string, out any) string {
	a.t.Helper()
	resp, body := a.request(http.MethodGet, path)
	if resp.StatusCode != code {
		a.t.Fatalf("GET %s: %d, want %d: %s", path, resp.StatusCode, code, body)
	}
	if out != nil {
		if err := json.Unmarshal([]byte(body), out); err != nil {
			a.t.Fatalf("GET %s: %v", path, err)
		}
	}
	return body
}

// log gives the events of a name.
func log(t *testing.T, st *store.Store, name string) (all []bitacora.Evento) {
	t.Helper()
	_, err := st.Stream(t.Context(), store.Consulta{Evento: name}, func(e bitacora.Evento) error {
		all = append(all, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
