package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/exchange/ops"
	"buzon/schema"
	"buzon/store"
)

func traceCmd() *cobra.Command {
	var path, file string
	var asJSON bool
	c := &cobra.Command{
		Use:   "trace FOLIO",
		Short: "Show a folio's way, from its source line to its answer and back; or a file's",
		Long: `Show where a folio came from, line and hash, the LOT that carried it, who
picked that up, what was answered, and in which REP it went back. Events of it
that were refused are listed too. Hours are of America/Mexico_City.

With --file show a file in place of a folio: what it is, its hash, when it came or
became visible, what it answers, who picked it up, and its folios with their line
and how they stand. As JSON each content under that name is one object on one line.`,
		Example: `  buzon trace -c gateway/buzon.yaml 2026/090/1325
  buzon trace -c gateway/buzon.yaml 2026/090/1325 --json
  buzon trace -c gateway/buzon.yaml --file GE_LOT_00900001_20260302_001.txt`,
		Args: func(c *cobra.Command, args []string) error {
			if file != "" {
				return cobra.NoArgs(c, args)
			}
			return cobra.ExactArgs(1)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			return askStore(c, path, func(cfg *config.Config, v *store.View) error {
				out := bufio.NewWriter(c.OutOrStdout())
				trace := func() error { return traceFile(out, v, file, asJSON) }
				if file == "" {
					trace = func() error {
						return traceFolio(out, v, schema.Folio(args[0]), gateway.Acuerdo(cfg), asJSON)
					}
				}
				return errors.Join(trace(), out.Flush())
			})
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&file, "file", "", "show the file of this name")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func traceFolio(w io.Writer, v *store.View, f schema.Folio, ac *ops.Acuerdo, asJSON bool) error {
	t, err := ops.TraceFolio(v, f, ac)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("folio %s: nothing is known of it; 'buzon history' lists what is", f)
	}
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(w).Encode(t)
	}
	markRehearsal(w, t.Simulacro)
	fmt.Fprintf(w, "folio %s\n", f)
	for _, r := range t.Asuntos {
		printRound(w, r)
	}
	fmt.Fprintln(w, "\nevents")
	for _, e := range t.Events {
		code := ""
		if c, ok := e.Detalle["codigo"]; ok {
			code = fmt.Sprintf("  %v", c)
		}
		fmt.Fprintf(w, "  %6d  %s  %-22s %s%s\n", e.N, hourOf(e.Momento), e.Que, e.Archivo, code)
	}
	if t.More != nil {
		fmt.Fprintf(w, "  there are more: buzon history --folio %s --after %s\n", f, t.More)
	}
	return nil
}

func traceFile(w io.Writer, v *store.View, name string, asJSON bool) error {
	files, err := ops.TraceFile(v, name)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("file %q: nothing is known of it; 'buzon history' lists what is", name)
	}
	if err != nil {
		return err
	}
	if asJSON {
		return ops.WriteFiles(w, v, files)
	}
	for i, f := range files {
		if i > 0 {
			fmt.Fprintln(w)
		}
		markRehearsal(w, f.Simulacro)
		printFile(w, f)
		title := "\nfolios\n"
		if err := f.EachFolio(v, func(x ops.FileFolio) error {
			_, err := fmt.Fprintf(w, "%s  line %-7d %-20s %-8s  %s%s\n", title, x.Line, x.Folio,
				x.Institution, x.State, prefixed("  ", string(x.Code)))
			title = ""
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

func printFile(w io.Writer, f ops.FileTrace) {
	what := fmt.Sprintf("%s of %s, received", orNone(string(f.Type), "a file"), f.Party)
	if f.Made {
		what = fmt.Sprintf("%s for %s, made here", f.Type, f.Party)
	}
	fmt.Fprintf(w, "%s\n  %-13s %s\n  %-13s sha256 %s, %d bytes\n", f.File, "what", what, "", f.SHA256,
		f.Bytes)
	if f.Made {
		fmt.Fprintf(w, "  %-13s %s\n  %-13s %s\n", "made", f.Generated, "visible",
			orNone(string(f.Visible), "not yet"))
	} else {
		fmt.Fprintf(w, "  %-13s %s\n  %-13s %s: %d records, %d accepted, %d refused\n", "received",
			f.Received, "result", f.Result, f.Records, f.Accepted, f.Refused)
	}
	if f.Annulled != "" {
		fmt.Fprintf(w, "  %-13s %s: it was never visible\n", "taken back", f.Annulled)
	}
	if f.Acuse != "" {
		fmt.Fprintf(w, "  %-13s %s\n", "acuse", f.Acuse)
	}
	if f.Acusa != nil {
		printVia(w, "answers", f.Acusa)
	}
	for _, x := range f.Hechos {
		printVia(w, "answered by", &x)
	}
	if f.Pickup != nil {
		fmt.Fprintf(w, "  %-13s %s\n", "pickup", f.Pickup.State)
	}
	for _, p := range f.Pickups {
		printPickup(w, p)
	}
}

func printRound(w io.Writer, r ops.Asunto) {
	fmt.Fprintf(w, "\nround %d, institution %s\n", r.Round, r.Institution)
	printVia(w, "came in", &r.REC)
	printVia(w, "delivered in", r.LOT)
	if r.LOT != nil {
		fmt.Fprintf(w, "  term          day 0 %s, limit %s, calendar %s%s\n", r.Day0, r.Limit, r.Calendar,
			prefixed("; ", r.Term))
	}
	if r.Blind {
		fmt.Fprintf(w, "  %-13s not observable: the LOT lies on the institution's own server\n", "picked up")
	}
	if r.Pickup != nil && !r.Blind {
		fmt.Fprintf(w, "  %-13s %s\n", "pickup", r.Pickup.State)
	}
	for _, p := range r.Pickups {
		printPickup(w, p)
	}
	for _, a := range r.Respuestas {
		printVia(w, a.Type, &a.RES)
		fmt.Fprintf(w, "  %-13s day %d, %s; limit %s; %s\n", "", a.Days, opportunity(a.InTime), a.Limit,
			a.Acuse)
		printVia(w, "receipted in", a.ACU)
		printVia(w, "returned in", a.REP)
		if a.Annex != "" {
			fmt.Fprintf(w, "  %-13s sha256 %s\n", "annex", a.Annex)
		}
	}
	if x := r.Recount; x != nil {
		fmt.Fprintf(w, "  %-13s day %d, %s; limit %s; calendar %s; the acuse stands\n", "counted now", x.Days,
			opportunity(x.InTime), x.Limit, x.Calendar)
	}
	for _, d := range r.Rulings {
		printVia(w, fmt.Sprintf("dictamen %d", d.Type), &d.DIC)
		standing := ""
		if !d.Standing {
			standing = ", without effect since a later one"
		}
		fmt.Fprintf(w, "  %-13s dated %s%s\n", "", d.Date, standing)
	}
	if r.Withdrawn != "" {
		fmt.Fprintf(w, "  %-13s %s, without an answer\n", "withdrawn", r.Withdrawn)
	}
}

func printPickup(w io.Writer, p ops.Recogida) {
	what, much := "read in part", fmt.Sprintf("%d bytes were sent", p.Bytes)
	switch {
	case p.Complete:
		what, much = "picked up", "every byte was sent"
	case p.Bytes == 0:
		what, much = "opened", "no byte was sent"
	}
	if !p.Closed {
		much += ", the connection broke"
	}
	fmt.Fprintf(w, "  %-13s %s by %s from %s, %s\n  %-13s %s, key %s\n  %-13s %s\n", what, p.Time, p.Account,
		p.Address, much,
		"", p.Client, p.Key, "", p.Algorithms)
}

func printVia(w io.Writer, what string, x *ops.Via) {
	if x == nil {
		fmt.Fprintf(w, "  %-13s not yet\n", what)
		return
	}
	line := ""
	if x.Line > 0 {
		line = fmt.Sprintf(" line %d", x.Line)
	}
	at := string(x.Time)
	if at == "" {
		at = "not visible yet"
	}
	fmt.Fprintf(w, "  %-13s %s%s  %s\n  %-13s sha256 %s\n", what, x.File, line, at, "", x.SHA256)
}
