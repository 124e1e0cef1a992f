package schema

import (
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func dia(t testing.TB, s string) Dia {
	t.Helper()
	d, err := ParseDia(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestVenceVectors(t *testing.T) {
	t.Parallel()
	c := NewCalendario(nil)
	for _, v := range []struct{ entrega, v20, v25, v30 string }{
		{"2026-03-02", "2026-03-31", "2026-04-09", "2026-04-16"}, // moved Monday, Holy Week
		{"2025-12-05", "2026-01-07", "2026-01-14", "2026-01-21"}, // 12 December, year end
		{"2024-09-20", "2024-10-21", "2024-10-28", "2024-11-04"}, // 1 October 2024
		{"2024-07-01", "2024-08-12", "2024-08-19", "2024-08-26"}, // suspension
		{"2026-10-20", "2026-11-19", "2026-11-26", "2026-12-03"}, // 2 and 16 November
	} {
		for n, want := range map[int]string{20: v.v20, 25: v.v25, 30: v.v30} {
			dia0 := dia(t, v.entrega)
			if got := c.Vence(dia0, n); got.String() != want {
				t.Errorf("Vence(%s, %d) = %s, want %s", v.entrega, n, got, want)
			}
			if got := c.DiasHabiles(dia0, dia(t, want)); got != n {
				t.Errorf("DiasHabiles(%s, %s) = %d, want %d", v.entrega, want, got, n)
			}
		}
	}
}

func golden(t testing.TB) []Inhabil {
	t.Helper()
	f, err := os.Open("testdata/dias_inhabiles_2018_2030.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	days, err := ReadInhabiles(f)
	if err != nil {
		t.Fatal(err)
	}
	return days
}

func TestDefaultEqualsGolden(t *testing.T) {
	t.Parallel()
	c := NewCalendario(nil)
	var got []Inhabil
	for d := NewDia(2018, time.January, 1); d.Year() <= 2030; d++ {
		in, inhabil := c.Inhabil(d)
		if inhabil == c.Habil(d) {
			t.Errorf("%s: Habil and Inhabil agree", d)
		}
		// A plain Saturday or Sunday has no origin and no line in the file.
		if inhabil && in.Origen != "" {
			got = append(got, in)
		}
	}
	want := golden(t)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("computed days (-file +got):\n%s", diff)
	}
	var weekend []string
	for _, in := range want {
		if finDeSemana(in.Fecha) != "" {
			weekend = append(weekend, in.Fecha.String())
		}
	}
	// These lines of the file change no count.
	if diff := cmp.Diff(strings.Fields(`2018-09-16 2018-12-01 2019-11-02 2020-12-12
		2021-05-01 2021-12-12 2021-12-25 2022-01-01 2022-05-01 2022-12-25 2023-01-01
		2023-09-16 2024-11-02 2025-11-02 2026-12-12 2027-05-01 2027-12-12 2027-12-25
		2028-01-01 2028-09-16 2029-09-16 2030-11-02`), weekend); diff != "" {
		t.Errorf("lines on a weekend:\n%s", diff)
	}
}

func TestReglas(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		year   int
		pascua string
	}{
		{1954, "1954-04-18"}, {1981, "1981-04-19"}, // the two shortened lunar months
		{1818, "1818-03-22"}, {2038, "2038-04-25"}, // earliest and latest
		{3165, "3165-04-18"}, {7515, "7515-04-25"}, // on either side of the late cycle
		{2000, "2000-04-23"}, {2016, "2016-03-27"}, {2049, "2049-04-18"}, {2100, "2100-03-28"},
	} {
		if got := domingoDePascua(v.year); got.String() != v.pascua {
			t.Errorf("Easter of %d = %s, want %s", v.year, got, v.pascua)
		}
	}
	for y, want := range map[int]time.Month{2000: 12, 2006: 12, 2012: 12, 2018: 12, 2024: 10, 2030: 10,
		2036: 10, 2023: 0, 2026: 0} {
		if got, _ := transmision(y); got != want {
			t.Errorf("transmision(%d) = %d, want %d", y, got, want)
		}
	}
}

func TestInhabilSaysWhy(t *testing.T) {
	t.Parallel()
	c := NewCalendario(nil)
	for d, want := range map[string]string{
		"2026-03-07": "sábado", "2026-03-08": "domingo", "2026-04-02": "Jueves Santo",
		"2022-01-01": "Año Nuevo", "2024-07-31": "Suspensión CONDUSEF verano 2024",
		"2024-08-01": "", "2026-03-17": "",
	} {
		if in, ok := c.Inhabil(dia(t, d)); in.Descripcion != want || ok != (want != "") {
			t.Errorf("Inhabil(%s) = %q, %t, want %q", d, in.Descripcion, ok, want)
		}
	}
}

func TestCalendarioBounds(t *testing.T) {
	t.Parallel()
	c := NewCalendario(nil)
	if ultimoDia != NewDia(ultimoAnio, time.December, 31) {
		t.Fatalf("ultimoDia = %s", ultimoDia)
	}
	day0 := dia(t, "2026-03-02")
	for _, v := range []struct {
		dia0 Dia
		n    int
		want Dia
	}{
		{day0, 0, day0}, {day0 - 1, 0, day0 - 1}, {day0, -5, day0}, {day0, math.MinInt, day0},
		{day0, math.MaxInt, 0}, {day0, int(ultimoDia - day0), 0},
		{0, 1, 0}, {-1, 1, 0}, {math.MinInt32, 1, 0}, {math.MaxInt32, 1, 0},
		{1, 1, 2}, // 0001-01-01, a Monday
		{ultimoDia, 1, 0}, {ultimoDia - 1, 1, ultimoDia}, {ultimoDia - 1, 2, 0},
	} {
		if got := c.Vence(v.dia0, v.n); got != v.want {
			t.Errorf("Vence(%d, %d) = %d, want %d", v.dia0, v.n, got, v.want)
		}
	}
	for _, d := range []Dia{0, -1, ultimoDia + 1, math.MinInt32, math.MaxInt32} {
		if _, inhabil := c.Inhabil(d); c.Habil(d) || !inhabil {
			t.Errorf("day %d is hábil", d)
		}
		if n := c.DiasHabiles(d, day0) + c.DiasHabiles(day0, d); n != 0 {
			t.Errorf("%d días hábiles between %d and a day", n, d)
		}
	}
	if c.DiasHabiles(day0, day0) != 0 || c.DiasHabiles(day0+5, day0) != 0 {
		t.Error("días hábiles backwards")
	}
}

// A table may close a term off; the count must end all the same.
func TestAllInhabilesEnds(t *testing.T) {
	t.Parallel()
	day0 := dia(t, "9998-01-01")
	var all []Inhabil
	for d := day0; d <= ultimoDia; d++ {
		all = append(all, Inhabil{Fecha: d, Descripcion: "cerrado", Origen: "prueba", AplicaGE: true})
	}
	c := NewCalendario(all)
	if got := c.Siguiente(day0); got != 0 {
		t.Errorf("Siguiente = %s, want none", got)
	}
	if got := c.DiasHabiles(day0, ultimoDia); got != 0 {
		t.Errorf("DiasHabiles = %d, want 0", got)
	}
}

func TestOperatorTable(t *testing.T) {
	t.Parallel()
	day := NewDia(2026, time.June, 10)
	jueves := NewDia(2026, time.April, 2)
	anioNuevo := NewDia(2026, time.January, 1)
	c := NewCalendario([]Inhabil{
		{Fecha: 0, Descripcion: "no day", Origen: "prueba", AplicaGE: true},
		{Fecha: day, Descripcion: "Suspensión", Origen: "CONDUSEF", AplicaGE: true},
		{Fecha: day + 1, Descripcion: "Otra", Origen: "CONDUSEF", AplicaGE: false},
		{Fecha: jueves, Descripcion: "Jueves Santo", Origen: origenCNBV, AplicaGE: false},
		{Fecha: anioNuevo, Descripcion: "Año Nuevo", Origen: origenCNBV, AplicaGE: false},
		{Fecha: day + 2, Descripcion: "a", Origen: "CONDUSEF", AplicaGE: false},
		{Fecha: day + 2, Descripcion: "b", Origen: "CONDUSEF", AplicaGE: true},
	})
	for _, v := range []struct {
		d    Dia
		want bool
		why  string
	}{
		{day, false, "a row adds a day"},
		{day + 1, true, "a row that does not apply adds none"},
		{day + 2, false, "of two rows the one that applies stays"},
		{jueves, true, "a default row is taken off by its own fecha and origen"},
		{jueves + 1, false, "other default rows stay"},
		{anioNuevo, false, "another origen takes nothing off"},
	} {
		if got := c.Habil(v.d); got != v.want {
			t.Errorf("%s: Habil(%s) = %t", v.why, v.d, got)
		}
	}
	if in, _ := c.Inhabil(day); in.Descripcion != "Suspensión" {
		t.Errorf("Inhabil(%s) = %q", day, in.Descripcion)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	base := []Inhabil{
		{NewDia(2026, 6, 10), "Suspensión", "CONDUSEF", NewDia(2026, 6, 1), true},
		{NewDia(2026, 6, 11), "Suspensión", "CONDUSEF", NewDia(2026, 6, 1), true},
		{NewDia(2026, 6, 11), "Suspensión", "CNBV", 0, true},
		{NewDia(2026, 6, 11), "Suspensión", "CNBV", 0, false},
		{NewDia(1990, 6, 11), "Suspensión", "CNBV", 0, true},
	}
	v := NewCalendario(base).Version()
	rapid.Check(t, func(t *rapid.T) {
		if got := NewCalendario(rapid.Permutation(base).Draw(t, "rows")).Version(); got != v {
			t.Fatalf("version %s, want %s in any order", got, v)
		}
	})
	seen := map[string]string{v: "base"}
	for name, change := range map[string]func(in *Inhabil){
		"fecha":       func(in *Inhabil) { in.Fecha++ },
		"descripcion": func(in *Inhabil) { in.Descripcion += "x" },
		"origen":      func(in *Inhabil) { in.Origen += "x" },
		"publicado":   func(in *Inhabil) { in.Publicado++ },
		"aplica_ge":   func(in *Inhabil) { in.AplicaGE = false },
	} {
		rows := slices.Clone(base)
		change(&rows[0])
		got := NewCalendario(rows).Version()
		if other, same := seen[got]; same {
			t.Errorf("change of %s: the version is that of %s", name, other)
		}
		seen[got] = name
	}
	// Stored counts name this version: a changed rule must change it, and this
	// line with it.
	def := NewCalendario(nil).Version()
	if def != "3d1ccd4c005d" {
		t.Errorf("version of the default = %s", def)
	}
	if got := NewCalendario(golden(t)).Version(); got != def {
		t.Errorf("a table that says what the default says has version %s, want %s", got, def)
	}
}

// drawCalendario draws a calendar with a table of its own around some years.
func drawCalendario(t *rapid.T) *Calendario {
	day := rapid.Custom(func(t *rapid.T) Inhabil {
		return Inhabil{
			Fecha:       NewDia(2026, 1, 1) + Dia(rapid.IntRange(-400, 400).Draw(t, "day")),
			Descripcion: "prueba",
			Origen:      rapid.SampledFrom([]string{"DOF", origenLFT, origenCNBV}).Draw(t, "origen"),
			AplicaGE:    rapid.Bool().Draw(t, "aplica"),
		}
	})
	return NewCalendario(rapid.SliceOfN(day, 0, 60).Draw(t, "table"))
}

func TestVenceProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendario(t)
		d := NewDia(2026, 1, 1) + Dia(rapid.IntRange(-800, 800).Draw(t, "dia0"))
		n := rapid.IntRange(1, 900).Draw(t, "n")
		v := c.Vence(d, n)
		if v <= d || !c.Habil(v) {
			t.Fatalf("Vence(%s, %d) = %s: not a día hábil after it", d, n, v)
		}
		if got := c.DiasHabiles(d, v); got != n {
			t.Fatalf("DiasHabiles(%s, %s) = %d, want %d", d, v, got, n)
		}
		if next := c.Vence(d, n+1); next <= v || next != c.Siguiente(v) {
			t.Fatalf("Vence(%s, %d) = %s after %s", d, n+1, next, v)
		}
		if from := c.HabilDesde(d); from != c.Siguiente(d-1) {
			t.Fatalf("HabilDesde(%s) = %s", d, from)
		}
		if later := c.Vence(d+1, n); later < v {
			t.Fatalf("a day later the term ends sooner: %s, %s", later, v)
		}
		// The long way round, a day at a time.
		slow, left := d, n
		for left > 0 {
			if slow++; c.Habil(slow) {
				left--
			}
		}
		if slow != v {
			t.Fatalf("Vence(%s, %d) = %s, day by day %s", d, n, v, slow)
		}
	})
}

// A term that is counted again ends no earlier than was told, and on a día hábil.
func TestRecontar(t *testing.T) {
	t.Parallel()
	c := NewCalendario([]Inhabil{{Fecha: dia(t, "2026-04-01"), Descripcion: "Suspensión", Origen: "DOF",
		AplicaGE: true}})
	for told, want := range map[string]string{"2026-03-30": "2026-03-31", "2026-03-31": "2026-03-31",
		"2026-04-01": "2026-04-06", "2026-04-07": "2026-04-07"} {
		if got := c.Recontar(dia(t, "2026-03-02"), 20, dia(t, told)); got.String() != want {
			t.Errorf("told %s: %s, want %s", told, got, want)
		}
	}
}

func TestDiasHabilesAdds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendario(t)
		days := rapid.SliceOfN(rapid.Int32Range(int32(NewDia(2000, 1, 1)), int32(NewDia(2060, 1, 1))), 3,
			3).Draw(t, "days")
		slices.Sort(days)
		a, b, z := Dia(days[0]), Dia(days[1]), Dia(days[2])
		if got, want := c.DiasHabiles(a, z), c.DiasHabiles(a, b)+c.DiasHabiles(b, z); got != want {
			t.Fatalf("(%s, %s] has %d, its parts %d", a, z, got, want)
		}
	})
}

func TestCalendarioConcurrent(t *testing.T) {
	t.Parallel()
	c := NewCalendario(nil)
	want := c.Vence(NewDia(2026, 1, 1), 5000)
	fresh := NewCalendario(nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := fresh.Vence(NewDia(2026, 1, 1), 5000); got != want {
				t.Errorf("Vence = %s, want %s", got, want)
			}
		})
	}
	wg.Wait()
}

func BenchmarkVence(b *testing.B) {
	c := NewCalendario(nil)
	d := NewDia(2026, 3, 2)
	for b.Loop() {
		c.Vence(d, 20)
	}
}
