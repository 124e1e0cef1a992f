package medida_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"path/filepath"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"

	"buzon/exchange"
	"buzon/exchange/archivo"
	"buzon/exchange/dropbox"
	"buzon/exchange/dropbox/subidas"
	"buzon/exchange/vista"
	"buzon/schema"
	"buzon/store"
)

// gateway is our server with what the gateway hangs on it: keys that are asked
// of the store, what it says is visible, evidence and uploads that are kept in it.
type gateway struct {
	store *store.Store
	cycle *exchange.Cycle
	vista *vista.Vista
}

func storePath(dir string) string { return filepath.Join(dir, "buzon.db") }

// serveBuzon makes accounts with one LOT each in dir and serves them.
func serveBuzon(ctx context.Context, ln net.Listener, dir string, accounts, size int,
	ready func()) (err error) {
	g := gateway{}
	if g.store, err = store.Open(ctx, storePath(dir), store.Options{Now: time.Now()}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.store.Close()) }()
	contents, err := archivo.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, contents.Close()) }()
	g.vista = &vista.Vista{Store: g.store, Archivo: contents}
	g.cycle = &exchange.Cycle{Store: g.store, Archivo: contents, Now: time.Now, Log: zap.NewNop()}
	up, err := subidas.Open(filepath.Join(dir, "subidas"), g.uploads())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, up.Close()) }()
	if err := g.fill(ctx, accounts, size); err != nil {
		return err
	}
	srv, err := dropbox.New(dropbox.Options{
		Uploads: up, Now: time.Now, Folders: folders,
		View:     func(account string) (fs.FS, error) { return g.vista.De(parte(account)), nil },
		HostKeys: []ssh.Signer{signer("host")}, Authorize: g.authorize, OnPickup: g.pickedUp,
		Log: zap.NewNop(),
	})
	if err != nil {
		return err
	}
	ready()
	return srv.Serve(ctx, ln)
}

func folders(account string) (all []dropbox.Folder, err error) {
	for _, c := range vista.Carpetas(parte(account)) {
		all = append(all, dropbox.Folder{Name: c.Nombre, Upload: c.Sube()})
	}
	return all, nil
}

// uploads records uploads as the gateway does.
func (g gateway) uploads() subidas.Options {
	ask := func(fn func(v *store.View) error) error { return g.store.View(context.Background(), fn) }
	return subidas.Options{
		Now: time.Now,
		Arrive: func(a subidas.Arrival) error {
			return g.cycle.Arrive(context.Background(),
				store.Arribo{Parte: parte(a.Account), Carpeta: a.Folder, Nombre: a.Name,
					SHA256: schema.Huella(a.SHA256), Momento: a.Moment, Fechado: a.Shown, Subida: a.ID},
				a.Path)
		},
		Arrived: func(_, id string) (yes bool, err error) {
			err = ask(func(v *store.View) error { yes, err = v.Subido(id); return err })
			return yes, err
		},
		Today: func(account string, from, to time.Time) (files, bytes int64, err error) {
			err = ask(func(v *store.View) error {
				files, bytes, err = v.Subidas(parte(account), from, to)
				return err
			})
			return files, bytes, err
		},
		Spelled: func(account, folder, name string) (seen string, err error) {
			err = ask(func(v *store.View) error {
				seen, err = v.Escrito(parte(account), folder, name)
				return err
			})
			return seen, err
		},
		Date: func(account, folder, name string, at time.Time) error {
			return g.store.Update(context.Background(), time.Now(), func(tx *store.Tx) error {
				return tx.SetTime(parte(account), folder, name, at)
			})
		},
	}
}

func (g gateway) fill(ctx context.Context, accounts, size int) error {
	h, _, err := g.cycle.Archivo.Add(io.LimitReader(rand.NewChaCha8([32]byte{1}), int64(size)))
	if err != nil {
		return err
	}
	return g.store.Update(ctx, time.Now(), func(tx *store.Tx) error {
		for n := range accounts {
			if err := enrol(tx, n, h, size); err != nil {
				return err
			}
		}
		return nil
	})
}

// enrol puts an institution with its key and its LOT into the store.
func enrol(tx *store.Tx, n int, h schema.Huella, size int) error {
	une, err := schema.ParseUNE(account(n))
	if err != nil {
		return err
	}
	key := signer(account(n)).PublicKey()
	in := store.Institucion{UNE: une, Denominacion: "Institución " + account(n), Sector: "banca", Termino: 10,
		Prorroga: 10,
		Llaves: []store.Llave{{Fingerprint: ssh.FingerprintSHA256(key),
			Publica: string(ssh.MarshalAuthorizedKey(key))}}}
	if _, err := tx.Seed([]store.Institucion{in}); err != nil {
		return err
	}
	name := fmt.Sprintf(lot, account(n))
	s := store.Salida{Parte: une.Parte(), Carpeta: "reclamaciones", Nombre: name, Tipo: schema.LOT,
		SHA256: h, Bytes: int64(size), Jornada: schema.DiaDe(tx.Now()), Dia: schema.DiaDe(tx.Now()), NNN: 1}
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
	r := exchange.Lectura{Parte: parte(p.Account), Carpeta: p.Folder, Nombre: p.Name,
		Cuenta: p.Account, Llave: p.Key, Direccion: p.Remote, Cliente: p.Client, Algoritmos: p.Algorithms,
		Abierta: p.Opened, Cerrada: p.Ended, Primero: p.First, Ultimo: p.Last, Inicio: p.Start,
		Tramos: p.Read, Cierre: p.Closed,
		Bytes: p.Size}
	r.SHA256, _ = p.Sys.(schema.Huella)
	return g.cycle.PickedUp(context.Background(), r)
}
