package gateway

import (
	"testing"

	"buzon/schema"
)

// Counting back ends where the calendar does.
func TestHabilesAntes(t *testing.T) {
	t.Parallel()
	cal := schema.NewCalendario(nil)
	for _, c := range []struct{ from, want schema.Dia }{
		{schema.NewDia(2026, 3, 25), schema.NewDia(2026, 3, 18)},
		{schema.NewDia(2026, 3, 22), schema.NewDia(2026, 3, 13)}, // a Sunday, and the 16th is off
		{4, 1},
		{1, 1},
	} {
		if got := habilesAntes(cal, c.from, 5); got != c.want {
			t.Errorf("five días hábiles before %s: %s, want %s", c.from, got, c.want)
		}
	}
}
