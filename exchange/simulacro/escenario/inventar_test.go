package escenario

import (
	"bytes"
	"slices"
	"testing"

	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
)

func encargo(t *testing.T, seed uint64) Encargo {
	t.Helper()
	var claves []schema.UNE
	for i := range schema.UNE(30) {
		claves = append(claves, 900_001+i)
	}
	return Encargo{N: 200, Instituciones: inventor.Roll(claves), Desde: dia(t, "2026-03-02"),
		Hasta: dia(t, "2026-04-30"), Seed: seed}
}

func TestInventarSameSeed(t *testing.T) {
	t.Parallel()
	text := func(seed uint64) []byte {
		var b bytes.Buffer
		check(t, Invent(encargo(t, seed), schema.NewCalendario(nil), 20).Write(&b))
		return b.Bytes()
	}
	one := text(1)
	if !bytes.Equal(one, text(1)) {
		t.Error("the same seed gave other rows")
	}
	if bytes.Equal(one, text(2)) {
		t.Error("another seed gave the same rows")
	}
	dias := func(seed uint64) (all []int) {
		for _, f := range Invent(encargo(t, seed), schema.NewCalendario(nil), 20).Filas {
			all = append(all, f.Dias)
		}
		return all
	}
	if slices.Equal(dias(1), dias(2)) {
		t.Error("another seed gave the same conduct")
	}
}

// A scenario that is invented is of its days and sizes, and believable.
func TestInventar(t *testing.T) {
	t.Parallel()
	cal := schema.NewCalendario(nil)
	o := encargo(t, 5)
	e := Invent(o, cal, 20)
	if want := 200 * cal.DiasHabiles(o.Desde-1, o.Hasta); len(e.Filas) != want {
		t.Fatalf("%d rows, want %d", len(e.Filas), want)
	}
	folios, unes := map[schema.Folio]bool{}, map[schema.UNE]int{}
	var late, never, extended, withdrawn, marked, conciliated int
	for i, f := range e.Filas {
		if folios[f.Folio] || !cal.Habil(f.Turno) || f.Turno < o.Desde || f.Turno > o.Hasta || f.Linea != i+
			2 || f.Vuelta != 1 {
			t.Fatalf("row %d: %+v", i, f)
		}
		folios[f.Folio] = true
		unes[f.Institucion]++
		if f.Prorroga > 0 {
			extended++
		}
		if f.Dias > 20+f.Prorroga {
			late++
		}
		if (f.Sentido == 0) != (f.Dias == Nunca) {
			t.Errorf("row %d: sentido %d of day %d", i, f.Sentido, f.Dias)
		}
		tipos := map[int]bool{}
		for _, d := range f.Dictamenes {
			tipos[d.Tipo] = true
		}
		switch {
		case tipos[6]:
			withdrawn++
		case f.Dias == Nunca:
			never++
		}
		if tipos[1] || tipos[2] {
			marked++
		}
		if tipos[3] {
			conciliated++
		}
	}
	within := func(what string, n int, low, high float64) {
		if share := float64(n) / float64(len(e.Filas)); share < low || share > high {
			t.Errorf("%s: %.3f of the rows, want %v to %v", what, share, low, high)
		}
	}
	within("late", late, 0.01, 0.08)
	within("never", never, 0.005, 0.04)
	within("with a prórroga", extended, 0.09, 0.15)
	within("withdrawn", withdrawn, 0.005, 0.02)
	within("marked", marked, 0.01, 0.03)
	within("to conciliation", conciliated, 0.03, 0.12)
	least, most := len(e.Filas), 0
	for _, in := range o.Instituciones {
		least, most = min(least, unes[in.Clave]), max(most, unes[in.Clave])
	}
	if least == 0 || most < 5*least {
		t.Errorf("institutions have %d to %d rows: want each some, and unequal shares", least, most)
	}
}
