package main

import (
	"errors"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/auditoria"
	"buzon/exchange/gateway"
	"buzon/store"
)

func verifyCmd() *cobra.Command {
	var path string
	var old []string
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify",
		Short: "Hold the log, the tables and the files against each other and against checkpoints",
		Long: `Hold every event against the tree of the log, the tree against every checkpoint
that was signed and those that you name, every row of the tables against what the
log says of it, and every kept file against its hash. Nothing is repaired. The
first thing that differs is named, in Spanish, and the exit code is 1.

A log whose end was cut off, or that was rebuilt whole with the real key, agrees
with itself: only a checkpoint from outside shows it. Every UNE has them in
estado/, CONDUSEF in entrada/; ask one of them for an old one.`,
		Example: "  buzon verify -c gateway/buzon.yaml\n  buzon verify -c gateway/buzon.yaml --checkpoint " +
			"bitacora_20260302_31.checkpoint",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			viejos, err := readCheckpoints(old)
			if err != nil {
				return err
			}
			return openStore(path, func(cfg *config.Config, st *store.Store) (err error) {
				if err := gateway.TakeOwner(cfg.Data, saidOn(c)); err != nil {
					return err
				}
				contents, err := gateway.Contents(c.Context(), cfg, st)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, contents.Close()) }()
				var step func(string, int64, int64)
				if isTerminal(c.ErrOrStderr()) {
					show := progress(c.ErrOrStderr())
					step = func(what string, done, total int64) { show(what, int(done), int(total)) }
				}
				behind := gateway.Behind(c.Context(), cfg.Data, st)
				return auditoria.Tell(c.Context(), c.OutOrStdout(), st, contents, viejos, behind, step,
					asJSON)
			})
		},
	}
	configFlag(c, &path)
	c.Flags().StringArrayVar(&old, "checkpoint", nil,
		"a checkpoint that somebody kept; may be given several times")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}
