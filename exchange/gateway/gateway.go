package gateway

import (
	"context"
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
	"buzon/exchange/dropbox/subidas"
	"buzon/exchange/marca"
	"buzon/exchange/vista"
	"buzon/schema"
	"buzon/store"

	"golang.org/x/crypto/ssh"
)

// Options say how a gateway is put together.
type Options struct {
	Config  *config.Config
	Log     *zap.Logger
	Now     func() time.Time
	Command string // for whoever finds the data folder in use
	Version string // of the program, for the log
	// Unsynced lets writes not wait for the disk: for a rehearsal in a virtual
	// clock. The store refuses it where it is not one.
	Unsynced bool
	// ClockIsRight says so of a clock that is far from the last moment of the log.
	ClockIsRight bool
	// Resume goes on from a store that may be older than what parties were shown. nil: such
	// a store is refused.
	Resume *Resume
	// Route says how a party is reached, which may change between two visits. nil: as the
	// configuration says, on our own server, by a server that is dialled, or on a disk.
	Route func(schema.Parte) exchange.Route
	// Ahora has each signal that it gives bring a run of the daemon; nil gives none.
	Ahora <-chan os.Signal
}

// Gateway is the parts, built from a configuration and put together. One process at a
// time has the gateway of a data folder.
type Gateway struct {
	Config *config.Config
	Store  *store.Store
	Vista  *vista.Vista
	Cycle  *exchange.Cycle

	// Reanudacion is what Options.Resume found and did.
	Reanudacion Reanudacion

	opts  Options
	marca *marca.Contador
	log   *zap.Logger
	now   func() time.Time

	uploads  *subidas.Subidas
	opened   sync.Map // the institutions, as schema.UNE, that were told what goes where
	lastCal  atomic.Pointer[schema.Calendario]
	route    func(schema.Parte) exchange.Route
	condusef func(carpeta string) (exchange.Mailbox, error)
	remotes  map[schema.Parte]exchange.Route // the institutions that have a server of their own
	lastTold sync.Map                        // schema.Parte → what was told last that it waits for
	after    func(err error)                 // is called after each run of the daemon's; nil: nothing is
	close    []func() error
}

// StorePath is where the store of a data folder lies.
func StorePath(data string) string { return filepath.Join(data, "buzon.db") }

// Open builds the parts. Close gives back all that it holds.
func Open(ctx context.Context, opts Options) (*Gateway, error) {
	g := &Gateway{opts: opts, Config: opts.Config, log: opts.Log, now: opts.Now, route: opts.Route}
	if err := g.open(ctx); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

func (g *Gateway) open(ctx context.Context) error {
	if err := TakeOwner(g.Config.Data, func(said string) { g.log.Warn(said) }); err != nil {
		return err
	}
	if err := notLost(g.Config.Data); err != nil {
		return err
	}
	if _, err := os.Stat(StorePath(g.Config.Data)); errors.Is(err, fs.ErrNotExist) {
		return NoStore(g.Config.Data)
	} else if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	l, err := takeLock(g.Config.Data, g.opts.Command)
	if err != nil {
		return err
	}
	g.close = append(g.close, l.release)
	if err := g.openStore(ctx); err != nil {
		return err
	}
	if err := claimFolders(ctx, g.Store, g.Config.Data); err != nil {
		_, seal := config.LoadSeal(g.Config.Seal.Key) // all that everybody needs is told at once
		return errors.Join(err, seal)
	}
	simulacro, err := g.Store.Simulacro(ctx)
	if err != nil {
		return err
	}
	if simulacro {
		g.log = g.log.With(zap.Bool("simulacro", true))
	}
	if err := g.seed(ctx); err != nil {
		return err
	}
	if g.route == nil {
		g.route = g.configured
	}
	if err := g.buildCycle(ctx); err != nil {
		return err
	}
	g.openMailboxes()
	if g.opts.Resume != nil {
		if err := g.resume(ctx); err != nil {
			return fmt.Errorf("resume: %w", err)
		}
	}
	if err := g.reconcile(ctx); err != nil {
		return err
	}
	roll, err := g.roll(ctx)
	if err != nil {
		return err
	}
	return g.openUNEs(ctx, roll)
}

// notLost refuses to begin a new store over the contents of one that is gone: it
// would take and deliver everything again.
func notLost(data string) error {
	if _, err := os.Stat(StorePath(data)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	held, err := archivo.Holds(data)
	if err != nil {
		return err
	}
	if held {
		return fmt.Errorf(
			"%s is gone, and archivo/ beside it is not empty: restore the database from its backup; "+
				"to begin anew, move archivo/, apartado/, subidas/ and %s away first", StorePath(data),
			marca.Archivo)
	}
	return nil
}

// Close ends the use of the parts, the last one first.
func (g *Gateway) Close() error {
	var errs []error
	for i := len(g.close) - 1; i >= 0; i-- {
		errs = append(errs, g.close[i]())
	}
	g.close = nil
	return errors.Join(errs...)
}

// seed brings what is new in the configuration's roll into the store.
func (g *Gateway) seed(ctx context.Context) error {
	var roll []store.Institucion
	for _, in := range g.Config.Padron {
		x := store.Institucion{UNE: in.Clave, Denominacion: in.Denominacion, Sector: in.Sector,
			Termino: in.Termino, Prorroga: in.Prorroga}
		for _, k := range in.Llaves {
			x.Llaves = append(x.Llaves, LlaveOf(k))
		}
		roll = append(roll, x)
	}
	return g.Store.Update(ctx, g.now(), func(tx *store.Tx) error {
		differs, err := tx.Seed(roll)
		for _, d := range differs {
			g.log.Warn("the roll in the store differs from the configuration; the store's counts",
				zap.String("difference", d))
		}
		return err
	})
}

func (g *Gateway) buildCycle(ctx context.Context) error {
	// What everybody needs: all that is wrong with it is told at once.
	key, err := config.LoadSeal(g.Config.Seal.Key)
	contents, missing := archivo.Open(g.Config.Data)
	if missing == nil {
		g.close = append(g.close, contents.Close)
	}
	if err := errors.Join(err, missing, g.openUploads()); err != nil {
		return err
	}
	if g.opts.Unsynced {
		contents.Unsynced()
	}
	g.Vista = &vista.Vista{Store: g.Store, Archivo: contents}
	g.Cycle = &exchange.Cycle{
		Store: g.Store, Archivo: contents, Marca: g.marca, Route: g.route, Now: g.now, Log: g.log,
		Firmante: exchange.NewFirmante(g.Config.Seal.ID, key),
		Reglas:   Rules(g.Config), Versiones: g.Config.Layout.Versions.Of,
		Plazos:    plazosDe(g.Config),
		TodoONada: todoONada(g.Config), Anexos: g.Config.Layout.AnnexWait,
		AnexoBytes: g.Config.Server.MaxAnnexBytes,
		Limites:    exchange.Limites{Bytes: g.Config.Layout.MaxBytes, Registros: g.Config.Layout.MaxRecords},
		AvisoLlave: g.Config.Server.KeyWarning, Servidor: g.serverKeys(),
		Reserva: func() error {
			return subidas.Room(g.Config.Data, g.Config.Server.MinFree, g.Config.Server.MinInodes)
		},
		Listo: g.ready,
	}
	if err := g.useSeal(ctx); err != nil {
		return err
	}
	if err := g.UseTerms(ctx); err != nil {
		return err
	}
	cal, err := g.Cycle.Calendario(ctx)
	if err != nil {
		return err
	}
	g.lastCal.Store(cal)
	return nil
}

// ready is an error where a folder of ours went away while we are at work.
func (g *Gateway) ready(ctx context.Context) error {
	return g.Store.View(ctx, func(v *store.View) error { return CheckFolders(v, g.Config.Data) })
}

// reconcile holds archivo/ against the store, and tells of what is not in both.
func (g *Gateway) reconcile(ctx context.Context) error {
	r, err := g.Cycle.Reconcile(ctx)
	if err != nil {
		return err
	}
	for _, h := range r.Apartados {
		g.log.Warn("a content that the store does not know was set apart; 'buzon verify' lists them",
			zap.String("sha256", string(h)))
	}
	for _, h := range r.Devueltos {
		g.log.Info("a content came back from apartado/", zap.String("sha256", string(h)))
	}
	return nil
}

// useSeal registers the key with which acuses are sealed from now on.
func (g *Gateway) useSeal(ctx context.Context) error {
	s := g.Cycle.Firmante.Sello()
	return g.Store.Update(ctx, g.now(), func(tx *store.Tx) error {
		return tx.UseSello(s.ID, s.Publica)
	})
}

// serverKeys are the fingerprints of our server's keys, as estado/llaves.txt has
// them. Only the daemon needs the keys themselves.
func (g *Gateway) serverKeys() (lines []string) {
	if g.Config.Server.Listen == "" {
		return nil
	}
	keys, err := config.LoadHostKeys(g.Config.Server.HostKeys)
	if err != nil {
		g.log.Warn("estado/llaves.txt does not tell the server's keys", zap.Error(err))
		return nil
	}
	for _, k := range keys {
		lines = append(lines,
			fmt.Sprintf("# Servidor SFTP: %s %s", strings.TrimPrefix(k.PublicKey().Type(), "ssh-"),
				ssh.FingerprintSHA256(k.PublicKey())))
	}
	return lines
}

// shown gives a path as the process log may have it: what a party calls an annex
// or otherwise than the layout may name a person.
func shown(cfg *config.Config) func(string) string {
	r := Rules(cfg)
	return func(p string) string {
		dir, base := path.Split(p)
		if plain := strings.TrimSuffix(strings.TrimPrefix(base, "."), ".tmp"); exchange.EsAnexo(&r, base) ||
			exchange.EsAnexo(&r, plain) ||
			exchange.EsAnexo(&r, strings.TrimSuffix(plain, path.Ext(plain))) {
			return dir + "[anexo]"
		} else if known := store.Mostrable(0, plain); known != plain &&
			path.Base(dir) == schema.CarpetaRespuestas {
			return dir + known
		}
		return p
	}
}
