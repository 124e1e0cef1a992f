package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"buzon/exchange/puntaje"
	"buzon/schema"
)

func calendarImportCmd() *cobra.Command {
	o := &calendarChange{}
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Add the rows of a table (CSV): fecha,descripcion,origen[,publicado][,aplica_ge]",
		Long: `Add the rows of a table; "-" reads it from standard input. Rows that are there word
for word are not told again. No row is ever removed: one that is wrong is put right
by its fecha and origen with aplica_ge NO.`,
		Example: "  buzon calendar import inhabiles.csv\n  buzon calendar import inhabiles.csv --dry-run " +
			"--json",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			days, err := readDays(c.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			return o.do(c, days)
		},
	}
	return o.flags(c)
}

func readDays(in io.Reader, path string) ([]schema.Inhabil, error) {
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, puntaje.MaxHoja+1))
	if err == nil && len(text) > puntaje.MaxHoja {
		err = fmt.Errorf("over %d bytes", puntaje.MaxHoja)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	days, err := schema.ReadInhabiles(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return days, nil
}
