package montaje

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"time"

	"golang.org/x/crypto/ssh"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/store"
)

// config.FileYAML is the configuration in the folder of a rehearsal.

// newKeyFile makes the key of an invented UNE and writes its private half.
func newKeyFile(path string) (ssh.Signer, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	if err := writeKey(path, key); err != nil {
		return nil, err
	}
	return ssh.NewSignerFromKey(key)
}

func writeKey(path string, key ed25519.PrivateKey) error {
	block, err := ssh.MarshalPrivateKey(key, "demo")
	if err != nil {
		return err
	}
	return os.WriteFile(path, pem.EncodeToMemory(block), 0o600)
}

// markSimulacro makes the store, as a rehearsal's, where it is not there.
func markSimulacro(ctx context.Context, cfg *config.Config, now time.Time) error {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return err
	}
	st, err := store.Open(ctx, gateway.StorePath(cfg.Data), store.Options{Simulacro: true, Now: now})
	if err != nil {
		return err
	}
	return st.Close()
}
