package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/ops"
	"buzon/store"
)

func calendarListCmd() *cobra.Command {
	var path, asOf string
	var year int
	var versions, asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "Show the días inhábiles of a year, or the versions of the calendar",
		Long: `Show the días inhábiles of a year; with --versions the versions of the calendar and
what each one added, with hours of America/Mexico_City.`,
		Example: `  buzon calendar list --year 2026
  buzon calendar list --year 2026 --as-of 2026-07-01
  buzon calendar list --versions --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			at, err := momentFlag("as-of", asOf)
			if err != nil {
				return err
			}
			var l ops.AnioCalendario
			err = askStore(c, path, func(_ *config.Config, v *store.View) (err error) {
				l, err = ops.ReadCalendario(v, at, year, time.Now())
				return err
			})
			switch {
			case err != nil:
				return err
			case versions && asJSON:
				return json.NewEncoder(c.OutOrStdout()).Encode(ops.Calendarios{Simulacro: l.Simulacro,
					Versions: l.Versions})
			case versions:
				return printVersions(c.OutOrStdout(), &l)
			case asJSON:
				return json.NewEncoder(c.OutOrStdout()).Encode(l)
			}
			return printCalendar(c.OutOrStdout(), &l)
		},
	}
	configFlag(c, &path)
	c.Flags().IntVar(&year, "year", 0, "the year; without it that of the day")
	c.Flags().StringVar(&asOf, "as-of", "", "as the log had it at this moment: AAAA-MM-DD or RFC 3339")
	c.Flags().BoolVar(&versions, "versions", false, "show the versions, and what each one added")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func printCalendar(w io.Writer, l *ops.AnioCalendario) error {
	markRehearsal(w, l.Simulacro)
	fmt.Fprintf(w, "calendar %s, %d: %d días hábiles; besides weekends these are none\n", l.Calendar, l.Year,
		l.Business)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, d := range l.Days {
		note := ""
		if d.Applies == "NO" {
			note = "hábil for Gestión Electrónica"
		}
		published := ""
		if d.Published != 0 {
			published = "DOF " + d.Published.String()
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", d.Date, diasSemana[d.Date.Weekday()], d.Description,
			d.Origin, published, note)
	}
	return t.Flush()
}

var diasSemana = [...]string{"do", "lu", "ma", "mi", "ju", "vi", "sa"}

func printVersions(w io.Writer, l *ops.AnioCalendario) error {
	markRehearsal(w, l.Simulacro)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "EVENT\tTIME\tCALENDAR\tCAUSE\tDAYS")
	for _, c := range l.Versions {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\n", c.N, hourOf(c.Momento), c.Calendar, c.Cause,
			strconv.Itoa(len(c.Days)))
	}
	return t.Flush()
}
