package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/exchange/ops"
	"buzon/schema"
	"buzon/store"
)

func statusCmd() *cobra.Command {
	var path, date string
	var asJSON, due, all bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show what is expected and done on an operation day",
		Long: `Show what needs a hand first, each with what to do, then what came, what was
delivered, picked up, answered and sent back on an operation day, and what is
overdue. Exit code 3 says that something needs a hand.

--all shows every institution by itself. --due lists each open folio that is
por_vencer (its limit is within terms.por_vencer días hábiles) or vencido.`,
		Example: "  buzon status -c gateway/buzon.yaml\n  buzon status -c gateway/buzon.yaml --date " +
			"2026-03-02 --json\n  buzon status -c gateway/buzon.yaml --due --all",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var e *ops.Estado
			err := openStore(path, func(cfg *config.Config, st *store.Store) error {
				ac := gateway.Acuerdo(cfg)
				// Before the view: the mark of a daemon at work may be ahead of an older one.
				ac.Atraso = gateway.Behind(c.Context(), cfg.Data, st)
				return st.View(c.Context(), func(v *store.View) error {
					now, err := ops.Now(v, time.Now())
					if err != nil {
						return err
					}
					var dia schema.Dia
					if date != "" {
						if dia, err = schema.ParseDia(date); err != nil {
							return usageError{fmt.Errorf("--date: %w", err)}
						}
					}
					e, err = ops.EstadoDe(v, ac, dia, now, due)
					return err
				})
			})
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(c.OutOrStdout()).Encode(e)
			} else {
				err = printEstado(c.OutOrStdout(), e, all)
			}
			if err == nil && len(e.Warnings) > 0 {
				return errObserved
			}
			return err
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&date, "date", "", "the operation day, AAAA-MM-DD")
	c.Flags().BoolVar(&all, "all", false, "show every institution by itself, not a few of many")
	c.Flags().BoolVar(&due, "due", false, "list the folios that are due soon or overdue, too")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}
