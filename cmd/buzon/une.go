package main

import (
	"context"
	_ "embed"
	"fmt"
	"path"
	"strings"

	"buzon/exchange"
	"buzon/exchange/dropbox/tree"
	"buzon/store"
	"buzon/store/bitacora"
)

// foldersUNE is the tree of every UNE (lineamientos, section 1).
var foldersUNE = []tree.Folder{
	{Name: exchange.CarpetaReclamaciones},
	{Name: exchange.CarpetaRespuestas, Upload: true},
	{Name: exchange.CarpetaAcuses},
	{Name: exchange.CarpetaRechazos},
	{Name: exchange.CarpetaEstado, Live: true},
}

//go:embed leeme.txt
var leeme string

// openUNE makes an institution's tree, and what its clerk reads first in it, a
// rehearsal's marked so. One that has a server of its own has none here.
func (g *gateway) openUNE(ctx context.Context, in store.Institucion) error {
	account := in.UNE.String()
	if _, ok := g.remotes[account]; ok {
		return nil
	}
	if err := g.tree.AddAccount(account, foldersUNE); err != nil {
		return err
	}
	if err := g.bound(account); err != nil {
		return err
	}
	simulacro, err := g.store.Simulacro(ctx)
	if err != nil {
		return err
	}
	text := leeme
	if simulacro {
		text = bitacora.Ensayo + "\n" + text
	}
	text = strings.NewReplacer("{clave}", account, "{denominacion}", in.Denominacion, "\n", "\r\n").Replace(text)
	if err := g.tree.PutRoot(account, "LEEME.txt", []byte(text)); err != nil {
		return err
	}
	return g.cycle.Estado(ctx, in.UNE)
}

// openRemotes makes the clients of the institutions that have a server of their
// own; each connects when it is first used. Their folders are the same four, but
// for estado/: what we leave on a server that is not ours never changes.
func (g *gateway) openRemotes() error {
	g.remotes = map[string]exchange.Parte{}
	for _, r := range g.cfg.RemoteUNEs {
		c, err := dial(&r.Dial, g.log, shown(g.cfg))
		if err != nil {
			return fmt.Errorf("une %s: %w", r.UNE, err)
		}
		g.close = append(g.close, c.Close)
		g.remotes[r.UNE.String()] = exchange.Parte{Limite: r.VisitTimeout, Truncado: r.TruncatedAfter,
			Mailbox: func(carpeta string) (exchange.Mailbox, error) { return c.Mailbox(path.Join(r.Folder, carpeta)), nil }}
	}
	return nil
}
