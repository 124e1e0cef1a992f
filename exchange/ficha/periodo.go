package ficha

import (
	"fmt"
	"time"

	"buzon/exchange/idatu"
	"buzon/schema"
)

// Periodo is a quarter, or the part of one that the sheet is about, with what the
// institution counted in it.
type Periodo struct {
	Nombre       string     // such as Enero–marzo 2018
	Desde, Hasta schema.Dia // both inclusive
	Conteos      []idatu.Conteo
}

var trimestres = [...]string{"Enero–marzo", "Abril–junio", "Julio–septiembre", "Octubre–diciembre"}

// Trimestres are the calendar quarters from a day to another, both inclusive and
// without counts; the first and the last are cut to the span. A span that is none
// has no quarters.
func Trimestres(desde, hasta schema.Dia) []Periodo {
	var out []Periodo
	if desde == 0 {
		return out
	}
	for from := desde; from <= hasta; {
		_, last := trimestreDe(from)
		out = append(out, Periodo{Nombre: nombreDe(from), Desde: from, Hasta: min(last, hasta)})
		from = last + 1
	}
	return out
}

// trimestreDe are the first and the last day of a day's quarter.
func trimestreDe(d schema.Dia) (first, last schema.Dia) {
	year, month := d.Year(), primerMes(d)
	return schema.NewDia(year, month, 1), schema.NewDia(year, month+3, 0)
}

// primerMes is the month in which a day's quarter begins.
func primerMes(d schema.Dia) time.Month {
	return (fecha(d).Month()-1)/3*3 + 1
}

func nombreDe(d schema.Dia) string {
	return fmt.Sprintf("%s %d", trimestres[primerMes(d)/3], d.Year())
}

// Corto is 1T18, as plots name a quarter.
func (p Periodo) Corto() string {
	return fmt.Sprintf("%dT%02d", primerMes(p.Desde)/3+1, p.Desde.Year()%100)
}

// Parcial tells whether it is less than a quarter.
func (p Periodo) Parcial() bool {
	first, last := trimestreDe(p.Desde)
	return p.Desde != first || p.Hasta != last
}

// Parcial says of a period that ends after the moment of the data until which day
// it is known; "" where it is known whole.
func Parcial(hasta schema.Dia, asOf time.Time) string {
	if asOf.IsZero() || !(hasta + 1).At(0).After(asOf) {
		return ""
	}
	return "parcial: datos hasta " + diaCorto(schema.DiaDe(asOf.Add(-1)))
}

// conteo is what was counted for a criterion, if there is a row of it.
func (p Periodo) conteo(proceso idatu.Proceso, criterio int) (c idatu.Conteo, known bool) {
	for _, c := range p.Conteos {
		if c.Proceso == proceso && c.Criterio == criterio {
			return c, true
		}
	}
	return c, false
}
