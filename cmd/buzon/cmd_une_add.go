package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/padron"
	"buzon/store"
)

func uneAddCmd() *cobra.Command {
	o := &change{adds: true}
	var in store.Institucion
	var key string
	c := &cobra.Command{
		Use:   "add CLAVE",
		Short: "Add an institution to the roll",
		Long: `Add an institution to the roll. The denominación and the sector are compared with
those of CONDUSEF's records: write them as those do. The terms are those of the
configuration unless they are given.`,
		Example: "  buzon une add 900009 --denominacion 'Institución Inventada' --sector 'Uniones de " +
			"Crédito' --key nueve.pub",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			for name, err := range map[string]error{"denominacion": config.CheckDenominacion(in.Denominacion),
				"sector": config.CheckSector(in.Sector)} {
				if err != nil {
					return usageError{fmt.Errorf("--%s %w", name, err)}
				}
			}
			if key != "" {
				k, err := readKey(c.InOrStdin(), key)
				if err != nil {
					return err
				}
				in.Llaves = []store.Llave{k}
			}
			return o.do(c, args[0], func(m *padron.Cambio) error { return m.Add(in) })
		},
	}
	c.Flags().StringVar(&in.Denominacion, "denominacion", "", "its name, as the records of CONDUSEF write it")
	c.Flags().StringVar(&in.Sector, "sector", "", "its sector, as the records of CONDUSEF write it")
	c.Flags().IntVar(&in.Termino, "termino", 0, "días hábiles for an answer (terms.dias)")
	c.Flags().IntVar(&in.Prorroga, "prorroga", 0, "most días hábiles of a prórroga (terms.prorroga_max)")
	c.Flags().StringVar(&key, "key", "", "file with its public key; - reads standard input")
	return o.reasonFlag(o.flags(c))
}
