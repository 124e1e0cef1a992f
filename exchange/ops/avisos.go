package ops

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

// Aviso is something that needs a hand.
type Aviso struct {
	Clase string // of its kind there may be one for each institution
	Que   string
	Hacer string // "": it says so itself
}

func (e *Estado) aviso(clase, hacer, format string, args ...any) {
	a := Aviso{clase, fmt.Sprintf(format, args...), hacer}
	e.Avisos, e.Warnings = append(e.Avisos, a), append(e.Warnings, a.Que)
}

// warnRECs tells of RECs of another día hábil than the one on which they were taken, and of
// numbers that are missing before those that came.
func (e *Estado) warnRECs(v *store.View, cal *schema.Calendario) error {
	missing := map[string]bool{}
	for _, f := range e.Files {
		n, err := schema.ParseNombre(f.File)
		if err != nil {
			continue
		}
		if n.Dia < e.Day && cal.Habil(n.Dia) {
			e.aviso("late", "tell CONDUSEF; its rows are delivered, and their terms run from that",
				"%s came late: it is of %s and was taken on %s", f.File, n.Dia, e.Day)
		}
		gap, err := exchange.Faltantes(v, f.File)
		if err != nil {
			return err
		}
		for _, name := range gap {
			missing[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		e.aviso("gap", "ask CONDUSEF whether it was sent", "%s never came, and a later number did", name)
	}
	return nil
}

// folios writes so many of them.
func folios(n int) string {
	if n == 1 {
		return "1 folio"
	}
	return fmt.Sprintf("%d folios", n)
}

// warn says what somebody should look at, what is worst first.
func (e *Estado) warn(p exchange.Plazos, now time.Time) {
	const again = "mend what it names, then 'buzon run'; the daemon tries again by itself"
	if e.LastRun != nil && e.LastRun.Error != "" {
		e.aviso("run", again, "the last run failed: %s", strings.ReplaceAll(e.LastRun.Error, "\n", "; "))
	}
	e.Past = e.Business && !now.Before(e.Day.At(p.Corte))
	expected := e.Business && p.Esperado != 0 && !now.Before(e.Day.At(p.Esperado))
	switch {
	case expected && !e.Past && len(e.Files) == 0:
		e.aviso("rec", "ask CONDUSEF for it, and look at the last run",
			"no REC came from CONDUSEF for %s, which was expected by %s", e.Day, p.Esperado)
	case e.Past && len(e.Files) == 0 && !e.Closed:
		e.aviso("rec", "", "no REC came from CONDUSEF for %s; ask them, and look at the last run; "+
			"'buzon close %[1]s' ends a day that will never get one", e.Day)
	case e.Past && !e.Cut:
		e.aviso("corte", "'systemctl status buzon' or its like tells; once it runs it does what it missed",
			"the corte of %s (%s) was not done; is the daemon running?", e.Day, p.Corte)
	case e.Cut && !e.Closed:
		e.aviso("open", "'buzon run --date "+e.Day.String()+"' tries again, and names who is behind",
			"%s stays open: %d received, %d delivered, %d refused", e.Day, e.Received, e.Delivered, e.Refused)
	}
	for _, m := range e.Missing {
		e.aviso("content", "", "the content of %s of %s %s (%s): %s",
			m.File, m.Party, m.what, m.SHA256[:8], m.Remedy)
	}
	if e.Refused > 0 {
		e.aviso("refused", "tell CONDUSEF, who sends them again in a later REC",
			"%d records of CONDUSEF were refused; the RCH in entrada/ says why", e.Refused)
	}
	if e.Unpublished > 0 {
		e.aviso("unpublished", "",
			"%d files are made and not visible yet; the next run tries again", e.Unpublished)
	}
	if e.Overdue > 0 {
		e.aviso("overdue", "'buzon status --due' lists them",
			"%s passed the limit without an answer", folios(e.Overdue))
	}
	for _, une := range slices.Sorted(maps.Keys(e.Unfetched)) {
		e.aviso("pickup",
			"call the UNE; 'buzon une list "+une.String()+"' tells of its keys and their last use",
			"%s did not pick up %d of its LOTs; 'buzon history --event no_recogido' says when our server "+
				"was up",
			une, e.Unfetched[une])
	}
}
