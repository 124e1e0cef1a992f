package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"buzon/exchange/gateway"
)

func backupCmd() *cobra.Command {
	var path string
	var keys bool
	c := &cobra.Command{
		Use:   "backup DIR",
		Short: "Keep the database, the contents and the configuration a second time",
		Long: `Bring the backup in DIR up to date, also while the daemon serves: the database as
of one moment, each content that DIR does not have yet, the configuration. Private
keys are left out unless --keys asks for them. 'buzon restore' puts it back.`,
		Example: "  buzon backup -c gateway/buzon.yaml /backup/buzon",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := loadOwned(c, path)
			if err != nil {
				return err
			}
			x, err := gateway.Backup(c.Context(), cfg, path, args[0], keys, time.Now())
			if x.Base != "" {
				fmt.Fprintf(c.OutOrStdout(), "%d events, %d contents, %d of them new\n", x.Eventos,
					x.Contenidos, x.Nuevos)
			}
			return err
		},
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&keys, "keys", false, "private keys and passwords too; lock the backup away then")
	return c
}
