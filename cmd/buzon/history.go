package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/schema"
	"buzon/store"
)

func historyCmd() *cobra.Command {
	var path, institution, folio, file, tipo, event, date, from, to string
	var last int
	var asJSON bool
	c := &cobra.Command{
		Use:   "history",
		Short: "List events of the log: transfers by institution, folio, date, type",
		Long: `List the events of the log, oldest first (with --last newest first). Several
filters narrow it together; where none matches, that is said on standard error.
With --json each event is one object on one line.`,
		Example: `  buzon history -c gateway/buzon.yaml --institution 900001 --date 2026-03-18
  buzon history -c gateway/buzon.yaml --type ACU --last 20
  buzon history -c gateway/buzon.yaml --folio 2026/090/1325 --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			q := store.Consulta{Folio: schema.Folio(folio), Archivo: file, Tipo: schema.Tipo(tipo), Evento: event}
			if institution != "" {
				q.Parte = institution
				if u, err := schema.ParseUNE(institution); err == nil {
					q.Parte = u.String()
				} else if institution != schema.CONDUSEF {
					return usageError{fmt.Errorf("--institution: %w", err)}
				}
			}
			if tipo != "" && schema.Layout(schema.Tipo(tipo)) == nil {
				return usageError{fmt.Errorf("--type %q: want one of %s", tipo, strings.Join(tipos(), ", "))}
			}
			if last < 0 {
				return usageError{fmt.Errorf("--last %d: want a number of events", last)}
			}
			var err error
			if date != "" {
				d, err := schema.ParseDia(date)
				if err != nil {
					return usageError{fmt.Errorf("--date: %w", err)}
				}
				q.Desde, q.Hasta = d.At(0), (d + 1).At(0)
			}
			if from != "" {
				if q.Desde, err = momentFlag("from", from); err != nil {
					return err
				}
			}
			if to != "" {
				if q.Hasta, err = momentFlag("to", to); err != nil {
					return err
				}
			}
			if last > 0 {
				q.Ultimos, q.Limite = true, last
			}
			return askStore(c, path, func(_ *config.Config, v *store.View) error { return printHistory(c, v, q, asJSON) })
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&institution, "institution", "", "events of one party: a clave, or CONDUSEF")
	c.Flags().StringVar(&folio, "folio", "", "events of one folio")
	c.Flags().StringVar(&file, "file", "", "events of one file name")
	c.Flags().StringVar(&tipo, "type", "", "events of one type of file: REC, LOT, RES, ACU, RCH, REP")
	c.Flags().StringVar(&event, "event", "", "events of one name, such as archivo_recibido")
	c.Flags().StringVar(&date, "date", "", "events of one day, AAAA-MM-DD")
	c.Flags().StringVar(&from, "from", "", "events from this day or moment on")
	c.Flags().StringVar(&to, "to", "", "events before this day or moment")
	c.Flags().IntVar(&last, "last", 0, "only the last N events, newest first")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return c
}

func printHistory(c *cobra.Command, v *store.View, q store.Consulta, asJSON bool) error {
	none := true
	each := func(print func(store.Evento) error) func(store.Evento) error {
		return func(e store.Evento) error {
			none = false
			return print(e)
		}
	}
	var err error
	if asJSON {
		enc := json.NewEncoder(c.OutOrStdout())
		err = v.History(q, each(func(e store.Evento) error { return enc.Encode(e) }))
	} else {
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "N\tTIME\tEVENT\tPARTY\tFILE\tFOLIO")
		err = v.History(q, each(func(e store.Evento) error {
			_, err := fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", e.N, hourOf(e.Momento), e.Evento, e.Parte, e.Archivo, e.Folio)
			return err
		}))
		err = errors.Join(err, w.Flush())
	}
	if err == nil && none {
		fmt.Fprintln(c.ErrOrStderr(), "no event matches")
	}
	return err
}
