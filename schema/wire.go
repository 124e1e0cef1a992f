package schema

import (
	"strconv"
	"time"
)

// Fields keep the text that was read, byte by byte, so that what was read can be
// written again unchanged. Their Go type is their type in the layout; type A is
// string, or Reservado where it is personal data. The methods that convert give
// the zero value for text that is empty or wrong: they are for records that
// were found good.
type (
	// Entero is type N: an integer without sign or leading zeros.
	Entero string
	// Cifras is type C: a fixed number of digits that keeps its zeros.
	Cifras string
	// Fecha is type F: dd/mm/aaaa.
	Fecha string
	// Monto is type M: pesos with two decimals.
	Monto string
	// Instante is type T: RFC 3339 to the second, with the offset in figures.
	Instante string
	// Huella is type H: a SHA-256 in lower-case hex.
	Huella string
)

// NewEntero writes n as type N does.
func NewEntero(n int64) Entero { return Entero(strconv.FormatInt(n, 10)) }

// Int is the number.
func (e Entero) Int() int {
	n, err := strconv.Atoi(string(e))
	if err != nil {
		return 0
	}
	return n
}

// UNE is the clave that the field holds.
func (e Entero) UNE() UNE {
	u, err := ParseUNE(string(e))
	if err != nil {
		return 0
	}
	return u
}

const layoutFecha = "02/01/2006"

// Fecha writes the day as type F does, "" for no day.
func (d Dia) Fecha() Fecha { return Fecha(d.format(layoutFecha)) }

// Dia is the day that the field holds.
func (f Fecha) Dia() Dia {
	if len(f) != len("dd/mm/aaaa") || f[2] != '/' || f[5] != '/' {
		return 0
	}
	day, month, century, year := pair(f[0], f[1]), pair(f[3], f[4]), pair(f[6], f[7]), pair(f[8], f[9])
	if century < 0 || year < 0 {
		return 0
	}
	return diaDe(100*century+year, month, day)
}

// pair gives the number that two digits write, -1 for other bytes.
func pair(tens, units byte) int {
	if tens -= '0'; tens > 9 {
		return -1
	}
	if units -= '0'; units > 9 {
		return -1
	}
	return 10*int(tens) + int(units)
}

// Monto writes the amount as type M does.
func (c Centavos) Monto() Monto { return Monto(c.String()) }

// Centavos is the amount that the field holds.
func (m Monto) Centavos() Centavos {
	c, _ := centavos(string(m))
	return c
}

const layoutInstante = "2006-01-02T15:04:05-07:00"

// NewInstante writes t as type T does, in the zone of the exchange.
func NewInstante(t time.Time) Instante { return Instante(t.In(Zona).Format(layoutInstante)) }

// Time is the moment that the field holds.
func (i Instante) Time() time.Time {
	t, err := time.Parse(layoutInstante, string(i))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Momento writes a moment whole, as the log counts them and so that it can be asked for
// again: RFC 3339, in the zone of the exchange, with milliseconds where there are any.
func Momento(t time.Time) string { return t.In(Zona).Format("2006-01-02T15:04:05.999-07:00") }
