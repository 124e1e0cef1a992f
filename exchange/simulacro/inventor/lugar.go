package inventor

import (
	"fmt"

	"buzon/schema"
)

const (
	capital    = 9
	minEntidad = 1
	numEstados = 32
)

// poblacion is the states' people in thousands, census of 2020, by clave from 1.
var poblacion = [numEstados]float64{
	1426, 3769, 798, 928, 3147, 731, 5544, 3742, 9210, 1833, 6167, 3541, 3083, 8348, 16992, 4749,
	1971, 1235, 5784, 4132, 6583, 2368, 1858, 2822, 3027, 2945, 2403, 3528, 1343, 8063, 2321, 1622,
}

// asentamientos are SEPOMEX types of settlement: colonia most often, then
// fraccionamiento, pueblo, unidad habitacional.
var asentamientos = []int64{9, 9, 9, 9, 9, 9, 21, 21, 28, 31}

// lugar fills in where the person lives.
func (in *Inventor) lugar(r *schema.Reclamacion, entidad int) {
	a := in.azar
	r.RecEntidadFederativa = schema.NewEntero(int64(entidad))
	r.RecMunicipioAlcaldia = schema.NewEntero(int64(a.municipio(entidad)))
	r.RecLocalidad = schema.NewEntero(Pick(a, asentamientos))
	r.RecColonia = schema.NewEntero(1 + a.Int64N(4000))
	r.RecCodigoPostal = schema.Cifras(Pick(a, in.prefijos[entidad]) + a.digits(3))
}

// municipio gives a clave that exists: three states have gaps.
func (a Azar) municipio(entidad int) int {
	for {
		n := 1 + a.IntN(schema.Municipios(entidad))
		switch {
		case entidad == 3 && n >= 4 && n <= 7, entidad == 7 && n == 95, entidad == capital && n == 1:
		default:
			return n
		}
	}
}

// prefixes lists the first two digits of each state's postal codes, by clave.
func prefixes() (all [numEstados + 1][]string) {
	for n := 1; n < 100; n++ { // none that begins with 00 is in use
		p := fmt.Sprintf("%02d", n)
		for e := minEntidad; e <= numEstados; e++ {
			if schema.EntidadDeCP(p+"000", e) {
				all[e] = append(all[e], p)
			}
		}
	}
	return all
}
