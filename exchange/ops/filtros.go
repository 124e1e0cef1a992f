package ops

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// Filtros is a question to the log as it is written on a command line or in a
// URL. An empty field asks for nothing.
type Filtros struct {
	Institution string // a clave, or CONDUSEF
	Folio       string
	File        string
	Type        string // of the file: REC, LOT …
	Event       string
	From, To    string // a day, which begins at midnight in Mexico City, or RFC 3339; To is not included
	Key         string // fingerprint, SHA256:…
	Address     string // without port
	Order       string // oldest (the default) or newest
	// cursor of the last event that was seen: its number, of a folio also its place, as 12.3
	After string
	Limit string
}

// FiltroError is a mistake in one field of Filtros.
type FiltroError struct {
	Name string // of the flag or parameter
	Err  error
}

func (e *FiltroError) Error() string { return e.Name + ": " + e.Err.Error() }

func (e *FiltroError) Unwrap() error { return e.Err }

var eventRE = regexp.MustCompile(`^[a-z_]{1,40}$`)

// maxText bounds what a filter holds, in bytes: no name or key is longer.
const maxText = 255

// Consulta reads the fields. The error tells of the first mistake, as a
// FiltroError.
func (f Filtros) Consulta() (q store.Consulta, err error) {
	q = store.Consulta{Folio: schema.Folio(f.Folio), Archivo: f.File, Tipo: schema.Tipo(f.Type),
		Evento: f.Event, Llave: f.Key}
	for _, x := range []struct {
		name string
		read func() error
	}{
		{"institution", func() (err error) {
			if f.Institution != "" {
				q.Parte, err = schema.ParseParte(f.Institution)
			}
			return err
		}},
		{"folio", func() error { return text(f.Folio) }},
		{"file", func() error { return text(f.File) }},
		{"type", func() error {
			if f.Type != "" && !slices.Contains(schema.Tipos, q.Tipo) {
				return fmt.Errorf("%q: want one of %s", f.Type, tipos())
			}
			return nil
		}},
		{"event", func() error {
			if f.Event != "" && !eventRE.MatchString(f.Event) {
				return fmt.Errorf("%.40q: want a name such as archivo_recibido", f.Event)
			}
			if f.Folio == "" && bitacora.DeRegistro(f.Event) {
				return fmt.Errorf("%s is no event but what one tells of a folio: ask for that folio too",
					f.Event)
			}
			return nil
		}},
		{"from", func() (err error) { q.Desde, err = ParseMoment(f.From); return err }},
		{"to", func() (err error) { q.Hasta, err = ParseMoment(f.To); return err }},
		{"key", func() error { return text(f.Key) }},
		{"address", func() (err error) { q.Direccion, err = parseAddress(f.Address); return err }},
		{"order", func() (err error) { q.Ultimos, err = parseOrder(f.Order); return err }},
		{"after", func() (err error) {
			if q.DespuesDe, err = store.ParseCursor(f.After); err == nil && q.DespuesDe.Lugar > 0 &&
				f.Folio == "" {
				err = errors.New("only what is asked of a folio has places: want the number of an event")
			}
			return err
		}},
		{"limit", func() error {
			n, err := parseNumber(f.Limit, 1<<30)
			q.Limite = int(n)
			return err
		}},
	} {
		if err := x.read(); err != nil {
			return store.Consulta{}, &FiltroError{x.name, err}
		}
	}
	return q, nil
}

// String names what was asked for, as the log tells of it.
func (f Filtros) String() string {
	var all []string
	for _, x := range [][2]string{{"institution", f.Institution}, {"folio", f.Folio}, {"file", f.File},
		{"type", f.Type}, {"event", f.Event},
		{"from", f.From}, {"to", f.To}, {"key", f.Key}, {"address", f.Address}, {"order", f.Order},
		{"after", f.After}, {"limit", f.Limit}} {
		if x[1] != "" {
			all = append(all, x[0]+"="+x[1])
		}
	}
	return strings.Join(all, " ")
}

func text(s string) error {
	if len(s) > maxText || !utf8.ValidString(s) {
		return fmt.Errorf("want a text of at most %d bytes", maxText)
	}
	return nil
}

// ParseMoment reads a day, which begins at midnight in Mexico City, or a moment; "" is the zero time.
func ParseMoment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := schema.ParseDia(s); err == nil {
		return d.At(0), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fmt.Errorf("%.40q: want AAAA-MM-DD or RFC 3339", s)
	}
	return t, nil
}

// parseAddress reads an address, or a prefix: of an IPv6 client that was refused
// the log has its /64.
func parseAddress(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Unmap().String(), nil
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked().String(), nil
	}
	return "", fmt.Errorf("%.60q: want an IP address without a port", s)
}

func parseOrder(s string) (newest bool, err error) {
	switch s {
	case "", "oldest":
		return false, nil
	case "newest":
		return true, nil
	}
	return false, fmt.Errorf("%.20q: want oldest or newest", s)
}

// parseNumber reads a number from 1 to most; "" is 0.
func parseNumber(s string, most int64) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, errors.New("want a number from 1 on")
	}
	if n > most {
		return 0, fmt.Errorf("want a number up to %d", most)
	}
	return n, nil
}

func tipos() string {
	all := make([]string, len(schema.Tipos))
	for i, t := range schema.Tipos {
		all[i] = string(t)
	}
	return strings.Join(all, ", ")
}
