package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
)

func initCmd() *cobra.Command {
	var simulacro bool
	c := &cobra.Command{
		Use:   "init DIR",
		Short: "Write a commented working set: configuration, keys, folders, store",
		Long: `Write what a gateway needs into DIR: buzon.yaml with every key and its default,
a roll of three invented institutions, a host key, the seal's key (Ed25519), the
folders, and an empty store. Private files are readable by their owner alone.

Running it again never overwrites anything: it fills in what is missing and says
what it kept.`,
		Example: "  buzon init ./gateway\n  buzon init ./rehearsal --simulacro",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return initialise(c, args[0], simulacro)
		},
	}
	c.Flags().BoolVar(&simulacro, "simulacro", false,
		"mark the store as a rehearsal's, from its first event and for ever")
	return c
}

func initialise(c *cobra.Command, dir string, simulacro bool) error {
	now := time.Now()
	if os.Geteuid() == 0 { // keys and folders are the owner's too
		if err := gateway.TakeOwner(dir, saidOn(c)); err != nil {
			return err
		}
	}
	created, kept, err := config.Init(dir, simulacro, now)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, config.FileYAML)
	cfg, err := config.Load(path)
	if err != nil {
		return err
	}
	if err := gateway.TakeOwner(cfg.Data, saidOn(c)); err != nil {
		return err
	}
	is, err := gateway.InitStore(c.Context(), cfg, simulacro, now)
	if err != nil {
		return err
	}
	if is != simulacro {
		return fmt.Errorf(
			"%s holds a store that is%s a rehearsal's, and a store never changes sides: choose another "+
				"folder", dir, map[bool]string{false: " not"}[is])
	}
	out := c.OutOrStdout()
	for _, name := range created {
		fmt.Fprintf(out, "made  %s\n", filepath.Join(dir, name))
	}
	for _, name := range kept {
		fmt.Fprintf(out, "kept  %s\n", filepath.Join(dir, name))
	}
	if is {
		fmt.Fprintln(out, "SIMULACRO: the store is a rehearsal's.")
	}
	fmt.Fprintf(out,
		"\nNext: put the UNEs' keys into the roll, then\n  buzon run --config %s      one cycle now\n  "+
			"buzon serve --config %s    the daemon\n", path, path)
	return nil
}
