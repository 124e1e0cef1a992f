package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"buzon/schema"
	"buzon/store"
)

// Arrive records that a party finished an upload on our own server: a file that is
// whole and synced, and will never be written to again. Its content is kept first;
// the party sees it, and a visit takes it in, once the transaction counts. a says all
// but size; of its hash what is known. The error wraps fs.ErrExist where the party
// sees the name in another case.
func (c *Cycle) Arrive(ctx context.Context, a store.Arribo, file string) (err error) {
	if a.SHA256, a.Bytes, err = c.Archivo.Adopt(file, a.SHA256); err != nil {
		return fmt.Errorf("arrive: %w", err)
	}
	return c.arribar(ctx, &a)
}

// Deposit is Arrive for what r gives to its end.
func (c *Cycle) Deposit(ctx context.Context, a store.Arribo, r io.Reader) (err error) {
	if a.SHA256, a.Bytes, err = c.Archivo.Add(r); err != nil {
		return fmt.Errorf("arrive: %w", err)
	}
	return c.arribar(ctx, &a)
}

func (c *Cycle) arribar(ctx context.Context, a *store.Arribo) error {
	err := c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error { return tx.AddArribo(a) })
	if errors.Is(err, store.ErrMayusculas) {
		return fmt.Errorf("arrive: %w: %w", err, fs.ErrExist)
	}
	if err != nil {
		return fmt.Errorf("arrive: %w", err)
	}
	return nil
}

// Mostrar shows a party a file beside its folders on our own server, such as
// LEEME.txt, in place of what it held before.
func Mostrar(tx *store.Tx, parte schema.Parte, nombre string, contenido []byte) error {
	x, err := store.Exhibible("", nombre, contenido)
	if err == nil {
		err = tx.Exhibit(parte, x)
	}
	return err
}
