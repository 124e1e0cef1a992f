package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"buzon/exchange/idatu"
	"buzon/schema"
)

// scoreFlags are how score was called.
type scoreFlags struct {
	counts, bounds, institution, format string
	asJSON                              bool
}

// scoreFormats are the ways in which a score is written.
var scoreFormats = map[string]func(io.Writer, *idatu.Resultado) error{
	"table": printScore, "csv": printScoreCSV, "json": printScoreJSON,
}

func scoreCmd() *cobra.Command {
	var f scoreFlags
	c := &cobra.Command{
		Use:   "score",
		Short: "Score institutions by the IDATU, from counts in a file",
		Long: `Score institutions by the Índice de Desempeño de Atención a Usuarios, method of
2018, from a file of counts; no configuration is needed.

--counts is CSV with the columns ` + strings.Join(idatu.ColumnasConteo(), ",") + `: proceso
is GE, GO or CO, criterio the number in the process's own list (GO keeps those of
GE), both numbers whole, days of the mean times in all. The institutions in it
make the sector that each is measured by; one without rows of GE has not joined,
one without rows of CO has no IDATU.

--bounds is CSV with the columns ` + strings.Join(idatu.ColumnasLimite(), ",") + `: valor is indice or
participacion, the bounds in the value's own unit (%, or días hábiles). They stand
instead of the method's, as where the rest of the sector is not at hand.

In both a line that begins with # is a remark. Numbers are computed without
rounding, written with two decimals, and unrounded as JSON.`,
		Example: `  buzon score --counts conteos.csv
  buzon score --counts conteos.csv --bounds limites.csv --institution 900001 --json
  buzon score --counts conteos.csv --format csv > idatu.csv`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	c.Flags().StringVar(&f.counts, "counts", "", "the file of counts")
	c.Flags().StringVar(&f.bounds, "bounds", "", "a file of bounds")
	c.Flags().StringVar(&f.institution, "institution", "", "show this one alone; the sector stays")
	c.Flags().StringVar(&f.format, "format", "table", "table, csv or json")
	c.Flags().BoolVar(&f.asJSON, "json", false, "the same as --format json: one object")
	for _, name := range []string{"counts", "bounds"} {
		if err := c.MarkFlagFilename(name, "csv"); err != nil {
			panic(err) // the flags were added above
		}
	}
	return c
}

func (f *scoreFlags) run(c *cobra.Command) error {
	if f.asJSON {
		if c.Flags().Changed("format") && f.format != "json" {
			return usageError{fmt.Errorf("--json and --format %s: want one of the two", f.format)}
		}
		f.format = "json"
	}
	show, known := scoreFormats[f.format]
	var une schema.UNE
	var err error
	switch {
	case !known:
		return usageError{fmt.Errorf("--format %q: want table, csv or json", f.format)}
	case f.counts == "":
		return usageError{errors.New("score needs --counts FILE; a score from the log is not built yet")}
	case f.institution != "":
		if une, err = schema.ParseUNE(f.institution); err != nil {
			return usageError{fmt.Errorf("--institution: %w", err)}
		}
	}
	m := idatu.Metodo2018()
	conteos, limites, err := readScore(m, f.counts, f.bounds)
	if err != nil {
		return err
	}
	r, err := m.Score(conteos, limites)
	if err != nil {
		return err
	}
	if une != 0 {
		r.Instituciones = slices.DeleteFunc(r.Instituciones, func(x idatu.Calificacion) bool { return x.Institucion != une })
		if len(r.Instituciones) == 0 {
			return fmt.Errorf("%s: holds no counts of %s", f.counts, une)
		}
	}
	warnScore(c.ErrOrStderr(), r, r.Sector == 1 && len(limites) == 0)
	return show(c.OutOrStdout(), r)
}

// warnScore says what a reader of the score should know, on standard error.
func warnScore(w io.Writer, r *idatu.Resultado, alone bool) {
	for _, in := range r.Instituciones {
		for _, p := range in.Procesos {
			if len(p.Faltan) > 0 {
				fmt.Fprintf(w, "%s: %s has no counts of criteria %s: its total and the IDATU are unknown\n",
					in.Institucion, p.Proceso, strings.Trim(fmt.Sprint(p.Faltan), "[]"))
			}
		}
	}
	if alone {
		fmt.Fprintln(w, "one institution alone is measured by itself: give counts of the rest of its sector, or --bounds")
	}
}
