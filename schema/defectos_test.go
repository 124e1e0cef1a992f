package schema_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
)

// TestWhatRealFilesGetWrong invents 200 records with the mistakes of as many
// public ones, and wants each found in its field with its code, and nothing else.
func TestWhatRealFilesGetWrong(t *testing.T) {
	t.Parallel()
	dia := schema.NewDia(2026, time.March, 2)
	roll := []schema.Inscripcion{
		{Clave: 900001, Denominacion: "Financiera Ejemplo del Norte, S.A. de C.V., SOFOM, E.N.R.",
			Sector: "Sociedades Financieras de Objeto Múltiple E.N.R."},
		{Clave: 900002, Denominacion: "Crédito Ficticio Peñón, S.A.P.I. de C.V., SOFOM, E.N.R.",
			Sector: "Sociedades Financieras de Objeto Múltiple E.N.R."},
		{Clave: 900003, Denominacion: "Arrendadora Imaginaria Ñandú, S.A. de C.V., SOFOM, E.R.",
			Sector: "Sociedades Financieras de Objeto Múltiple, E.R."},
	}
	plan := inventor.New(11).Dia(inventor.Pedido{Dia: dia, N: 200, Instituciones: roll,
		Defectos: inventor.Reales})
	var rec bytes.Buffer
	if err := inventor.WriteREC(&rec, dia, 1, plan.Registros, dia.At(18*3600)); err != nil {
		t.Fatal(err)
	}
	rules := &schema.Reglas{Hoy: dia, Institucion: func(u schema.UNE) (schema.Inscripcion, bool) {
		i := slices.IndexFunc(roll, func(in schema.Inscripcion) bool { return in.Clave == u })
		if i < 0 {
			return schema.Inscripcion{}, false
		}
		return roll[i], true
	}}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(rec.Bytes())), nil }
	e, err := schema.Examine(inventor.NombreREC(dia, 1).String(), open, rules)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	codes := map[schema.Codigo]int{}
	for _, d := range plan.Defectos {
		// line 1 is the header
		want = append(want, fmt.Sprintf("%03d %s %s %s", d.Indice+2, d.Campo, d.Codigo, d.Severidad))
		codes[d.Codigo]++
	}
	count, err := e.Check(func(h schema.Hallazgo) {
		got = append(got, fmt.Sprintf("%03d %s %s %s", h.Linea, h.Campo, h.Codigo, h.Severidad))
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-planted +found)\n%s", diff)
	}
	if len(codes) < 6 || count.Registros-count.Aceptados != plan.Rechazados() {
		t.Errorf("%v planted, %+v", codes, count)
	}
}
