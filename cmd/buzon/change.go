package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/store"
)

// change is what the commands that change the roll are asked.
type change struct {
	path, now, reason string
	asJSON            bool
	adds              bool // an institution that is not there yet
}

func (o *change) flags(c *cobra.Command) *cobra.Command {
	configFlag(c, &o.path)
	c.Flags().StringVar(&o.now, "now", "", nowBesideUsage)
	c.Flags().BoolVar(&o.asJSON, "json", false, "print what was done as one JSON object")
	return c
}

// reasonFlag adds --reason, which goes into the log.
func (o *change) reasonFlag(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&o.reason, "reason", "", "why, for the log, which is never changed: name no person")
	return c
}

// orden is who asks for the change, and why.
func (o *change) orden() store.Orden { return store.Orden{UID: os.Getuid(), Motivo: o.reason} }

// update runs fn in one transaction of the store.
func (o *change) update(c *cobra.Command, fn func(*config.Config, *store.Tx) error) error {
	if o.reason != "" {
		if err := config.CheckText(o.reason, 200); err != nil {
			return usageError{fmt.Errorf("--reason %w", err)}
		}
	}
	cfg, err := loadOwned(c, o.path)
	if err != nil {
		return err
	}
	now, err := clockBeside(c.Context(), cfg, o.now)
	if err != nil {
		return err
	}
	return gateway.Update(c.Context(), cfg, now(), func(tx *store.Tx) error { return fn(cfg, tx) })
}
