package gateway

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"

	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/carpeta"
	"buzon/exchange/remote"
	"buzon/schema"
	"buzon/store"
)

// truncatedFolder is after how long unchanged a file without a summary in a local
// folder is judged as cut, as it is by default on a server that we dial.
const truncatedFolder = 15 * time.Minute

// configured is how a party is reached by the configuration.
func (g *Gateway) configured(parte schema.Parte) exchange.Route {
	if p, ok := g.remotes[parte]; ok {
		return p
	}
	if parte != schema.ParteCONDUSEF {
		return exchange.Route{Propio: true, Asienta: func() { g.uploads.Settled(parte.String()) },
			Detenidos: func() ([]string, error) {
				return g.uploads.Retry(parte.String(), func(name string) bool {
					return exchange.EsAnexo(&g.Cycle.Reglas, name)
				})
			}}
	}
	p := exchange.Route{Mailbox: g.condusef, Propio: g.Config.Source.Account != nil}
	switch r := g.Config.Source.Remote; {
	case r != nil:
		p.Truncado = r.TruncatedAfter
	case !p.Propio && g.Config.Source.Settle > 0:
		p.Reposo, p.Truncado = g.Config.Source.Settle, truncatedFolder
	}
	return p
}

// openMailboxes opens what parties that are not on our server are reached by.
func (g *Gateway) openMailboxes() {
	for _, f := range g.Config.Faults {
		g.log.Error("a party waits until this is mended; the others are served", zap.Error(f))
	}
	if g.opts.Route == nil {
		g.openCONDUSEF()
		g.openRemotes()
	}
}

// roll gives the institutions, by clave.
func (g *Gateway) roll(ctx context.Context) (all []store.Institucion, err error) {
	err = g.Store.View(ctx, func(v *store.View) error {
		all, err = v.Padron()
		return err
	})
	return all, err
}

func (g *Gateway) openCONDUSEF() {
	switch src := g.Config.Source; {
	case src.Remote != nil:
		client := g.dialled(&src.Remote.Dial)
		g.condusef = func(carpeta string) (exchange.Mailbox, error) {
			c, err := client()
			if err != nil {
				return nil, err
			}
			below, sub := strings.CutPrefix(carpeta, schema.CarpetaEntrada)
			if !sub {
				return c.Mailbox(src.Remote.Salida), nil
			}
			mb := c.Mailbox(src.Remote.Entrada + below)
			mb.Make = carpeta == schema.CarpetaAnexos
			return mb, nil
		}
	case src.Account != nil: // on our own server
	default:
		g.condusef = func(carpeta string) (exchange.Mailbox, error) {
			mb := g.Folder(carpeta)
			mb.Make = carpeta == schema.CarpetaAnexos
			return mb, nil
		}
		// A disk that is not there is told by the first run, which serves the UNEs all the same.
		for _, carpeta := range []string{schema.CarpetaEntrada, schema.CarpetaAnexos} {
			if err := g.Folder(carpeta).Sweep(); err != nil && !errors.Is(err, fs.ErrNotExist) {
				g.log.Error("what an earlier process left there stays until the next start", zap.Error(err))
			}
		}
	}
}

// Folder is one of CONDUSEF's where they lie on a disk.
func (g *Gateway) Folder(name string) *carpeta.Mailbox {
	m := carpeta.New(filepath.Join(g.Config.Source.Folder, name))
	if g.opts.Unsynced {
		m.Unsynced()
	}
	return m
}

// dialled gives the client of a party's server, which connects when it is first used.
// Where the client cannot be made, as without our key for that server, each use tries
// again: only that party waits for it to be mended.
func (g *Gateway) dialled(r *config.Dial) func() (*remote.Client, error) {
	var mu sync.Mutex
	var c *remote.Client
	g.close = append(g.close, func() error {
		mu.Lock()
		defer mu.Unlock()
		if c == nil {
			return nil
		}
		return c.Close()
	})
	return func() (_ *remote.Client, err error) {
		mu.Lock()
		defer mu.Unlock()
		if c == nil {
			c, err = dial(r, g.log, shown(g.Config))
		}
		return c, err
	}
}

// dial makes the client of a party's server.
func dial(r *config.Dial, log *zap.Logger, shown func(string) string) (*remote.Client, error) {
	cfg := remote.Options{Address: r.Address, User: r.User, HostKeys: r.HostKeys, DialTimeout: r.DialTimeout,
		HandshakeTimeout: r.HandshakeTimeout, IdleTimeout: r.IdleTimeout, Settle: r.Settle,
		Retries: r.Retries,
		Log:     log, Shown: shown}
	if r.Key != "" {
		s, err := r.Signer()
		if err != nil {
			return nil, err
		}
		cfg.Signers = []ssh.Signer{s}
	}
	if r.PasswordEnv != "" || r.PasswordFile != "" {
		cfg.Password = r.Password
	}
	return remote.New(cfg)
}
