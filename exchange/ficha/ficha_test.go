package ficha_test

import (
	"errors"
	"flag"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
	"buzon/schema"
)

var update = flag.Bool("update", false, "write the golden page anew")

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// chica is a small sheet: one process, one quarter cut short.
func chica(t *testing.T) *ficha.Hoja {
	t.Helper()
	h := &ficha.Hoja{
		Simulacro: true, Institucion: propia, Denominacion: "Banco Ficticio del Norte, S.A.",
		Sector: "Bancos",
		Desde:  schema.NewDia(2026, 1, 1), Hasta: schema.NewDia(2026, 2, 15),
		AsOf:   time.Date(2026, 2, 17, 2, 0, 0, 0, time.UTC),
		Metodo: idatu.Metodo2018(), Calendario: "3f9c01d2ab47",
	}
	h.Metodo.Procesos, h.Metodo.PesosSinGO = h.Metodo.Procesos[2:], map[idatu.Proceso]int64{idatu.CO: 100}
	h.Periodos = ficha.Trimestres(h.Desde, h.Hasta)
	h.Periodos[0].Conteos = rows(propia, idatu.CO, [3]int64{1, 3, 40}, [3]int64{2, 1, 3}, [3]int64{3, 0, 40},
		[3]int64{4, 1, 21})
	puntua(t, h,
		append(rows(otra, idatu.CO, [3]int64{1, 9, 60}, [3]int64{2, 0, 9}, [3]int64{3, 2, 60},
			[3]int64{4, 1, 30}), h.Periodos[0].Conteos...))
	return h
}

func TestGolden(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "ficha.html")
	got := escribe(t, chica(t))
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, path, got, string(want))
}

// TestSheet reads the sample as its reader does.
func TestSheet(t *testing.T) {
	t.Parallel()
	page := escribe(t, muestra(t))
	p := lee(t, page)
	same(t, "identification", p.tablas["De qué trata esta ficha"], [][]string{
		{"Institución", "Banco Ficticio del Norte, S.A., Institución de Banca Múltiple"},
		{"Clave", "00900001"}, {"Sector", "Bancos"},
		{"Instituciones del sector", "2"}, {"Periodo", "1 de enero de 2018 al 30 de junio de 2018"},
		{"Datos al momento", "2 de julio de 2018, 21:00:00 (UTC−05:00)"}, {"Método", "2018"},
		{"Versión del calendario", "3f9c01d2ab47"},
	})
	data := "Gestión Electrónica (GE): datos por trimestre y acumulados"
	same(t, "quarters", p.tablas[data][0],
		[]string{"N.º", "Criterio", "Enero–marzo 2018|01/01/2018 a 31/03/2018",
			"Abril–junio 2018|01/04/2018 a 30/06/2018", "Acumulado"})
	same(t, "data", p.fila(t, data, "2", "Tiempo promedio de respuesta de asuntos directos"),
		[]string{"18,385\u00a0/ 1,252|14.68\u00a0días", "11,250\u00a0/ 979|11.49\u00a0días",
			"29,635\u00a0/ 2,231|13.28\u00a0días"})
	same(t, "data", p.fila(t, data, "8", "Favorables que pasaron a CO"),
		[]string{"12\u00a0/ 70|17.14\u00a0%", "6\u00a0/ 51|11.76\u00a0%", "18\u00a0/ 121|14.88\u00a0%"})
	same(t, "a time", p.fila(t, "calculo-GE", "2", "Tiempo promedio de respuesta de asuntos directos"),
		[]string{"29,635", "2,231", "13.28\u00a0días|1.00 a 20.00", "—", "2.41", "—", "2.41", "5"})
	same(t, "a share", p.fila(t, "calculo-GE", "5", "Asuntos con prórroga vencidos"),
		[]string{"4", "136", "2.94\u00a0%|0.00 a 11.25", "30.77\u00a0%|0.00 a 69.23", "11.34", "8.78",
			"10.06", "15"})
	same(t, "total", p.fila(t, "calculo-GE", "", "Total"), []string{"63.59", "24.78", "46.48", "100"})
	same(t, "mark", p.fila(t, "calculo-GE", "", "Calificación: la décima parte del total"),
		[]string{"", "", "4.65", "10"})
	same(t, "weights", p.tablas["pesos"][1:], [][]string{
		{"Gestión Electrónica (GE)", "46.48", "4.65", "60 %", "2.79", "3.29"},
		{"Gestión Ordinaria (GO)", "—", "—", "no pesa", "—", "sin dato"},
		{"Conciliación (CO)", "83.14", "8.31", "40 %", "3.33", "4.36"},
		{"IDATU", "", "", "100 %", "6.11", ""},
	})
	for _, want := range []string{
		"criterio 2, 2.41 de 5; criterio 3, 2.48 de 5;", // the plots, to who does not see them
		"Gestión Electrónica (GE) 4.65 (media del sector 3.29); Gestión Ordinaria (GO) no pesa; " +
			"Conciliación (CO) 8.31 (media del sector 4.36); IDATU 6.11.",
		"Enero–marzo 2018 14.68; Abril–junio 2018 11.49; acumulado 13.28.",
		"Enero–marzo 2018 96 de 1,361; Abril–junio 2018 40 de 1,024.",
		"buzon score --config ARCHIVO --from 2018-01-01 --to 2018-06-30 --as-of " +
			"2018-07-02T21:00:00.25-05:00 --institution 00900001 --format html",
		"IDATU 00900001 · datos al 2 de julio de 2018, 21:00:00 (UTC−05:00) · calendario 3f9c01d2ab47 · " +
			"método 2018",
		"no hay asuntos de Gestión Ordinaria, y el IDATU se pondera sin este proceso",
	} {
		if !p.dice(want) {
			t.Errorf("is not said: %s", want)
		}
	}
	for _, shape := range []string{
		// GE 2: 11.49 and 13.28 of 14.68 are 66 and 76 of 84 units.
		`<rect class="propio" x="36" y="18" width="52" height="84"/>`,
		`<rect class="propio" x="128" y="36" width="52" height="66"/>`,
		`<line class="media" x1="16" y1="26" x2="200" y2="26"/>`,
		// CO 1: 70 and 51, of which 6 and 2.
		`<rect class="posible" x="128" y="41" width="52" height="61"/>`,
		`<rect class="propio" x="128" y="100" width="52" height="2"/>`,
	} {
		if !strings.Contains(page, shape) {
			t.Errorf("is not drawn: %s", shape)
		}
	}
	if p.dice("SIMULACRO") || p.dice("de distinto origen") || p.dice("está sola") {
		t.Errorf("says too much: %q", p.textos)
	}
}

// TestUnknown has counts of a file: what is not known is said, and never 0.
func TestUnknown(t *testing.T) {
	t.Parallel()
	page := escribe(t, nula(t))
	p := lee(t, page)
	data := "Gestión Electrónica (GE): datos acumulados"
	same(t, "identification", p.tablas["De qué trata esta ficha"][3:], [][]string{
		{"Instituciones del sector", "1: ella sola, que se mide consigo misma"}, {"Periodo", "sin dato"},
		{"Datos al momento", "sin dato"},
		{"Método", "2018"}, {"Versión del calendario", "sin dato"},
	})
	same(t, "data", p.fila(t, data, "1", "Asuntos directos vencidos"), []string{"0\u00a0/ 5|0.00\u00a0%"})
	same(t, "no data", p.fila(t, data, "3", "Directos con respuesta incongruente o incompleta"),
		[]string{"sin dato"})
	same(t, "no share", p.fila(t, "calculo-GE", "3", "Directos con respuesta incongruente o incompleta"),
		[]string{"sin dato", "sin dato", "sin dato", "sin dato", "sin dato", "sin dato", "sin dato", "5"})
	same(t, "no time", p.fila(t, "calculo-GE", "6", "Tiempo promedio de asuntos con prórroga"),
		[]string{"sin dato", "sin dato", "sin dato", "—", "sin dato", "—", "sin dato", "5"})
	same(t, "no total", p.fila(t, "calculo-GE", "", "Total"),
		[]string{"sin dato", "sin dato", "sin dato", "100"})
	same(t, "weights", p.tablas["pesos"][1:], [][]string{
		{"Gestión Electrónica (GE)", "sin dato", "sin dato", "60 %", "sin dato", "sin dato"},
		{"Gestión Ordinaria (GO)", "—", "—", "no pesa", "—", "sin dato"},
		{"Conciliación (CO)", "sin dato", "sin dato", "40 %", "sin dato", "sin dato"},
		{"IDATU", "", "", "100 %", "sin dato", ""},
	})
	for _, want := range []string{
		"Sin dato de los criterios 3, 5, 6, 7, 8, 9 y 10: el total, la calificación y el IDATU no se " +
			"conocen.",
		"Conciliación (CO): sin renglones, no se calcula.",
		"Sin renglones: sin dato de este proceso, y por eso sin IDATU.",
		"IDATU sin dato: no se conoce la calificación de Gestión Electrónica y Conciliación.",
		"La institución está sola en su sector",
		"criterio 3, sin dato;", "buzon score --counts ARCHIVO --institution 00900001 --format html",
		"IDATU 00900001 · momento de los datos: sin dato · calendario sin dato · método 2018",
	} {
		if !p.dice(want) {
			t.Errorf("is not said: %s", want)
		}
	}
	if p.dice("de distinto origen") {
		t.Error("no quarters are taken for quarters that do not add up")
	}
	if n := strings.Count(page, "Sin dato de los criterios"); n != 2 || p.dice("No se concluyó") {
		t.Errorf("the note stands %d times, not by the data and by the calculation", n)
	}
	h := muestra(t)
	h.AsOf = time.Time{}
	if p := lee(t, escribe(t, h)); !p.dice("buzon score --counts ARCHIVO --institution") {
		t.Error("what is of no moment of the log is to be repeated from the log")
	}
}

// TestProcesses holds what is said of processes against what their lack means.
func TestProcesses(t *testing.T) {
	t.Parallel()
	h := muestra(t)
	empty := rows(propia, idatu.GO, [3]int64{4, 0, 0})
	puntua(t, h, append(append(rows(propia, idatu.CO, [3]int64{1, 0, 9}), empty...), ajenos()...))
	h.Periodos[1].Conteos = nil
	p := lee(t, escribe(t, h))
	same(t, "GE", p.fila(t, "pesos", "Gestión Electrónica (GE)")[:4], []string{"—", "0.00", "60 %", "0.00"})
	same(t, "GO", p.fila(t, "pesos", "Gestión Ordinaria (GO)")[:4], []string{"—", "—", "no pesa", "—"})
	for _, want := range []string{
		"Gestión Electrónica. Sin renglones: la institución no está adherida a Gestión Electrónica. Su " +
			"calificación ahí es 0.00, y pesa.",
		"Gestión Ordinaria. No se concluyó ningún asunto en el periodo: el IDATU se pondera sin este " +
			"proceso.",
		"Enero–marzo 2018 6 de 70; Abril–junio 2018 sin dato."} {
		if !p.dice(want) {
			t.Errorf("is not said: %s", want)
		}
	}
	// A quarter that is not known is no 0, and is not held against the sum.
	same(t, "a quarter unknown",
		p.fila(t, "Conciliación (CO): datos por trimestre y acumulados", "1", "Asuntos diferidos"),
		[]string{"6\u00a0/ 70|8.57\u00a0%", "sin dato", "0\u00a0/ 9|0.00\u00a0%"})
	if p.dice("de distinto origen") {
		t.Error("a quarter that is not known is summed")
	}
}

// TestNothingConcluded: a process in which nothing was concluded has counts and no
// mark, and without one in GE there is no IDATU. That is known, so nothing lacks.
func TestNothingConcluded(t *testing.T) {
	t.Parallel()
	page := escribe(t, ociosa(t))
	p := lee(t, page)
	same(t, "a share", p.fila(t, "calculo-GE", "1", "Asuntos directos vencidos"),
		[]string{"0", "0", "0.00\u00a0%|0.00 a 3.00", "0.00\u00a0%|0.00 a 100.00", "—", "—", "—", "10"})
	same(t, "a time", p.fila(t, "calculo-GE", "2", "Tiempo promedio de respuesta de asuntos directos"),
		[]string{"0", "0", "0.00\u00a0días|1.00 a 20.00", "—", "—", "—", "—", "5"})
	same(t, "total", p.fila(t, "calculo-GE", "", "Total"), []string{"—", "—", "—", "100"})
	mark := p.fila(t, "calculo-GE", "", "Calificación: la décima parte del total")
	same(t, "mark", mark, []string{"", "", "—", "10"})
	same(t, "weights", p.tablas["pesos"][1:], [][]string{
		{"Gestión Electrónica (GE)", "—", "—", "60 %", "—", "1.05"},
		{"Gestión Ordinaria (GO)", "—", "—", "no pesa", "—", "sin dato"},
		{"Conciliación (CO)", "97.17", "9.72", "40 %", "3.89", "5.06"},
		{"IDATU", "", "", "100 %", "—", ""},
	})
	for _, want := range []string{
		"Gestión Electrónica. No se concluyó ningún asunto en el periodo: el proceso no aplica, " +
			"no cuenta en la media del sector, y por eso sin IDATU.",
		"Gestión Electrónica (GE) no aplica (media del sector 1.05);", "IDATU no aplica.",
		"criterio 1, no aplica; criterio 2, no aplica;",
	} {
		if !p.dice(want) {
			t.Errorf("is not said: %s", want)
		}
	}
	if n := strings.Count(page, "No se concluyó ningún"); n != 3 {
		t.Errorf("the note stands %d times, not by the data, the calculation and the weights", n)
	}
	if p.dice("IDATU sin dato") || p.dice("no se conoce la") {
		t.Errorf("says that something lacks: %q", p.textos)
	}
	// Alone it has no mean either; what lacks besides does not make the IDATU unknown.
	h := ociosa(t)
	puntua(t, h, rows(propia, idatu.GE, [3]int64{4, 0, 0}))
	p = lee(t, escribe(t, h))
	same(t, "alone", p.tablas["pesos"][1:], [][]string{
		{"Gestión Electrónica (GE)", "—", "—", "60 %", "—", "—"},
		{"Gestión Ordinaria (GO)", "—", "—", "no pesa", "—", "sin dato"},
		{"Conciliación (CO)", "sin dato", "sin dato", "40 %", "sin dato", "sin dato"},
		{"IDATU", "", "", "100 %", "—", ""},
	})
	same(t, "a row that no mark needs", p.fila(t, "calculo-GE", "1", "Asuntos directos vencidos"),
		[]string{"sin dato", "sin dato", "sin dato", "sin dato", "—", "—", "—", "10"})
	if p.dice("Sin dato de") || p.dice("IDATU sin dato") {
		t.Errorf("says that something lacks: %q", p.textos)
	}
}

// TestQuarters has quarters that say other than what is accumulated, or nothing.
func TestQuarters(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*idatu.Conteo){
		"numerator": func(c *idatu.Conteo) {
			c.Numerador++
		}, "denominator": func(c *idatu.Conteo) { c.Denominador++ },
	} {
		h := muestra(t)
		spoil(&h.Periodos[0].Conteos[3]) // GE 4
		if p := lee(t,
			escribe(t, h)); !p.dice(
			"Los trimestres no suman el acumulado en el criterio 4: son datos de distinto origen.") {
			t.Errorf("%s: quarters that do not add up are not told", name)
		}
	}
	h := muestra(t)
	h.Periodos[0].Conteos = rows(propia, idatu.GE, [3]int64{2, 0, 0}, [3]int64{6, 1234567, 2})
	h.Periodos[1].Conteos = nil
	p := lee(t, escribe(t, h))
	if !p.dice("Enero–marzo 2018 —; Abril–junio 2018 s/d; acumulado 13.28.") ||
		p.dice("CO 1. Asuntos concluidos") || p.dice("GE 4. Asuntos concluidos") {
		t.Errorf("the plots: %q", p.textos)
	}
	same(t, "a large count", p.fila(t, "Gestión Electrónica (GE): datos por trimestre y acumulados", "6")[1],
		"1,234,567\u00a0/ 2|617283.50\u00a0días")
}

// TestAccessible looks at the make of all sheets.
func TestAccessible(t *testing.T) {
	t.Parallel()
	for name, h := range hojas(t) {
		p := lee(t, escribe(t, h))
		if len(p.malos) > 0 {
			t.Errorf("%s: %q", name, p.malos)
		}
		if p.tablas[""] != nil || len(p.tablas) < 3 {
			t.Errorf("%s: a table without caption", name)
		}
	}
	if bad := lee(t,
		`<html><table><tr><th>x</th></tr></table><svg></svg><a href="x"></a></html>`).malos; len(bad) != 5 {
		t.Errorf("a bad page: %q", bad)
	}
}

// TestManyQuarters: quarters stand four to a table, each with what is accumulated.
func TestManyQuarters(t *testing.T) {
	t.Parallel()
	p := lee(t, escribe(t, larga(t, 10)))
	heads := 0
	for i, span := range []string{"de Enero–marzo 2018 a Octubre–diciembre 2018",
		"de Enero–marzo 2019 a Octubre–diciembre 2019", "de Enero–marzo 2020 a Abril–junio 2020"} {
		table := "Gestión Electrónica (GE): datos por trimestre y acumulados, " + span
		heads += len(p.tablas[table][0]) - 3
		row := p.fila(t, table, "1", "Asuntos directos vencidos")
		same(t, span, []string{row[0], row[len(row)-1]},
			[]string{"2\u00a0/ 1,254|0.16\u00a0%", "15\u00a0/ 11,170|0.13\u00a0%"})
		last := p.tablas[table][0][len(row)]
		if (last == "Abril–junio 2020|01/04/2020 a 15/06/2020, parcial") != (i == 2) {
			t.Errorf("the last quarter reads %s", last)
		}
	}
	same(t, "quarters", heads, 10)
	if !p.dice("CO 1. Asuntos concluidos y, de ellos, asuntos diferidos, últimos 8 trimestres") ||
		p.dice("1T18") || !p.dice("3T18") {
		t.Error("the plots hold other quarters")
	}
}

// hostil is a sheet with names that would be more than text.
func hostil(t *testing.T) *ficha.Hoja {
	t.Helper()
	h := chica(t)
	h.Denominacion = `</title></style><script>alert("x")</script><img src=x onerror='x'>&amp;{{.}}`
	h.Sector = `"><b onmouseover=x>` + "`${x}`"
	h.Calendario = `"; } </style><script>x</script> body { display: none } a { content: "\`
	h.Metodo.Version = "*/ \" ' \\ \n <!-- url(https://example.invalid/) -->"
	h.Periodos[0].Nombre = "<script>x</script>"
	h.Metodo.Procesos[0].Nombre = "<script>x</script>"
	h.Metodo.Procesos[0].Criterios[1].Nombre = strings.Repeat("un criterio de nombre muy largo, ", 5)
	h.Metodo.Procesos[0].Criterios[0].Nombre = "Ñ</svg><script>x</script>"
	return h
}

func TestHostile(t *testing.T) {
	t.Parallel()
	h := hostil(t)
	page := escribe(t, h)
	for _, bad := range []string{"<script", "<img", "<b ", "<!--"} {
		if strings.Contains(strings.ToLower(page), bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	if n := strings.Count(page, "</style>"); n != 1 {
		t.Errorf("the style ends %d times", n)
	}
	style := page[strings.Index(page, "<style>"):strings.Index(page, "</style>")]
	if strings.Contains(style, "url(") || strings.Contains(style, "display: none } a") {
		t.Error("a version gets out of its string")
	}
	p := lee(t, page)
	if len(p.malos) > 0 {
		t.Errorf("%q", p.malos)
	}
	id := p.tablas["De qué trata esta ficha"]
	same(t, "as it was written", []string{id[0][1], id[2][1], id[7][1]},
		[]string{h.Denominacion, h.Sector, h.Calendario})
	if !p.dice(h.Denominacion) || !p.dice("de ellos, ñ</svg><script>x</script>") {
		t.Errorf("%q", p.textos)
	}
}

type roto struct{}

var errRoto = errors.New("no room")

func (roto) Write([]byte) (int, error) { return 0, errRoto }

// TestRefused: a sheet that contradicts itself is not written at all.
func TestRefused(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*ficha.Hoja){
		"has no method":                 func(h *ficha.Hoja) { h.Metodo = nil },
		"the score is that of 00900002": func(h *ficha.Hoja) { h.Calificacion.Institucion = otra },
		"counts of 00900002 are": func(h *ficha.Hoja) {
			h.Periodos[0].Conteos[2].Institucion = otra
		},
		"counts of 00900007 are": func(h *ficha.Hoja) {
			h.Calificacion.Procesos[0].Criterios[0].Institucion = 900007
		},
		`has no criterion 11 of "CO"`: func(h *ficha.Hoja) { h.Periodos[0].Conteos[2].Criterio = 11 },
		`2018 has no criterion 1 of "GE"`: func(h *ficha.Hoja) {
			h.Calificacion.Procesos[0].Criterios[0].Proceso = idatu.GE
		},
	} {
		h, out := chica(t), new(strings.Builder)
		spoil(h)
		err := ficha.Write(out, h)
		if err == nil || !strings.HasPrefix(err.Error(), "ficha of 00900001: ") ||
			!strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", want, err, out.Len())
		}
	}
	if err := ficha.Write(roto{}, chica(t)); !errors.Is(err, errRoto) {
		t.Errorf("got %v", err)
	}
}

// TestBounds: bounds that stand instead of the method's are those that are told.
func TestBounds(t *testing.T) {
	t.Parallel()
	h := chica(t)
	r, err := h.Metodo.Score(h.Periodos[0].Conteos,
		[]idatu.Limite{{Proceso: idatu.CO, Criterio: 1, Valor: idatu.Indice, Min: big.NewRat(1, 3),
			Max: big.NewRat(25, 2)}})
	if err != nil {
		t.Fatal(err)
	}
	h.Calificacion = r.Instituciones[0]
	cells := lee(t, escribe(t, h)).fila(t, "calculo-CO", "1", "Asuntos diferidos")
	same(t, "bounds", cells[2:4], []string{"7.50\u00a0%|0.33 a 12.50", "100.00\u00a0%|0.00 a 100.00"})
}
