package schema

import (
	"fmt"
	"time"
	_ "time/tzdata" // the zone of the exchange is there on a machine without zone data
)

// Zona is the zone of the exchange, America/Mexico_City: UTC−6 all year since
// October 2022, with daylight saving before.
var Zona = zona()

func zona() *time.Location {
	z, err := time.LoadLocation("America/Mexico_City")
	if err != nil {
		panic("schema: zone data is embedded, yet: " + err.Error())
	}
	return z
}

// Dia is a calendar day without a zone, counted as the Rata Die does (day 1 is
// 0001-01-01), so that days compare with < and their difference is a number of
// days. The zero value is no day.
type Dia int32

const (
	secondsPerDay = 24 * 60 * 60
	unixDay       = 719163 // the Rata Die of 1970-01-01
)

// NewDia gives the day of a year, month and day of month, normalised as
// time.Date does.
func NewDia(year int, month time.Month, day int) Dia {
	return Dia(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/secondsPerDay + unixDay)
}

// diasAntes is the number of days of a common year before each month.
var diasAntes = [...]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}

// diaDe gives the day if it exists, 0 otherwise. It counts by itself: in reading
// a file dates are most of what takes time.
func diaDe(year, month, day int) Dia {
	if year < 1 || month < 1 || month > 12 || day < 1 {
		return 0
	}
	length, leaped := diasAntes[month]-diasAntes[month-1], 0
	if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		switch {
		case month == 2:
			length++
		case month > 2:
			leaped = 1
		}
	}
	if day > length {
		return 0
	}
	before := year - 1
	return Dia(365*before + before/4 - before/100 + before/400 + diasAntes[month-1] + leaped + day)
}

// DiaDe is the day that a clock on the wall in Mexico City shows at t.
func DiaDe(t time.Time) Dia {
	y, m, d := t.In(Zona).Date()
	return NewDia(y, m, d)
}

// ParseDia reads 2026-03-02, the form of command lines, JSON and the store.
func ParseDia(s string) (Dia, error) { return parseDia(time.DateOnly, s, "AAAA-MM-DD") }

// parseCompacta reads 20260302, the date in a file name.
func parseCompacta(s string) (Dia, error) { return parseDia("20060102", s, "AAAAMMDD") }

func parseDia(layout, s, want string) (Dia, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Format(layout) != s || t.Year() < 1 {
		return 0, fmt.Errorf("date %q: want an existing day as %s", s, want)
	}
	return NewDia(t.Date()), nil
}

func (d Dia) utc() time.Time { return time.Unix((int64(d)-unixDay)*secondsPerDay, 0).UTC() }

// String is 2026-03-02, or "" for no day.
func (d Dia) String() string { return d.format(time.DateOnly) }

// Compacta is 20260302, as file names write it.
func (d Dia) Compacta() string { return d.format("20060102") }

func (d Dia) format(layout string) string {
	if d == 0 {
		return ""
	}
	return d.utc().Format(layout)
}

// MarshalText writes 2026-03-02.
func (d Dia) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2026-03-02.
func (d *Dia) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	*d, err = ParseDia(string(b))
	return err
}

// Year is the day's year.
func (d Dia) Year() int { return d.utc().Year() }

// Weekday is the day of the week.
func (d Dia) Weekday() time.Weekday { return d.utc().Weekday() }

// At is the moment at which a clock in Mexico City shows h on that day.
func (d Dia) At(h Hora) time.Time {
	y, m, day := d.utc().Date()
	return time.Date(y, m, day, 0, 0, int(h), 0, Zona)
}

// Hora is a time of day in seconds after midnight.
type Hora int32

// ParseHora reads 20:00 or 23:59:59.
func ParseHora(s string) (Hora, error) {
	for _, layout := range []string{"15:04:05", "15:04"} {
		if t, err := time.Parse(layout, s); err == nil && t.Format(layout) == s {
			return Hora(t.Hour()*3600 + t.Minute()*60 + t.Second()), nil
		}
	}
	return 0, fmt.Errorf("hour %q: want HH:MM or HH:MM:SS", s)
}

// String is 23:59:59.
func (h Hora) String() string { return fmt.Sprintf("%02d:%02d:%02d", h/3600, h/60%60, h%60) }
