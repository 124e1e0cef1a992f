package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/schema"
)

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
	c.Flags().StringVar(&aplica, "aplica-ge", "SI",
		"SI, or NO: the day is listed, and hábil for Gestión Electrónica")
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
		errs = append(errs,
			errors.New("--origen is needed: say who set the day, such as DOF, CONDUSEF or CNBV"))
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
