package exchange

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"buzon/schema"
	"buzon/store"
)

// llegada is a file of a party that waits to be taken in: on our own server an arrival,
// whose content is kept already; elsewhere what a listing shows.
type llegada struct {
	fs.FileInfo
	arribo store.Arribo
}

// arribos lists what a party uploaded to our own server and was not taken in.
func (c *Cycle) arribos(ctx context.Context, parte schema.Parte) (all []llegada, err error) {
	err = c.Store.View(ctx, func(v *store.View) error {
		waiting, err := v.PorTomar(parte)
		for _, a := range waiting {
			all = append(all, llegada{FileInfo: arribado{a}, arribo: a})
		}
		return err
	})
	return all, err
}

// arribado shows an arrival as listings show a file.
type arribado struct{ a store.Arribo }

func (f arribado) Name() string       { return f.a.Nombre }
func (f arribado) Size() int64        { return f.a.Bytes }
func (f arribado) Mode() fs.FileMode  { return 0o440 }
func (f arribado) ModTime() time.Time { return f.a.Momento }
func (f arribado) IsDir() bool        { return false }
func (f arribado) Sys() any           { return nil }

// take keeps what a file holds, and gives its hash and size in bytes.
func (c *Cycle) take(ctx context.Context, t *tanda, f llegada) (h schema.Huella, bytes int64, err error) {
	if t.mb == nil {
		return f.arribo.SHA256, f.arribo.Bytes, nil
	}
	if c.Reserva != nil && t.parte != schema.ParteCONDUSEF {
		if err := c.Reserva(); err != nil {
			return "", 0, err
		}
	}
	r, err := t.mb.Take(ctx, f.Name())
	if err != nil {
		return "", 0, err
	}
	h, bytes, err = c.Archivo.Add(r)
	return h, bytes, errors.Join(err, r.Close())
}

// tomar records, in the transaction that takes a file in, that it was.
func (t *tanda) tomar(tx *store.Tx, f llegada, seen store.Visto) error {
	if t.mb == nil {
		return tx.Take(f.arribo.ID)
	}
	return tx.See(t.parte, f.Name(), seen)
}

// done tells the party's folder that a file was taken in.
func (t *tanda) done(ctx context.Context, f llegada) error {
	if t.mb == nil {
		return nil
	}
	return t.mb.Done(ctx, f.Name())
}
