package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/ops"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// historyFlags are how history was called.
type historyFlags struct {
	path, date, format string
	filtros            ops.Filtros
	newest, asJSON     bool
	limit, last        int
}

func historyCmd() *cobra.Command {
	var f historyFlags
	c := &cobra.Command{
		Use:   "history",
		Short: "List events of the log: transfers by institution, folio, date, type, key, address",
		Long: `List the events of the log, oldest first (with --newest the other way round).
Several filters narrow it together; where none matches, that is said on standard
error. Where --limit cuts the list, standard error says with what --after the next
page begins; as JSON it is the last n, of a folio the last n and place.

An event tells a whole act, such as a file that was taken in. With --folio each
place of the folio in an act is listed instead, with what that did to it, and only
what is told of it; N is then the number and the place.

Hours of the table are of America/Mexico_City. --format jsonl (or --json) prints
one object a line, csv a table for spreadsheets.`,
		Example: `  buzon history -c gateway/buzon.yaml --institution 900001 --date 2026-03-18
  buzon history -c gateway/buzon.yaml --type ACU --newest --limit 20
  buzon history -c gateway/buzon.yaml --folio 2026/090/1325 --json
  buzon history -c gateway/buzon.yaml --from 2026-03-01 --to 2026-04-01 --format csv > marzo.csv`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			q, err := f.consulta(c)
			if err != nil {
				return err
			}
			return openStore(f.path, func(_ *config.Config, st *store.Store) error {
				return printHistory(c, st, q, f.format)
			})
		},
	}
	configFlag(c, &f.path)
	x := &f.filtros
	c.Flags().StringVar(&x.Institution, "institution", "", "events of one party: a clave, or CONDUSEF")
	c.Flags().StringVar(&x.Folio, "folio", "", "what acts did to one folio")
	c.Flags().StringVar(&x.File, "file", "", "events of one file name")
	c.Flags().StringVar(&x.Type, "type", "", "events of one type of file: REC, LOT, RES, ACU, RCH, REP, DIC")
	c.Flags().StringVar(&x.Event, "event", "",
		"events of one name, such as archivo_recibido; of a folio also reclamacion_entregada and the like")
	c.Flags().StringVar(&f.date, "date", "", "events of one day, AAAA-MM-DD")
	c.Flags().StringVar(&x.From, "from", "", "events from this day or moment on")
	c.Flags().StringVar(&x.To, "to", "", "events before this day or moment")
	c.Flags().StringVar(&x.Key, "key", "", "events of one key, by its fingerprint, SHA256:…")
	c.Flags().StringVar(&x.Address, "address", "", "events of one address, without a port")
	c.Flags().BoolVar(&f.newest, "newest", false, "the newest first")
	c.Flags().IntVar(&f.limit, "limit", 0, "at most so many events")
	c.Flags().StringVar(&f.filtros.After, "after", "",
		"what comes after event N in the order asked for: the next page; of a folio N.P, with its place")
	c.Flags().IntVar(&f.last, "last", 0, "the same as --newest --limit N")
	c.Flags().StringVar(&f.format, "format", "table", "table, csv or jsonl")
	c.Flags().BoolVar(&f.asJSON, "json", false, "the same as --format jsonl")
	c.MarkFlagsMutuallyExclusive("last", "limit")
	c.MarkFlagsMutuallyExclusive("json", "format")
	return c
}

// consulta reads the flags.
func (f *historyFlags) consulta(c *cobra.Command) (q store.Consulta, err error) {
	if f.asJSON {
		f.format = "jsonl"
	}
	if f.format != "table" && f.format != "csv" && f.format != "jsonl" {
		return q, usageError{fmt.Errorf("--format %q: want table, csv or jsonl", f.format)}
	}
	if f.date != "" {
		d, err := schema.ParseDia(f.date)
		if err != nil {
			return q, usageError{fmt.Errorf("--date: %w", err)}
		}
		if f.filtros.From == "" {
			f.filtros.From = d.String()
		}
		if f.filtros.To == "" {
			f.filtros.To = (d + 1).String()
		}
	}
	if f.last != 0 {
		f.newest, f.limit = true, f.last
	}
	if f.newest {
		f.filtros.Order = "newest"
	}
	for name, n := range map[string]int64{"limit": int64(f.limit), "last": int64(f.last)} {
		if c.Flags().Changed(name) && n < 1 {
			return q, usageError{fmt.Errorf("--%s %d: want a number from 1 on", name, n)}
		}
	}
	if q, err = f.filtros.Consulta(); err != nil {
		return q, usageError{fmt.Errorf("--%w", err)}
	}
	if !q.Desde.IsZero() && !q.Hasta.IsZero() && q.Desde.After(q.Hasta) {
		return q, usageError{fmt.Errorf("--from %s is after --to %s", f.filtros.From, f.filtros.To)}
	}
	q.Limite = f.limit
	return q, nil
}

// events is how history prints one event after the other.
type events interface {
	Write(bitacora.Evento) error
	Flush() error
}

func printHistory(c *cobra.Command, st *store.Store, q store.Consulta, format string) error {
	out := bufio.NewWriter(c.OutOrStdout())
	var w events
	switch format {
	case "csv":
		w = bitacora.NewCSV(out)
	case "jsonl":
		w = jsonl{json.NewEncoder(out)}
	default:
		w = newHistoryTable(out)
	}
	limit := q.Limite
	if limit > 0 {
		q.Limite++ // so that it is known whether there is more
	}
	var last store.Cursor
	shown := 0
	n, err := st.Stream(c.Context(), q, func(e bitacora.Evento) error {
		if limit > 0 && shown == limit {
			return nil
		}
		shown, last = shown+1, store.De(e)
		return w.Write(e)
	})
	if err := errors.Join(err, w.Flush(), out.Flush()); err != nil {
		return err
	}
	switch {
	case n == 0:
		fmt.Fprintln(c.ErrOrStderr(), "no event matches")
	case limit > 0 && n > limit && format != "jsonl":
		fmt.Fprintf(c.ErrOrStderr(), "there are more: --after %s\n", last)
	}
	return nil
}

type jsonl struct{ enc *json.Encoder }

func (j jsonl) Write(e bitacora.Evento) error { return j.enc.Encode(e) }

func (j jsonl) Flush() error { return nil }

// historyTable aligns the columns of a part of the events at a time: a log of
// millions is not held for the width of its widest name.
type historyTable struct {
	*tabwriter.Writer
	rows  int
	begun bool
}

const alignRows = 1000

func newHistoryTable(out io.Writer) *historyTable {
	return &historyTable{Writer: tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)}
}

func (t *historyTable) head(simulacro bool) {
	if t.begun {
		return
	}
	t.begun = true
	markRehearsal(t.Writer, simulacro)
	fmt.Fprintln(t.Writer, "N\tTIME\tEVENT\tPARTY\tFILE\tFOLIO")
}

func (t *historyTable) Flush() error {
	t.head(false)
	return t.Writer.Flush()
}

func (t *historyTable) Write(e bitacora.Evento) error {
	t.head(e.Simulacro)
	if t.rows++; t.rows%alignRows == 0 {
		if err := t.Flush(); err != nil {
			return err
		}
	}
	name := e.Evento
	if e.Que != "" { // what the act did to the folio that was asked for
		name = e.Que
	}
	_, err := fmt.Fprintf(t.Writer, "%s\t%s\t%s\t%s\t%s\t%s\n", store.De(e), hourOf(e.Momento), name, e.Parte,
		e.Archivo, e.Folio)
	return err
}
