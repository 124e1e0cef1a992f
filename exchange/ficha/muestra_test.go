package ficha_test

import (
	"bytes"
	"testing"
	"time"

	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
	"buzon/schema"
)

const propia, otra = schema.UNE(900001), schema.UNE(900002)

// rows makes counts of an institution's process: criterion, numerator, denominator.
func rows(une schema.UNE, p idatu.Proceso, numbers ...[3]int64) []idatu.Conteo {
	var out []idatu.Conteo
	for _, n := range numbers {
		out = append(out,
			idatu.Conteo{Institucion: une, Proceso: p, Criterio: int(n[0]), Numerador: n[1],
				Denominador: n[2]})
	}
	return out
}

// primero and segundo are what the sample's institution counted in two quarters.
func primero() []idatu.Conteo {
	return append(rows(propia, idatu.GE, [3]int64{1, 2, 1254}, [3]int64{2, 18385, 1252},
		[3]int64{3, 31, 1254}, [3]int64{4, 96, 1361}, [3]int64{5, 4, 96},
		[3]int64{6, 2210, 92}, [3]int64{7, 3, 96}, [3]int64{8, 12, 70}, [3]int64{9, 5, 12},
		[3]int64{10, 8, 54}),
		rows(propia, idatu.CO, [3]int64{1, 6, 70}, [3]int64{2, 2, 6}, [3]int64{3, 1, 70},
			[3]int64{4, 0, 41})...)
}

func segundo() []idatu.Conteo {
	return append(rows(propia, idatu.GE, [3]int64{1, 1, 980}, [3]int64{2, 11250, 979}, [3]int64{3, 12, 980},
		[3]int64{4, 40, 1024}, [3]int64{5, 0, 40},
		[3]int64{6, 801, 40}, [3]int64{7, 0, 40}, [3]int64{8, 6, 51}, [3]int64{9, 1, 6}, [3]int64{10, 4, 44}),
		rows(propia, idatu.CO, [3]int64{1, 2, 51}, [3]int64{2, 0, 2}, [3]int64{3, 0, 51},
			[3]int64{4, 0, 33})...)
}

// suma adds counts of the same criterion.
func suma(all ...[]idatu.Conteo) []idatu.Conteo {
	var out []idatu.Conteo
	at := make(map[[2]any]int)
	for _, some := range all {
		for _, c := range some {
			k := [2]any{c.Proceso, c.Criterio}
			if i, twice := at[k]; twice {
				out[i].Numerador, out[i].Denominador = out[i].Numerador+c.Numerador,
					out[i].Denominador+c.Denominador
				continue
			}
			at[k] = len(out)
			out = append(out, c)
		}
	}
	return out
}

// ajenos are the counts of the rest of the sample's sector.
func ajenos() []idatu.Conteo {
	return append(rows(otra, idatu.GE, [3]int64{1, 9, 300}, [3]int64{2, 5100, 291}, [3]int64{3, 22, 300},
		[3]int64{4, 80, 390}, [3]int64{5, 9, 80},
		[3]int64{6, 2300, 71}, [3]int64{7, 4, 80}, [3]int64{8, 9, 40}, [3]int64{9, 7, 9},
		[3]int64{10, 9, 25}),
		rows(otra, idatu.CO, [3]int64{1, 12, 40}, [3]int64{2, 9, 12}, [3]int64{3, 4, 40},
			[3]int64{4, 2, 20})...)
}

// hoja scores what an institution counted in some quarters within its sector.
func hoja(t testing.TB, sector []idatu.Conteo, periodos ...[]idatu.Conteo) *ficha.Hoja {
	t.Helper()
	h := &ficha.Hoja{
		Institucion: propia, Denominacion: "Banco Ficticio del Norte, S.A., Institución de Banca Múltiple",
		Sector: "Bancos",
		Desde:  schema.NewDia(2018, 1, 1), Hasta: schema.NewDia(2018, 6, 30),
		AsOf: time.Date(2018, 7, 3, 2, 0, 0, 250e6, time.UTC), Metodo: idatu.Metodo2018(),
		Calendario: "3f9c01d2ab47",
	}
	h.Periodos = ficha.Trimestres(h.Desde, h.Hasta)
	for i := range periodos {
		h.Periodos[i].Conteos = periodos[i]
	}
	puntua(t, h, append(suma(periodos...), sector...))
	return h
}

// puntua scores counts, and gives the sheet its institution's part.
func puntua(t testing.TB, h *ficha.Hoja, conteos []idatu.Conteo) {
	t.Helper()
	r, err := h.Metodo.Score(conteos, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.Integrantes, h.Medias = r.Sector, r.Medias
	h.Calificacion = idatu.Calificacion{Institucion: h.Institucion}
	for _, c := range r.Instituciones {
		if c.Institucion == h.Institucion {
			h.Calificacion = c
		}
	}
}

// muestra is a sheet of two quarters, with no asuntos of GO.
func muestra(t testing.TB) *ficha.Hoja { return hoja(t, ajenos(), primero(), segundo()) }

func escribe(t testing.TB, h *ficha.Hoja) string {
	t.Helper()
	var b bytes.Buffer
	if err := ficha.Write(&b, h); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// larga is a sheet of n quarters in all three processes.
func larga(t testing.TB, n int) *ficha.Hoja {
	t.Helper()
	ordinary := rows(propia, idatu.GO, [3]int64{1, 4, 131}, [3]int64{2, 1781, 127}, [3]int64{4, 22, 153},
		[3]int64{5, 3, 22}, [3]int64{6, 560, 20},
		[3]int64{8, 3, 15}, [3]int64{9, 2, 3}, [3]int64{10, 1, 12})
	h := &ficha.Hoja{
		Institucion: propia, Sector: "Sociedades Financieras de Objeto Múltiple, Entidades Reguladas",
		Calendario: "3f9c01d2ab47",
		Denominacion: "Compañía Ficticia de Crédito y Ahorro para el Desarrollo de los Municipios " +
			"Imaginarios de la Peña, S.A. de C.V., Sociedad Financiera de Objeto Múltiple, Entidad Regulada",
		Desde: schema.NewDia(2018, 1, 1), Hasta: schema.NewDia(2018, time.Month(3*n), 15),
		AsOf: time.Date(2024, 1, 16, 2, 0, 0, 0, time.UTC), Metodo: idatu.Metodo2018(),
	}
	h.Periodos = ficha.Trimestres(h.Desde, h.Hasta)
	var all [][]idatu.Conteo
	for i := range h.Periodos {
		some := [][]idatu.Conteo{primero(), segundo()}[i%2]
		h.Periodos[i].Conteos = suma(some, ordinary)
		all = append(all, h.Periodos[i].Conteos)
	}
	puntua(t, h, append(suma(all...), ajenos()...))
	return h
}

// nula is a sheet of which little is known: counts from a file, some of one
// process alone, and nobody to measure by.
func nula(t testing.TB) *ficha.Hoja {
	t.Helper()
	h := &ficha.Hoja{Institucion: propia, Metodo: idatu.Metodo2018()}
	puntua(t, h, rows(propia, idatu.GE, [3]int64{1, 0, 5}, [3]int64{2, 40, 5}, [3]int64{4, 0, 5}))
	return h
}

// ociosa is a sheet of one that has joined GE and concluded nothing there.
func ociosa(t testing.TB) *ficha.Hoja {
	t.Helper()
	var idle []idatu.Conteo
	for n := range int64(10) {
		idle = append(idle, rows(propia, idatu.GE, [3]int64{n + 1, 0, 0})...)
	}
	co := rows(propia, idatu.CO, [3]int64{1, 2, 51}, [3]int64{2, 0, 2}, [3]int64{3, 0, 51},
		[3]int64{4, 0, 33})
	return hoja(t, ajenos(), append(co, idle...), idle)
}
