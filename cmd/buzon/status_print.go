package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"buzon/exchange/ops"
)

// pocas is how many of a kind are shown one by one, where not all were asked for.
const pocas = 5

// printRejected lists the files that were refused whole: what is wrong with one is told
// to its party in an RCH, and it is for it to send another.
func printRejected(w io.Writer, files []ops.EstadoRehusado, all bool) {
	if len(files) == 0 {
		return
	}
	fmt.Fprintf(w, "refused whole %d; the RCH of each says why, 'buzon trace FILE' when it came\n",
		len(files))
	for i, f := range files {
		if i == pocas && !all {
			fmt.Fprintf(w, "  and %d more; --all shows them\n", len(files)-i)
			return
		}
		fmt.Fprintf(w, "  %s  %s\n", f.Party, f.File)
	}
}

// printEstado shows what needs a hand first, then the counts; all has every institution
// by itself.
func printEstado(w io.Writer, e *ops.Estado, all bool) error {
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
	printAvisos(w, e.Avisos, all)
	fmt.Fprintf(w, "\nrecords       %d received, %d delivered, %d refused\n", e.Received, e.Delivered,
		e.Refused)
	for _, f := range e.Files {
		fmt.Fprintf(w, "  %s  %s  %d of %d accepted\n", f.File, f.Result, f.Accepted, f.Records)
	}
	printRejected(w, e.Rejected, all)
	u := sumUNEs(e.Institutions)
	fmt.Fprintf(w, "of the day    %d picked up, %d answered, %d receipted, %d returned, by %d institutions\n",
		u.PickedUp, u.Answered, u.Receipted, u.Returned, len(e.Institutions))
	if all {
		for _, u := range e.Institutions {
			if u.Blind > 0 {
				fmt.Fprintf(w, "not observable: the pickup of %d folios of %s, which lie on its own server\n",
					u.Blind, u.Institution)
			}
		}
	} else if u.Blind > 0 {
		fmt.Fprintf(w, "not observable: the pickup of %d folios, which lie on institutions' own servers\n",
			u.Blind)
	}
	fmt.Fprintf(w, "folios        %d open, %d due soon, %d overdue\n", e.Open, e.Soon, e.Overdue)
	if err := printDue(w, e, all); err != nil {
		return err
	}
	printService(w, e, all)
	if !all || len(e.Institutions) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	return printUNEs(w, e.Institutions)
}

// printService shows when it ran and runs, and who cannot sign in.
func printService(w io.Writer, e *ops.Estado, all bool) {
	if r := e.LastRun; r != nil {
		fmt.Fprintf(w, "last run      %s, %s, for %s\n", r.Start, r.Cause, r.Day)
	}
	if h := e.Head; h != nil {
		fmt.Fprintf(w, "checkpoint    %s, of %d events, picked up by %d parties\n", h.Time, h.Events,
			h.Witnesses)
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
		fmt.Fprintf(w, "without a key %s: no UNE can sign in there\n", some(e.Keyless, all))
	}
	if len(e.Suspended) > 0 {
		fmt.Fprintf(w, "suspended     %s\n", some(e.Suspended, all))
	}
	for i, k := range e.Ending {
		if i == pocas && !all {
			fmt.Fprintf(w, "key ends      of %d more within the same time; --all shows them\n",
				len(e.Ending)-i)
			break
		}
		fmt.Fprintf(w, "key ends      %s of %s (%s) on %s, in %d days\n",
			k.Key, k.Institution, k.Name, k.To, *k.DaysLeft)
	}
}

// printAvisos shows what needs a hand, each with what to do; of many of a kind a few.
func printAvisos(w io.Writer, avisos []ops.Aviso, all bool) {
	many := map[string]int{}
	for _, a := range avisos {
		many[a.Clase]++
	}
	shown := map[string]int{}
	for _, a := range avisos {
		n := shown[a.Clase]
		shown[a.Clase]++
		switch {
		case all || many[a.Clase] <= pocas || n < pocas-1:
			fmt.Fprintf(w, "! %s\n", a.Que)
			if a.Hacer != "" {
				fmt.Fprintf(w, "  → %s\n", a.Hacer)
			}
		case n == pocas-1:
			fmt.Fprintf(w, "! and %d more of this kind; --all shows them\n", many[a.Clase]-n)
		}
	}
}

// some names a few of many.
func some(names []string, all bool) string {
	if all || len(names) <= pocas {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%d institutions, %s among them; 'buzon une list' has all",
		len(names), strings.Join(names[:3], ", "))
}

func sumUNEs(all []ops.EstadoUNE) (sum ops.EstadoUNE) {
	for _, u := range all {
		sum.Received += u.Received
		sum.Delivered += u.Delivered
		sum.PickedUp += u.PickedUp
		sum.Blind += u.Blind
		sum.Answered += u.Answered
		sum.Receipted += u.Receipted
		sum.Returned += u.Returned
	}
	return sum
}

// printUNEs prints the table by institution that status and demo share.
func printUNEs(w io.Writer, all []ops.EstadoUNE) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "UNE\treceived\tdelivered\tpicked up\tanswered\treceipted\treturned\t")
	for _, u := range all {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", u.Institution, u.Received, u.Delivered, u.PickedUp,
			u.Answered, u.Receipted, u.Returned)
	}
	sum := sumUNEs(all)
	fmt.Fprintf(t, "all\t%d\t%d\t%d\t%d\t%d\t%d\t\n", sum.Received, sum.Delivered, sum.PickedUp, sum.Answered,
		sum.Receipted, sum.Returned)
	return t.Flush()
}

// printDue shows where terms are short: by institution, and by folio where that was
// asked for.
func printDue(w io.Writer, e *ops.Estado, all bool) error {
	due := slices.DeleteFunc(slices.Clone(e.Due),
		func(d ops.EstadoPlazos) bool { return d.Soon+d.Overdue == 0 })
	slices.SortStableFunc(due, func(a, b ops.EstadoPlazos) int {
		return cmp.Or(cmp.Compare(b.Overdue, a.Overdue), cmp.Compare(b.Soon, a.Soon))
	})
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	if len(due) > 0 {
		fmt.Fprintln(t, "open folios\ta_tiempo\tpor_vencer\tvencido\t")
	}
	for i, d := range due {
		if i == 2*pocas && !all {
			break
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t\n", d.Institution, d.InTime, d.Soon, d.Overdue)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if more := len(due) - 2*pocas; more > 0 && !all {
		fmt.Fprintf(w, "  and %d institutions more, the worst first; --all shows them\n", more)
	}
	for _, d := range e.DueFolios {
		fmt.Fprintf(w, "due  %s  %-20s round %d  limit %s  %d días hábiles  %s\n",
			d.Institution, d.Folio, d.Round, d.Limit, d.Left, d.State)
	}
	return nil
}
