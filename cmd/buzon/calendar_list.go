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
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
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
			var l calendarList
			err = askStore(c, path, func(_ *config.Config, v *store.View) (err error) {
				l, err = readCalendar(v, at, year)
				return err
			})
			switch {
			case err != nil:
				return err
			case versions && asJSON:
				return json.NewEncoder(c.OutOrStdout()).Encode(l.versionsJSON())
			case versions:
				return l.printVersions(c.OutOrStdout())
			case asJSON:
				return json.NewEncoder(c.OutOrStdout()).Encode(l)
			}
			return l.print(c.OutOrStdout())
		},
	}
	configFlag(c, &path)
	c.Flags().IntVar(&year, "year", 0, "the year; without it that of the day")
	c.Flags().StringVar(&asOf, "as-of", "", "as the log had it at this moment: AAAA-MM-DD or RFC 3339")
	c.Flags().BoolVar(&versions, "versions", false, "show the versions, and what each one added")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// calendarList is a year of the calendar.
type calendarList struct {
	Simulacro bool     `json:"simulacro,omitempty"`
	Calendar  string   `json:"calendar"`
	Year      int      `json:"year"`
	Business  int      `json:"business_days"`
	Days      []dayRow `json:"days"`

	versions []bitacora.VersionCalendario
}

func readCalendar(v *store.View, at time.Time, year int) (l calendarList, err error) {
	if l.Simulacro, err = v.Simulacro(); err != nil {
		return l, err
	}
	if l.versions, err = v.Calendarios(); err != nil {
		return l, err
	}
	now, err := nowOf(v)
	if err != nil {
		return l, err
	}
	if at.IsZero() {
		at = now
	}
	cal, err := v.CalendarioEn(at)
	if err != nil {
		return l, err
	}
	rows, err := v.Inhabiles(at)
	if err != nil {
		return l, err
	}
	if year == 0 {
		year = schema.DiaDe(at).Year()
	}
	first := schema.NewDia(year, time.January, 1)
	last := schema.NewDia(year, time.December, 31)
	l.Calendar, l.Year, l.Days = cal.Version(), year, daysOf(cal, rows, year)
	l.Business = cal.DiasHabiles(first-1, last)
	return l, nil
}

func (l *calendarList) print(w io.Writer) error {
	markRehearsal(w, l.Simulacro)
	fmt.Fprintf(w, "calendar %s, %d: %d días hábiles; besides weekends these are none\n", l.Calendar, l.Year, l.Business)
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
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", d.Date, diasSemana[d.Date.Weekday()], d.Description, d.Origin, published, note)
	}
	return t.Flush()
}

var diasSemana = [...]string{"do", "lu", "ma", "mi", "ju", "vi", "sa"}

// versionJSON is one version as --versions --json prints it.
type versionJSON struct {
	N        int64           `json:"n"` // its event
	Time     schema.Instante `json:"time"`
	Calendar string          `json:"calendar"`
	Before   string          `json:"before"`
	Cause    string          `json:"cause"`
	Days     []dayRow        `json:"days"`
}

func (l *calendarList) versionsJSON() any {
	all := []versionJSON{}
	for _, c := range l.versions {
		x := versionJSON{c.N, schema.NewInstante(c.Momento), c.Version, c.Anterior, c.Causa, []dayRow{}}
		for _, in := range c.Dias {
			x.Days = append(x.Days, dayRow{in.Fecha, in.Descripcion, in.Origen, in.Publicado, siNo(in.AplicaGE)})
		}
		all = append(all, x)
	}
	return struct {
		Simulacro bool          `json:"simulacro,omitempty"`
		Versions  []versionJSON `json:"versions"`
	}{l.Simulacro, all}
}

func siNo(yes bool) string {
	if yes {
		return "SI"
	}
	return "NO"
}

func (l *calendarList) printVersions(w io.Writer) error {
	markRehearsal(w, l.Simulacro)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "EVENT\tTIME\tCALENDAR\tCAUSE\tDAYS")
	for _, c := range l.versions {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\n", c.N, hourOf(c.Momento), c.Version, c.Causa, strconv.Itoa(len(c.Dias)))
	}
	return t.Flush()
}
