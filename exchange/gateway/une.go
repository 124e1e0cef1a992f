package gateway

import (
	"context"
	_ "embed"
	"fmt"
	"path"
	"strings"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

//go:embed leeme.txt
var leeme string

// openUNEs shows institutions what their clerk reads first, a rehearsal's marked so.
// One that has a server of its own sees nothing here.
func (g *Gateway) openUNEs(ctx context.Context, roll []store.Institucion) error {
	simulacro, err := g.Store.Simulacro(ctx)
	if err != nil {
		return err
	}
	text := leeme
	if simulacro {
		text = bitacora.Ensayo + "\n" + text
	}
	return g.Store.Update(ctx, g.now(), func(tx *store.Tx) error {
		for _, in := range roll {
			if !g.route(in.UNE.Parte()).Propio {
				continue
			}
			own := strings.NewReplacer("{clave}", in.UNE.String(), "{denominacion}", in.Denominacion, "\n",
				"\r\n").Replace(text)
			if err := exchange.Mostrar(tx, in.UNE.Parte(), "LEEME.txt", []byte(own)); err != nil {
				return fmt.Errorf("une %s: %w", in.UNE, err)
			}
		}
		tx.After(func() { g.told(roll) })
		return nil
	})
}

func (g *Gateway) told(roll []store.Institucion) {
	for _, in := range roll {
		g.opened.Store(in.UNE, true)
	}
}

// openRemotes makes the clients of the institutions that have a server of their
// own; each connects when it is first used. Their folders are the same four, but
// for estado/: what we leave on a server that is not ours never changes.
func (g *Gateway) openRemotes() {
	g.remotes = map[schema.Parte]exchange.Route{}
	for _, r := range g.Config.RemoteUNEs {
		client := g.dialled(&r.Dial)
		g.remotes[r.UNE.Parte()] = exchange.Route{Limite: r.VisitTimeout, Truncado: r.TruncatedAfter,
			Mailbox: func(carpeta string) (exchange.Mailbox, error) {
				c, err := client()
				if err != nil {
					return nil, err
				}
				return c.Mailbox(path.Join(r.Folder, carpeta)), nil
			}}
	}
}
