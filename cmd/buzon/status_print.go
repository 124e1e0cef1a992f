package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"buzon/exchange/ops"
)

func printEstado(w io.Writer, e *ops.Estado) error {
	markRehearsal(w, e.Simulacro)
	state := "open"
	switch {
	case e.Closed:
		state = "closed"
	case !e.Business:
		state = "no día hábil"
	case !e.Cut && !e.Past:
		state = "before its corte at " + e.Corte.String()
	}
	fmt.Fprintf(w, "operation day %s: %s\n", e.Day, state)
	fmt.Fprintf(w, "records       %d received, %d delivered, %d refused\n", e.Received, e.Delivered, e.Refused)
	for _, f := range e.Files {
		fmt.Fprintf(w, "  %s  %s  %d of %d accepted\n", f.File, f.Result, f.Accepted, f.Records)
	}
	fmt.Fprintf(w, "folios        %d open, %d due soon, %d overdue\n", e.Open, e.Soon, e.Overdue)
	if len(e.Institutions) > 0 {
		fmt.Fprintln(w)
		if err := printUNEs(w, e.Institutions); err != nil {
			return err
		}
	}
	for _, u := range e.Institutions {
		if u.Blind > 0 {
			fmt.Fprintf(w, "not observable: the pickup of %d folios of %s, which lie on its own server\n", u.Blind, u.Institution)
		}
	}
	if r := e.LastRun; r != nil {
		fmt.Fprintf(w, "\nlast run      %s, %s, for %s\n", r.Start, r.Cause, r.Day)
	}
	if h := e.Head; h != nil {
		fmt.Fprintf(w, "checkpoint    %s, of %d events, picked up by %d parties\n", h.Time, h.Events, h.Witnesses)
	}
	for _, task := range []string{"recoger", "corte"} {
		if t, ok := e.Next[task]; ok {
			fmt.Fprintf(w, "next %-8s %s\n", task, t)
		}
	}
	if len(e.Absent) > 0 {
		fmt.Fprintf(w, "catalogs      not loaded: %s\n", strings.Join(e.Absent, ", "))
	}
	if len(e.Keyless) > 0 {
		fmt.Fprintf(w, "without a key %s: no UNE can sign in there\n", strings.Join(e.Keyless, ", "))
	}
	if len(e.Suspended) > 0 {
		fmt.Fprintf(w, "suspended     %s\n", strings.Join(e.Suspended, ", "))
	}
	for _, k := range e.Ending {
		fmt.Fprintf(w, "key ends      %s of %s (%s) on %s, in %d days\n", k.Key, k.Institution, k.Name, k.To, *k.DaysLeft)
	}
	if err := printDue(w, e); err != nil {
		return err
	}
	for _, s := range e.Warnings {
		fmt.Fprintf(w, "! %s\n", s)
	}
	return nil
}

// printUNEs prints the table by institution that status and demo share.
func printUNEs(w io.Writer, all []ops.EstadoUNE) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "UNE\treceived\tdelivered\tpicked up\tanswered\treceipted\treturned\t")
	var sum ops.EstadoUNE
	for _, u := range all {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", u.Institution, u.Received, u.Delivered, u.PickedUp, u.Answered, u.Receipted, u.Returned)
		sum.Received += u.Received
		sum.Delivered += u.Delivered
		sum.PickedUp += u.PickedUp
		sum.Answered += u.Answered
		sum.Receipted += u.Receipted
		sum.Returned += u.Returned
	}
	fmt.Fprintf(t, "all\t%d\t%d\t%d\t%d\t%d\t%d\t\n", sum.Received, sum.Delivered, sum.PickedUp, sum.Answered, sum.Receipted, sum.Returned)
	return t.Flush()
}

// printDue shows where terms are short: by institution, and by folio where that was
// asked for.
func printDue(w io.Writer, e *ops.Estado) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	if e.Soon+e.Overdue > 0 {
		fmt.Fprintln(t, "\nopen folios\ta_tiempo\tpor_vencer\tvencido\t")
	}
	for _, d := range e.Due {
		if d.Soon+d.Overdue > 0 {
			fmt.Fprintf(t, "%s\t%d\t%d\t%d\t\n", d.Institution, d.InTime, d.Soon, d.Overdue)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, d := range e.DueFolios {
		fmt.Fprintf(w, "due  %s  %-20s round %d  limit %s  %d días hábiles  %s\n", d.Institution, d.Folio, d.Round, d.Limit, d.Left, d.State)
	}
	return nil
}
