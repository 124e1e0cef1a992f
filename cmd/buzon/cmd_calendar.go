package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/ops"
	"buzon/schema"
	"buzon/store"
)

func calendarCmd() *cobra.Command {
	c := groupCmd("calendar", "Show and change the days that are no días hábiles",
		`Show and change the calendar by which terms are counted. Computed days and the
known suspensions are there from the first day, those of the configuration are
added at the start; a row takes the place of another one of the same fecha and
origen. Each change is a new version and an event of the log. Open terms are
counted again with it, but a limit that was told never becomes earlier; answered
folios keep what their acuse says and are shown both ways. It works while the
daemon runs, which counts with the new version from the next count on.`,
		"  buzon calendar list --year 2026\n  buzon calendar add 2026-07-20..2026-07-31 'Suspensión de "+
			"plazos' --origen CONDUSEF --publicado 2026-07-10\n  buzon calendar import inhabiles.csv "+
			"--dry-run")
	c.AddCommand(calendarListCmd(), calendarAddCmd(), calendarImportCmd())
	return c
}

// calendarChange is what the commands that change the calendar are asked.
type calendarChange struct {
	change
	dry bool
}

func (o *calendarChange) flags(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&o.dry, "dry-run", false, "show what would change, and change nothing")
	return o.reasonFlag(o.change.flags(c))
}

// errDry undoes what a dry run did.
var errDry = errors.New("a dry run changes nothing")

func (o *calendarChange) do(c *cobra.Command, days []schema.Inhabil) error {
	var r exchange.Recuento
	var simulacro bool
	err := o.update(c, func(cfg *config.Config, tx *store.Tx) (err error) {
		p := exchange.Plazos{FinDePlazo: cfg.Schedule.FinDePlazo}
		if simulacro, err = tx.Simulacro(); err != nil {
			return err
		}
		who := o.orden()
		r, err = p.ChangeCalendar(tx, days, exchange.CalendarioOrden, &who)
		if err == nil && o.dry {
			err = errDry
		}
		return err
	})
	if err != nil && !errors.Is(err, errDry) {
		return err
	}
	if o.asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(ops.NewRecuento(r, simulacro, o.dry))
	}
	return printRecuento(c.OutOrStdout(), ops.NewRecuento(r, simulacro, o.dry))
}

// shownFolios is how many folios a person is shown of each kind.
const shownFolios = 20

func printRecuento(w io.Writer, r ops.CambioCalendario) error {
	markRehearsal(w, r.Simulacro)
	switch {
	case r.Before == r.Calendar:
		fmt.Fprintf(w, "calendar %s: no day changes\n", r.Calendar)
		return nil
	case r.DryRun:
		fmt.Fprintf(w, "calendar %s would become %s; nothing was changed\n", r.Before, r.Calendar)
	default:
		fmt.Fprintf(w, "calendar %s became %s\n", r.Before, r.Calendar)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "%d open folios have a later limit\n", len(r.Moved))
	for _, m := range r.Moved[:min(shownFolios, len(r.Moved))] {
		fmt.Fprintf(t, "  %s\t%s\tround %d\t%s → %s\n", m.Institution, m.Folio, m.Round, m.Before, m.Limit)
	}
	more(t, len(r.Moved))
	fmt.Fprintf(t, "%d answered folios count otherwise; their acuses stand\n", len(r.Closed))
	for _, k := range r.Closed[:min(shownFolios, len(r.Closed))] {
		fmt.Fprintf(t, "  %s\t%s\tround %d\ttold: %s\tnow: %s\n", k.Institution, k.Folio, k.Round,
			cuenta(k.Told), cuenta(k.Now))
	}
	more(t, len(r.Closed))
	return t.Flush()
}

func more(w io.Writer, n int) {
	if n > shownFolios {
		fmt.Fprintf(w, "  and %d more: --json has all\n", n-shownFolios)
	}
}

// cuenta is a count of an answer for people.
func cuenta(c exchange.Computo) string {
	return fmt.Sprintf("day %d, limit %s, %s", c.Dias, c.Limite, opportunity(c.EnTiempo))
}
