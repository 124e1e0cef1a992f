package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"buzon/config"
	"buzon/exchange"
	"buzon/store"
)

// Sign signs the head of the log as it is now, and gives its checkpoint. It may be done
// beside the daemon, whose next visits show it to every party.
func Sign(ctx context.Context, cfg *config.Config, now func() time.Time) (nota string, err error) {
	key, err := config.LoadSeal(cfg.Seal.Key)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(StorePath(cfg.Data)); errors.Is(err, fs.ErrNotExist) {
		return "", NoStore(cfg.Data)
	} else if err != nil {
		return "", err
	}
	st, err := openMarked(ctx, cfg.Data, store.Options{Now: now(), Junto: true, Salto: cfg.Schedule.MaxGap})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	contents, err := Contents(ctx, cfg, st)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, contents.Close()) }()
	firmante := exchange.NewFirmante(cfg.Seal.ID, key)
	if err := sealInUse(ctx, st, firmante.Sello()); err != nil {
		return "", err
	}
	err = st.Update(ctx, now(), func(tx *store.Tx) error {
		p, s, err := firmante.Sign(tx, contents)
		if nota = p.Nota; err != nil || s == nil || cfg.Source.Account == nil {
			return err
		}
		return tx.Publish(s, tx.Now()) // where it is not on our own server the next run puts it there
	})
	if err != nil {
		return "", fmt.Errorf("sign the log: %w", err)
	}
	return nota, nil
}

// sealInUse tells whether the store knows the key as the one in use: nobody could
// verify what another one signs.
func sealInUse(ctx context.Context, st *store.Store, seal store.LlaveDeSello) error {
	return st.View(ctx, func(v *store.View) error {
		all, err := v.Sellos()
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.ID == seal.ID && s.Publica == seal.Publica && s.Hasta.IsZero() {
				return nil
			}
		}
		return fmt.Errorf("seal %s: its key is not the one in use in the store; "+
			"'buzon run' or 'buzon serve' makes it so", seal.ID)
	})
}
