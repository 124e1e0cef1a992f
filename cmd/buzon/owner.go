package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
)

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
