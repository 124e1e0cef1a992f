package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/ops"
	"buzon/exchange/puntaje"
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
		"  buzon calendar list --year 2026\n  buzon calendar add 2026-07-20..2026-07-31 'Suspensión de plazos' --origen CONDUSEF --publicado 2026-07-10\n  buzon calendar import inhabiles.csv --dry-run")
	c.AddCommand(calendarListCmd(), calendarAddCmd(), calendarImportCmd())
	return c
}

func calendarAddCmd() *cobra.Command {
	o := &calendarChange{}
	var origen, publicado, aplica string
	c := &cobra.Command{
		Use:   "add FECHA[..FECHA] DESCRIPCION",
		Short: "Add a day, or the weekdays of a span, or put a row right",
		Long: `Add a day that is no día hábil, or each weekday of a span. A row that is wrong is
put right by its fecha and origen: with --aplica-ge NO the day is hábil again.`,
		Example: `  buzon calendar add 2026-07-20 'Suspensión de plazos' --origen CONDUSEF --publicado 2026-07-10
  buzon calendar add 2026-07-20..2026-07-31 'Suspensión de plazos' --origen CONDUSEF --dry-run
  buzon calendar add 2026-11-02 'Día de Muertos' --origen CNBV --aplica-ge NO --reason 'oficio 123'`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			days, err := newDays(args[0], args[1], origen, publicado, aplica)
			if err != nil {
				return usageError{err}
			}
			return o.do(c, days)
		},
	}
	c.Flags().StringVar(&origen, "origen", "", "who set the day: CONDUSEF, DOF, CNBV …; needed")
	c.Flags().StringVar(&publicado, "publicado", "", "the date of the DOF, AAAA-MM-DD, where it is known")
	c.Flags().StringVar(&aplica, "aplica-ge", "SI", "SI, or NO: the day is listed, and hábil for Gestión Electrónica")
	return o.flags(c)
}

func calendarImportCmd() *cobra.Command {
	o := &calendarChange{}
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Add the rows of a table (CSV): fecha,descripcion,origen[,publicado][,aplica_ge]",
		Long: `Add the rows of a table; "-" reads it from standard input. Rows that are there word
for word are not told again. No row is ever removed: one that is wrong is put right
by its fecha and origen with aplica_ge NO.`,
		Example: "  buzon calendar import inhabiles.csv\n  buzon calendar import inhabiles.csv --dry-run --json",
		Args:    cobra.ExactArgs(1),
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

// newDays makes the rows that a command line asks for.
func newDays(span, descripcion, origen, publicado, aplica string) (days []schema.Inhabil, err error) {
	var errs []error
	first, last, isSpan := strings.Cut(span, "..")
	in := schema.Inhabil{Descripcion: descripcion, Origen: origen, AplicaGE: aplica == "SI"}
	from, err := schema.ParseDia(first)
	errs = append(errs, err)
	to := from
	if isSpan {
		to, err = schema.ParseDia(last)
		errs = append(errs, err)
	}
	if publicado != "" {
		if in.Publicado, err = schema.ParseDia(publicado); err != nil {
			errs = append(errs, fmt.Errorf("--publicado: %w", err))
		}
	}
	texts := map[string]string{"DESCRIPCION": descripcion}
	if origen == "" {
		errs = append(errs, errors.New("--origen is needed: say who set the day, such as DOF, CONDUSEF or CNBV"))
	} else {
		texts["--origen"] = origen
	}
	for name, text := range texts {
		if err := config.CheckText(text, 200); err != nil {
			errs = append(errs, fmt.Errorf("%s %w", name, err))
		}
	}
	if aplica != "SI" && aplica != "NO" {
		errs = append(errs, fmt.Errorf("--aplica-ge %q: want SI or NO", aplica))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	const most = 366
	if to < from || to-from > most {
		return nil, fmt.Errorf("%s: want the later day last, and no more than a year", span)
	}
	for d := from; d <= to; d++ {
		if weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday; !weekend || !isSpan {
			in.Fecha = d
			days = append(days, in)
		}
	}
	return days, nil
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

func printRecuento(w io.Writer, r ops.Recuento) error {
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
		fmt.Fprintf(t, "  %s\t%s\tround %d\ttold: %s\tnow: %s\n", k.Institution, k.Folio, k.Round, cuenta(k.Told), cuenta(k.Now))
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
func cuenta(c exchange.Cuenta) string {
	return fmt.Sprintf("day %d, limit %s, %s", c.Dias, c.Limite, opportunity(c.EnTiempo))
}

func opportunity(inTime bool) string {
	if inTime {
		return "in time"
	}
	return "late (extemporánea)"
}
