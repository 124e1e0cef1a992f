package main

import (
	"errors"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/auditoria"
	"buzon/store"
)

func proofCmd() *cobra.Command {
	var path, from string
	c := &cobra.Command{
		Use:   "proof [ACU-AAAA-NNNNNNNN]",
		Short: "Prove that an acuse is in the log, or that an older checkpoint is its beginning",
		Long: `Print a proof as one JSON object, for the program verificador: that the event of
an acuse is among those that the newest checkpoint holds, or with --from that the
log of an older checkpoint is the beginning of the newest one's.`,
		Example: "  buzon proof -c gateway/buzon.yaml ACU-2026-00000017 > prueba.json\n  buzon proof -c " +
			"gateway/buzon.yaml --from viejo.checkpoint > prueba.json",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if (from == "") == (len(args) == 0) {
				return usageError{errors.New("proof wants an acuse, or --from with a checkpoint")}
			}
			old, err := readCheckpoints(nonEmpty(from))
			if err != nil {
				return err
			}
			return askStore(c, path, func(_ *config.Config, v *store.View) error {
				if from == "" {
					return auditoria.ProveAcuse(v, c.OutOrStdout(), args[0])
				}
				return auditoria.ProveFrom(v, c.OutOrStdout(), old[from])
			})
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&from, "from", "", "an older checkpoint, instead of an acuse")
	return c
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
