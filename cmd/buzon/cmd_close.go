package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

func closeCmd() *cobra.Command {
	o := &change{}
	return o.reasonFlag(o.flags(&cobra.Command{
		Use:   "close DAY",
		Short: "End an operation day that will never get its REC",
		Long: `End an operation day that had its corte and will never get its REC, so that
'buzon status' asks for it no longer. A REC of it that comes after all is taken, and
closes the day once more.`,
		Example: "  buzon close 2026-03-02 --reason 'CONDUSEF: no hubo envío, oficio 45'",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			dia, err := schema.ParseDia(args[0])
			if err == nil && o.reason == "" {
				err = errors.New("--reason is wanted: it goes into the log")
			}
			if err != nil {
				return usageError{err}
			}
			if err := o.update(c, func(_ *config.Config, tx *store.Tx) error {
				return exchange.EndDay(tx, dia, o.orden())
			}); err != nil {
				return err
			}
			if o.asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(map[string]schema.Dia{"ended": dia})
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s is ended without a REC\n", dia)
			return err
		},
	}))
}
