package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/auditoria"
	"buzon/exchange/ops"
	"buzon/store"
)

func exportCmd() *cobra.Command {
	var path, from, to, out string
	var old []string
	c := &cobra.Command{
		Use:   "export",
		Short: "Write events with their proofs for a third party, as one archive",
		Long: `Write the events of a time, the newest checkpoint, the proof that they are all of
them and that older checkpoints are its beginning, into one ZIP. The program
verificador judges it without us; docs/bitacora.md is its format. What came after
the newest checkpoint is not in it: 'buzon checkpoint' signs one now.`,
		Example: "  buzon export -c gateway/buzon.yaml --from 2026-03-01 --to 2026-04-01 -o marzo.zip\n  " +
			"verificador -llaves llaves.txt -punto viejo.checkpoint marzo.zip",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if out == "" {
				return usageError{errors.New("-o is empty: name the archive to write")}
			}
			desde, err := momentFlag("from", from)
			if err != nil {
				return err
			}
			hasta, err := momentFlag("to", to)
			if err != nil {
				return err
			}
			viejos, err := readCheckpoints(old)
			if err != nil {
				return err
			}
			q := auditoria.Alcance{Desde: desde, Hasta: hasta}
			for _, v := range viejos {
				q.Viejos = append(q.Viejos, v)
			}
			return askStore(c, path, func(_ *config.Config, v *store.View) error {
				return exportTo(c, v, q, out)
			})
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&from, "from", "", "from this day or moment on; from the first event")
	c.Flags().StringVar(&to, "to", "", "before this day or moment; to the newest checkpoint")
	c.Flags().StringVarP(&out, "output", "o", "", "the archive to write; it must not be there")
	c.Flags().StringArrayVar(&old, "checkpoint", nil,
		"prove the beginning of this checkpoint too; may be given several times")
	return c
}

// exportTo writes the archive and says what is in it.
func exportTo(c *cobra.Command, v *store.View, q auditoria.Alcance, out string) error {
	now, err := ops.Now(v, time.Now())
	if err != nil {
		return err
	}
	var step func(done, total int64)
	if isTerminal(c.ErrOrStderr()) {
		show := progress(c.ErrOrStderr())
		step = func(done, total int64) { show("eventos", int(done), int(total)) }
	}
	n, err := auditoria.ExportFile(v, out, q, now, step)
	if err != nil {
		return err
	}
	simulacro, err := v.Simulacro()
	if err != nil {
		return err
	}
	markRehearsal(c.OutOrStdout(), simulacro)
	fmt.Fprintf(c.OutOrStdout(), "%s: %d events\n", out, n)
	return nil
}
