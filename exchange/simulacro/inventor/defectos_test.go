package inventor

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
)

// lines writes what was planted as the gateway must find it, in order.
func lines(p Planeado) []string {
	var all []string
	for _, d := range p.Defectos {
		// line 1 is the header
		all = append(all, fmt.Sprintf("%05d %s %s %s", d.Indice+2, d.Campo, d.Codigo, d.Severidad))
	}
	slices.Sort(all)
	return all
}

func found(all []schema.Hallazgo) []string {
	var got []string
	for _, h := range all {
		got = append(got, fmt.Sprintf("%05d %s %s %s", h.Linea, h.Campo, h.Codigo, h.Severidad))
	}
	slices.Sort(got)
	return got
}

// The gateway finds what was planted, where it was planted, and nothing else.
func TestPlantedIsFound(t *testing.T) {
	t.Parallel()
	for _, d := range []Defectos{Pocos, Reales} {
		for _, n := range []int{1, 2, 3, 10, 203} {
			for seed := range uint64(6) {
				p := New(seed).Dia(Pedido{Dia: turno, N: n, Instituciones: roll, Defectos: d})
				all, count := findings(t, p)
				if diff := cmp.Diff(lines(p), found(all)); diff != "" {
					t.Fatalf("%s, %d records, seed %d (-planted +found):\n%s", d, n, seed, diff)
				}
				if got := count.Registros - count.Aceptados; got != p.Rechazados() {
					t.Fatalf("%s, %d records, seed %d: %d refused, want %d", d, n, seed, got, p.Rechazados())
				}
			}
		}
	}
}

func TestPocosHasEachKindOnce(t *testing.T) {
	t.Parallel()
	want := []string{"CAT-11", "CAT-14", "DUP-01", "EST-02", "FMT-03", "FMT-06", "FMT-10"}
	for seed := range uint64(20) {
		p := New(seed).Dia(Pedido{Dia: turno, N: 60, Instituciones: roll, Defectos: Pocos})
		var got []string
		records := map[int]bool{}
		for _, d := range p.Defectos {
			got = append(got, string(d.Codigo))
			records[d.Indice] = true
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("seed %d (-want +got):\n%s", seed, diff)
		}
		if len(records) != len(want) || p.Rechazados() != len(want)-1 {
			t.Errorf("seed %d: %d records spoilt, %d to refuse; want %d and one less for the warning", seed,
				len(records), p.Rechazados(), len(want))
		}
	}
}

func TestRealesHasTheRates(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]map[schema.Codigo]int{
		200:  {"EST-02": 141, "FMT-03": 48, "FMT-10": 20, "FMT-06": 14, "DUP-01": 4, "CAT-14": 3},
		1000: {"EST-02": 705, "FMT-03": 240, "FMT-10": 100, "FMT-06": 70, "DUP-01": 20, "CAT-14": 15},
	} {
		p := New(9).Dia(Pedido{Dia: turno, N: n, Instituciones: roll, Defectos: Reales})
		records := map[schema.Codigo]map[int]bool{}
		several := map[int]map[schema.Codigo]bool{}
		for _, d := range p.Defectos {
			if records[d.Codigo] == nil {
				records[d.Codigo] = map[int]bool{}
			}
			if several[d.Indice] == nil {
				several[d.Indice] = map[schema.Codigo]bool{}
			}
			records[d.Codigo][d.Indice] = true
			several[d.Indice][d.Codigo] = true
		}
		got := map[schema.Codigo]int{}
		for c, is := range records {
			got[c] = len(is)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d records (-want +got):\n%s", n, diff)
		}
		most := 0
		for _, codes := range several {
			most = max(most, len(codes))
		}
		if most < 2 {
			t.Errorf("%d records: none carries several mistakes", n)
		}
	}
	p := New(9).Dia(Pedido{Dia: turno, N: 200, Instituciones: roll, Defectos: Reales})
	spelt := map[string]bool{}
	for _, d := range p.Defectos {
		if d.Codigo == "CAT-14" {
			spelt[p.Registros[d.Indice].RecSector] = true
		}
	}
	if len(spelt) < 2 {
		t.Errorf("spellings of the sector: %v, want several", spelt)
	}
}

func TestEncodeAgain(t *testing.T) {
	t.Parallel()
	if got := encodeAgain("Múltiple"); got != "MÃºltiple" {
		t.Errorf("got %q", got)
	}
}

func TestParseDefectos(t *testing.T) {
	t.Parallel()
	for _, d := range []Defectos{Ninguno, Pocos, Reales} {
		if got, err := ParseDefectos(d.String()); err != nil || got != d {
			t.Errorf("%s: %v, %v", d, got, err)
		}
	}
	if _, err := ParseDefectos("muchos"); err == nil {
		t.Error("muchos was read")
	}
	if s := Defectos(7).String(); s != "" {
		t.Errorf("a measure that does not exist is %q", s)
	}
}
