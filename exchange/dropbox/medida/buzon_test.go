package medida_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"

	"buzon/exchange"
	"buzon/exchange/dropbox"
	"buzon/exchange/dropbox/dropboxtest"
	"buzon/exchange/dropbox/subidas"
	"buzon/schema"
	"buzon/store"
)

// gateway is our server with what the gateway hangs on it: keys that are asked
// of the store, evidence that is kept in it, uploads that are recorded.
type gateway struct {
	store *store.Store
	box   *dropboxtest.Archive
	cycle *exchange.Cycle
}

func storePath(dir string) string { return filepath.Join(dir, "buzon.db") }

// serveBuzon makes accounts with one LOT each in dir and serves them.
func serveBuzon(ctx context.Context, ln net.Listener, dir string, accounts, size int, ready func()) (err error) {
	g := gateway{}
	if g.store, err = store.Open(ctx, storePath(dir), store.Options{Now: time.Now()}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.store.Close()) }()
	if g.box, err = dropboxtest.Open(filepath.Join(dir, "archivo"), time.Now); err != nil {
		return err
	}
	g.box.Synced = true
	defer func() { err = errors.Join(err, g.box.Close()) }()
	up, err := subidas.Open(filepath.Join(dir, "subidas"), g.box.Uploads())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, up.Close()) }()
	g.cycle = &exchange.Cycle{Store: g.store, Now: time.Now, Log: zap.NewNop()}
	if err := g.fill(ctx, accounts, size); err != nil {
		return err
	}
	srv, err := dropbox.New(dropbox.Config{
		Uploads: up, Now: time.Now, Folders: g.box.Folders, View: g.box.View,
		HostKeys: []ssh.Signer{signer("host")}, Authorize: g.authorize, OnPickup: g.pickedUp, Log: zap.NewNop(),
		// All clients come from one address here, and some all at once.
		Limits:      dropbox.Limits{PerAddress: 1000, Connections: 1000, Handshakes: 1000, Sessions: 1000},
		UploadBytes: func(string) int64 { return 4 << 30 },
	})
	if err != nil {
		return err
	}
	ready()
	return srv.Serve(ctx, ln)
}

func (g gateway) fill(ctx context.Context, accounts, size int) error {
	for n := range accounts {
		if err := g.box.AddAccount(account(n), dropbox.Folder{Name: "reclamaciones"},
			dropbox.Folder{Name: "respuestas", Upload: true}, dropbox.Folder{Name: "acuses"},
			dropbox.Folder{Name: "acuses/anexos"}, dropbox.Folder{Name: "estado"}); err != nil {
			return err
		}
		content := io.LimitReader(rand.NewChaCha8([32]byte{1}), int64(size))
		if err := g.box.PutFrom(account(n), "reclamaciones", fmt.Sprintf(lot, account(n)), content, time.Now()); err != nil {
			return err
		}
	}
	return g.store.Update(ctx, time.Now(), func(tx *store.Tx) error {
		for n := range accounts {
			if err := enrol(tx, n, size); err != nil {
				return err
			}
		}
		return nil
	})
}

// enrol puts an institution with its key and its LOT into the store.
func enrol(tx *store.Tx, n, size int) error {
	une, err := schema.ParseUNE(account(n))
	if err != nil {
		return err
	}
	key := signer(account(n)).PublicKey()
	in := store.Institucion{UNE: une, Denominacion: "Institución " + account(n), Sector: "banca", Termino: 10, Prorroga: 10,
		Llaves: []store.Llave{{Huella: ssh.FingerprintSHA256(key), Publica: string(ssh.MarshalAuthorizedKey(key))}}}
	if _, err := tx.Seed([]store.Institucion{in}); err != nil {
		return err
	}
	name := fmt.Sprintf(lot, account(n))
	s := store.Salida{Parte: account(n), Carpeta: "reclamaciones", Nombre: name, Tipo: schema.LOT,
		SHA256: schema.Huella(fmt.Sprintf("%064d", n)), Bytes: int64(size), Jornada: schema.DiaDe(tx.Now()), Dia: schema.DiaDe(tx.Now()), NNN: 1}
	if err := tx.AddSalida(&s); err != nil {
		return err
	}
	return tx.Publish(&s, tx.Now())
}

func (g gateway) authorize(account string, key ssh.PublicKey) error {
	une, err := schema.ParseUNE(account)
	if err != nil {
		return err
	}
	return g.store.View(context.Background(), func(v *store.View) error {
		return v.Acceso(une, ssh.FingerprintSHA256(key), time.Now())
	})
}

// pickedUp keeps the evidence, as the gateway does.
func (g gateway) pickedUp(p dropbox.Pickup) error {
	r := exchange.Recogida{Parte: p.Account, Carpeta: p.Folder, Nombre: p.Name,
		Cuenta: p.Account, Llave: p.Key, Direccion: p.Remote, Cliente: p.Client, Algoritmos: p.Algorithms,
		Abierta: p.Opened, Cerrada: p.Ended, Primero: p.First, Ultimo: p.Last, Inicio: p.Start, Tramos: p.Read, Cierre: p.Closed}
	return g.cycle.PickedUp(context.Background(), r)
}
