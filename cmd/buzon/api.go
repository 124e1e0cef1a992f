package main

import (
	"context"
	"fmt"
	"net"

	"buzon/exchange/ops"
	"buzon/schema"
	"buzon/store"
)

// api is the read-only HTTP API while the daemon runs.
type api struct {
	*ops.Server
	listener net.Listener
}

// newAPI listens where the configuration says so; nil where it is switched off.
func (g *gateway) newAPI() (*api, error) {
	a := g.cfg.API
	if a.Listen == "" {
		return nil, nil
	}
	cert, err := a.LoadTLS()
	if err != nil {
		return nil, err
	}
	s := &ops.Server{Store: g.store, Log: g.log, Now: g.now, TLS: cert, Beats: g.cfg.Server.Listen != "", Status: g.status, Recount: recounter(g.cfg)}
	for _, t := range a.Tokens {
		s.Tokens = append(s.Tokens, ops.Token{Nombre: t.Name, Rol: ops.Rol(t.Role), SHA256: t.Sum()})
	}
	l, err := net.Listen("tcp", a.Listen)
	if err != nil {
		return nil, fmt.Errorf("api.listen: %w; where another program listens there, change api.listen", err)
	}
	return &api{s, l}, nil
}

// status is what the command status shows, for the API.
func (g *gateway) status(ctx context.Context, day schema.Dia) (any, error) {
	var e *estado
	err := g.store.View(ctx, func(v *store.View) (err error) {
		e, err = statusOf(v, g.cfg, day, g.now())
		return err
	})
	return e, err
}
