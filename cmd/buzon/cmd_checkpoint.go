package main

import (
	"io"

	"github.com/spf13/cobra"

	"buzon/exchange/gateway"
)

func checkpointCmd() *cobra.Command {
	var path, now string
	c := &cobra.Command{
		Use:   "checkpoint",
		Short: "Sign the head of the log as it is now, and print it",
		Long: `Sign the head of the log as it is now, as each corte does, and print it. It may
be done while the daemon runs, whose next visits show it to every party.`,
		Example: "  buzon checkpoint -c gateway/buzon.yaml > hoy.checkpoint",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			cfg, err := loadOwned(c, path)
			if err != nil {
				return err
			}
			clock, err := clockBeside(c.Context(), cfg, now)
			if err != nil {
				return err
			}
			nota, err := gateway.Sign(c.Context(), cfg, clock)
			if err != nil {
				return err
			}
			_, err = io.WriteString(c.OutOrStdout(), nota)
			return err
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&now, "now", "", nowBesideUsage)
	return c
}
