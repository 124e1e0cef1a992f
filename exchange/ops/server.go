package ops

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"buzon/store"
)

// Consultas is the read-only HTTP API. Its fields are set before Serve.
type Consultas struct {
	Store  *store.Store
	Log    *zap.Logger
	Now    func() time.Time
	Tokens []Bearer    // none: everybody on loopback is an operator
	TLS    *tls.Config // nil: plain HTTP, on loopback alone

	Acuerdo *Acuerdo // by which days, terms and keys are judged; it has to be set

	// Beats tells that the SFTP server is on, so that a heartbeat has to be there.
	Beats bool

	failures failures
}

const (
	headerTimeout = 10 * time.Second // for the header of a request, and the TLS handshake
	writeTimeout  = 60 * time.Second // for an answer, and of a table for each page of it
	idleTimeout   = 60 * time.Second
	endTimeout    = 10 * time.Second // for requests under way at the end
	maxHeader     = 16 << 10         // bytes
	maxRequests   = 32               // at once
	maxConns      = 128              // at once
	maxRows       = 1000             // in one answer
	freshBeat     = 3 * time.Minute  // a heartbeat comes each minute
)

// Serve answers requests until ctx ends. It closes ln. It refuses a listener that
// is not on loopback where TLS or a token is missing.
func (s *Consultas) Serve(ctx context.Context, ln net.Listener) error {
	if a, ok := ln.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		if s.TLS == nil || len(s.Tokens) == 0 {
			return errors.Join(fmt.Errorf("api: %s is not loopback: TLS and a token are needed", ln.Addr()),
				ln.Close())
		}
	}
	srv := &http.Server{Handler: s.handler(), TLSConfig: s.TLS, ReadHeaderTimeout: headerTimeout,
		ReadTimeout:  headerTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: zap.NewStdLog(s.Log), BaseContext: func(net.Listener) context.Context { return ctx }}
	ended := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
		defer cancel()
		err := srv.Shutdown(limit)
		if err != nil {
			err = srv.Close()
		}
		ended <- err
	})
	defer ln.Close() // a second time, but where TLS could not begin
	ln = &limited{Listener: ln, slots: make(chan struct{}, maxConns)}
	var err error
	if s.TLS != nil {
		err = srv.ServeTLS(ln, "", "")
	} else {
		err = srv.Serve(ln)
	}
	if stop() { // it ended by itself
		return errors.Join(fmt.Errorf("api: %w", err), srv.Close())
	}
	return <-ended
}

// limited bounds the connections of a listener: further ones wait.
type limited struct {
	net.Listener
	slots chan struct{}
}

// Accept waits until there is room, and for a connection.
func (l *limited) Accept() (net.Conn, error) {
	l.slots <- struct{}{}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &limitedConn{Conn: c, free: sync.OnceFunc(func() { <-l.slots })}, nil
}

type limitedConn struct {
	net.Conn
	free func()
}

// Close makes room for another one.
func (c *limitedConn) Close() error {
	defer c.free()
	return c.Conn.Close()
}

// problem is an error that whoever asked may read.
type problem struct {
	code int // of HTTP
	text string
}

func (p *problem) Error() string { return p.text }
