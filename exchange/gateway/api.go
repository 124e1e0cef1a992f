package gateway

import (
	"fmt"
	"net"

	"buzon/exchange/ops"
)

// api is the read-only HTTP API while the daemon runs.
type api struct {
	*ops.Consultas
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
	s := &ops.Consultas{Store: g.Store, Log: g.log, Now: g.now, TLS: cert,
		Beats: g.Config.Server.Listen != "", Acuerdo: Acuerdo(g.Config)}
	for _, t := range a.Tokens {
		s.Tokens = append(s.Tokens, ops.Bearer{Nombre: t.Name, Rol: ops.Rol(t.Role), SHA256: t.Sum()})
	}
	l, err := net.Listen("tcp", a.Listen)
	if err != nil {
		return nil, fmt.Errorf("api.listen: %w; where another program listens there, change api.listen", err)
	}
	return &api{s, l}, nil
}
