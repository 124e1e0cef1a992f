package main

import (
	"fmt"
	"strings"
	"testing"

	"buzon/exchange/ops"
	"buzon/schema"
)

// TestStatusOfMany: on a bad evening of two hundred institutions the screen begins with
// what needs a hand, each with what to do, and is a screen; --all has every one.
func TestStatusOfMany(t *testing.T) {
	t.Parallel()
	e := &ops.Estado{Day: schema.NewDia(2026, 3, 2), Business: true, Overdue: 30, Soon: 60}
	aviso := func(clase, que string) {
		e.Avisos = append(e.Avisos, ops.Aviso{Clase: clase, Que: que, Hacer: "do " + clase})
	}
	aviso("run", "the last run failed: the server's key has changed")
	for n := range 7 {
		e.Rejected = append(e.Rejected, ops.EstadoRehusado{Party: schema.UNE(900001 + n).Parte(),
			File: fmt.Sprintf("GE_RES_%d", n)})
	}
	for n := range 200 {
		une := fmt.Sprintf("%08d", 900001+n)
		e.Keyless = append(e.Keyless, une)
		e.Institutions = append(e.Institutions, ops.EstadoUNE{Institution: une, Received: 5, PickedUp: 2})
		if n < 30 {
			aviso("pickup", une+" did not pick up 1 of its LOTs")
			e.Due = append(e.Due,
				ops.EstadoPlazos{Institution: schema.Parte(900001 + n), Overdue: n % 3, Soon: 2})
		}
	}
	screen := func(all bool) string {
		var b strings.Builder
		if err := printEstado(&b, e, all); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	short, long := screen(false), screen(true)
	if lines := strings.Split(short, "\n"); len(lines) > 40 ||
		!strings.HasPrefix(lines[1], "! the last run failed") || lines[2] != "  → do run" {
		t.Errorf("%d lines:\n%s", len(lines), short)
	}
	for _, want := range []string{"! and 26 more of this kind; --all shows them",
		"without a key 200 institutions, 00900001, 00900002, 00900003 among them",
		"of the day    400 picked up",
		"refused whole 7;", "00900005  GE_RES_4", "and 2 more; --all shows them", "00900003  0  2  2",
		"and 20 institutions more"} {
		if !strings.Contains(strings.Join(strings.Fields(short), " "),
			strings.Join(strings.Fields(want), " ")) {
			t.Errorf("it does not say %q:\n%s", want, short)
		}
	}
	for _, une := range e.Keyless {
		if strings.Count(long, une) < 2 {
			t.Errorf("--all leaves %s out", une)
		}
	}
	if n := strings.Count(long, "did not pick up"); n != 30 {
		t.Errorf("--all shows %d of 30", n)
	}
}
