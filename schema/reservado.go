package schema

import (
	"fmt"
	"log/slog"
)

// oculto is what a Reservado shows to everybody who did not ask for its text.
const oculto = "[reservado]"

// Reservado holds personal data. It prints as [reservado] under every fmt verb,
// in JSON and other text encodings, in slog and in zap; only Revelar gives its
// text, so that each place that lets personal data out can be found by name.
type Reservado string

// Revelar gives the text. Call it only where the text goes into a file of the
// exchange or into the store's own copy of one.
func (r Reservado) Revelar() string { return string(r) }

// Format covers every verb, %x and %#v among them.
func (r Reservado) Format(f fmt.State, _ rune) { fmt.Fprint(f, oculto) }

// MarshalText covers JSON, YAML, XML and zap's reflection.
func (r Reservado) MarshalText() ([]byte, error) { return []byte(oculto), nil }

// LogValue covers slog.
func (r Reservado) LogValue() slog.Value { return slog.StringValue(oculto) }
