package main

import (
	"fmt"
	"io"
	"time"

	"golang.org/x/term"

	"buzon/schema"
	"buzon/store/bitacora"
)

// isTerminal tells whether a person is reading what is written to w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress shows on one line how far a long work is.
func progress(w io.Writer) func(string, int, int) {
	return func(what string, done, total int) {
		fmt.Fprintf(w, "\r\x1b[K%s %d/%d", what, done, total)
		if done == total {
			fmt.Fprint(w, "\r\x1b[K")
		}
	}
}

// markRehearsal begins what a rehearsal's store makes a command print for people.
func markRehearsal(w io.Writer, simulacro bool) {
	if simulacro {
		fmt.Fprintln(w, bitacora.Ensayo)
	}
}

// hourOf writes a moment for people, in Mexico City's time.
func hourOf(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(schema.Zona).Format("2006-01-02 15:04:05")
}

func opportunity(inTime bool) string {
	if inTime {
		return "in time"
	}
	return "late (extemporánea)"
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}
