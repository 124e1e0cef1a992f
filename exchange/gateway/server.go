package gateway

import (
	"cmp"
	"context"
	"path"

	"go.uber.org/zap"

	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/dropbox"
	"buzon/exchange/dropbox/subidas"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// newServer makes the SFTP server as the configuration has it, and wires what it
// tells: uploads bring a visit, pickups and refusals go into the store.
func (g *Gateway) newServer(d *Daemon) (*dropbox.Server, error) {
	s := g.Config.Server
	keys, err := config.LoadHostKeys(s.HostKeys)
	if err != nil {
		return nil, err
	}
	c := dropbox.Options{
		Uploads: g.uploads, Now: g.now, Folders: g.folders, View: g.view,
		HostKeys: keys, Authorize: g.Authorize, Legacy: s.LegacyAlgorithms, Log: g.log,
		Shown: shown(g.Config), Zone: schema.Zona,
		OnLogin: func(l dropbox.Login) {
			if err := g.bound(l.Account); err != nil {
				g.log.Error("the limits of an account are not set", zap.String("account", l.Account),
					zap.Error(err))
			}
			d.follow.LoggedIn(l.Account, l.Key)
		},
		OnRefusal: g.Refused, OnPickup: g.pickedUp, OnUnavailable: g.unavailable,
		OnUpload:    func(account, _, _ string) { d.visits.ask(g.party(account)) },
		Limits:      limitsOf(&s),
		UploadBytes: g.uploadBytes,
	}
	if s.Passwords {
		p, err := NewPasswords(g)
		if err != nil {
			return nil, err
		}
		c.Password = p.Check
	}
	return dropbox.New(c)
}

// limitsOf are the bounds of connections and sessions.
func limitsOf(s *config.OwnServer) dropbox.Limits {
	return dropbox.Limits{Handshake: s.HandshakeTimeout, Idle: s.IdleTimeout,
		Connections: s.MaxConnections, Handshakes: s.MaxHandshakes, PerAddress: s.MaxPerAddress,
		Sessions: s.MaxSessions, Handles: s.MaxHandles,
		MaxFailures: s.MaxFailures, Ban: s.Ban, BanMax: s.BanMax}
}

// uploadBytes bounds an upload of an account: an annex by a limit of its own, what else
// a party sends by the largest of its types, and a UNE's by the larger of the two where
// the name is not yet the last one.
func (g *Gateway) uploadBytes(account, name string) int64 {
	annex := g.Config.Server.MaxAnnexBytes
	switch {
	case g.condusefs(account):
		return g.largest(schema.ParteCONDUSEF)
	case exchange.EsAnexo(&g.Cycle.Reglas, name):
		return annex
	case path.Ext(name) == ".txt":
		return g.largest(schema.UNE(1).Parte())
	}
	return max(g.largest(schema.UNE(1).Parte()), annex)
}

// largest is how large a file may be that such a party sends.
func (g *Gateway) largest(p schema.Parte) (most int64) {
	for _, t := range schema.TiposDe(p) {
		most = max(most, cmp.Or(g.Config.Layout.MaxBytes[t], t.MaxBytes()))
	}
	return most
}

// condusefs tells whether an account of our server is CONDUSEF's.
func (g *Gateway) condusefs(account string) bool {
	a := g.Config.Source.Account
	return a != nil && a.Name == account
}

// bound sets what an account may upload in a day. CONDUSEF is bound by the free
// space alone.
func (g *Gateway) bound(account string) error {
	return g.uploads.SetLimits(account, quotaOf(&g.Config.Server, g.condusefs(account)))
}

// quotaOf is what an account may upload; of CONDUSEF's only the disk is bound.
func quotaOf(s *config.OwnServer, condusef bool) subidas.Quota {
	q := subidas.Quota{MinFree: s.MinFree, MinInodes: s.MinInodes}
	if !condusef {
		q.FilesDay, q.BytesDay = int64(s.MaxFilesDay), s.MaxBytesDay
	}
	return q
}

// party is whose an account is, none where it is no account of ours.
func (g *Gateway) party(account string) schema.Parte {
	if g.condusefs(account) {
		return schema.ParteCONDUSEF
	}
	une, err := parseAccount(account)
	if err != nil {
		return 0
	}
	return une.Parte()
}

// pickedUp records the evidence that a party read a file of ours.
func (g *Gateway) pickedUp(p dropbox.Pickup) error {
	r := exchange.Lectura{Parte: g.party(p.Account), Carpeta: p.Folder, Nombre: p.Name,
		Cuenta: p.Account, Llave: p.Key, Direccion: p.Remote, Cliente: p.Client, Algoritmos: p.Algorithms,
		Abierta: p.Opened, Cerrada: p.Ended, Primero: p.First, Ultimo: p.Last, Inicio: -1, Tramos: p.Read,
		Cierre: p.Closed,
		Bytes:  p.Size}
	r.SHA256, _ = p.Sys.(schema.Huella)
	if p.Asked {
		r.Inicio = p.Start
	}
	return g.Cycle.PickedUp(context.Background(), r)
}

// Refused records that the server refused something. The server tells of like
// ones together, so that strangers cannot fill the log.
func (g *Gateway) Refused(r dropbox.Refusal) {
	err := g.Store.Update(context.Background(), g.now(), func(tx *store.Tx) error {
		return tx.Log(store.Acto{Evento: bitacora.AccesoRehusado, Parte: g.party(r.Account),
			Carga: bitacora.CargaAcceso{
				Motivo: string(r.Reason), Direccion: r.Address, Veces: r.Count,
				Desde: schema.NewInstante(r.Since)}})
	})
	if err != nil {
		g.log.Error("a refusal is not in the log", zap.String("reason", string(r.Reason)), zap.Error(err))
	}
}
