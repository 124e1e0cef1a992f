package schema

import "time"

// Origins of the computed days.
const (
	origenLFT  = "LFT74" // art. 74 of the Ley Federal del Trabajo
	origenCNBV = "CNBV"  // the days on which the CNBV has banks close
)

// calculados gives the days that come back every year by a rule, as the rules
// stand since 2006; of earlier years they say what today's law would. Days on a
// weekend are among them.
func calculados(y int) []Inhabil {
	lft := func(d Dia, what string) Inhabil { return Inhabil{d, what, origenLFT, 0, true} }
	cnbv := func(d Dia, what string) Inhabil { return Inhabil{d, what, origenCNBV, 0, true} }
	pascua := domingoDePascua(y)
	days := []Inhabil{
		lft(NewDia(y, time.January, 1), "Año Nuevo"),
		lft(lunes(y, time.February, 1), "Constitución (primer lunes de febrero)"),
		lft(lunes(y, time.March, 3), "Natalicio de Benito Juárez (tercer lunes de marzo)"),
		cnbv(pascua-3, "Jueves Santo"),
		cnbv(pascua-2, "Viernes Santo"),
		lft(NewDia(y, time.May, 1), "Día del Trabajo"),
		lft(NewDia(y, time.September, 16), "Independencia"),
		cnbv(NewDia(y, time.November, 2), "Día de Muertos"),
		lft(lunes(y, time.November, 3), "Revolución (tercer lunes de noviembre)"),
		cnbv(NewDia(y, time.December, 12), "Empleado Bancario"),
		lft(NewDia(y, time.December, 25), "Navidad"),
	}
	if m, ok := transmision(y); ok {
		days = append(days, lft(NewDia(y, m, 1), "Transmisión del Poder Ejecutivo Federal"))
	}
	return days
}

// transmision gives the month on whose first day the presidency changes hands in
// the year y: December up to 2018, October from 2024.
func transmision(y int) (time.Month, bool) {
	const lastInDecember = 2018
	if y%6 != lastInDecember%6 {
		return 0, false
	}
	if y <= lastInDecember {
		return time.December, true
	}
	return time.October, true
}

// lunes gives the n-th Monday of the month.
func lunes(y int, m time.Month, n int) Dia {
	first := NewDia(y, m, 1)
	wait := (int(time.Monday) - int(first.Weekday()) + 7) % 7
	return first + Dia(wait+7*(n-1))
}

// domingoDePascua gives Easter Sunday: the Sunday after the ecclesiastical full
// moon, found from the year's place in the 19-year lunar cycle and the Gregorian
// corrections of the sun and of the moon by century.
func domingoDePascua(y int) Dia {
	lunar := y % 19
	century := y / 100
	sun := century - century/4
	moon := (8*century + 13) / 25
	age := (19*lunar + sun - moon + 15) % 30 // days from 21 March to the full moon
	// The lunar month of 29 days: the moon on day 29, and on day 28 late in the
	// cycle, comes one day sooner.
	if age == 29 || age == 28 && lunar > 10 {
		age--
	}
	moonDay := NewDia(y, time.March, 21) + Dia(age)
	return moonDay + 7 - Dia(moonDay.Weekday())
}
