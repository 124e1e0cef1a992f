package ficha_test

import (
	"strings"
	"testing"
	"time"

	"buzon/exchange/ficha"
	"buzon/schema"
)

// A sheet whose numbers came in part from files says so beside its number and where
// it tells how to repeat it, with a command that can be pasted.
func TestArchivos(t *testing.T) {
	t.Parallel()
	h := muestra(t)
	if page := escribe(t, h); strings.Contains(page, "Archivo de") || strings.Contains(page, "--counts") {
		t.Error("a sheet of the log alone names files")
	}
	a, b := strings.Repeat("a1", 32), strings.Repeat("b2", 32)
	h.Archivos = []ficha.Aportado{{Tipo: ficha.Conteos, Nombre: "go y co.csv", SHA256: a},
		{Tipo: ficha.Limites, Nombre: "-límites'<b>.csv", SHA256: b}}
	page := escribe(t, h)
	told := lee(t, page).tablas["De qué trata esta ficha"]
	same(t, "identification", told[len(told)-2:],
		[][]string{{"Archivo de conteos", "go y co.csv, SHA-256 " + a},
			{"Archivo de límites", "-límites'<b>.csv, SHA-256 " + b}})
	_, repeat, _ := strings.Cut(page, `id="lectura"`)
	for _, want := range []string{a, b,
		` --counts=&#39;go y co.csv&#39; --bounds=&#39;-límites&#39;\&#39;&#39;&lt;b&gt;.csv&#39; ` +
			`--institution`} {
		if !strings.Contains(repeat, want) {
			t.Errorf("%q is not in how to repeat it:\n%s", want, repeat)
		}
	}
	h.Archivos = []ficha.Aportado{{Tipo: ficha.Conteos, Nombre: "go-y-co.csv", SHA256: a}}
	if page := escribe(t, h); !strings.Contains(page, " --counts=go-y-co.csv --institution") {
		t.Error("a plain name is not in the command as it stands")
	}
}

// A period that was not over is told as partial, and so is its quarter.
func TestInconcluso(t *testing.T) {
	t.Parallel()
	h := muestra(t)
	h.AsOf = time.Date(2018, 5, 4, 12, 0, 0, 0, schema.Zona)
	page := escribe(t, h)
	const partial = "parcial: datos hasta 04/05/2018"
	for _, want := range []string{"1 de enero de 2018 al 30 de junio de 2018 (" + partial + ")</title>",
		"01/04/2018 a 30/06/2018, " + partial, "01/01/2018 a 31/03/2018</small>"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	for at, want := range map[time.Time]string{
		{}: "",
		time.Date(2018, 7, 1, 0, 0, 0, 0, schema.Zona):     "",
		time.Date(2018, 6, 30, 23, 59, 59, 0, schema.Zona): "parcial: datos hasta 30/06/2018",
		time.Date(2018, 6, 1, 0, 0, 0, 0, schema.Zona):     "parcial: datos hasta 31/05/2018",
	} {
		if got := ficha.Parcial(schema.NewDia(2018, 6, 30), at); got != want {
			t.Errorf("at %s: %q, want %q", at, got, want)
		}
	}
}
