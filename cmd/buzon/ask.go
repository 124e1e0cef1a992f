package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/store"
)

// loadConfig reads the configuration; where there is none it says how to have one.
func loadConfig(path string, opts ...config.Option) (*config.Config, error) {
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf(
			"%s: there is no such file; name the configuration with --config, or make one with 'buzon "+
				"init DIR'", path)
	} else if err == nil && info.IsDir() {
		return nil, fmt.Errorf("%[1]s is a folder; its configuration is perhaps %[1]s/buzon.yaml",
			filepath.Clean(path))
	}
	return config.Load(path, opts...)
}

// askStore hands a snapshot of the store of a configuration to fn.
func askStore(c *cobra.Command, path string, fn func(*config.Config, *store.View) error) error {
	return openStore(path, func(cfg *config.Config, st *store.Store) error {
		return st.View(c.Context(), func(v *store.View) error { return fn(cfg, v) })
	})
}

// openStore opens the store of a configuration for questions alone and hands it
// to fn. It may be asked while the daemon runs, and by who may not read its keys.
func openStore(path string, fn func(*config.Config, *store.Store) error) (err error) {
	cfg, err := loadConfig(path, config.SkipFiles)
	if err != nil {
		return err
	}
	st, err := store.OpenReadOnly(gateway.StorePath(cfg.Data))
	if errors.Is(err, fs.ErrNotExist) {
		return gateway.NoStore(cfg.Data)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return fn(cfg, st)
}

// loadOwned reads the configuration for a command that writes below the data folder
// beside the exchange, and takes the folder's owner.
func loadOwned(c *cobra.Command, path string) (*config.Config, error) {
	cfg, err := loadConfig(path)
	if err != nil {
		return nil, err
	}
	return cfg, gateway.TakeOwner(cfg.Data, saidOn(c))
}

// saidOn tells whoever runs a command.
func saidOn(c *cobra.Command) func(string) {
	return func(said string) { fmt.Fprintf(c.ErrOrStderr(), "buzon: %s\n", said) }
}
