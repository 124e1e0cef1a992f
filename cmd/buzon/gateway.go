package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/archivo"
	"buzon/exchange/carpeta"
	"buzon/exchange/dropbox/subidas"
	"buzon/exchange/remote"
	"buzon/exchange/vista"
	"buzon/schema"
	"buzon/store"

	"golang.org/x/crypto/ssh"
)

// gateway is the parts, built from a configuration and put together. One
// process at a time has the gateway of a data folder.
type gateway struct {
	cfg *config.Config
	log *zap.Logger
	now func() time.Time
	// unsynced lets writes not wait for the disk: for a rehearsal in a virtual
	// clock. The store refuses it where it is not one.
	unsynced bool

	store   *store.Store
	vista   *vista.Vista
	uploads *subidas.Subidas
	cycle   *exchange.Cycle
	opened  sync.Map // the institutions, as schema.UNE, that were told what goes where

	lastCal  atomic.Pointer[schema.Calendario]
	condusef func(carpeta string) (exchange.Mailbox, error)
	remotes  map[string]exchange.Parte // the institutions that have a server of their own, by clave8
	close    []func() error
}

// storePath is where the store of a data folder lies.
func storePath(data string) string { return filepath.Join(data, "buzon.db") }

// openGateway builds the parts; what names the command for whoever finds the
// data folder in use. Close gives back all that it holds.
func openGateway(ctx context.Context, cfg *config.Config, log *zap.Logger, now func() time.Time, what string) (g *gateway, err error) {
	g = &gateway{cfg: cfg, log: log, now: now}
	return g, g.open(ctx, what)
}

// open builds the parts of a gateway that has its configuration and clock.
func (g *gateway) open(ctx context.Context, what string) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, g.Close())
		}
	}()
	if err := takeOwner(g.cfg.Data, func(said string) { g.log.Warn(said) }); err != nil {
		return err
	}
	if err := os.MkdirAll(g.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	l, err := takeLock(g.cfg.Data, what)
	if err != nil {
		return err
	}
	g.close = append(g.close, l.release)
	if err := notLost(g.cfg.Data); err != nil {
		return err
	}
	if g.store, err = store.Open(ctx, storePath(g.cfg.Data), store.Options{Now: g.now(), Unsynced: g.unsynced}); err != nil {
		return err
	}
	g.close = append(g.close, g.store.Close)
	simulacro, err := g.store.Simulacro(ctx)
	if err != nil {
		return err
	}
	if simulacro {
		g.log = g.log.With(zap.Bool("simulacro", true))
	}
	if err := g.seed(ctx); err != nil {
		return err
	}
	if err := g.buildCycle(ctx); err != nil {
		return err
	}
	return g.openParties(ctx)
}

// notLost refuses to begin a new store over the contents of one that is gone: it
// would take and deliver everything again.
func notLost(data string) error {
	if _, err := os.Stat(storePath(data)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	kept, err := os.ReadDir(filepath.Join(data, "archivo"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(kept) > 1 { // its own temporary folder is always there
		return fmt.Errorf("%s is gone, and archivo/ beside it is not empty: restore the database from its backup; "+
			"to begin anew, move archivo/, apartado/ and subidas/ away first", storePath(data))
	}
	return nil
}

// Close ends the use of the parts, the last one first.
func (g *gateway) Close() error {
	var errs []error
	for i := len(g.close) - 1; i >= 0; i-- {
		errs = append(errs, g.close[i]())
	}
	g.close = nil
	return errors.Join(errs...)
}

// seed brings what is new in the configuration's roll into the store.
func (g *gateway) seed(ctx context.Context) error {
	var roll []store.Institucion
	for _, in := range g.cfg.Padron {
		x := store.Institucion{UNE: in.Clave, Denominacion: in.Denominacion, Sector: in.Sector, Termino: in.Termino, Prorroga: in.Prorroga}
		for _, k := range in.Llaves {
			x.Llaves = append(x.Llaves, store.Llave{Huella: ssh.FingerprintSHA256(k.Key), Publica: string(ssh.MarshalAuthorizedKey(k.Key)), Nombre: k.Nombre})
		}
		roll = append(roll, x)
	}
	return g.store.Update(ctx, g.now(), func(tx *store.Tx) error {
		differs, err := tx.Seed(roll)
		for _, d := range differs {
			g.log.Warn("the roll in the store differs from the configuration; the store's counts", zap.String("difference", d))
		}
		return err
	})
}

func (g *gateway) buildCycle(ctx context.Context) error {
	key, err := config.LoadSeal(g.cfg.Seal.Key)
	if err != nil {
		return err
	}
	contents, err := archivo.Open(g.cfg.Data)
	if err != nil {
		return err
	}
	g.close = append(g.close, contents.Close)
	if g.unsynced {
		contents.Unsynced()
	}
	g.vista = &vista.Vista{Store: g.store, Archivo: contents}
	g.cycle = &exchange.Cycle{
		Store: g.store, Archivo: contents, Parte: g.parte, Now: g.now, Log: g.log,
		Sello:  exchange.Sello{ID: g.cfg.Seal.ID, Key: key},
		Reglas: rulesOf(g.cfg), Versiones: g.cfg.Layout.Versions.Of,
		Plazos: exchange.Plazos{
			Corte: g.cfg.Schedule.Corte, FinDePlazo: g.cfg.Schedule.FinDePlazo, Recogida: g.cfg.Schedule.PickupBy,
			DesdeTurno: g.cfg.Terms.Desde == config.DesdeTurno, PorVencer: g.cfg.Terms.PorVencer, Ventana: g.cfg.Terms.Ventana,
		},
		TodoONada: todoONada(g.cfg), Anexos: g.cfg.Layout.AnnexWait,
		Limites:    exchange.Limites{Bytes: g.cfg.Layout.MaxBytes, Registros: g.cfg.Layout.MaxRecords},
		AvisoLlave: g.cfg.Server.KeyWarning, Servidor: g.serverKeys(),
	}
	if err := g.useSeal(ctx); err != nil {
		return err
	}
	if err := g.useTerms(ctx); err != nil {
		return err
	}
	cal, err := g.cycle.Calendario(ctx)
	if err != nil {
		return err
	}
	g.lastCal.Store(cal)
	return g.reconcile(ctx)
}

// reconcile holds archivo/ against the store, and tells of what is not in both.
func (g *gateway) reconcile(ctx context.Context) error {
	r, err := g.cycle.Reconcile(ctx)
	if err != nil {
		return err
	}
	for _, h := range r.Apartados {
		g.log.Warn("a content that the store does not know was set apart; 'buzon verify' lists them", zap.String("sha256", string(h)))
	}
	for _, h := range r.Devueltos {
		g.log.Info("a content came back from apartado/", zap.String("sha256", string(h)))
	}
	return nil
}

// useSeal registers the key with which acuses are sealed from now on.
func (g *gateway) useSeal(ctx context.Context) error {
	s := g.cycle.Sello
	pub := s.Key.Public().(ed25519.PublicKey)
	return g.store.Update(ctx, g.now(), func(tx *store.Tx) error {
		return tx.UseSello(s.ID, base64.StdEncoding.EncodeToString(pub))
	})
}

// serverKeys are the fingerprints of our server's keys, as estado/llaves.txt has
// them. Only the daemon needs the keys themselves.
func (g *gateway) serverKeys() (lines []string) {
	if g.cfg.Server.Listen == "" {
		return nil
	}
	keys, err := config.LoadHostKeys(g.cfg.Server.HostKeys)
	if err != nil {
		g.log.Warn("estado/llaves.txt does not tell the server's keys", zap.Error(err))
		return nil
	}
	for _, k := range keys {
		lines = append(lines, fmt.Sprintf("# Servidor SFTP: %s %s", strings.TrimPrefix(k.PublicKey().Type(), "ssh-"), ssh.FingerprintSHA256(k.PublicKey())))
	}
	return lines
}

// rulesOf gives what the agreement sets about the reading of files.
func rulesOf(cfg *config.Config) schema.Reglas {
	r := schema.Reglas{Folio: cfg.Layout.Folio, Latin1: cfg.Layout.Latin1, ProrrogaMax: cfg.Terms.ProrrogaMax,
		Anexos: cfg.Layout.Annexes, Advertencias: map[string]bool{}, Catalogos: cfg.Catalogos}
	for _, in := range cfg.Padron { // an institution's own is judged with its folio
		r.ProrrogaMax = max(r.ProrrogaMax, in.Prorroga)
	}
	for _, w := range cfg.Layout.Warnings {
		r.Advertencias[w.Campo+":"+string(w.Codigo)] = true
	}
	return r
}

// partyOf names the party that a UNE is, CONDUSEF for 0.
func partyOf(u schema.UNE) string {
	if u == 0 {
		return schema.CONDUSEF
	}
	return u.String()
}

// writtenTo gives the version in which each party gets its files on a day, as
// schema.Reglas asks for it.
func writtenTo(v config.Versions, day schema.Dia) func(schema.UNE) schema.Version {
	return func(u schema.UNE) schema.Version {
		_, written := v.Of(partyOf(u), day)
		return written
	}
}

// shown gives a path as the process log may have it: what a party calls an annex
// or otherwise than the layout may name a person.
func shown(cfg *config.Config) func(string) string {
	r := rulesOf(cfg)
	return func(p string) string {
		dir, base := path.Split(p)
		if plain := strings.TrimSuffix(strings.TrimPrefix(base, "."), ".tmp"); exchange.EsAnexo(&r, base) || exchange.EsAnexo(&r, plain) ||
			exchange.EsAnexo(&r, strings.TrimSuffix(plain, path.Ext(plain))) {
			return dir + "[anexo]"
		} else if known := store.Mostrable("", plain); known != plain && path.Base(dir) == exchange.CarpetaRespuestas {
			return dir + known
		}
		return p
	}
}

// truncatedFolder is after how long unchanged a file without a summary in a local
// folder is judged as cut, as it is by default on a server that we dial.
const truncatedFolder = 15 * time.Minute

// parte tells the cycle how a party is reached.
func (g *gateway) parte(parte string) exchange.Parte {
	if p, ok := g.remotes[parte]; ok {
		return p
	}
	if parte != schema.CONDUSEF {
		return exchange.Parte{Propio: true, Asienta: func() { g.uploads.Settled(parte) }}
	}
	p := exchange.Parte{Mailbox: g.condusef, Propio: g.cfg.Source.Account != nil}
	switch r := g.cfg.Source.Remote; {
	case r != nil:
		p.Truncado = r.TruncatedAfter
	case !p.Propio && g.cfg.Source.Settle > 0:
		p.Reposo, p.Truncado = g.cfg.Source.Settle, truncatedFolder
	}
	return p
}

// openParties says how each party is reached, and tells the new ones what goes where.
func (g *gateway) openParties(ctx context.Context) (err error) {
	if err := g.openUploads(); err != nil {
		return err
	}
	if err := g.openCONDUSEF(); err != nil {
		return err
	}
	if err := g.openRemotes(); err != nil {
		return err
	}
	var roll []store.Institucion
	err = g.store.View(ctx, func(v *store.View) (err error) {
		roll, err = v.Padron()
		return err
	})
	if err != nil {
		return err
	}
	return g.openUNEs(ctx, roll)
}

func (g *gateway) openCONDUSEF() error {
	switch src := g.cfg.Source; {
	case src.Remote != nil:
		c, err := dial(&src.Remote.Dial, g.log, shown(g.cfg))
		if err != nil {
			return err
		}
		g.close = append(g.close, c.Close)
		g.condusef = func(carpeta string) (exchange.Mailbox, error) {
			below, sub := strings.CutPrefix(carpeta, exchange.CarpetaEntrada)
			if !sub {
				return c.Mailbox(src.Remote.Salida), nil
			}
			mb := c.Mailbox(src.Remote.Entrada + below)
			mb.Make = carpeta == exchange.CarpetaAnexos
			return mb, nil
		}
	case src.Account != nil: // on our own server
	default:
		g.condusef = func(carpeta string) (exchange.Mailbox, error) {
			if carpeta == exchange.CarpetaAnexos {
				if err := os.Mkdir(filepath.Join(src.Folder, carpeta), 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
					return nil, err
				}
			}
			return g.folder(carpeta), nil
		}
		// A disk that is not there is told by the first run, which serves the UNEs all the same.
		for _, carpeta := range []string{exchange.CarpetaEntrada, exchange.CarpetaAnexos} {
			if err := g.folder(carpeta).Sweep(); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// folder is one of CONDUSEF's where they lie on a disk.
func (g *gateway) folder(name string) *carpeta.Carpeta {
	m := carpeta.New(filepath.Join(g.cfg.Source.Folder, name))
	if g.unsynced {
		m.Unsynced()
	}
	return m
}

// dial makes the client of a party's server; it connects when it is first used.
func dial(r *config.Dial, log *zap.Logger, shown func(string) string) (*remote.Client, error) {
	cfg := remote.Config{Address: r.Address, User: r.User, HostKeys: r.HostKeys, DialTimeout: r.DialTimeout,
		HandshakeTimeout: r.HandshakeTimeout, IdleTimeout: r.IdleTimeout, Settle: r.Settle, Retries: r.Retries, Log: log, Shown: shown}
	if r.Retries == 0 {
		cfg.Retries = -1 // to the client 0 is its default
	}
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
