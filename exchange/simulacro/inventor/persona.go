package inventor

import (
	"slices"
	"strings"

	"buzon/schema"
)

// persona is somebody invented; a persona moral has nombre and rfc alone.
type persona struct {
	moral     bool
	nombre    string
	curp, rfc string
	sexo      string // H or M
	edad      int    // years on the day for which it was invented
}

const (
	shareMoral = 0.04
	edadMedia  = 45
	edadDesvio = 16
	edadMinima = 18
	edadMaxima = 95
)

// persona invents somebody who lives on that day.
func (a Azar) persona(hoy schema.Dia, entidades []float64) persona {
	if a.Chance(shareMoral) {
		return a.moral(hoy)
	}
	p := persona{sexo: "H"}
	nombres := nombresHombre
	if a.Chance(0.5) {
		p.sexo, nombres = "M", nombresMujer
	}
	nombre, primero, segundo := Pick(a, nombres), Pick(a, apellidos), Pick(a, apellidos)
	p.nombre = nombre + " " + primero + " " + segundo
	p.edad = a.edad()
	nacida := a.nacimiento(hoy, p.edad)
	estado := schema.ClaveEntidadCURP(a.weighted(entidades) + 1) // where one is born is not where one lives
	iniciales := initials(nombre, primero, segundo)
	p.curp = a.curp(iniciales, nacida, p.sexo+estado+consonant(primero)+consonant(segundo)+consonant(nombre))
	p.rfc = a.rfc(decent(iniciales, 3), nacida)
	return p
}

func (a Azar) edad() int {
	for {
		years := int(edadMedia + edadDesvio*a.NormFloat64())
		if years >= edadMinima && years <= edadMaxima {
			return years
		}
	}
}

// nacimiento gives a day of birth of somebody of that age on that day.
func (a Azar) nacimiento(hoy schema.Dia, edad int) schema.Dia {
	y, m, d := hoy.At(0).Date()
	return schema.NewDia(y-edad, m, d) - schema.Dia(a.IntN(365))
}

func (a Azar) curp(iniciales string, nacida schema.Dia, rest string) string {
	century := "0"
	if nacida.Year() >= 2000 {
		century = "A"
	}
	s := decent(iniciales, 1) + nacida.Compacta()[2:] + rest + century
	return s + string(schema.DigitoCURP(s))
}

func (a Azar) rfc(iniciales string, dia schema.Dia) string {
	const homoclave = "123456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
	s := iniciales + dia.Compacta()[2:]
	for range 2 {
		s += string(homoclave[a.IntN(len(homoclave))])
	}
	return s + string(schema.DigitoRFC(s))
}

func (a Azar) moral(hoy schema.Dia) persona {
	giro, marca, region := Pick(a, giros), Pick(a, marcas), Pick(a, regiones)
	return persona{
		moral:  true,
		nombre: giro + " " + marca + " del " + region + ", " + Pick(a, formas),
		rfc:    a.rfc(plain(giro)[:1]+plain(marca)[:1]+plain(region)[:1], a.nacimiento(hoy, 1+a.IntN(30))),
	}
}

// initials are the four letters with which CURP and RFC begin.
func initials(nombre, primero, segundo string) string {
	p := plain(primero)
	vowel := "X"
	if i := strings.IndexAny(p[1:], "AEIOU"); i >= 0 {
		vowel = p[1+i : 2+i]
	}
	return p[:1] + vowel + plain(segundo)[:1] + plain(nombre)[:1]
}

// consonant is the first consonant inside a name, X for none.
func consonant(name string) string {
	inside := strings.Trim(plain(name)[1:], "AEIOU")
	if inside == "" {
		return "X"
	}
	return inside[:1]
}

// decent puts an X at the place where four letters form a word.
func decent(iniciales string, at int) string {
	if slices.Contains(malsonantes, iniciales) {
		return iniciales[:at] + "X" + iniciales[at+1:]
	}
	return iniciales
}

var toPlain = strings.NewReplacer("Á", "A", "É", "E", "Í", "I", "Ó", "O", "Ú", "U", "Ü", "U", "Ñ", "X")

// plain writes a name as the identifiers do: capitals without accents, X for Ñ.
func plain(name string) string { return toPlain.Replace(strings.ToUpper(name)) }
