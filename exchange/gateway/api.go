package gateway

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
func (g *Gateway) newAPI() (*api, error) {
	a := g.Config.API
	if a.Listen == "" {
		return nil, nil
	}
	cert, err := a.LoadTLS()
	if err != nil {
		return nil, err
	}
	s := &ops.Server{Store: g.Store, Log: g.log, Now: g.now, TLS: cert, Beats: g.Config.Server.Listen != "", Status: g.status, Recount: g.opts.Recount}
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
func (g *Gateway) status(ctx context.Context, day schema.Dia) (e any, err error) {
	err = g.Store.View(ctx, func(v *store.View) error {
		e, err = g.opts.Status(v, day, g.now())
		return err
	})
	return e, err
}
